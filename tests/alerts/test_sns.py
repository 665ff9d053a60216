"""SNS as a subscriber sees it: an SQS queue subscribed to the topic."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.alerts.sns import SNSAlerter
from chalicelib.channels.webchat import message
from chalicelib.desk.desk import Desk
from chalicelib.errors import AlertFailed, BadSettings
from chalicelib.model.content import Text
from tests.fakes.bot import ScriptedBot
from tests.fakes.memory import MemoryStore

REGION = "eu-central-1"
MISSING = f"arn:aws:sns:{REGION}:123456789012:missing"


@pytest.fixture(scope="module")
def sns():
    with mock_aws():
        yield boto3.client("sns", region_name=REGION)


@pytest.fixture
def topic(sns, request):
    arn = sns.create_topic(Name=re.sub(r"\W", "-", request.node.name)[:80])["TopicArn"]
    yield arn
    sns.delete_topic(TopicArn=arn)


@pytest.fixture
def inbox(sns, topic):
    """Receives everything published since the last look."""
    sqs = boto3.client("sqs", region_name=REGION)
    queue = sqs.create_queue(QueueName=topic.rpartition(":")[2])["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)

    def receive(policy=None):
        if policy:
            sns.set_subscription_attributes(
                SubscriptionArn=subscription["SubscriptionArn"],
                AttributeName="FilterPolicy",
                AttributeValue=json.dumps(policy),
            )
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    yield receive
    sqs.delete_queue(QueueUrl=queue)


def test_a_subscriber_reads_what_happened_and_the_link(topic, inbox, alert):
    SNSAlerter(topic).publish(alert)

    [got] = inbox()
    assert got["Subject"] == "[hitl] Ann wants to talk to a human"
    assert got["Message"].startswith("Ann wants to talk to a human.\nSince 2026-11-22 20:40 UTC")
    assert "https://hitl.example/admin#session=webchat%3Aabc" in got["Message"].split("\n")


def test_attributes_let_subscribers_filter_and_know_a_repeat(topic, inbox, alert):
    alerter = SNSAlerter(topic)
    alerter.publish(alert)
    alerter.publish(alert)

    first, second = inbox()
    assert first["MessageAttributes"] == second["MessageAttributes"]
    assert {name: attribute["Value"] for name, attribute in first["MessageAttributes"].items()} == {
        "level": "info",
        "why": "paused",
        "channel": "webchat",
        "alert_id": "webchat%3Aabc.7",
    }


def test_a_filter_policy_on_the_level_keeps_the_others_out(topic, inbox, alert):
    inbox({"level": ["error"]})
    SNSAlerter(topic).publish(alert)
    SNSAlerter(topic).publish(replace(alert, level="error"))

    assert [got["MessageAttributes"]["level"]["Value"] for got in inbox()] == ["error"]


@pytest.mark.parametrize("name", ["Ann", "\r\nBcc: x", "A" * 300, "王小明", "https://evil.example", ""])
def test_whatever_a_user_is_called_the_subscriber_gets_a_sound_mail_with_a_link_that_leads_there(topic, inbox, name):
    desk = Desk(MemoryStore(), ScriptedBot(), alerters=[SNSAlerter(topic)], public_url="https://hitl.example")
    desk.intake.receive(message("v-1._x", name, "1", Text("Hello"), datetime.now(UTC)))
    desk.pause("webchat", "v-1._x")

    [got] = inbox()
    assert re.fullmatch(r"\[hitl\] [ -~]{1,92}", got["Subject"])
    assert got["Subject"].endswith("wants to talk to a human")
    assert not re.search(r"\nBcc:|evil\.example|[\r\x00-\x09]", got["Message"])
    assert len(got["Message"].split("\n")[0]) < 100
    [link] = [line for line in got["Message"].split("\n") if line.startswith("http")]
    assert link.startswith("https://hitl.example/admin#session=")
    assert unquote(link.partition("#session=")[2]) == "webchat:v-1._x"


def test_a_topic_that_is_gone_is_a_failed_alert(sns, alert):
    with pytest.raises(AlertFailed, match="SNS refused an alert for topic missing: NotFound"):
        SNSAlerter(MISSING, sns).publish(alert)


def test_an_endpoint_that_cannot_be_reached_is_a_failed_alert(alert, free_port):
    client = boto3.client(
        "sns",
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{free_port}",
        config=Config(connect_timeout=1, retries={"total_max_attempts": 1}),
    )

    with pytest.raises(AlertFailed, match="SNS did not take an alert for topic missing: EndpointConnectionError"):
        SNSAlerter(MISSING, client).publish(alert)
    assert "check the network" in SNSAlerter(MISSING, client).check()[0]


def test_a_topic_with_a_confirmed_subscription_is_well(topic, inbox):
    assert SNSAlerter(topic).check() == []


def test_a_topic_without_subscriptions_reaches_nobody(topic):
    [sentence] = SNSAlerter(topic).check()

    assert sentence.startswith("Nobody subscribes to topic")


def test_a_topic_that_does_not_exist_is_said(sns):
    assert SNSAlerter(MISSING).check() == [f"Topic {MISSING} does not exist: create it, or correct HITL_ALERTS."]


def test_a_fifo_topic_is_said_to_be_useless():
    [sentence] = SNSAlerter(f"{MISSING}.fifo").check()

    assert "FIFO" in sentence


@pytest.fixture
def stubbed():
    """A client with canned answers, for states that an emulator does not have."""
    client = boto3.client("sns", region_name=REGION)
    with Stubber(client) as stub:
        yield client, stub


def test_a_subscription_that_nobody_confirmed_reaches_nobody(stubbed):
    client, stub = stubbed
    waiting = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "a@b.example"}
    stub.add_response("list_subscriptions_by_topic", {"Subscriptions": [waiting]})

    [sentence] = SNSAlerter(MISSING, client).check()
    assert "follow the link in the mail from AWS" in sentence


def test_a_topic_that_may_not_be_read_is_said_with_the_permission(stubbed):
    client, stub = stubbed
    stub.add_client_error("list_subscriptions_by_topic", "AuthorizationError")

    [sentence] = SNSAlerter(MISSING, client).check()
    assert "allow sns:ListSubscriptionsByTopic" in sentence


@pytest.mark.parametrize("arn", ["", "alerts", "arn:aws:sqs:eu-central-1:123456789012:q", f"{MISSING}\n"])
def test_what_is_no_topic_is_refused_at_once(arn):
    with pytest.raises(BadSettings, match="HITL_ALERTS"):
        SNSAlerter(arn)


def test_names_tell_topics_of_the_same_name_apart():
    here, there = SNSAlerter(MISSING), SNSAlerter(MISSING.replace(REGION, "us-east-1"))

    assert here.name.startswith("sns:missing#")
    assert here.name == SNSAlerter(MISSING).name != there.name


def test_the_client_gives_up_soon_and_speaks_to_the_region_of_the_topic():
    client = SNSAlerter(MISSING.replace(REGION, "us-east-1"))._sns()

    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (1, 2)
    assert client.meta.region_name == "us-east-1"
