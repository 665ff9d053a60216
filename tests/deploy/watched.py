"""What the alarms and the dashboard look at, read from the template."""

import json
import re
from typing import Any, NamedTuple

from tests.deploy.imagined import Stack


class Metric(NamedTuple):
    """A metric as CloudWatch finds it: exactly these dimensions, or nothing. A value None stands for any."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str | None], ...]

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """Without the values."""
        return self.namespace, self.name, tuple(sorted(name for name, _ in self.dimensions))


def alarms(stack: Stack) -> dict[str, dict[str, Any]]:
    """The alarms, resolved."""
    found = stack.template["Resources"].items()
    return {name: stack.resolve(item["Properties"]) for name, item in found if item["Type"] == "AWS::CloudWatch::Alarm"}


def of_alarm(alarm: dict[str, Any]) -> Metric:
    dimensions = tuple((one["Name"], one["Value"]) for one in alarm["Dimensions"])
    return Metric(alarm["Namespace"], alarm["MetricName"], dimensions)


def dashboard(stack: Stack) -> dict[str, Any]:
    """The dashboard's body, resolved."""
    properties = stack.template["Resources"]["Dashboard"]["Properties"]
    body: dict[str, Any] = json.loads(stack.resolve(properties["DashboardBody"]))
    return body


def of_dashboard(stack: Stack) -> set[Metric]:
    """All that a widget shows."""
    lines = (line for widget in dashboard(stack)["widgets"] for line in widget["properties"]["metrics"])
    return {_searched(line[0]["expression"]) if isinstance(line[0], dict) else _named(line) for line in lines}


def _named(line: list[Any]) -> Metric:
    namespace, name, *rest = (part for part in line if isinstance(part, str))
    return Metric(namespace, name, tuple(zip(rest[::2], rest[1::2], strict=True)))


def _searched(expression: str) -> Metric:
    """A SEARCH for one metric by its schema, `{namespace,dimension,…}`, some dimensions with a value."""
    match = re.fullmatch(r"SEARCH\('\{([\w/,]+)\} ([^']*)', '\w+', \d+\)", expression)
    assert match is not None, expression
    namespace, *names = match[1].split(",")
    values = dict(re.findall(r'(\w+)="([^"]*)"', match[2]))
    name = values.pop("MetricName")
    assert values.keys() <= set(names)
    return Metric(namespace, name, tuple((one, values.get(one)) for one in names))
