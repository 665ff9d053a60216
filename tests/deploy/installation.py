"""The stack's functions at work, each with its own variables and no others, on an emulated account whose calls are recorded."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import boto3
from botocore.exceptions import EndpointConnectionError

import app
from chalicelib import aws, wiring
from local.messenger.platform import Platform
from tests.channels.deliveries import OURS, PAGE
from tests.deploy.imagined import Stack
from tests.deploy.recorder import Recorder
from tests.emulators.table import create_table
from tests.handlers.api import Api
from tests.handlers.meta import APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN, Meta, signature
from tests.handlers.people import hire

SCHEDULED = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0"}
SCHEDULED |= {"time": "2026-11-22T20:40:12Z", "region": "eu-central-1", "resources": [], "detail": {}}

PLAIN = {
    "MessengerPages": json.dumps({PAGE: PAGE_TOKEN}),
    "MessengerAppSecrets": APP_SECRET,
    "MessengerVerifyToken": VERIFY_TOKEN,
    "MessengerAppIds": OURS,
}
GIVEN = PLAIN | {
    "MessengerPages": "secretsmanager:hitl-dev/pages",
    "MessengerAppSecrets": "ssm:/hitl-dev/app-secrets",
    "MessengerVerifyToken": "ssm:/hitl-dev/verify-token",
}
"""The parameters of the stack."""


def stack_of(template: Mapping[str, Any]) -> Stack:
    return Stack(dict(template), GIVEN)


class Invocation:
    """What Lambda tells a function of its own run."""

    aws_request_id = "the-request"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


class Installation:
    """An account with what the functions work on, and Messenger at `graph_url`. `recorder` hears what they ask.

    `printed` and `logged` are the lines that they wrote, once all is over.
    """

    def __init__(self, stack: Stack, monkeypatch: Any) -> None:
        self.recorder = Recorder()
        self.stack = stack
        self.graph_url = ""
        self.printed: list[str] = []
        self.logged: list[str] = []
        self.platform = Platform(
            deliver=self.deliver,
            app_secret=APP_SECRET,
            verify_token=VERIFY_TOKEN,
            page_token=PAGE_TOKEN,
            echo="after",
        )
        self._monkeypatch = monkeypatch
        self.api = Api(app.app)
        self.meta = Meta(self.api)
        aws.session.cache_clear()
        self.recorder.listen(aws.session())
        aws.session().register("before-call.*.*", self._interfere)
        self._refused = ""
        self._faster: Callable[[], object] | None = None
        self.table = stack.reference("SessionTable")
        create_table(boto3.client("dynamodb"), self.table)
        boto3.client("sns").create_topic(Name=stack.reference("AlertTopic").rpartition(":")[2])
        self._queue = boto3.client("sqs").create_queue(
            QueueName=stack.attribute("InboxQueue", "QueueName"), Attributes={"FifoQueue": "true"}
        )["QueueUrl"]
        self._keep_secrets()

    def _keep_secrets(self) -> None:
        """Where the parameters of the stack say that they are."""
        for name, value in (("app-secrets", APP_SECRET), ("verify-token", VERIFY_TOKEN)):
            boto3.client("ssm").put_parameter(Name=f"/hitl-dev/{name}", Value=value, Type="SecureString")
        boto3.client("secretsmanager").create_secret(Name="hitl-dev/pages", SecretString=PLAIN["MessengerPages"])

    @contextmanager
    def acting(self, function: str, *, after: timedelta = timedelta(0)) -> Iterator[None]:
        """A fresh process of the function, so much later than now."""
        variables = self.stack.variables(function)
        for name in [name for name in os.environ if name.startswith("HITL_")]:
            self._monkeypatch.delenv(name)
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)
        if "HITL_MESSENGER_PAGES" in variables:
            self._monkeypatch.setenv("HITL_GRAPH_URL", self.graph_url)  # the simulator's; else Facebook's
        wiring.forget()
        with self.recorder.acting(function):
            if function != "WebsocketConnect" and after:
                tools = wiring.desk().sweeper._transactor.tools
                object.__setattr__(tools, "clock", lambda: datetime.now(UTC) + after)
            yield
        wiring.forget()

    @contextmanager
    def refusing(self, operation: str) -> Iterator[None]:
        """This operation of AWS cannot be reached."""
        self._refused = operation
        try:
            yield
        finally:
            self._refused = ""

    def before_commit(self, act: Callable[[], object]) -> None:
        """Somebody else does this just before the next commit reaches the table."""
        self._faster = act

    def _interfere(self, model: Any, **_: Any) -> None:
        if model.name == self._refused:
            raise EndpointConnectionError(endpoint_url="aws")
        if model.name == "TransactWriteItems" and self._faster is not None:
            act, self._faster = self._faster, None
            act()

    def hire(self, name: str, role: Any) -> str:
        """The token of a new agent, made by the operator."""
        with self.acting("APIHandler"), self.recorder.acting("the operator"):
            return hire(wiring.desk(), name, role)

    def sweep(self, *, after: timedelta = timedelta(0)) -> None:
        with self.acting("Sweep", after=after):
            app.sweep(SCHEDULED, None)

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> int:
        """What the platform posts."""
        with self.acting("APIHandler"):
            status = self.meta.posts(body, headers["X-Hub-Signature-256"], headers=dict(headers)).status
        self.work()
        return status

    def post(self, *events: Any) -> None:
        """A delivery made by hand."""
        body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": list(events)}]}).encode()
        assert self.deliver(body, {"X-Hub-Signature-256": signature(body)}) == 200

    def work(self) -> None:
        """What waits in the queue goes to the worker, as Lambda hands it over, until nothing is left."""
        while records := self._received():
            with self.acting("Inbox"):
                told = app.inbox({"Records": records}, Invocation())
            failed = {one["itemIdentifier"] for one in told["batchItemFailures"]}
            for record in records:
                handle = {"QueueUrl": self._queue, "ReceiptHandle": record["receiptHandle"]}
                if record["messageId"] in failed:
                    boto3.client("sqs").change_message_visibility(VisibilityTimeout=0, **handle)  # time passes
                else:
                    boto3.client("sqs").delete_message(**handle)

    def _received(self) -> list[dict[str, Any]]:
        found = boto3.client("sqs").receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        return [
            {
                "messageId": one["MessageId"],
                "receiptHandle": one["ReceiptHandle"],
                "body": one["Body"],
                "attributes": one["Attributes"],
                "messageAttributes": {
                    name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
                    for name, value in one.get("MessageAttributes", {}).items()
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": self.stack.attribute("InboxQueue", "Arn"),
                "awsRegion": "eu-central-1",
            }
            for one in found.get("Messages", [])
        ]


def path_of(session: str) -> str:
    """Of a session, as agents ask for it."""
    return f"/api/botpress-hitl/sessions/{quote(session, safe='')}"
