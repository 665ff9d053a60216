"""Messenger for the bench: deliveries to the webhook, what the queue then has for the worker, and a platform that takes sends."""

import hashlib
import hmac
import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
from chalice import Chalice

from bench.bot import HELLO
from bench.calls import event
from local.messenger.platform import Platform
from local.messenger.server import running
from local.messenger.state import PAGE_ID

WEBHOOK = "/api/webhooks/messenger"
APP_SECRET, VERIFY_TOKEN, PAGE_TOKEN = "the-app-secret", "the-verify-token", "the-page-token"
"""Of the bench: they open nothing outside this process."""

_CONTEXT = SimpleNamespace(
    aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef", get_remaining_time_in_millis=lambda: 119_000
)
_numbers = itertools.count(7_000_000_000)


class Messenger:
    """Users of one Page, each a new one, so that no session waits for another's events in the queue."""

    def __init__(self, platform: Platform, queue: str) -> None:
        self.platform = platform
        self._queue = queue
        self._sqs = boto3.client("sqs")

    def comes(self) -> str:
        """Somebody who has not written to the Page yet."""
        psid = str(next(_numbers))
        self.platform.add_user("Maria", "Schneider", psid=psid)
        return psid

    def webhook(self, app: Chalice, *events: dict[str, Any]) -> "Delivery":
        """A delivery of these events, ready to be posted."""
        body = json.dumps({"object": "page", "entry": [{"id": PAGE_ID, "time": _now(), "messaging": events}]})
        signed = hmac.new(APP_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
        asked = event("POST", WEBHOOK, "")
        asked["headers"] |= {"X-Hub-Signature-256": f"sha256={signed}"}
        return Delivery(app, asked | {"body": body})

    def records(self) -> dict[str, Any]:
        """What is in the queue, as Lambda hands it over; it is out of it then."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        told = answer.get("Messages", [])
        for one in told:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=one["ReceiptHandle"])
        return {"Records": [_record(one) for one in told]}

    def empty(self) -> None:
        """What others have left in the queue goes."""
        while self.records()["Records"]:
            pass


class Delivery:
    """One call of the webhook."""

    def __init__(self, app: Chalice, asked: dict[str, Any]) -> None:
        self._app = app
        self._asked = asked

    def __call__(self) -> str:
        """The answer's body. Raises AssertionError for anything but 200."""
        told = self._app(dict(self._asked), None)
        if told["statusCode"] != 200:
            raise AssertionError(told)
        return str(told["body"])


def worker(records: dict[str, Any]) -> None:
    """The function at the other end of the queue. Raises AssertionError for what it does not take."""
    from app import inbox

    if inbox(records, _CONTEXT) != {"batchItemFailures": []}:
        raise AssertionError("the worker did not take all")


def said(psid: str, number: int = 1) -> dict[str, Any]:
    """Their message of this number, which the bot answers."""
    return {**_of(psid), "message": {"mid": f"m_{psid}_{number}", "text": HELLO}}


def read(psid: str) -> dict[str, Any]:
    """They have read what was sent."""
    told = _of(psid)
    return {**told, "read": {"watermark": told["timestamp"]}}


def _of(psid: str) -> dict[str, Any]:
    return {"sender": {"id": psid}, "recipient": {"id": PAGE_ID}, "timestamp": _now()}


def _now() -> int:
    return int(time.time() * 1000)


def _record(one: Any) -> dict[str, Any]:
    attributes = one.get("MessageAttributes", {})
    return {
        "messageId": one["MessageId"],
        "receiptHandle": one["ReceiptHandle"],
        "body": one["Body"],
        "attributes": one["Attributes"],
        "messageAttributes": {name: {"stringValue": value["StringValue"]} for name, value in attributes.items()},
        "eventSource": "aws:sqs",
    }


@contextmanager
def installed(queue: str) -> Iterator[Messenger]:
    """A Page that the environment names, and its platform; for one process, as all that sets the environment."""
    platform = Platform(
        deliver=lambda *_: 200, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, page_token=PAGE_TOKEN, echo="after"
    )
    with running(platform) as address:
        os.environ.update(
            {
                "HITL_INBOX": f"sqs:{queue}",
                "HITL_GRAPH_URL": address,
                "HITL_MESSENGER_PAGES": json.dumps({PAGE_ID: PAGE_TOKEN}),
                "HITL_MESSENGER_APP_SECRETS": APP_SECRET,
                "HITL_MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
            }
        )
        yield Messenger(platform, queue)
