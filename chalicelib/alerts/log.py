"""Alerts on the terminal, for a laptop."""

import sys
from typing import TextIO

from chalicelib.alerts.base import Alert, Alerter
from chalicelib.errors import AlertFailed


class LogAlerter(Alerter):
    """One line an alert to a stream; None means whatever standard error is at the time."""

    def __init__(self, stream: TextIO | None = None, *, name: str = "log") -> None:
        self.name = name
        self._stream = stream

    def publish(self, alert: Alert) -> None:
        stream = self._stream or sys.stderr
        line = f"ALERT {alert.level}: {alert.line} {alert.url}\n"
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(line.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise AlertFailed("The alert could not be written to the terminal.") from error

    def check(self) -> list[str]:
        return []
