"""The function that Lambda calls with what the queue has: from a signed webhook to the log, with one id through all of it."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from app import app, inbox
from chalicelib import wiring
from chalicelib.desk.queued import QueuedInbox
from chalicelib.handlers.inbox import received
from chalicelib.handlers.logs import known_of
from tests.channels.deliveries import SESSION, delivery, entry
from tests.channels.deliveries import said as message
from tests.handlers.conftest import api, meta, settings  # noqa: F401 - fixtures
from tests.handlers.meta import INSTALLED, SIGNATURE, signature
from tests.handlers.table import WEBHOOK
from tests.queue.conftest import made
from tests.queue.poison import POISON

WELL = SimpleNamespace(aws_request_id="worker-1", get_remaining_time_in_millis=lambda: 119_000)


@pytest.fixture
def sqs(settings):  # noqa: F811 - the fixture
    """SQS, and the address of the queue that webhooks of the installation put into."""
    with mock_aws():
        client = boto3.client("sqs")
        url = made(client)
        settings(**INSTALLED, INBOX=f"sqs:{url}")
        yield client, url
        wiring.forget()


def event(client: Any, url: str) -> dict[str, Any]:
    """What is in the queue, as Lambda hands it to the function."""
    answer = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    return {"Records": [_record(one) for one in answer.get("Messages", [])]}


def _record(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": one["MessageId"],
        "receiptHandle": one["ReceiptHandle"],
        "body": one["Body"],
        "attributes": one["Attributes"],
        "messageAttributes": {
            name: {"stringValue": value["StringValue"], "dataType": "String"}
            for name, value in one.get("MessageAttributes", {}).items()
        },
        "eventSource": "aws:sqs",
    }


def said() -> list[str]:
    entries = wiring.desk().store.entries(SESSION, limit=50)
    return [found.said for found in entries if found.kind == "message"]


def test_a_webhook_answers_when_the_queue_has_it_and_the_worker_does_the_rest(sqs, meta):  # noqa: F811
    client, url = sqs
    meta.tells(message("Hello", mid="m_1"), message("Again", mid="m_2"))
    assert isinstance(wiring.desk().inbox, QueuedInbox)
    records = event(client, url)
    assert len(records["Records"]) == 2

    assert inbox(records, WELL) == {"batchItemFailures": []}
    assert said() == ["Hello", "Again"]


def test_a_delivery_that_comes_again_is_queued_once(sqs, meta):  # noqa: F811
    client, url = sqs
    for _ in range(2):
        meta.tells(message("Hello", mid="m_1"))

    assert len(event(client, url)["Records"]) == 1


def test_what_fails_is_named_with_all_of_its_session_that_follows(sqs, meta, monkeypatch):  # noqa: F811
    client, url = sqs
    meta.tells(message("Hello", mid="m_1"), message(POISON, mid="m_2"), message("After", mid="m_3"))
    records = event(client, url)
    whole = wiring.desk().receiver.receive
    monkeypatch.setattr(wiring.desk().receiver, "receive", lambda one: _broken() if one.id == "in:m_2" else whole(one))
    answer = inbox(records, WELL)

    assert answer == {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in records["Records"][1:]]}
    assert said() == ["Hello"]


def _broken() -> None:
    raise ZeroDivisionError


def test_nothing_is_begun_when_there_is_no_time(sqs, meta):  # noqa: F811
    client, url = sqs
    meta.tells(message("Hello", mid="m_1"))
    late = SimpleNamespace(aws_request_id="worker-1", get_remaining_time_in_millis=lambda: 20_000)
    records = event(client, url)

    assert inbox(records, late) == {"batchItemFailures": [{"itemIdentifier": records["Records"][0]["messageId"]}]}
    assert said() == []


def test_the_worker_logs_with_the_id_of_the_request_that_brought_it(sqs, api, monkeypatch):  # noqa: F811
    client, url = sqs
    body = json.dumps(delivery(entry(message("Hello", mid="m_1"))))
    asked = {"httpMethod": "POST", "resourcePath": WEBHOOK, "path": WEBHOOK, "requestId": "webhook-1"}
    headers = {SIGNATURE: signature(body.encode())}
    answer = app({"requestContext": asked, "headers": headers, "body": body, "isBase64Encoded": False}, None)
    assert answer["statusCode"] == 200
    about: list[tuple[str | None, str | None]] = []
    monkeypatch.setattr(
        wiring.desk().receiver, "receive", lambda _: about.append((known_of("request"), known_of("trace")))
    )
    inbox(event(client, url), WELL)

    assert about == [("worker-1", "webhook-1")]
    assert known_of("trace") is None


def test_a_queue_that_is_busy_is_told_so_that_the_platform_comes_again(sqs, meta):  # noqa: F811
    client, url = sqs
    client.delete_queue(QueueUrl=url)
    wiring.desk().inbox._queue._sleep = lambda _: None
    answer = meta.delivers(delivery(entry(message("Hello"))))

    assert answer.said == (503, "StoreBusy")


def test_a_record_without_attributes_is_read_too():
    record = received({"messageId": "1", "body": "{}"})

    assert (record.group, record.receives, record.trace) == ("1", 1, None)
