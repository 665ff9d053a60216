"""Due work: what must happen to a session though nobody asks for it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.bots.base import stored_event
from chalicelib.desk.eraser import Eraser
from chalicelib.desk.publisher import Publisher
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.desk.turns import Turns
from chalicelib.desk.vendors import Vendors
from chalicelib.errors import HitlError
from chalicelib.model.alerting import escalate
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Unsent
from chalicelib.model.session import TOMBSTONE_KEPT, Session
from chalicelib.model.turning import ATTEMPTS, give_up, take, take_next
from chalicelib.store.base import COUNT_LIMIT, SessionQuery

log = logging.getLogger(__name__)

BATCH = 100
"""Sessions taken from the list of due ones at a time."""

QUEUE_READ = 100
"""Entries looked at in one go for something the bot wants."""

TURNS_OF_A_REQUEST = timedelta(seconds=20)
"""What is left of a function's 28 s is for two commits and the alerts."""

STEPS = 20
"""Steps of work on one session in one go; a session with more to do is still due afterwards."""


class Sweeper:
    """Finds sessions with due work and does it. Any number may run at once: every step is decided at a commit."""

    def __init__(
        self, transactor: Transactor, turns: Turns, publisher: Publisher, eraser: Eraser, vendors: Vendors
    ) -> None:
        self._transactor = transactor
        self._eraser = eraser
        self._turns = turns
        self._publisher = publisher
        self._vendors = vendors

    def sweep(self, *, budget: timedelta = timedelta(seconds=50)) -> int:
        """Attend to all sessions that are due, until none is left or the time budget is used; returns how many.

        A session whose work fails is left for the next sweep and does not hold up the others. Then some of what has been
        parked for too long is deleted.
        """
        clock = self._transactor.tools.clock
        deadline = clock() + budget
        seen: set[str] = set()
        still_due = 0
        while clock() < deadline:
            due = self._transactor.store.due(clock(), limit=BATCH + still_due)
            fresh = [session_id for session_id in due if session_id not in seen]
            still_due = len(due) - len(fresh)
            if not fresh:
                break
            for session_id in fresh:
                if clock() >= deadline:
                    break
                seen.add(session_id)
                self._attend_safely(session_id, deadline)
        self._expire_safely()
        self._measure_safely()
        return len(seen)

    def attend(self, session_id: str, deadline: datetime) -> None:
        """Do the session's due work, beginning nothing after the deadline; a no-op when there is none. Raises StoreBusy."""
        for _ in range(STEPS):
            head = self._transactor.store.load(session_id)
            now = self._transactor.tools.clock()
            if head is None or head.due_at is None or head.due_at > now or now >= deadline:
                return
            self._step(head)

    def catch_up(self, session_id: str) -> None:
        """Give the bot what a request that broke off has left: a turn that ran out, or events that none was taken for."""
        head = self._transactor.store.load(session_id)
        now = self._transactor.tools.clock()
        if head is not None and head.turn is not None and head.turn.until <= now:
            self._take_over(head)
        elif head is not None:
            self.serve_queue(head, since=now)

    def serve_queue(self, head: Session, *, since: datetime) -> None:
        """Give the bot what was said while its turn ran; what cannot begin soon after `since` is left to the sweep.

        A request's turns together take at most one and a half of the bot's time limit, and 20 s. A store that fails here
        fails nobody's request: the queue is due anyway.
        """
        limit = self._transactor.policy.bot_timeout
        deadline = since + min(limit / 2, TURNS_OF_A_REQUEST - limit)
        try:
            while head.queued and self._transactor.tools.clock() < deadline:
                head = self._take_queued(head)
        except HitlError as error:
            log.warning("a queue was left to the sweep: %s", error, extra={"session": head.id})

    def _attend_safely(self, session_id: str, deadline: datetime) -> None:
        try:
            self.attend(session_id, deadline)
        except HitlError as error:
            log.warning("due work was left for the next sweep: %s", error, extra={"session": session_id})
        except Exception as error:  # noqa: BLE001 - one session's bug must not keep the others waiting
            log.error("due work broke: %s", traced(error), extra={"session": session_id})  # noqa: TRY400 - no texts

    def _expire_safely(self) -> None:
        try:
            self._eraser.expire_parked()
        except HitlError as error:
            log.warning("what is parked was left for the next sweep: %s", error)

    def _measure_safely(self) -> None:
        """How many wait, and how long the first of them has: two reads, only if somebody looks."""
        if not self._transactor.tools.meter.on:
            return
        try:
            self._measure()
        except HitlError as error:
            log.warning("who waits was not counted: %s", error)
        except Exception as error:  # noqa: BLE001 - a row that nobody can read: the work itself is done
            log.error("counting who waits broke: %s", traced(error))  # noqa: TRY400 - no texts

    def _measure(self) -> None:
        meter, store, now = self._transactor.tools.meter, self._transactor.store, self._transactor.tools.clock()
        meter.count("SessionsWaiting", store.waiting())
        first = store.sessions(SessionQuery(paused=True), limit=1).items
        since = first[0].waiting_since if first else None
        meter.count("LongestWaitSeconds", 0 if since is None else (now - since).total_seconds())

    def _step(self, head: Session) -> None:
        now = self._transactor.tools.clock()
        if head.turn is not None and head.turn.until <= now:
            self._take_over(head)
        elif head.queued:
            self._take_queued(head)
        elif head.next_alert_at is not None and head.next_alert_at <= now and head.paused_at(now):
            waiting = self._transactor.store.waiting()
            others = waiting if waiting >= COUNT_LIMIT else max(0, waiting - 1)
            self._publisher.publish_new(
                self._transactor.run(head.id, lambda draft: escalate(draft, others_waiting=others))
            )
        elif head.paused == head.paused_at(now) and (work := self._vendors.due(head, now)) is not None:
            work(head)
        elif head.paused == head.paused_at(now) and any(owed.at <= now for owed in head.publications):
            self._publisher.publish_due(
                head
            )  # late, since a vendor that hangs must not hold up the bot or a pause's end
        elif head.paused == head.paused_at(now) and (forget := self._to_forget(head, now)) is not None:
            forget(head)
        else:
            self._transactor.run(head.id, lambda _: None)

    def _to_forget(self, head: Session, now: datetime) -> Callable[[Session], object] | None:
        """What is to be deleted, or to be hidden for its age; None: nothing."""
        if head.cutting_at is not None:
            return self._eraser.finish
        if head.scrub_at is not None:
            return self._eraser.scrub
        if head.keep_until is not None and head.keep_until <= now:
            return self._eraser.cut
        if head.erased_at is not None and head.erased_at + TOMBSTONE_KEPT <= now:
            return self._eraser.end_tombstone
        return None

    def _take_over(self, head: Session) -> None:
        """A turn ran out: it is called once more, and given up after that."""
        request = self._transactor.tools.new_id()

        def decide(draft: Draft) -> None:
            turn = draft.after.turn
            if turn is None or turn.until > draft.now:
                return
            if turn.attempt < ATTEMPTS:
                take(draft, turn.entry, attempt=turn.attempt + 1)
            else:
                give_up(draft, turn.entry, "The bot did not answer.")

        draft = self._transactor.run(head.id, decide, request=request)
        self._publisher.publish_new(draft)
        self._run_if_taken(draft, request)

    def _take_queued(self, head: Session) -> Session:
        """The bot gets the next thing the user said while its turn ran, if it wants any of it; returns the head then."""
        request = self._transactor.tools.new_id()
        entries = self._transactor.store.entries(head.id, after=head.handled, limit=QUEUE_READ)
        events = [entry for entry in entries if entry.from_user() and not isinstance(entry.content, Unsent)]
        looked_at = entries[-1].seq if entries else head.user_seq

        def decide(draft: Draft) -> None:
            wanted = (event.seq for event in events if self._turns.wanted(stored_event(event, draft.after)))
            take_next(draft, wanted, looked_at)

        return self._run_if_taken(self._transactor.run(head.id, decide, request=request, known=head), request)

    def _run_if_taken(self, draft: Draft, request: str) -> Session:
        turn = draft.after.turn
        if turn is None or turn.by != request:
            return draft.after
        found = self._transactor.store.entries(draft.after.id, after=turn.entry - 1, limit=1)
        if not found or found[0].seq != turn.entry:
            return draft.after  # the user was erased meanwhile
        return self._turns.take(draft.after, found[0])
