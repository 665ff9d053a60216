"""Forgetting: a person when somebody asks for it, old entries by themselves, and what a broken-off deletion has left."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.desk.transactor import Transactor
from chalicelib.errors import SessionNotFound, StoreBusy
from chalicelib.model.entry import Author
from chalicelib.model.erasing import cut_old, end_tombstone, erase, finish_cut, finish_scrub, plan_cut
from chalicelib.model.session import Session
from chalicelib.store.base import SessionQuery

log = logging.getLogger(__name__)

DELETED_AT_ONCE = 500
"""Entries that one call of the store deletes, or that are looked at for their age."""

DELETE_FOR = timedelta(seconds=5)
"""How long a request, or one step of a sweep, deletes; the rest is due at once."""

PAGE = 100

PARKED_KEPT = timedelta(days=30)
"""What was parked is deleted after this, replayed or not: it may hold what users said."""

PARKED_AT_ONCE = 100
"""Parked deliveries that are read, and then deleted one by one, before the time is looked at."""


class Receipt(NamedTuple):
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
        self._scrubbed_at: datetime | None = None

    def erase(self, session_id: str, *, by: Author) -> Receipt:
        """Forget all about the person, at once for every reader; twice gives the same receipt while it is remembered.

        What is parked of them goes too, also of somebody who is unknown here otherwise. Raises SessionNotFound, StoreBusy.
        """
        if Session(id=session_id).of_account:
            raise SessionNotFound("This is no conversation.")
        try:
            draft = self._transactor.run(session_id, lambda draft: erase(draft, by=by.id or by.kind), tombstones=True)
        except SessionNotFound:
            self._erase_unknown(session_id)
            raise
        head = draft.after
        erased_at = head.erased_at or draft.now
        if draft.changed:
            log.info("a person was erased", extra={"session": session_id, "seq": head.cut, "by": head.erased_by})
        return Receipt(session_id, erased_at, head.erased_by, head.cut, done=self._finished(head, draft.now))

    def finish(self, head: Session) -> bool:
        """Delete what the head hides, and what was parked up to the erasure, for a while; whether all of it is deleted.

        Twice is harmless. Raises StoreBusy.
        """
        return self._delete(head, parked_until=head.erased_at)

    def expire_parked(self) -> int:
        """Delete what has been parked for 30 days, the oldest hundred of it; returns how many. Raises StoreBusy."""
        store, horizon = self._transactor.store, self._transactor.tools.clock() - PARKED_KEPT
        oldest = store.parked(limit=1).items  # mostly it is young, and the others need not be read
        if not oldest or oldest[0].at > horizon:
            return 0
        page = store.parked(limit=PARKED_AT_ONCE).items
        expired = sum(store.unpark(parked.id) for parked in page if parked.at <= horizon)
        log.warning("%d parked deliveries were deleted for their age", expired)
        return expired

    def _delete(self, head: Session, *, parked_until: datetime | None) -> bool:
        """As `finish`. `parked_until`: what was parked later is not of the person who was erased; None: nobody was."""
        store, clock = self._transactor.store, self._transactor.tools.clock
        deadline = clock() + DELETE_FOR
        while not store.erase(head.id, through=head.cut, limit=DELETED_AT_ONCE):
            if clock() >= deadline:
                return False
        if parked_until is not None and not self._unpark(head.id, until=parked_until, deadline=deadline):
            return False
        if head.erased_by:
            store.scrub()
        self._transactor.run(head.id, lambda draft: finish_cut(draft, through=head.cut), tombstones=True)
        return True

    def scrub(self, head: Session) -> None:
        """Overwrite what was taken back since the last time; of many sessions at once, as that may take a store seconds."""
        if head.scrub_at is None:
            return
        if self._scrubbed_at is None or self._scrubbed_at <= head.scrub_at:
            begun = self._transactor.tools.clock()
            self._transactor.store.scrub()
            self._scrubbed_at = begun
        self._transactor.run(head.id, lambda draft: finish_scrub(draft, head), known=head)

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

    def _unpark(self, session_id: str, *, until: datetime, deadline: datetime) -> bool:
        """Delete what was parked of the session up to a time; whether none is left."""
        store = self._transactor.store
        while True:
            doomed = [parked for parked in store.parked_of(session_id, limit=PARKED_AT_ONCE) if parked.at <= until]
            if not doomed:
                return True
            for parked in doomed:
                store.unpark(parked.id)
            if self._transactor.tools.clock() >= deadline:
                return False

    def _erase_unknown(self, session_id: str) -> None:
        """Delete what is parked of somebody of whom nothing else is kept. Raises StoreBusy, also when there is more of it."""
        store, now = self._transactor.store, self._transactor.tools.clock()
        if not store.parked_of(session_id, limit=1):
            return
        if not self._unpark(session_id, until=now, deadline=now + DELETE_FOR):
            raise StoreBusy("There is more to delete than there was time for. Please try again.")
        store.scrub()
        log.info("what was parked of somebody unknown was deleted", extra={"session": session_id})

    def _finished(self, head: Session, asked_at: datetime) -> bool:
        """Whether all is deleted, done now as far as there is time; what fails is left to the sweep.

        Asked again, it deletes what was parked since: nobody has come back whom it could be of.
        """
        try:
            return self._delete(head, parked_until=asked_at)
        except StoreBusy:
            log.warning("an erasure was left to the sweep", extra={"session": head.id})
            return False
