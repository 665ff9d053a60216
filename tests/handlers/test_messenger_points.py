"""Everything that must be proven of Messenger has a test with its number in its name: `test_messenger_6_<point>_…`."""

import re
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent.parent
POINT = re.compile(r"^def test_messenger_6_(\d+)_", re.MULTILINE)
POINTS = range(1, 15)


def test_every_point_has_a_test_of_its_number():
    numbers = Counter(
        int(number) for path in TESTS.rglob("test_*.py") for number in POINT.findall(path.read_text(encoding="utf-8"))
    )

    assert sorted(numbers) == list(POINTS), numbers
