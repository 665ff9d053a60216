"""The same for what a vendor carries: each part arrives once at most and in its order, and what is told of it is true."""

import os
from collections.abc import Callable

import pytest

from tests.matrix.backends import Backend
from tests.matrix.layer import Blow, blows_after_writes
from tests.matrix.run import Matrix, Next, Open
from tests.matrix.scene import UseCase
from tests.matrix.sending_cases import SENDING
from tests.matrix.summary import STRUCK

pytestmark = pytest.mark.uncounted

WHOLE = os.environ.get("HITL_MATRIX") == "whole"
"""All that can come next is tried after each fault, which takes three times as long; else, what is asked comes again."""

NOT_OF_THE_STORE = {"send", "create_persona", "publish"}


def after_the_stores_writes(call: str) -> tuple[Blow, ...]:
    """What a write leaves behind in a store; a vendor's calls are the same beside any."""
    return () if call in NOT_OF_THE_STORE else blows_after_writes(call)


EVERY = 1 if WHOLE else 4
"""On a server, where each call takes so long, every fourth use case: stores are told apart by the others."""


@pytest.mark.parametrize("case", SENDING, ids=lambda case: case.name)
def test_a_fault_at_any_call_has_nothing_sent_twice_left_unsent_or_told_wrongly(
    case: UseCase, backend: Backend, opened: Open, record_property: Callable[[str, object], None]
):
    if backend.name != "sqlite" and SENDING.index(case) % EVERY:
        return
    which = backend.which if backend.name == "sqlite" else after_the_stores_writes
    ways = backend.ways if WHOLE else (Next.LATER,) if case.retries else (Next.AGAIN,)
    found = Matrix(case).all(opened, ways, which)

    record_property(STRUCK, (f"{backend.name}, with a vendor", found.calls, found.runs, len(found.failures)))
    assert not found.failures, "\n".join(found.failures)


def test_every_use_case_with_a_vendor_has_a_name_of_its_own():
    assert len({case.name for case in SENDING}) == len(SENDING)
