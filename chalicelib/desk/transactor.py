"""Load the head, decide, commit; again when somebody else was faster."""

from collections.abc import Callable
from datetime import timedelta

from chalicelib.desk.line import FairLine, Line
from chalicelib.desk.measuring import measure
from chalicelib.desk.steps import tell
from chalicelib.desk.tools import Tools
from chalicelib.errors import Conflict, Duplicate, SessionNotFound, StoreBusy
from chalicelib.model.draft import Draft
from chalicelib.model.pausing import end_expired
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.store.base import Store

DEADLINE = timedelta(seconds=5)
"""How long one request tries; the platforms' own limit for an answer is of this size."""

SHORTEST_WAIT, LONGEST_WAIT = 0.010, 0.250
"""Seconds between two attempts, picked at random so that rivals part."""

PART_OF_TIME_LEFT = 0.01
"""Whoever lost a race waits at most this part of the time that is left: those who have waited for longest try most often. If
they waited longer each time, processes that have just won, which meet nobody awake, would keep them out to the end."""


class Transactor:
    """Runs decisions against the store."""

    def __init__(self, store: Store, policy: Policy, tools: Tools, line: Line | None = None) -> None:
        self.store = store
        self.policy = policy
        self.tools = tools
        self._line = line or FairLine()

    def run(
        self,
        session_id: str,
        decide: Callable[[Draft], object],
        *,
        create: bool = False,
        tombstones: bool = False,
        request: str | None = None,
        known: Session | None = None,
    ) -> Draft:
        """Commit what `decide` does to the draft; returns the draft, its `after` as stored.

        `decide` runs again, on a fresh draft, after a conflict or when the store was busy; an expired pause is ended before
        it in the same commit. `create`: begin a session that is unknown, and go on after what is left of an erased one;
        `tombstones`: the latter alone. `known`: the head as this caller committed it last, which saves the first load. When
        an earlier attempt turns out to have been committed though its answer was lost, that is the result.

        Raises SessionNotFound, Duplicate when an entry of somebody else's request has one of the ids, StoreBusy after five
        seconds, and what `decide` raises.
        """
        request = request or self.tools.new_id()
        deadline = self.tools.clock() + DEADLINE
        tried: Draft | None = None
        waits = 0
        while True:
            try:
                with self._line.first(session_id) as waited:
                    # whoever was before us has moved the head on
                    head = known if known is not None and not waited else self.store.load(session_id)
                    known = None
                    if tried is not None and head is not None and head.attempt == tried.after.attempt:
                        self._account_for(tried)
                        return tried
                    draft = self._decide(
                        head, session_id, decide, create=create, tombstones=tombstones or create, request=request
                    )
                    if not draft.changed:
                        return draft
                    tried = self._stamped(draft)
                    self.store.commit(head, tried.after, tried.entries, tried.amends, facts=tried.facts)
                    self._account_for(tried)
                    return tried
            except Duplicate as duplicate:
                if not _own(duplicate, request):
                    self.tools.meter.count("Duplicates")
                    raise
                return self._as_it_stands(session_id, request)
            except (Conflict, StoreBusy) as refusal:
                if isinstance(refusal, Conflict):
                    self.tools.meter.count("Conflicts")
                left = (deadline - self.tools.clock()).total_seconds()
                if left <= 0:
                    raise StoreBusy("The store is busy. Please try again.") from refusal
                longest = min(LONGEST_WAIT, 2**waits * 2 * SHORTEST_WAIT)
                if isinstance(refusal, Conflict):
                    longest = max(SHORTEST_WAIT, min(longest, left * PART_OF_TIME_LEFT))
                self.tools.sleep(self.tools.jitter(SHORTEST_WAIT, longest))
                waits += 1

    def _account_for(self, held: Draft) -> None:
        tell(held)
        measure(held, self.tools.meter)

    def _decide(
        self,
        head: Session | None,
        session_id: str,
        decide: Callable[[Draft], object],
        *,
        create: bool,
        tombstones: bool,
        request: str,
    ) -> Draft:
        if (head is None and not create) or (head is not None and head.gone and not tombstones):
            raise SessionNotFound("There is no such session.")
        before = Session(id=session_id) if head is None else head
        draft = Draft(before, now=self.tools.clock(), request=request, policy=self.policy)
        end_expired(draft)
        decide(draft)
        return draft

    def _stamped(self, draft: Draft) -> Draft:
        draft.set(rev=draft.before.rev + 1, attempt=self.tools.new_id())
        return draft

    def _as_it_stands(self, session_id: str, request: str) -> Draft:
        """An earlier attempt of this request was committed and others followed: the head as it is now, nothing changed."""
        head = self.store.load(session_id)
        if head is None:
            raise SessionNotFound("There is no such session.")
        return Draft(head, now=self.tools.clock(), request=request, policy=self.policy)


def _own(duplicate: Duplicate, request: str) -> bool:
    return str(getattr(duplicate.entry, "id", "")).startswith(f"s:{request}:")
