"""What people and the clock ask of the app, each arranged and ready to be measured."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice import Chalice

from bench.bot import HELLO, HUMAN
from bench.calls import HITL, call
from bench.people import WORDS, Visitor, handed_back, known, served, waiting
from chalicelib.handlers import jobs
from chalicelib.model import pausing
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.wiring import desk

Ready = Callable[[], Any]

_LISTED = 60
"""Paused sessions with names, more than one page of lists."""


@dataclass(frozen=True)
class UseCase:
    """`arrange` does what must be before, and returns what is measured. `trips`: round trips it may take, None: any number."""

    title: str
    arrange: Callable[[Chalice, str], Ready]
    trips: int | None = None


def crowd(app: Chalice, agent: str) -> None:
    """Sessions to be listed; once for all use cases."""
    for _ in range(_LISTED):
        waiting(app, agent)


def _poll(app: Chalice, agent: str) -> Ready:
    visitor = served(app, agent)
    return visitor.polling(after=visitor.polling(after=0)()["cursor"])


def _agents_poll(app: Chalice, agent: str) -> Ready:
    visitor = served(app, agent)
    return visitor.reading(after=visitor.reading()()["cursor"])


def _long_log(app: Chalice, agent: str) -> Ready:
    visitor = served(app, agent)
    for _ in range(50):
        visitor.saying(WORDS)()
    return visitor.reading(limit=50)


def _nothing_due(app: Chalice, agent: str) -> Ready:
    del app, agent
    jobs.sweep()
    return jobs.sweep


def _escalation(app: Chalice, agent: str) -> Ready:
    """A pause ten minutes ago, whose own alert was published then."""
    del app, agent
    jobs.sweep()
    then = datetime.now(UTC) - timedelta(minutes=10)
    head = Session(id=f"webchat:waits-{then.timestamp():.6f}")
    draft = Draft(head, now=then, request="arranged", policy=Policy())
    pausing.pause(draft, trigger="user", by=Author(kind="user", id=head.user_id))
    draft.set(rev=1, attempt="arranged")
    desk().store.commit(None, draft.after, draft.entries)
    return _sweeping


def _sweeping() -> None:
    if jobs.sweep() != 1:
        raise AssertionError("there was something else to do than one escalation")


NEW = "first message of a new visitor, with a turn"
UNWANTED = "message that the bot does not want"
TURN = "message with a turn"
AFTER_PAUSE = "message with the first turn after a pause"
PAUSED = "message into a paused session"
HANDOVER = "message whose turn pauses and alerts"
HUMAN_BUTTON = "visitor asks for a human (pause, alert)"
AGENT_MESSAGE = "agent's message"
PAUSE = "agent's pause"
UNPAUSE = "agent's unpause"
CLAIM = "agent's claim"
POLL = "visitor's poll, nothing new"
AGENT_POLL = "agent's poll of a log, nothing new"
LIST = "agent's list of 50"
PAUSED_LIST = "agent's list of 50 who are paused"
LOG = "agent's log, last 50"
ALERTS = "agent's list of 30 alerts"
SWEEP = "sweep, nothing due"
ESCALATION = "sweep that alerts again"


def _agents(path: str, **query: object) -> Callable[[Chalice, str], Ready]:
    return lambda app, agent: call(app, "GET", f"{HITL}/{path}", agent, **query)


USE_CASES = (
    UseCase(NEW, lambda app, agent: Visitor.arrives(app, agent).saying(HELLO), 3),
    UseCase(UNWANTED, lambda app, agent: known(app, agent).saying(WORDS), 2),
    UseCase(TURN, lambda app, agent: known(app, agent).saying(HELLO), 3),
    UseCase(AFTER_PAUSE, lambda app, agent: handed_back(app, agent).saying(HELLO), 4),
    UseCase(PAUSED, lambda app, agent: served(app, agent).saying(WORDS), 2),
    UseCase(HANDOVER, lambda app, agent: known(app, agent).saying(HUMAN), 4),
    UseCase(HUMAN_BUTTON, lambda app, agent: known(app, agent).asking_for_a_human(), 3),
    UseCase(AGENT_MESSAGE, lambda app, agent: served(app, agent).answering(), 3),
    UseCase(PAUSE, lambda app, agent: known(app, agent).commanding("pause"), 3),
    UseCase(UNPAUSE, lambda app, agent: served(app, agent).commanding("unpause"), 3),
    UseCase(CLAIM, lambda app, agent: waiting(app, agent).commanding("claim"), 3),
    UseCase(POLL, _poll, 1),
    UseCase(AGENT_POLL, _agents_poll, 2),
    UseCase(LIST, _agents("sessions", limit=50)),
    UseCase(PAUSED_LIST, _agents("sessions", limit=50, paused="true")),
    UseCase(LOG, _long_log, 3),
    UseCase(ALERTS, _agents("notifications", limit=30)),
    UseCase(SWEEP, _nothing_due),
    UseCase(ESCALATION, _escalation),
)
"""An agent's request takes one round trip more than what it does, to look up their token."""
