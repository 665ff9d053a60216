"""Each step that a message makes is one line of the log: which session, which entry, of what kind, and nothing that was said."""

import logging

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.desk import steps
from chalicelib.model.content import Text
from chalicelib.model.turning import Say
from tests.desk.vendors import Abroad
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.channel import CHATTER
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import SESSION, World

ABOUT = ("session", "seq", "alerter", "trigger", "result", "messages")


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture):
    """What was logged of steps, each with its ids."""
    caplog.set_level(logging.INFO, steps.__name__)

    def read(*messages: str) -> list[dict[str, object]]:
        about = ({name: getattr(one, name) for name in ABOUT if hasattr(one, name)} for one in caplog.records)
        found = list(zip((one.getMessage() for one in caplog.records), about, strict=True))
        return [ids for message, ids in found if not messages or message.startswith(messages)]

    return read


def test_an_event_is_a_line_once_however_often_it_comes(told):
    world = World()
    for _ in range(2):
        world.user_says("Hello", entry_id="u:1")

    assert told(steps.RECEIVED) == [{"session": SESSION, "seq": 1}]


def test_a_commit_that_lost_its_race_is_no_step(told):
    world = World()
    world.user_says("Hello")
    world.faults.before("commit", lambda: world.agent_says("I was faster"))
    world.user_says("Hello again")

    assert [one["seq"] for one in told(steps.RECEIVED)] == [
        entry.seq for entry in world.log("message") if entry.from_user()
    ]


def test_a_commit_whose_answer_was_lost_is_one_step(told):
    world = World()
    world.faults.plan("commit", Fault.LOST)
    world.user_says("Hello")

    assert told(steps.RECEIVED) == [{"session": SESSION, "seq": 1}]


def test_a_turn_tells_for_which_event_it_was_and_how_much_it_said(told):
    world = World()
    world.bot.then(Say(Text("One")), Say(Text("Two")))
    world.user_says("Hello")

    assert told(steps.TURN) == [{"session": SESSION, "seq": 1, "messages": 2}]


def test_a_turn_that_fails_or_is_given_up_ends_too(told):
    world = World()
    world.bot.then_raise(ValueError())
    world.user_says("Hello")

    assert told(steps.TURN) == [{"session": SESSION, "seq": 1, "messages": 0}]


def test_a_pause_is_a_line_with_what_caused_it(told):
    world = World()
    world.user_wants_a_human()
    world.user_wants_a_human()

    assert told(steps.PAUSED) == [{"session": SESSION, "seq": 1, "trigger": "user"}]


def test_an_alert_is_a_line_for_each_alerter_whether_it_took_it_or_not(told):
    deaf = RecordingAlerter("deaf")
    deaf.failing = True
    world = World(alerters=(RecordingAlerter(), deaf))
    world.user_wants_a_human()
    about = {"session": SESSION, "seq": 2}

    assert told(steps.PUBLISHED) == [{**about, "alerter": "recorder"}]
    assert told("an alert could not be published") == [{**about, "alerter": "deaf"}]


def test_a_send_is_a_line_with_its_result(told):
    world = Abroad()
    world.writes()
    world.agent_says("One")
    world.channel.refusals.append(SendFailed("failed", "It was refused."))
    world.agent_says("Two")
    seqs = [entry.seq for entry in world.ours()]

    assert told(steps.SENT) == [{"session": CHATTER, "seq": seqs[0], "result": "sent"}]
    assert told("a message did not go out") == [{"session": CHATTER, "seq": seqs[1], "result": "failed"}]


def test_a_send_whose_process_died_is_a_line_when_it_is_given_up(told):
    world = Abroad()
    world.writes()
    world.channel.meanwhile = [die]
    with pytest.raises(Crash):
        world.agent_says("Hi")
    world.clock.pass_by(seconds=6)
    for _ in range(2):
        world.sweep()

    assert told("nobody knows whether") == [{"session": CHATTER, "seq": world.ours()[0].seq, "result": "unknown"}]


def die() -> None:
    raise Crash
