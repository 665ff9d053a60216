"""What can be read: lists, logs, notifications. Reads never write."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.desk.tools import Tools
from chalicelib.errors import Malformed, SessionNotFound
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session, is_session_id
from chalicelib.store.base import Notification, Page, SessionQuery, Store


@dataclass(frozen=True)
class Reading:
    """Part of a log: `cursor` is the number read up to."""

    session: Session
    entries: list[Entry]
    cursor: int


@dataclass(frozen=True)
class Inbox:
    """A page of notifications; `unread` and `waiting` (sessions) are counted to 100."""

    page: Page[Notification]
    unread: int
    waiting: int


class Reader:
    """Answers questions about sessions."""

    def __init__(self, store: Store, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    @property
    def now(self) -> datetime:
        """The moment that answers are true for."""
        return self._tools.clock()

    def session(self, session_id: str) -> Session:
        """The head. Raises SessionNotFound."""
        head = self._store.load(session_id)
        if head is None:
            raise SessionNotFound("There is no such session.")
        return head

    def log(self, session_id: str, *, after: int | None, before: int | None, limit: int) -> Reading:
        """Entries after a number, or before one, or the last ones; ascending. Raises SessionNotFound, Malformed for both."""
        if after is not None and before is not None:
            raise Malformed("Give after or before, not both.")
        head = self.session(session_id)
        if after is not None:
            return self._following(head, after, limit)
        until = head.seq + 1 if before is None else before
        entries = self._store.entries(session_id, before=until, limit=limit)
        return Reading(head, entries, entries[-1].seq if entries else max(0, until - 1))

    def follow(self, session_id: str, *, after: int, limit: int) -> Reading:
        """The same for a visitor, who may have written nothing yet: then it is empty."""
        head = self._store.load(session_id)
        if head is None:
            return Reading(Session(id=session_id), [], 0)
        return self._following(head, after, limit)

    def sessions(self, query: SessionQuery, *, cursor: str | None, limit: int) -> Page[Session]:
        """A page of sessions; an expired pause is over, though nobody has written so yet."""
        page = self._store.sessions(query, cursor=cursor, limit=limit)
        if not query.paused:
            return page
        now = self.now
        return Page([head for head in page.items if head.paused_at(now)], page.cursor)

    def search(self, words: str, *, cursor: str | None, limit: int) -> Page[Session]:
        """Sessions with exactly this id, else those whose user's name begins so."""
        head = self._store.load(words) if cursor is None and is_session_id(words) else None
        if head is not None:
            return Page([head])
        return self._store.sessions(SessionQuery(name=words), cursor=cursor, limit=limit)

    def inbox(self, *, cursor: str | None, limit: int) -> Inbox:
        """Notifications, newest first."""
        page = self._store.notifications(cursor=cursor, limit=limit)
        return Inbox(page, self._store.unread(), self._store.waiting())

    def _following(self, head: Session, after: int, limit: int) -> Reading:
        if after >= head.seq:
            return Reading(head, [], head.seq)
        entries = self._store.entries(head.id, after=after, limit=limit)
        return Reading(head, entries, entries[-1].seq if entries else after)
