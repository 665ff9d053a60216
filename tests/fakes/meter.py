"""Keeps the numbers that the desk counts."""

from chalicelib.metrics import METRICS, Meter


class RecordingMeter(Meter):
    """Keeps what is counted, and takes nothing that is not in the table."""

    on = True

    def __init__(self) -> None:
        self.counted: list[tuple[str, float, str | None]] = []

    def count(self, name: str, value: float = 1, by: str | None = None) -> None:
        assert (METRICS[name].by is None) == (by is None), name
        self.counted.append((name, value, by))

    def total(self, name: str, by: str | None = None) -> float:
        """All that was counted under this name, or of it what has this second dimension."""
        return sum(value for counted, value, what in self.counted if counted == name and by in (None, what))

    def values(self, name: str) -> list[float]:
        """Each number of this name."""
        return [value for counted, value, _ in self.counted if counted == name]
