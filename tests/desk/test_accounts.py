"""An account whose messages the vendor refuses stops, alone, with one alert; and goes on where it stopped."""

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.errors import SessionNotFound
from chalicelib.model.content import Text
from chalicelib.model.entry import SYSTEM
from chalicelib.model.event import Event
from chalicelib.model.happening import Enforcement
from chalicelib.model.turning import Say
from chalicelib.store.base import SessionQuery
from tests.desk.vendors import Abroad
from tests.fakes.channel import ACCOUNT, CHATTER
from tests.fakes.world import ANN

DEAD = SendFailed("stopped", "The Page's token is not valid any more.")
BLOCKED = SendFailed("stopped", "Facebook restricts this Page.", policy=True)
OTHER = "messenger:42.1"


@pytest.fixture
def world() -> Abroad:
    world = Abroad()
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    return world


def test_a_dead_token_stops_the_page_with_one_alert(world: Abroad):
    world.channel.refusals = [DEAD]
    world.channel.dead = DEAD
    world.writes("One", mid="m1")
    world.writes("Two", mid="m2")
    world.desk.receiver.receive(Event("in:m3", f"{ACCOUNT}.8", Text("Three"), world.clock()))

    assert world.channel.tried == 1
    assert world.states() == ["pending", "pending"]
    words = "Nothing goes out for The Messenger Page 1002003004: The Page's token is not valid any more."
    assert world.alerter.words == [words]


def test_many_that_are_refused_at_once_make_one_alert(world: Abroad):
    others = [
        Abroad(memory=world.memory, channel=world.channel, tools=world.desk.sweeper._transactor.tools) for _ in range(3)
    ]
    world.channel.refusals = [DEAD] * 4
    world.channel.meanwhile = [
        lambda other=other, number=number: other.desk.receiver.receive(
            Event(f"in:x{number}", f"{ACCOUNT}.{number}", Text("Hi"), world.clock())
        )
        for number, other in enumerate(others)
    ]
    for other in others:
        other.bot.usually = world.bot.usually
    world.writes("One")

    assert world.channel.tried == 4
    assert len(world.log("alert", session=ACCOUNT)) == 1


