"""Any run of commits on one session ends as in a reference that fits on a page."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import Conflict, Duplicate
from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.store.base import Store
from tests.store import making

pytestmark = pytest.mark.uncounted


@dataclass(frozen=True)
class Reference:
    """A session as it should be."""

    head: Session | None = None
    log: tuple[Entry, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def commit(self, draft: Draft) -> "Reference":
        if self.head is not None and self.head.attempt == draft.after.attempt:
            return self
        for entry in draft.entries:
            if (stored := self.find(entry.id)) is not None:
                raise Duplicate(stored)
        if (self.head.rev if self.head is not None else 0) != draft.before.rev:
            raise Conflict
        amended = {entry.seq: entry for entry in draft.amends}
        log = (*(amended.get(entry.seq, entry) for entry in self.log), *draft.entries)
        return replace(self, head=draft.after, log=log, facts=self.facts if draft.facts is None else draft.facts)

    def find(self, entry_id: str) -> Entry | None:
        return next((entry for entry in self.log if entry.id == entry_id), None)


@dataclass(frozen=True)
class Step:
    """One commit: on the newest head or an old one, repeated or not."""

    behind: int
    ids: list[str]
    alerts: int
    amend: int | None
    facts: dict[str, int] | None
    repeat: bool


IDS = st.sampled_from([f"u:{letter}" for letter in "abcdef#"])
STEPS = st.lists(
    st.builds(
        Step,
        behind=st.sampled_from([0, 0, 0, 1, 2]),
        ids=st.lists(IDS, max_size=3, unique=True),
        alerts=st.integers(0, 2),
        amend=st.none() | st.integers(0, 5),
        facts=st.none() | st.dictionaries(st.sampled_from("xyz"), st.integers(), max_size=2),
        repeat=st.booleans(),
    ),
    max_size=6,
)


def draft_of(step: Step, session_id: str, heads: list[Session | None], log: tuple[Entry, ...]) -> Draft:
    before = heads[max(0, len(heads) - 1 - step.behind)]
    decisions = [making.says(f"{entry_id} {len(heads)}", entry_id=entry_id) for entry_id in step.ids]
    known = 0 if before is None else before.seq
    if step.amend is not None and step.amend < known:
        decisions.append(making.amends(log[step.amend].but(content=Text(f"amended {len(heads)}"))))
    if step.facts is not None:
        decisions.append(making.remembers(**step.facts))
    return making.decide(before, session_id, *decisions, making.alerts(step.alerts))


def outcome_of(store: Store | Reference, draft: Draft) -> tuple[object, object]:
    """What a commit led to, and the error it raised."""
    try:
        if isinstance(store, Reference):
            return store.commit(draft), None
        making.commit(store, draft)
    except Duplicate as error:
        return store, ("duplicate", error.entry)
    except Conflict:
        return store, "conflict"
    return store, None


def test_any_run_of_commits_ends_as_in_the_reference(store: Store):
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def agrees(steps: list[Step]) -> None:
        session_id = making.fresh("webchat:")
        reference = Reference()
        heads: list[Session | None] = [None]
        for step in steps:
            draft = draft_of(step, session_id, heads, reference.log)
            for _ in range(2 if step.repeat else 1):
                after, expected = outcome_of(reference, draft)
                assert outcome_of(store, draft)[1] == expected
                reference = after
            heads.append(reference.head)

        assert store.load(session_id) == reference.head
        assert store.facts(session_id) == reference.facts
        assert tuple(making.log(store, session_id)) == reference.log
        assert all(store.find(session_id, entry.id) == entry for entry in reference.log)

    agrees()
