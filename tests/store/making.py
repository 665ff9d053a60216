"""Sessions, made the way the product makes them: a draft, some decisions, a commit."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chalicelib.model import alerting, claiming, pausing, talking
from chalicelib.model.content import Content, Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import AlertDetail, Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session, User
from chalicelib.store.base import Page, SessionQuery, Store

Decision = Callable[[Draft], object]

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ANN = Author(kind="agent", id="ann", name="Ann")
BEN = Author(kind="agent", id="ben", name="Ben")
SESSION = "webchat:visitor-1"

_numbers = itertools.count(1000)  # past those of the databases in tests/compat


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def fresh(prefix: str) -> str:
    """An id that no other call returned."""
    return f"{prefix}{next(_numbers)}"


def decide(before: Session | None, session_id: str, *decisions: Decision, at: datetime = NOW) -> Draft:
    """A draft with the decisions made, and its head ready to be committed."""
    draft = Draft(before or Session(id=session_id), now=at, request=fresh("r"), policy=Policy())
    for decision in decisions:
        decision(draft)
    draft.set(rev=draft.before.rev + 1, attempt=draft.request)
    return draft


def commit(store: Store, draft: Draft) -> Session:
    """Commit the draft; the head it leads to."""
    before = draft.before if draft.before.rev else None
    store.commit(before, draft.after, draft.entries, draft.amends, facts=draft.facts)
    return draft.after


def change(store: Store, session_id: str, *decisions: Decision, at: datetime = NOW) -> Session:
    """Load, decide, commit; the new head."""
    return commit(store, decide(store.load(session_id), session_id, *decisions, at=at))


def says(text: str = "Hello", *, entry_id: str | None = None, name: str = "") -> Decision:
    """The user says something."""
    return sends(Text(text), entry_id=entry_id, name=name)


def sends(content: Content, *, entry_id: str | None = None, name: str = "") -> Decision:
    """The user sends something."""

    def decision(draft: Draft) -> Entry:
        user = User(name=name) if name else None
        event = Event(entry_id or fresh("u:"), draft.after.id, content, draft.now, user=user)
        return talking.user_said(draft, event, wanted=False)

    return decision


def answers(text: str = "How can I help?", *, agent: Author = ANN) -> Decision:
    """An agent says something, which claims and pauses."""
    return lambda draft: talking.agent_said(draft, agent, Text(text), entry_id=fresh("a:"))


def asks_for_human() -> Decision:
    """The user pauses the bot: one alert, and the user waits."""
    return lambda draft: pausing.pause(draft, trigger="user", by=Author(kind="user", id="1"))


def pauses(*, until: datetime | None = None, agent: Author = ANN) -> Decision:
    """An agent pauses the bot: no alert."""
    return lambda draft: pausing.pause(draft, trigger="agent", by=agent, until=until)


def unpauses() -> Decision:
    return lambda draft: pausing.unpause(draft, by=ANN, trigger="agent")


def claims(agent: Author = ANN) -> Decision:
    return lambda draft: claiming.claim(draft, agent)


def alerts(count: int = 1, *, text: str = "Look here") -> Decision:
    """The bot notifies the agents so many times."""

    def decision(draft: Draft) -> None:
        for _ in range(count):
            alerting.raise_alert(draft, AlertDetail(text, why="notify"))

    return decision


def amends(entry: Entry) -> Decision:
    return lambda draft: draft.amend(entry)


def remembers(**facts: object) -> Decision:
    """The bot remembers just these facts."""

    def decision(draft: Draft) -> None:
        draft.facts = dict(facts)

    return decision


def changes(**fields: object) -> Decision:
    """Only the head changes."""
    return lambda draft: draft.set(**fields)


def log(store: Store, session_id: str) -> list[Entry]:
    """The whole log."""
    return store.entries(session_id, limit=500)


def walk(store: Store, query: SessionQuery, *, limit: int) -> list[str]:
    """The ids of all pages of a list."""
    first = store.sessions(query, limit=limit)
    return [session.id for session in first.items] + walk_on(store, query, first, limit=limit)


def walk_on(store: Store, query: SessionQuery, page: Page[Session], *, limit: int) -> list[str]:
    """The ids of all pages after this one."""
    ids: list[str] = []
    while page.cursor is not None:
        page = store.sessions(query, cursor=page.cursor, limit=limit)
        assert len(page.items) <= limit
        ids += [session.id for session in page.items]
    return ids
