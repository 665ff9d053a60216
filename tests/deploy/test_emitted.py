"""What alarms and widgets look at, against what an installation that lives really emits: each by name and dimensions."""

import json

import pytest

from chalicelib.metrics import METRICS, NAMESPACE
from tests.deploy.watched import Metric, alarms, of_alarm, of_dashboard

UNUSED = {
    ("AlertsPublished", "Stack"): "shown by alerter; together, for alarms of one's own",
    ("EventsReceived", "Stack"): "shown by channel; together, for alarms of one's own",
    ("Pauses", "Stack"): "shown by trigger; together, for alarms of one's own",
    ("Sends", "Stack"): "shown by result; together, for alarms of one's own",
}
"""What is emitted and neither an alarm nor a widget looks at, with the reason."""


@pytest.fixture(scope="session")
def emitted(installation):
    """As CloudWatch takes it from what was printed."""
    return {metric for line in installation.printed for metric in read(json.loads(line))}


def read(line):
    """The metrics of one line in the embedded metric format."""
    for told in line["_aws"]["CloudWatchMetrics"]:
        for metric in told["Metrics"]:
            for names in told["Dimensions"]:
                yield Metric(told["Namespace"], metric["Name"], tuple((name, line[name]) for name in names))


def looked_at(installation):
    """Ours, by who looks at it."""
    by = {name: of_alarm(alarm) for name, alarm in alarms(installation.stack).items()}
    by |= {f"a widget: {metric.name}": metric for metric in of_dashboard(installation.stack)}
    return {name: metric for name, metric in by.items() if metric.namespace == NAMESPACE}


def shows(asked, metric):
    """Whether what is asked for is this one."""
    values = dict(metric.dimensions)
    return asked.kind == metric.kind and all(value in (None, values[name]) for name, value in asked.dimensions)


def test_every_alarm_and_every_widget_looks_at_what_was_emitted(installation, emitted):
    looking = looked_at(installation)

    assert len(looking) > len(METRICS)
    assert {name: asked for name, asked in looking.items() if not any(shows(asked, one) for one in emitted)} == {}


def test_what_nobody_looks_at_is_on_the_list(installation, emitted):
    looking = looked_at(installation).values()
    idle = {one.kind for one in emitted if not any(shows(asked, one) for asked in looking)}

    assert {(name, *dimensions) for _, name, dimensions in idle} == UNUSED.keys()


def test_all_that_is_measured_was_emitted(emitted):
    assert {metric.name for metric in emitted} == METRICS.keys()


def test_what_is_printed_is_metrics_and_nothing_else(installation):
    assert len(installation.printed) > len(METRICS)
    for line in map(json.loads, installation.printed):
        assert line.keys() >= {"_aws", "Stack"}
        [told] = line["_aws"]["CloudWatchMetrics"]
        named = {metric["Name"] for metric in told["Metrics"]} | {one for names in told["Dimensions"] for one in names}
        assert line.keys() == {"_aws", *named}
