"""What can be read: lists, logs, notifications. Reads never write."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.desk.tools import Tools
from chalicelib.errors import EntryNotFound, Malformed, SessionNotFound
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session, is_session_id
from chalicelib.model.text import ENTRY_LIMIT
from chalicelib.store.base import Notification, Page, SessionQuery, Store

PAGE_BYTES = 3_000_000
"""Of a page's entries, escaped as in an answer; half of what Lambda lets an answer have."""

ESCAPED = 3
"""By how much an answer, which Lambda wraps into ASCII JSON once more, is longer than its bytes: a letter of two becomes six."""

FITTING = PAGE_BYTES // (ESCAPED * ENTRY_LIMIT)
"""So many entries always fit, and need not be measured."""


class Reading(NamedTuple):
    """Part of a log, cut where no answer could carry it: `cursor` is the number read up to."""

    session: Session
    entries: list[Entry]
    cursor: int


class Inbox(NamedTuple):
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
        if head is None or head.gone:
            raise SessionNotFound("There is no such session.")
        return head

    def entry(self, session_id: str, seq: int) -> Entry:
        """The entry with this number. Raises SessionNotFound, EntryNotFound."""
        found = self._store.entries(session_id, after=max(seq - 1, self.session(session_id).cut), limit=1)
        if not found or found[0].seq != seq:
            raise EntryNotFound("There is no such entry.")
        return found[0]

    def log(self, session_id: str, *, after: int | None, before: int | None, limit: int) -> Reading:
        """Entries after a number, or before one, or the last ones; ascending. Raises SessionNotFound, Malformed for both."""
        if after is not None and before is not None:
            raise Malformed("Give after or before, not both.")
        head = self.session(session_id)
        if after is not None:
            return self._following(head, after, limit)
        until = head.seq + 1 if before is None else before
        found = self._store.entries(session_id, after=head.cut, before=until, limit=limit)
        entries = found[len(found) - _fitting(found[::-1]) :]
        return Reading(head, entries, entries[-1].seq if entries else max(0, until - 1))

    def follow(self, session_id: str, *, after: int, limit: int) -> Reading:
        """The same for a visitor, who may have written nothing yet: then it is empty.

        Of one who was erased, too, but the cursor stays where it was: the page that is still open goes on from there.
        """
        head = self._store.load(session_id)
        if head is None:
            return Reading(Session(id=session_id), [], 0)
        return self._following(head, after, limit)

    def sessions(
        self, query: SessionQuery, *, silenced: bool | None = None, cursor: str | None, limit: int
    ) -> Page[Session]:
        """A page of sessions; an expired pause is over, though nobody has written so yet.

        `silenced`: only those whose bot is paused now, or is not; None leaves it to the query. A page may then be short,
        or empty, and still have a cursor.
        """
        page = self._store.sessions(query, cursor=cursor, limit=limit)
        wanted = True if query.paused else silenced
        if wanted is None:
            return page
        now = self.now
        return Page([head for head in page.items if head.paused_at(now) == wanted], page.cursor)

    def search(self, words: str, *, cursor: str | None, limit: int) -> Page[Session]:
        """Sessions with exactly this id, else those whose user's name begins so."""
        head = self._store.load(words) if cursor is None and is_session_id(words) else None
        if head is not None and not head.gone and not head.of_account:
            return Page([head])
        return self._store.sessions(SessionQuery(name=words), cursor=cursor, limit=limit)

    def inbox(self, *, cursor: str | None, limit: int) -> Inbox:
        """Notifications, newest first."""
        page = self._store.notifications(cursor=cursor, limit=limit)
        return Inbox(page, self._store.unread(), self._store.waiting())

    def _following(self, head: Session, after: int, limit: int) -> Reading:
        after = max(after, head.cut)
        if after >= head.seq:
            return Reading(head, [], head.seq)
        found = self._store.entries(head.id, after=after, limit=limit)
        entries = found[: _fitting(found)]
        return Reading(head, entries, entries[-1].seq if entries else after)


def _fitting(entries: Sequence[Entry]) -> int:
    """How many of the entries, from the first on, make a page; at least one, so that a reader always gets on."""
    if len(entries) <= FITTING:
        return len(entries)
    left = PAGE_BYTES
    for number, entry in enumerate(entries):
        left -= len(json.dumps(entry.to_json()))
        if left < 0:
            return max(1, number)
    return len(entries)
