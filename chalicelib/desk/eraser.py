"""Forgetting: a person when somebody asks for it, old entries by themselves, and what a broken-off deletion has left."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.desk.transactor import Transactor
from chalicelib.errors import StoreBusy
from chalicelib.model.entry import Author
from chalicelib.model.erasing import cut_old, end_tombstone, erase, finish_cut, plan_cut
from chalicelib.model.session import Session
from chalicelib.store.base import SessionQuery

log = logging.getLogger(__name__)

DELETED_AT_ONCE = 500
"""Entries that one call of the store deletes, or that are looked at for their age."""

DELETE_FOR = timedelta(seconds=5)
"""How long a request, or one step of a sweep, deletes; the rest is due at once."""

PAGE = 100


@dataclass(frozen=True)
class Receipt:
    """That a person was erased: so many `entries` were written about them. `done`: all is deleted, not only hidden."""

    session_id: str
    erased_at: datetime
    by: str
    entries: int
    done: bool


class Eraser:
    """Hides first, by one commit, and then deletes; whatever breaks off is due, so that a sweep goes on with it."""

    def __init__(self, transactor: Transactor) -> None:
        self._transactor = transactor

    def erase(self, session_id: str, *, by: Author) -> Receipt:
        """Forget all about the person, at once for every reader; twice gives the same receipt while it is remembered.

        Raises SessionNotFound, StoreBusy.
        """
        draft = self._transactor.run(session_id, lambda draft: erase(draft, by=by.id or by.kind), tombstones=True)
        head = draft.after
        erased_at = head.erased_at or draft.now
        if draft.changed:
            log.info("a person was erased", extra={"session": session_id, "seq": head.cut, "by": head.erased_by})
        return Receipt(session_id, erased_at, head.erased_by, head.cut, done=self._finished(head))

    def finish(self, head: Session) -> bool:
        """Delete what the head hides, for a while; whether all of it is deleted. Raises StoreBusy."""
        store, clock = self._transactor.store, self._transactor.tools.clock
        deadline = clock() + DELETE_FOR
        while not store.erase(head.id, through=head.cut, limit=DELETED_AT_ONCE):
            if clock() >= deadline:
                return False
        if head.erased_by:
            store.scrub()
        self._transactor.run(head.id, lambda draft: finish_cut(draft, through=head.cut), tombstones=True)
        return True

    def cut(self, head: Session) -> None:
        """Hide the beginning of the log that has been kept for long enough; the deletion is due then."""
        retention = self._transactor.policy.retention
        if retention is None:
            self._transactor.run(head.id, lambda draft: draft.set(keep_until=None))
            return
        entries = self._transactor.store.entries(head.id, after=head.cut, limit=DELETED_AT_ONCE)
        horizon = self._transactor.tools.clock() - retention
        young = next((entry for entry in entries if entry.kept_since > horizon), None)
        through, next_at = head.cut, None
        if young is not None:
            through, next_at = young.seq - 1, young.kept_since + retention
        elif entries:
            through = entries[-1].seq
            next_at = self._transactor.tools.clock() if len(entries) == DELETED_AT_ONCE else None
        self._transactor.run(head.id, lambda draft: cut_old(draft, through=through, next_at=next_at))

    def end_tombstone(self, head: Session) -> None:
        """The erasure is a week old: nothing is left of it, but the numbers where the user has come back.

        Raises Conflict when they come back right now.
        """
        if head.gone:
            self._transactor.store.forget(head)
        else:
            self._transactor.run(head.id, end_tombstone)

    def retain(self) -> int:
        """Put all sessions under the retention that is set now; returns how many there are."""
        seen, cursor = 0, None
        while True:
            page = self._transactor.store.sessions(SessionQuery(), cursor=cursor, limit=PAGE)
            for head in page.items:
                self._transactor.run(head.id, plan_cut, known=head, tombstones=True)
            seen, cursor = seen + len(page.items), page.cursor
            if cursor is None:
                return seen

    def _finished(self, head: Session) -> bool:
        """Whether all is deleted, done now as far as there is time; what fails is left to the sweep."""
        if head.cutting_at is None:
            return True
        try:
            return self.finish(head)
        except StoreBusy:
            log.warning("an erasure was left to the sweep", extra={"session": head.id})
            return False
