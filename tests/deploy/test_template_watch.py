"""Alarms and the dashboard look at what is there: metrics of ours and of AWS, by the names and dimensions they have."""

import pytest

from chalicelib.metrics import METRICS, NAMESPACE
from tests.deploy.imagined import Stack
from tests.deploy.watched import alarms, dashboard, of_alarm, of_dashboard

FUNCTIONS = ("APIHandler", "Inbox", "Sweep", "WebsocketConnect")

AWS = {
    ("AWS/ApiGateway", "4XXError", ("ApiName",)),
    ("AWS/ApiGateway", "5XXError", ("ApiName",)),
    ("AWS/ApiGateway", "Count", ("ApiName",)),
    ("AWS/DynamoDB", "ReadThrottleEvents", ("TableName",)),
    ("AWS/DynamoDB", "WriteThrottleEvents", ("TableName",)),
    ("AWS/Lambda", "Duration", ("FunctionName",)),
    ("AWS/Lambda", "Errors", ("FunctionName",)),
    ("AWS/Lambda", "Invocations", ("FunctionName",)),
    ("AWS/Lambda", "Throttles", ("FunctionName",)),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName",)),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
}
"""Of what AWS emits by itself, what is looked at; from the services' lists of their metrics."""

OURS = {
    (NAMESPACE, name, dimensions)
    for name, metric in METRICS.items()
    for dimensions in (("Stack",), tuple(sorted(("Stack", metric.by))) if metric.by else ("Stack",))
}


@pytest.fixture
def stack(package):
    return Stack(package.template)


def names(stack):
    """What the values of dimensions can be, by dimension."""
    return {
        "Stack": {stack.name},
        "ApiName": {stack.resolve(stack.template["Resources"]["RestAPI"]["Properties"]["Name"])},
        "TableName": {stack.reference("SessionTable")},
        "FunctionName": {stack.reference(name) for name in FUNCTIONS},
        "QueueName": {stack.attribute(name, "QueueName") for name in ("InboxQueue", "InboxDeadLetters")},
    }


def test_every_alarm_looks_at_a_metric_that_exists(stack):
    looked_at = {of_alarm(alarm).kind for alarm in alarms(stack).values()}

    assert looked_at
    assert sorted(looked_at - AWS - OURS) == []


def test_every_widget_shows_a_metric_that_exists(stack):
    shown = {metric.kind for metric in of_dashboard(stack)}

    assert sorted(shown - AWS - OURS) == []


def test_every_metric_of_ours_is_shown(stack):
    shown = {metric.name for metric in of_dashboard(stack)}

    assert {name for _, name, _ in OURS} <= shown


def test_what_is_looked_at_is_this_stacks(stack):
    looked_at = {of_alarm(alarm) for alarm in alarms(stack).values()} | of_dashboard(stack)
    known = names(stack)

    for metric in looked_at:
        for name, value in metric.dimensions:
            assert value is None or value in known[name], metric


def test_the_table_that_is_looked_at_is_the_kept_one_where_there_is_one(package):
    stack = Stack(package.template, {"KeptTable": "kept"})
    looked_at = {of_alarm(alarm) for alarm in alarms(stack).values()} | of_dashboard(stack)
    tables = {value for metric in looked_at for name, value in metric.dimensions if name == "TableName"}

    assert tables == {"kept"}


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_is_watched(stack, metric):
    watched = [of_alarm(alarm) for alarm in alarms(stack).values() if alarm["MetricName"] == metric]

    assert sorted(metric.dimensions for metric in watched) == sorted(
        (("FunctionName", stack.reference(name)),) for name in FUNCTIONS
    )


@pytest.mark.parametrize(
    ("name", "namespace", "metric", "threshold"),
    [
        ("dead-letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", 0),
        ("oldest-event", "AWS/SQS", "ApproximateAgeOfOldestMessage", 300),
        ("waiting", "hitl", "LongestWaitSeconds", 900),
        ("parked", "hitl", "Parked", 0),
        ("alerts-failed", "hitl", "AlertsFailed", 0),
        ("read-throttles", "AWS/DynamoDB", "ReadThrottleEvents", 0),
        ("write-throttles", "AWS/DynamoDB", "WriteThrottleEvents", 0),
    ],
)
def test_what_needs_a_person_sets_off_an_alarm(stack, name, namespace, metric, threshold):
    [alarm] = [one for one in alarms(stack).values() if one["AlarmName"] == f"hitl-dev-{name}"]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == (namespace, metric, threshold)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_the_queues_are_not_mistaken_for_each_other(stack):
    by_name = {alarm["AlarmName"]: of_alarm(alarm).dimensions for alarm in alarms(stack).values()}

    assert by_name["hitl-dev-dead-letters"] == (("QueueName", stack.attribute("InboxDeadLetters", "QueueName")),)
    assert by_name["hitl-dev-oldest-event"] == (("QueueName", stack.attribute("InboxQueue", "QueueName")),)


def test_every_alarm_tells_the_operators_also_when_it_is_over(stack):
    topic = [stack.reference("OperatorTopic")]

    for alarm in alarms(stack).values():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == (topic, topic)
        assert alarm["AlarmDescription"].endswith(".")


def test_silence_is_well_but_for_the_sweep_which_must_run(stack):
    """Nothing is emitted where nothing happens; only a sweep that emits nothing has stopped."""
    missing = {alarm["AlarmName"]: alarm["TreatMissingData"] for alarm in alarms(stack).values()}

    assert missing.pop("hitl-dev-sweep-stopped") == "breaching"
    assert set(missing.values()) == {"notBreaching"}


def test_operators_are_mailed_only_when_an_address_is_given(package):
    assert "OperatorEmailSubscription" not in Stack(package.template).made()
    assert "OperatorEmailSubscription" in Stack(package.template, {"OperatorEmail": "o@x.example"}).made()


def test_agents_are_mailed_only_when_an_address_is_given(package):
    assert "AlertEmailSubscription" not in Stack(package.template).made()
    assert "AlertEmailSubscription" in Stack(package.template, {"AlertEmail": "a@x.example"}).made()


def test_the_dashboard_is_of_the_stacks_region_and_its_widgets_stand_beside_each_other(stack):
    widgets = dashboard(stack)["widgets"]
    places = {
        (one["x"] + x, one["y"] + y) for one in widgets for x in range(one["width"]) for y in range(one["height"])
    }

    assert {one["properties"]["region"] for one in widgets} == {"eu-central-1"}
    assert len(places) == sum(one["width"] * one["height"] for one in widgets)
    assert max(one["x"] + one["width"] for one in widgets) <= 24