def test_other_pages_go_on(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")
    world.desk.receiver.receive(Event("in:o1", OTHER, Text("Other"), world.clock()))

    assert world.channel.texts == ["You said: Other"]


def test_what_waits_goes_out_in_order_once_an_operator_resumes(world: Abroad):
    world.channel.refusals = [DEAD]
    world.channel.dead = DEAD
    world.writes("One", mid="m1")
    world.writes("Two", mid="m2")
    world.agent_says("Three")
    world.clock.pass_by(minutes=2)
    world.sweep()
    assert world.channel.texts == []
    assert world.desk.accounts.resume(ACCOUNT, by=SYSTEM)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["Three"]  # the agent paused the bot, whose words were still unsent
    assert world.states() == ["suppressed", "suppressed", "sent"]


def test_the_bots_words_wait_for_the_page_as_well(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One", mid="m1")
    world.writes("Two", mid="m2")
    world.desk.accounts.resume(ACCOUNT, by=SYSTEM)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["You said: One", "You said: Two"]


def test_a_probe_of_the_sweep_finds_that_the_token_is_good_again(world: Abroad):
    world.channel.refusals = [DEAD]
    world.channel.dead = DEAD
    world.writes("One")
    world.clock.pass_by(minutes=5)
    world.sweep()
    assert world.page.stopped is not None
    world.channel.dead = None
    world.clock.pass_by(minutes=5)
    world.sweep()
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.page.stopped is None
    assert world.channel.texts == ["You said: One"]


def test_a_page_that_was_blocked_proves_itself_by_one_message(world: Abroad):
    world.channel.refusals = [BLOCKED, BLOCKED]
    for number in range(3):
        world.desk.receiver.receive(Event(f"in:{number}", f"{ACCOUNT}.{number}", Text("Hi"), world.clock()))
    for _ in range(6):
        world.clock.pass_by(minutes=1)
        world.sweep()
    assert world.channel.tried == 2
    assert world.page.stopped is not None
    for _ in range(7):
        world.clock.pass_by(minutes=1)
        world.sweep()

    assert world.page.stopped is None
    assert len(world.channel.texts) == 3
    assert len(world.log("alert", session=ACCOUNT)) == 1


def test_what_has_left_the_window_when_the_page_goes_on_fails_with_that_reason(world: Abroad):
    world.channel.refusals = [DEAD]
    world.channel.dead = DEAD
    world.writes("One")
    world.clock.pass_by(hours=30)
    world.desk.accounts.resume(ACCOUNT, by=SYSTEM)
    world.sweep()

    assert world.states() == ["failed"]
    assert world.ours()[0].failure == "The user was last active more than 24 hours ago: only a human may answer now."


def test_a_word_of_the_platforms_blocks_a_page_and_another_one_lets_it_go(world: Abroad):
    world.told(Enforcement("in:b", ACCOUNT, "block", "Too many messages", world.clock()))
    world.told(Enforcement("in:b", ACCOUNT, "block", "Too many messages", world.clock()))
    world.writes("One")
    assert world.channel.tried == 0
    assert world.alerter.words == [
        "Nothing goes out for The Messenger Page 1002003004: Facebook blocked the Page (Too many messages)."
    ]
    world.clock.pass_by(minutes=1)
    world.told(Enforcement("in:u", ACCOUNT, "unblock", "", world.clock()))
    world.sweep()

    assert world.channel.texts == ["You said: One"]


def test_a_warning_alerts_once_and_stops_nothing(world: Abroad):
    for _ in range(2):
        world.told(Enforcement("in:w", ACCOUNT, "warning", "Slow down", world.clock()))
    world.writes("One")

    assert world.alerter.words == ["Facebook warns this Page: Slow down"]
    assert world.channel.texts == ["You said: One"]


def test_agents_see_why_what_they_write_waits(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")

    assert "token is not valid" in (world.desk.accounts.refusal(world.head) or "")


def test_a_pages_own_log_is_no_conversation(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")

    assert [head.id for head in world.memory.sessions(SessionQuery(), limit=10).items] == [CHATTER]
    assert [shown.session_id for shown in world.memory.notifications(limit=10).items] == [ACCOUNT]
    with pytest.raises(SessionNotFound):
        world.desk.commands.say(ACCOUNT, Text("Hi"), by=ANN)


def test_a_pages_own_log_cannot_be_erased_as_a_person(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")

    with pytest.raises(SessionNotFound):
        world.desk.erase(ACCOUNT)
    assert world.page.stopped is not None


def test_nothing_else_is_shown_for_a_page_that_is_stopped(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")
    world.desk.commands.typing(CHATTER, who="agent")
    world.desk.commands.read(CHATTER, world.head.seq)

    assert world.channel.acted == []


def test_nobody_is_asked_about_on_a_stopped_page_and_others_do_not_wait_for_it(world: Abroad):
    world.channel.refusals = [DEAD]
    world.channel.dead = DEAD
    for number in range(70):
        world.desk.receiver.receive(Event(f"in:{number}", f"{ACCOUNT}.{number}", Text("Hi"), world.clock()))
        world.channel.people[f"{ACCOUNT}.{number}"] = DEAD
    world.desk.receiver.receive(Event("in:o", OTHER, Text("Hi"), world.clock()))
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.asked_who == [OTHER]


def test_one_users_failed_profile_rests_its_own_page_alone(world: Abroad):
    world.channel.people[f"{ACCOUNT}.1"] = SendFailed("later", "Facebook is busy.")
    for session in (f"{ACCOUNT}.1", f"{ACCOUNT}.2", OTHER):
        world.desk.receiver.receive(Event("in:1", session, Text("Hi"), world.clock()))
        world.clock.pass_by(seconds=1)
    world.sweep()

    assert world.channel.asked_who == [f"{ACCOUNT}.1", OTHER]


def test_an_unblocking_does_not_bring_a_dead_token_back(world: Abroad):
    world.channel.refusals = [DEAD]
    world.writes("One")
    world.clock.pass_by(minutes=1)
    world.told(Enforcement("in:u", ACCOUNT, "unblock", "", world.clock()))

    assert world.page.stopped is not None


def test_a_trial_without_an_answer_proves_nothing(world: Abroad):
    world.channel.refusals = [BLOCKED, SendFailed("unknown", "No answer came.")]
    world.writes("One", mid="m1")
    for _ in range(7):
        world.clock.pass_by(minutes=1)
        world.sweep()
    assert world.channel.tried == 2
    world.desk.accounts.resume(ACCOUNT, by=SYSTEM)
    other = Abroad(memory=world.memory, channel=world.channel, tools=world.desk.sweeper._transactor.tools)
    world.clock.pass_by(minutes=1)
    other.told(Enforcement("in:b", ACCOUNT, "block", "Spam", world.clock()))
    world.desk.accounts.worked(ACCOUNT)

    assert world.page.stopped is not None
