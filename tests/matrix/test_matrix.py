"""A fault at any call, then whatever comes next: the log is one that a run without it made, and nothing owed is left undone."""

from collections.abc import Callable

import pytest

from tests.matrix.backends import Backend
from tests.matrix.plan import each, in_turn
from tests.matrix.run import Matrix, Open
from tests.matrix.scene import UseCase
from tests.matrix.summary import STRUCK
from tests.matrix.use_cases import USE_CASES

pytestmark = pytest.mark.uncounted


@pytest.mark.parametrize("case", USE_CASES, ids=lambda case: case.name)
def test_a_fault_at_any_call_leaves_nothing_lost_doubled_or_owed(
    case: UseCase, backend: Backend, opened: Open, record_property: Callable[[str, object], None]
):
    ways = in_turn(USE_CASES.index(case)) if backend.slow else each
    found = Matrix(case).all(opened, ways)

    record_property(STRUCK, (backend.name, *found.sizes))
    assert found.runs
    assert not found.failures, "\n".join(found.failures)


def test_every_use_case_has_a_name_of_its_own():
    assert len({case.name for case in USE_CASES}) == len(USE_CASES)
