"""Where one thing comes after each blow, everything comes after each kind of it."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.matrix.layer import blows
from tests.matrix.plan import ALL, in_turn
from tests.matrix.run import Matrix
from tests.matrix.scene import UseCase
from tests.matrix.sending_cases import SENDING
from tests.matrix.use_cases import USE_CASES


@pytest.mark.parametrize("cases", [USE_CASES, SENDING], ids=["of the desk", "with a vendor"])
def test_what_comes_in_turn_is_everything_after_each_way_in_which_a_common_call_fails(cases: Sequence[UseCase]):
    seen, times = set(), Counter()
    for start, case in enumerate(cases):
        ways = in_turn(start)
        for place, pair in enumerate((call, blow.name) for call in Matrix(case).calls for blow in blows(call)):
            times[pair] += 1
            seen |= {(*pair, after) for after in ways(place)}

    often = [pair for pair, count in times.items() if count >= 2 * len(ALL)]
    assert [(*pair, after.value) for pair in often for after in ALL if (*pair, after) not in seen] == []
