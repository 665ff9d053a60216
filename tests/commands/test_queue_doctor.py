"""What `doctor` finds of the queue between webhooks and the worker, and that it leaves all in there."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from chalicelib import aws
from chalicelib.wiring import build_store
from tests.commands.test_doctor import problems

NAME = "hitl-dev-inbox.fifo"
DEAD = "hitl-dev-dead.fifo"


@pytest.fixture
def sqs(tmp_path, monkeypatch):
    """An account, and an installation that has been started once."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    build_store(f"sqlite:///{tmp_path}/hitl.db").close()
    aws.session.cache_clear()
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-central-1")
    aws.session.cache_clear()


@pytest.fixture
def queue(sqs, settings):
    """Makes the queue, by the number of receives after which a message is a dead letter; None: never."""

    def made(after=20):
        attributes = {"FifoQueue": "true"}
        if after is not None:
            dead = sqs.create_queue(QueueName=DEAD, Attributes={"FifoQueue": "true"})["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": after})
        url = sqs.create_queue(QueueName=NAME, Attributes=attributes)["QueueUrl"]
        settings(INBOX=f"sqs:{url}")
        return url

    return made


def put(sqs, url, *bodies):
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=body, MessageDeduplicationId=body)


def told_of_inbox(told):
    return [line.split(maxsplit=1) for line in told.out.splitlines() if " inbox " in line]


def test_a_queue_that_is_well_is_told_with_how_many_wait_and_keeps_them(sqs, queue, run):
    url = queue()
    put(sqs, url, "a", "b", "c")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    told = run("doctor")
    assert (told.status, problems(told)) == (0, {})
    assert told_of_inbox(told) == [["ok", f"inbox {NAME} (2 waiting, 1 at the worker)"]]
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 2


def test_where_there_is_no_queue_none_is_looked_for(sqs, run):
    assert told_of_inbox(run("doctor")) == []


def test_a_queue_that_is_not_there_is_a_problem(sqs, queue, run):
    sqs.delete_queue(QueueUrl=queue())

    [said] = problems(run("doctor")).values()
    assert said == [f"There is no queue {NAME}: deploy the stack, or correct HITL_INBOX."]


def test_a_queue_without_dead_letters_is_a_problem(queue, run):
    queue(after=None)

    [[said]] = problems(run("doctor")).values()
    assert said.startswith("It has no dead letters: ")


def test_dead_letters_that_come_before_the_worker_parks_are_a_problem(queue, run):
    queue(after=5)

    [[said]] = problems(run("doctor")).values()
    assert said == "Events become dead letters after 5 receives, before the worker has parked them at 10."


def test_dead_letters_are_counted(sqs, queue, run):
    queue()
    put(sqs, sqs.get_queue_url(QueueName=DEAD)["QueueUrl"], "a", "b")

    [[said]] = problems(run("doctor")).values()
    assert said.startswith(f"There are 2 dead letters in {DEAD}: ")


def test_dead_letters_that_are_gone_are_a_problem(sqs, queue, run):
    queue()
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=DEAD)["QueueUrl"])

    [[said]] = problems(run("doctor")).values()
    assert said.startswith(f"The dead letters, {DEAD}, cannot be looked at")


@pytest.mark.parametrize(("seconds", "well"), [(12, True), (301, False)])
def test_how_old_the_oldest_is_comes_from_cloudwatch(queue, run, seconds, well):
    queue()
    point = {
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": NAME}],
        "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
        "Value": seconds,
    }
    boto3.client("cloudwatch", region_name="eu-central-1").put_metric_data(Namespace="AWS/SQS", MetricData=[point])

    told = run("doctor")
    assert f"the oldest for {seconds} s" in told.out
    assert (told.status == 0) == well


def test_a_queue_that_does_not_answer_is_a_problem_and_the_rest_is_looked_at(run, settings, sqs, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    settings(INBOX=f"sqs:http://127.0.0.1:1/123456789012/{NAME}")

    told = run("doctor")
    [(subject, [said])] = problems(told).items()
    assert (subject, said) == (f"inbox {NAME}", "The queue does not answer: EndpointConnectionError.")
    assert "ok       store sqlite:///" in told.out
