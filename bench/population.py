"""Sessions in any number, as one commit each by the model's own decisions would leave them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.pausing import pause
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session, User
from chalicelib.model.talking import agent_said, user_said

AGENTS = tuple(Author(kind="agent", id=name.lower(), name=name) for name in ("Ann", "Ben", "Sue"))
PAUSED_ONE_IN = 20
SPREAD = timedelta(days=90)
PAUSES_SPREAD = timedelta(hours=12)
"""Pauses are younger than that, since they last a day."""

_FIRST_NAMES = (
    *("Maria", "Jonas", "Amina", "Péter", "Sofia", "Liam", "Yuki", "Olga"),
    *("Zofia", "Ahmed", "Chen", "Greta", "Ivan", "Noor", "Tariq", "Wanda"),
)
_LAST_NAMES = ("Schneider", "Okafor", "Nagy", "Silva", "Tanaka", "Ivanova", "Haddad", "Larsen", "Kowalska", "Moreau")
_WORDS = "Hello, my order has not arrived, and the tracking page has shown nothing since Tuesday."
_POLICY = Policy()
_STRIDE = 7_368_787
"""A prime: steps of it reach every number, far from the one before, as a table's rows lie after some months."""


@dataclass(frozen=True)
class Written:
    """A head and the entries that lead to it."""

    head: Session
    entries: list[Entry]


def population(count: int, now: datetime) -> Iterator[Written]:
    """So many sessions, a paused one in twenty: two of five wait, three belong to an agent each. Not in order of activity."""
    for step in range(count):
        number = step * _STRIDE % count
        share = number / count
        paused = number % PAUSED_ONE_IN == 0
        at = now - share * (PAUSES_SPREAD if paused else SPREAD)
        draft = _draft(f"webchat:{_random_id(number)}", at)
        name = f"{_FIRST_NAMES[number % 16]} {_LAST_NAMES[number // 16 % 10]}"
        user_said(draft, Event("u:1", draft.after.id, Text(_WORDS), at, user=User(name=name)), wanted=False)
        if paused:
            _pause(draft, number // PAUSED_ONE_IN % 5)
        yield _written(draft)


def long_log(session_id: str, length: int, now: datetime) -> Written:
    """One session with so many messages of its user, of one a minute."""
    draft = _draft(session_id, now)
    for number in range(length):
        at = now - timedelta(minutes=length - number)
        user_said(draft, Event(f"u:{number}", session_id, Text(f"{_WORDS} ({number})"), at), wanted=False)
    return _written(draft)


def _draft(session_id: str, now: datetime) -> Draft:
    return Draft(Session(id=session_id), now=now, request="filled", policy=_POLICY)


def _written(draft: Draft) -> Written:
    draft.set(rev=1, attempt="filled")
    return Written(draft.after, draft.entries)


def _pause(draft: Draft, turn: int) -> None:
    if turn < len(AGENTS):
        agent_said(draft, AGENTS[turn], Text("Hello, how can I help?"), entry_id="a:1")
    else:
        pause(draft, trigger="user", by=Author(kind="user", id=draft.after.user_id))


def _random_id(number: int) -> str:
    """The same for the same number, and in no order."""
    return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=11).hexdigest()
