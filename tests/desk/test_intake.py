"""An event comes in: stored once, answered the same however often it is delivered."""

from datetime import timedelta

import pytest

from chalicelib.errors import IdReused, TooFast, TooLarge
from chalicelib.model.content import Image, Text
from chalicelib.model.entry import Author
from chalicelib.model.event import Event
from chalicelib.model.session import User
from chalicelib.model.text import TEXT_LIMIT
from chalicelib.model.turning import Say
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import SESSION, World

HI = Say(Text("Hi!"))


def test_the_first_event_begins_the_session(world: World):
    entry = world.user_says("Hello", name="Zoe")

    assert (entry.seq, entry.id, entry.content) == (1, "u:1", Text("Hello"))
    assert entry.author == Author(kind="user", id="zoe", name="Zoe")
    assert world.head.created_at == world.clock()


def test_the_same_event_again_is_answered_as_the_first_time(world: World):
    world.bot.then(HI)
    first = world.user_says("Hello", entry_id="u:x")
    world.clock.pass_by(minutes=1)

    assert world.user_says("Hello", entry_id="u:x") == first
    assert world.read_by_user() == ["Hello", "Hi!"]
    assert len(world.bot.heard) == 1


def test_the_same_id_with_another_content_is_refused(world: World):
    world.user_says("Hello", entry_id="u:x")

    with pytest.raises(IdReused):
        world.user_says("Good bye", entry_id="u:x")
    assert world.read_by_user() == ["Hello"]


def test_a_users_id_that_an_agents_entry_has_is_refused(world: World):
    world.user_says()
    world.agent_says("Hello", client_id="1")

    with pytest.raises(IdReused):
        world.user_says("Hello", entry_id="a:ann:1")


def test_a_delivery_again_finishes_what_was_left_to_do(world: World):
    world.bot.then_raise(Crash())
    world.bot.then(HI)
    with pytest.raises(Crash):
        world.user_says("Hello", entry_id="u:x")
    world.clock.pass_by(seconds=14)
    world.user_says("Hello", entry_id="u:x")

    assert world.read_by_user() == ["Hello", "Hi!"]


def test_a_delivery_again_while_the_turn_runs_is_answered_at_once(world: World):
    world.bot.then_while(lambda: world.user_says("Hello", entry_id="u:x"), HI)
    world.user_says("Hello", entry_id="u:x")

    assert world.read_by_user() == ["Hello", "Hi!"]
    assert len(world.bot.heard) == 1


def test_two_first_events_at_once_are_both_stored(world: World):
    world.faults.before("commit", lambda: world.user_says("other", entry_id="u:other"))
    world.user_says("mine", entry_id="u:mine")

    assert world.read_by_user() == ["other", "mine"]
    assert [event.text for event in world.bot.heard] == ["other", "mine"]


def test_one_first_event_delivered_twice_at_once_is_stored_once(world: World):
    world.faults.before("commit", lambda: world.user_says("Hello", entry_id="u:x"))
    world.user_says("Hello", entry_id="u:x")

    assert world.read_by_user() == ["Hello"]
    assert len(world.bot.heard) == 1


def test_an_event_is_no_later_than_now(world: World):
    event = Event("in:1", SESSION, Text("From the future"), world.clock() + timedelta(days=1))

    assert world.desk.intake.receive(event).at == world.clock()
    assert world.head.last_user_at == world.clock()


def test_the_latest_time_a_user_wrote_does_not_go_back(world: World):
    world.desk.intake.receive(Event("in:2", SESSION, Text("two"), world.clock() - timedelta(seconds=5)))
    world.desk.intake.receive(Event("in:1", SESSION, Text("one"), world.clock() - timedelta(seconds=9)))

    assert world.head.last_user_at == world.clock() - timedelta(seconds=5)
    assert world.read_by_user() == ["two", "one"]


def test_a_name_once_known_is_kept_when_an_event_has_none(world: World):
    world.user_says(name="Zoe\nSmith")
    event = Event("in:2", SESSION, Text("two"), world.clock(), user=User(picture_url="https://x.example/zoe.png"))
    world.desk.intake.receive(event)

    assert world.head.user == User(name="Zoe Smith", picture_url="https://x.example/zoe.png")


def test_the_bot_knows_a_name_that_comes_with_the_event(world: World):
    names: list[str] = []
    world.bot.wanting = lambda event: bool(names.append(event.user.first_name))
    world.user_says(name="Zoe Smith")

    assert names == ["Zoe"]


def test_what_is_no_text_is_previewed_in_words(world: World):
    world.user_says(Image("https://x.example/cat.png"))

    assert world.head.last_message.text == "[image]"


def test_a_text_that_is_too_long_is_refused_and_nothing_is_stored(world: World):
    with pytest.raises(TooLarge):
        world.user_says("x" * (TEXT_LIMIT + 1))
    assert world.memory.load(SESSION) is None


def test_a_visitor_may_write_so_many_messages_at_once_and_then_no_more():
    world = World(visitor_burst=3, visitor_rate=0.5)
    for _ in range(3):
        world.user_says(limited=True)

    with pytest.raises(TooFast):
        world.user_says(limited=True)
    assert len(world.read_by_user()) == 3


def test_a_visitors_allowance_grows_again_with_time_up_to_its_size():
    world = World(visitor_burst=2, visitor_rate=0.5)
    world.user_says(limited=True)
    world.user_says(limited=True)
    world.clock.pass_by(seconds=2)
    world.user_says(limited=True)
    world.clock.pass_by(hours=1)
    world.user_says(limited=True)
    world.user_says(limited=True)

    with pytest.raises(TooFast):
        world.user_says(limited=True)


def test_a_clock_that_goes_back_takes_nothing_from_a_visitor():
    world = World(visitor_burst=2)
    world.user_says(limited=True)
    world.clock.pass_by(seconds=-60)
    world.user_says(limited=True)

    assert len(world.read_by_user()) == 2


def test_a_platforms_events_are_not_limited():
    world = World(visitor_burst=1)
    for _ in range(5):
        world.user_says()

    assert len(world.read_by_user()) == 5


def test_an_event_whose_commit_crashed_is_stored_by_its_next_delivery(world: World):
    world.faults.plan("commit", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        world.user_says("Hello", entry_id="u:x")
    assert world.memory.load(SESSION) is None

    world.user_says("Hello", entry_id="u:x")
    assert world.read_by_user() == ["Hello"]
