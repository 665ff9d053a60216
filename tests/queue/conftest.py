"""Every queue of the conformance suite: SQS as two emulators play it, and the fake that other tests trust."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.queue.base import Queue
from chalicelib.queue.sqs import SQSQueue
from tests.fakes.fifo import FifoQueue
from tests.fakes.tools import FakeClock

numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """A queue, and what a receiver gets of it in one go: group, body and attributes of each."""

    queue: Queue
    receive: Callable[[], list[tuple[str, str, dict[str, str]]]]

    def everything(self) -> list[tuple[str, str, dict[str, str]]]:
        """All that is in it, in the order it is received, each group to its end."""
        found = []
        while batch := self.receive():
            found.extend(batch)
        return found


@pytest.fixture(params=["moto", "ministack", "fake"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "fake":
        yield _fake()
        return
    import boto3

    if request.param == "ministack":
        yield _sqs(boto3.client("sqs", endpoint_url=request.getfixturevalue("ministack")))
        return
    from moto import mock_aws

    with mock_aws():
        yield _sqs(boto3.client("sqs"))


def _fake() -> Place:
    queue = FifoQueue(FakeClock())

    def receive() -> list[tuple[str, str, dict[str, str]]]:
        batch = queue.receive()
        queue.delete(batch)
        return [(one.group, one.body, {"trace": one.trace} if one.trace else {}) for one in batch]

    return Place(queue, receive)


def made(client: Any) -> str:
    """The URL of a new FIFO queue, as the stack has it."""
    name = f"inbox-{next(numbers)}.fifo"
    url: str = client.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
    return url


def _sqs(client: Any) -> Place:
    url = made(client)

    def receive() -> list[tuple[str, str, dict[str, str]]]:
        answer = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
        )
        batch = answer.get("Messages", [])
        for one in batch:
            client.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return [_told(one) for one in batch]

    return Place(SQSQueue(url, client), receive)


def _told(one: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    attributes = {name: value["StringValue"] for name, value in one.get("MessageAttributes", {}).items()}
    return one["Attributes"]["MessageGroupId"], one["Body"], attributes
