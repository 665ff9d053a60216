"""The same for what a vendor carries: each part arrives once at most and in its order, and what is told of it is true."""

from collections.abc import Callable

import pytest

from tests.matrix.backends import Backend
from tests.matrix.layer import Blow, blows, blows_after_writes
from tests.matrix.plan import WHOLE, in_turn
from tests.matrix.run import Matrix, Open
from tests.matrix.scene import UseCase
from tests.matrix.sending_cases import SENDING
from tests.matrix.summary import STRUCK

pytestmark = pytest.mark.uncounted

NOT_OF_THE_STORE = {"send", "create_persona", "publish"}


def after_the_stores_writes(call: str) -> tuple[Blow, ...]:
    """What a write leaves behind in a store; a vendor's calls are the same beside any."""
    return () if call in NOT_OF_THE_STORE else blows_after_writes(call)


@pytest.mark.parametrize("case", SENDING, ids=lambda case: case.name)
def test_a_fault_at_any_call_has_nothing_sent_twice_left_unsent_or_told_wrongly(
    case: UseCase, backend: Backend, opened: Open, record_property: Callable[[str, object], None]
):
    if WHOLE or backend.name == "sqlite":
        found = Matrix(case).all(opened)
    else:
        found = Matrix(case).all(opened, in_turn(SENDING.index(case)), after_the_stores_writes, whole=blows)

    record_property(STRUCK, (f"{backend.name}, with a vendor", *found.sizes))
    assert found.runs
    assert not found.failures, "\n".join(found.failures)


def test_every_use_case_with_a_vendor_has_a_name_of_its_own():
    assert len({case.name for case in SENDING}) == len(SENDING)
