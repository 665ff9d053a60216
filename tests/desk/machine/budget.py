"""How long the machine runs: in one place, since it is the longest test there is.

`HITL_MACHINE` chooses: `usual` is the same run every time, `mutant` the same without shrinking what it finds, `long` looks
in new places for some minutes.
"""

import os

from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

_USUAL = settings(
    max_examples=300,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=_SLOW,
    print_blob=False,
    report_multiple_bugs=False,
)

BUDGETS = {
    "usual": _USUAL,
    "mutant": settings(_USUAL, phases=[Phase.generate]),
    "long": settings(_USUAL, max_examples=3_000, derandomize=False),
}

BUDGET = BUDGETS[os.environ.get("HITL_MACHINE", "usual")]
