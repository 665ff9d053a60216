"""What agents say, note, read and type."""

import pytest

from chalicelib.errors import IdReused, TooLarge
from chalicelib.model.content import Text
from chalicelib.model.text import TEXT_LIMIT
from tests.fakes.world import ANN, BEN, PROGRAM, SESSION, World


@pytest.fixture
def world() -> World:
    world = World()
    world.user_says()
    return world


def test_an_agents_message_is_sent_at_once(world: World):
    entry = world.agent_says("How can I help?")

    assert world.read_by_user()[-1] == "How can I help?"
    assert world.head.sent_to == entry.seq
    assert world.head.last_message.text == "How can I help?"


def test_the_same_client_id_and_content_is_one_entry_and_the_first_answer_again(world: World):
    first = world.agent_says("Yes?", client_id="1")
    world.user_says("No.")

    assert world.agent_says("Yes?", client_id="1") == first
    assert world.read_by_user().count("Yes?") == 1


def test_the_same_client_id_with_another_content_is_refused(world: World):
    world.agent_says("Yes?", client_id="1")

    with pytest.raises(IdReused):
        world.agent_says("No?", client_id="1")
    assert "No?" not in world.read_by_user()


def test_two_agents_may_use_the_same_client_id(world: World):
    world.agent_says("Yes?", client_id="1", by=ANN)
    world.agent_says("No?", client_id="1", by=BEN)

    assert world.read_by_user()[-2:] == ["Yes?", "No?"]


def test_a_message_without_a_client_id_is_a_new_one_each_time(world: World):
    world.agent_says("Hm.")
    world.agent_says("Hm.")

    assert world.read_by_user().count("Hm.") == 2


def test_a_retry_after_the_session_was_unpaused_does_not_pause_it_again(world: World):
    first = world.agent_says("Yes?", client_id="1")
    world.agent_unpauses()

    assert world.agent_says("Yes?", client_id="1") == first
    assert not world.head.paused


def test_a_message_that_is_too_long_is_refused_and_nothing_happens(world: World):
    with pytest.raises(TooLarge):
        world.agent_says("x" * (TEXT_LIMIT + 1))
    assert not world.head.paused


def test_a_program_speaks_as_the_bot_and_pauses_nothing(world: World):
    entry = world.agent_says("Your parcel has arrived.", by=PROGRAM)

    assert (entry.author, entry.fate) == (PROGRAM, None)
    assert not world.head.paused
    assert world.head.assignee is None


def test_what_a_program_says_during_a_pause_is_suppressed(world: World):
    world.agent_pauses()
    world.agent_says("Your parcel has arrived.", by=PROGRAM)

    assert world.suppressed() == ["Your parcel has arrived."]


def test_a_program_does_not_answer_for_a_human(world: World):
    since = world.user_wants_a_human().waiting_since
    world.agent_says("Your parcel has arrived.", by=PROGRAM)

    assert world.head.waiting_since == since


def test_a_note_is_in_the_log_and_never_sent(world: World):
    entry, head = world.desk.commands.note(SESSION, "Likes tea.", by=ANN, client_id="1")

    assert (entry.kind, entry.content) == ("note", Text("Likes tea."))
    assert world.read_by_user() == ["Hello"]
    assert (head.paused, head.assignee, head.last_message.text) == (False, None, "Hello")


def test_a_note_with_the_same_client_id_is_one_entry(world: World):
    first, _ = world.desk.commands.note(SESSION, "Likes tea.", by=ANN, client_id="1")

    assert world.desk.commands.note(SESSION, "Likes tea.", by=ANN, client_id="1")[0] == first
    assert len(world.log("note")) == 1


def test_a_note_and_a_message_share_no_client_id(world: World):
    world.desk.commands.note(SESSION, "Likes tea.", by=ANN, client_id="1")

    with pytest.raises(IdReused):
        world.agent_says("Likes tea.", client_id="1")


def test_what_the_user_says_is_unread_until_an_agent_answers(world: World):
    world.user_says("Anybody?")
    assert world.head.unread == 2

    world.agent_says()
    assert world.head.unread == 0


def test_reading_up_to_an_entry_leaves_what_came_after_it_unread(world: World):
    second = world.user_says("two")
    world.user_says("three")
    world.desk.commands.note(SESSION, "not from the user", by=ANN)
    head = world.desk.commands.read(SESSION, second.seq)

    assert (head.read_seq, head.unread) == (second.seq, 1)


def test_reading_never_moves_back(world: World):
    last = world.user_says("two")
    world.desk.commands.read(SESSION, last.seq)

    assert world.desk.commands.read(SESSION, 1).read_seq == last.seq


def test_what_comes_while_an_agent_reads_is_unread(world: World):
    last = world.user_says("two")
    world.faults.before("commit", lambda: world.user_says("three"))
    head = world.desk.commands.read(SESSION, last.seq)

    assert (head.read_seq, head.unread) == (last.seq, 1)


def test_reading_beyond_the_end_is_reading_to_the_end(world: World):
    head = world.desk.commands.read(SESSION, 1000)

    assert (head.read_seq, head.unread) == (world.head.seq, 0)


def test_a_user_who_reads_has_been_delivered_to(world: World):
    entry = world.agent_says()
    head = world.desk.commands.user_read(SESSION, entry.seq + 50)

    assert (head.read_to, head.delivered_to) == (entry.seq, entry.seq)


def test_a_users_reading_never_moves_back(world: World):
    entry = world.agent_says()
    world.desk.commands.user_read(SESSION, entry.seq)

    assert world.desk.commands.user_read(SESSION, 1).read_to == entry.seq


@pytest.mark.parametrize(("who", "field"), [("user", "user_typing_until"), ("agent", "agent_typing_until")])
def test_typing_is_shown_for_some_seconds(world: World, who: str, field: str):
    head = world.desk.commands.typing(SESSION, who=who)

    assert (getattr(head, field) - world.clock()).total_seconds() == 6


def test_typing_on_and_on_is_written_every_three_seconds_only(world: World):
    first = world.desk.commands.typing(SESSION, who="agent")
    world.clock.pass_by(seconds=2)
    assert world.desk.commands.typing(SESSION, who="agent") == first

    world.clock.pass_by(seconds=2)
    assert world.desk.commands.typing(SESSION, who="agent").rev == first.rev + 1


def test_a_message_ends_its_authors_typing(world: World):
    world.desk.commands.typing(SESSION, who="agent")
    world.desk.commands.typing(SESSION, who="user")
    world.agent_says()
    assert world.head.agent_typing_until is None

    world.user_says()
    assert world.head.user_typing_until is None
