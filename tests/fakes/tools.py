"""Time and chance that a test decides."""

import itertools
from datetime import UTC, datetime, timedelta

from chalicelib.desk.tools import Tools

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """Stands still; sleeping moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.naps: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += timedelta(seconds=seconds)

    def pass_by(self, **duration: float) -> None:
        """Time passes: `clock.pass_by(minutes=5)`."""
        self.now += timedelta(**duration)


def fake_tools(clock: FakeClock, *, first_id: int = 1) -> Tools:
    """Ids that count, those of a process from `first_id` on, and the longest wait of those that chance could pick."""
    numbers = itertools.count(first_id)
    return Tools(
        clock=clock, new_id=lambda: f"id{next(numbers)}", sleep=clock.sleep, jitter=lambda shortest, longest: longest
    )
