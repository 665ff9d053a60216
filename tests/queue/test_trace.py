"""One trace from a signed webhook through the queue, the worker and the bot's turn to the answer that goes out."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import app, inbox
from chalicelib.handlers.logs import configure
from local.messenger.platform import Platform
from local.messenger.server import running
from tests.channels.deliveries import SESSION, USER
from tests.fakes.logs import logging_kept
from tests.handlers.conftest import api, meta, settings  # noqa: F401 - fixtures
from tests.handlers.meta import APP_SECRET, INSTALLED, PAGE_TOKEN, SIGNATURE, VERIFY_TOKEN
from tests.handlers.table import WEBHOOK
from tests.queue.test_invocation import WELL, event, sqs  # noqa: F401 - a fixture

ROOT = "1-67891233-abcdef012345678912345678"
REQUEST = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What was logged since."""
    stream = io.StringIO()
    with logging_kept():
        configure(stream)
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def webhook(body: bytes, headers: dict[str, str], trace: str = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1") -> Any:
    """As API Gateway hands it over."""
    asked = {"httpMethod": "POST", "resourcePath": WEBHOOK, "path": WEBHOOK, "requestId": REQUEST}
    given = {SIGNATURE: headers[SIGNATURE], "X-Amzn-Trace-Id": trace}
    return app({"requestContext": asked, "headers": given, "body": body.decode(), "isBase64Encoded": False}, None)


@pytest.fixture
def platform(sqs, settings) -> Iterator[Platform]:  # noqa: F811 - the fixtures
    """The platform, which posts to the webhook and is called back; the bot hands over, and alerts go to the log."""

    def deliver(body: bytes, headers: dict[str, str]) -> int:
        return webhook(body, headers)["statusCode"]

    platform = Platform(
        deliver=deliver, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, page_token=PAGE_TOKEN, echo="after"
    )
    with running(platform) as url:
        settings(**INSTALLED | {"GRAPH_URL": url}, INBOX=f"sqs:{sqs[1]}", BOT="chalicelib.bot:bot", ALERTS="log")
        yield platform


def test_every_step_from_the_webhook_to_the_reply_has_the_trace_of_the_webhook(sqs, platform, lines):  # noqa: F811
    platform.user(USER).says("HITL_START")
    while platform.pump():
        pass
    assert inbox(event(*sqs), WELL) == {"batchItemFailures": []}
    assert platform.sent(USER)

    steps = [line for line in lines() if line["logger"] == "chalicelib.desk.steps"]
    assert {line["trace"] for line in steps} == {ROOT}
    assert [(line["message"], line["request"], line.get("session"), line.get("seq")) for line in steps] == [
        ("a delivery was queued", REQUEST, None, None),
        ("an event was received", "worker-1", SESSION, 1),
        ("a pause began", "worker-1", SESSION, 3),
        ("a turn of the bot ended", "worker-1", SESSION, 1),
        ("a message went out", "worker-1", SESSION, 2),
        ("an alert was published", "worker-1", SESSION, 4),
    ]
