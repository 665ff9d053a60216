"""An alerter that records, and fails when told to."""

from collections.abc import Callable

from chalicelib.alerts.base import Alert, Alerter
from chalicelib.errors import AlertFailed


class RecordingAlerter(Alerter):
    """`failing`: it is down and says so; `broken`: it has a bug. `meanwhile` runs in the middle of publishing."""

    def __init__(self, name: str = "recorder") -> None:
        self.name = name
        self.published: list[Alert] = []
        self.tried = 0
        self.failing = False
        self.broken = False
        self.meanwhile: Callable[[], object] = lambda: None

    def publish(self, alert: Alert) -> None:
        self.tried += 1
        self.meanwhile()
        if self.failing:
            raise AlertFailed("the alerter is down")
        if self.broken:
            raise ZeroDivisionError("a bug")
        self.published.append(alert)

    def check(self) -> list[str]:
        return []

    @property
    def words(self) -> list[str]:
        return [alert.text for alert in self.published]
