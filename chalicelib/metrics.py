"""What operators see of the desk's work: numbers, each with a name and a unit, without anybody's words."""

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple, TextIO

NAMESPACE = "hitl"
"""Of all metrics; their first dimension, `Stack`, tells installations apart."""


class Metric(NamedTuple):
    """One number. `by`: a second dimension, by which it is counted besides."""

    meaning: str
    unit: Literal["Count", "Seconds"] = "Count"
    by: str | None = None


METRICS = {
    "AlertsFailed": Metric("alerts that an alerter did not take; the sweep tries again", by="Alerter"),
    "AlertsPublished": Metric("alerts that went out", by="Alerter"),
    "Conflicts": Metric("commits that somebody else was faster than"),
    "Duplicates": Metric("what came again and was known already"),
    "EntriesCommitted": Metric("entries of all kinds that were written"),
    "EventsReceived": Metric("what users said or pressed, taken by the desk", by="Channel"),
    "LongestWaitSeconds": Metric("how long the one who waits longest has waited, by the sweep", "Seconds"),
    "Parked": Metric("what could not be processed and was put aside"),
    "Pauses": Metric("pauses that began", by="Trigger"),
    "Sends": Metric("what was given to a vendor to be carried, by what became of each try", by="Result"),
    "SessionsWaiting": Metric("sessions that wait for a human, counted to 100, by the sweep"),
    "TimeToFirstHumanAnswer": Metric("from the beginning of a pause until a human first answered", "Seconds"),
}
"""All that is measured."""


class Meter(ABC):
    """Takes numbers. It never raises, and never waits for anybody."""

    on: bool
    """Whether somebody looks at the numbers, so that what costs a read is asked for."""

    @abstractmethod
    def count(self, name: str, value: float = 1, by: str | None = None) -> None:
        """Add one number of `METRICS`, with the value of its second dimension if it has one."""


class NoMeter(Meter):
    """Nobody looks."""

    on = False

    def count(self, name: str, value: float = 1, by: str | None = None) -> None:
        """See `Meter`."""


class EmbeddedMeter(Meter):
    """Writes CloudWatch's embedded metric format: a line of JSON for each number, which Lambda takes from standard output.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """

    on = True

    def __init__(self, stack: str, stream: TextIO | None = None, *, clock: Callable[[], float] = time.time) -> None:
        """`stack`: the value of the dimension `Stack`; `clock`: seconds since 1970; `stream`: standard output by default."""
        self._stack = stack
        self._stream = stream
        self._clock = clock

    def count(self, name: str, value: float = 1, by: str | None = None) -> None:
        """See `Meter`."""
        metric = METRICS[name]
        dimensions = [["Stack"]]
        line: dict[str, object] = {"Stack": self._stack, name: value}
        if metric.by is not None and by is not None:
            dimensions.append(["Stack", metric.by])
            line[metric.by] = by
        line["_aws"] = {
            "Timestamp": int(self._clock() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": dimensions,
                    "Metrics": [{"Name": name, "Unit": metric.unit}],
                }
            ],
        }
        stream = self._stream or sys.stdout
        with suppress(OSError, ValueError):  # a closed log must not undo what was counted
            stream.write(f"{json.dumps(line)}\n")  # in one piece, since others may write at the same time
            stream.flush()
