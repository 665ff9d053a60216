"""Many requests at one moment, against a running server."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from tests.local import bots
from tests.local.people import WAIT_SECONDS, at_once

LATER = timedelta(minutes=1)
"""Past the time that any turn may take."""


def finish_what_is_due():
    """What the sweeps of the next minute do."""
    desk = Desk(wiring.desk().store, wiring.build_bot(wiring.settings().bot), tools=Tools(clock=lambda: now() + LATER))
    desk.sweeper.sweep()


def now():
    return datetime.now(UTC)


def texts(entries, author):
    return [e["content"]["text"] for e in entries if e["kind"] == "message" and e["author"]["kind"] == author]


@pytest.fixture
def patient_bot():
    bots.asked.clear()
    bots.may_answer.clear()
    yield "tests.local.bots:patient"
    bots.may_answer.set()


def test_ten_first_messages_of_a_new_visitor_at_once_are_one_session_each_kept_and_answered_once(opened):
    with opened() as office:
        ann = office.visitor("Ann")
        said = [f"message {number}" for number in range(10)]

        told = at_once([lambda n=n, text=text: ann.says(text, f"m{n}") for n, text in enumerate(said)])
        finish_what_is_due()

        log = office.log(ann)
        assert [session["id"] for session in office.agent.get("/api/botpress-hitl/sessions")["sessions"]] == [
            f"webchat:{ann.id}"
        ]
        assert [entry["seq"] for entry in log] == list(range(1, 21))
        assert sorted(texts(log, "user")) == said
        assert sorted(texts(log, "bot")) == [
            f"You said: {text}\nSay HITL_START to talk to a human." for text in sorted(said)
        ]
        assert {(e["seq"], e["content"]["text"]) for e in log if e["author"]["kind"] == "user"} == {
            (answer["entry"]["seq"], answer["entry"]["content"]["text"]) for answer in told
        }


def test_one_message_sent_six_times_at_once_is_one_entry_with_one_answer(opened):
    with opened() as office:
        ann = office.visitor()

        told = at_once([lambda: ann.says("hello", "m1")] * 6)
        finish_what_is_due()

        assert [(e["seq"], e["author"]["kind"]) for e in office.log(ann)] == [(1, "user"), (2, "bot")]
        assert told == [told[0]] * 6


def test_a_turn_that_runs_when_a_pause_is_acknowledged_adds_nothing_the_visitor_can_read(opened, patient_bot):
    with opened(BOT=patient_bot) as office:
        ann = office.visitor()

        def pause_meanwhile():
            assert bots.asked.wait(WAIT_SECONDS)
            paused = office.agent.post(f"{ann.path}/pause")
            bots.may_answer.set()
            return paused

        _, paused = at_once([lambda: ann.says("hello", "m1"), pause_meanwhile])

        assert paused["paused"]
        assert [(e["kind"], e["author"]["kind"]) for e in ann.reads()] == [("message", "user"), ("paused", "agent")]
        last = office.log(ann)[-1]
        assert (last["status"], last["content"]["text"]) == (
            "suppressed",
            "What the bot had in mind before the pause.",
        )


def test_a_visitor_whose_bot_thinks_holds_up_nobody_else(opened, patient_bot):
    with opened(BOT=patient_bot) as office:
        ann = office.visitor()

        def look_meanwhile():
            assert bots.asked.wait(WAIT_SECONDS)
            seen = office.agent.get(ann.path)
            bots.may_answer.set()
            return seen

        _, seen = at_once([lambda: ann.says("hello", "m1"), look_meanwhile])

        assert texts(seen["entries"], "user") == ["hello"]
        assert texts(seen["entries"], "bot") == []


def test_the_sweep_runs_by_itself(opened):
    with opened(running_with={"sweep_seconds": 0.02}) as office:
        ann = office.visitor()
        ann.says("hello", "m1")
        # As if an hour ago an agent had paused it for half an hour.
        store = wiring.desk().store
        past = Desk(store, ScriptBot(), tools=Tools(clock=lambda: now() - timedelta(hours=1)))
        past.pause("webchat", ann.id, until=now() - timedelta(minutes=30))

        seen = []
        for _ in range(5000):  # reads write nothing, so only a sweep can
            seen = [e["kind"] for e in office.log(ann)]
            if "unpaused" in seen:
                break

        assert seen == ["message", "message", "paused", "alert", "unpaused"]
