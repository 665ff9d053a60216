"""The queue in front of the desk."""

import json

import pytest

from chalicelib.desk.worker import MOST_RECEIVES, RESERVE
from chalicelib.handlers.inbox import ANSWER_TAKES
from tests.deploy.imagined import Stack


@pytest.fixture
def stack(package):
    return Stack(package.template)


def source(package):
    """The worker's only source of events."""
    [event] = package.function("Inbox")["Events"].values()
    assert event["Type"] == "SQS"
    return event["Properties"]


def test_the_worker_is_fed_by_the_stacks_own_queue_and_waits_for_it_to_be_made(package):
    assert source(package)["Queue"] == {"Fn::GetAtt": ["InboxQueue", "Arn"]}


def test_nothing_is_left_of_the_queue_that_app_py_has_to_name(package):
    assert "arn:aws:sqs" not in json.dumps(package.template)


def test_what_failed_of_a_batch_is_delivered_again_and_nothing_else(package):
    assert source(package)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_batch_is_as_large_as_fifo_allows_and_waits_for_nobody(package, stack):
    assert stack.resolve(source(package)) == {
        "Queue": stack.attribute("InboxQueue", "Arn"),
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }


@pytest.mark.parametrize("name", ["InboxQueue", "InboxDeadLetters"])
def test_a_queue_keeps_order_within_a_session_and_keeps_everything_for_14_days_encrypted(package, name):
    queue = package.function(name)

    assert queue["FifoQueue"]
    assert not queue["ContentBasedDeduplication"]  # an event's id tells, whatever else came with it
    assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")
    assert queue["SqsManagedSseEnabled"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_a_batch_that_is_worked_on_is_given_to_nobody_else(package):
    """As AWS advises: six times as long as the function may take."""
    assert package.function("InboxQueue")["VisibilityTimeout"] >= 6 * package.function("Inbox")["Timeout"]


def test_the_worker_has_time_for_more_than_one_slow_event(package):
    assert package.function("Inbox")["Timeout"] >= (2 * RESERVE + ANSWER_TAKES).total_seconds()


def test_only_what_the_worker_never_reached_ends_among_the_dead_letters(package):
    redrive = package.function("InboxQueue")["RedrivePolicy"]

    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["InboxDeadLetters", "Arn"]}
    assert redrive["maxReceiveCount"] > MOST_RECEIVES  # it parks by itself then, and again if the store was busy
    assert "RedrivePolicy" not in package.function("InboxDeadLetters")


def test_the_outputs_say_where_the_queues_are(package, stack):
    outputs = package.template["Outputs"]

    assert stack.resolve(outputs["InboxQueueUrl"]["Value"]) == stack.reference("InboxQueue")
    assert stack.resolve(outputs["DeadLettersUrl"]["Value"]) == stack.reference("InboxDeadLetters")
