"""A FIFO queue of SQS."""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import BadSettings, StoreBusy
from chalicelib.queue.base import Message, Queue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 256 * 1024
"""Bytes of a message, and of all in one request: what every queue takes. Younger queues take a megabyte, if set so."""

AT_ONCE = 10
"""Messages of one request."""

TRIES = 3
"""Requests for one message; the client tries each of them twice itself when it got no answer."""

LONGEST_DELAY = 12 * 3600
"""Seconds."""

_URL = re.compile(r"https?://[^\s/?#]+/(?:[^\s?#]+/)?[A-Za-z0-9_-]{1,75}\.fifo")
_REGION = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/")
_REFUSED = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no message may hold."""


class SQSQueue(Queue):
    """One queue, by its URL. Raises BadSettings for what is no FIFO queue's."""

    def __init__(
        self, url: str, client: "SQSClient | None" = None, *, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        if not is_fifo_url(url):
            raise BadSettings("HITL_INBOX: this is not the address of a FIFO queue")
        self._url = url
        self._client = client
        self._sleep = sleep

    def put(self, messages: Sequence[Message]) -> list[Message]:
        refused = [message for message in messages if size(message) > MESSAGE_LIMIT or _REFUSED.search(message.body)]
        left = [message for message in messages if message not in refused]
        while left:
            now = _first_of_each_group(left)
            left = [message for message in left if message not in now]
            for batch in batches(now):
                self._send(batch)
        return refused

    def put_off(self, receipts: Mapping[str, int]) -> None:
        given = iter(receipts.items())
        while chunk := list(islice(given, AT_ONCE)):
            try:
                answer = self._sqs().change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(n), "ReceiptHandle": receipt, "VisibilityTimeout": min(seconds, LONGEST_DELAY)}
                        for n, (receipt, seconds) in enumerate(chunk)
                    ],
                )
                failed = [failure["Code"] for failure in answer.get("Failed", [])]
            except (ClientError, BotoCoreError) as error:
                failed = [_code(error)]
            if failed:
                log.warning("messages come again later than was asked for: %s", failed[0])

    def _send(self, batch: Sequence[Message]) -> None:
        """Send these, each of another group; what fails is tried again. Raises StoreBusy."""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(random.uniform(0.05, 0.2) * 2**attempt)  # noqa: S311 - spreads retries, keeps no secret
            batch, why = self._sent(batch)
            if not batch:
                return
        log.error("the queue did not take %d messages: %s", len(batch), why)
        raise StoreBusy("The queue did not take all. Please try again.")

    def _sent(self, batch: Sequence[Message]) -> tuple[list[Message], str]:
        """Send these once; returns those that were not kept, as far as is known, and why."""
        entries = [_entry(str(number), message) for number, message in enumerate(batch)]
        try:
            answer = self._sqs().send_message_batch(QueueUrl=self._url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            return list(batch), _code(error)
        kept = {int(success["Id"]) for success in answer.get("Successful", [])}
        codes = [failure["Code"] for failure in answer.get("Failed", [])]
        return [message for n, message in enumerate(batch) if n not in kept], codes[0] if codes else "no answer"

    def _sqs(self) -> "SQSClient":
        if self._client is None:
            retries = {"mode": "standard", "total_max_attempts": 2}
            config = Config(connect_timeout=1, read_timeout=2, retries=retries)  # type: ignore[arg-type] # a TypedDict
            region = _REGION.match(self._url)
            self._client = aws.client("sqs", config, region[1] if region else None)
        return self._client


def is_fifo_url(url: str) -> bool:
    """Whether this can be the URL of a FIFO queue."""
    return _URL.fullmatch(url) is not None


def size(message: Message) -> int:
    """The bytes that count against the limit: the body, and name, type and value of each attribute."""
    beside = sum(len((name + "String" + value).encode()) for name, value in message.attributes.items())
    return len(message.body.encode("utf-8", "surrogatepass")) + beside


def batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The messages in their order, as many together as one request takes."""
    batch: list[Message] = []
    room = MESSAGE_LIMIT
    for message in messages:
        if batch and (len(batch) == AT_ONCE or size(message) > room):
            yield batch
            batch, room = [], MESSAGE_LIMIT
        batch.append(message)
        room -= size(message)
    if batch:
        yield batch


def _first_of_each_group(messages: Sequence[Message]) -> list[Message]:
    """One of a group goes at a time: where some of a request fail, the second must not be kept before the first."""
    first: dict[str, Message] = {}
    for message in messages:
        first.setdefault(message.group, message)
    return list(first.values())


def _entry(id_: str, message: Message) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": id_,
        "MessageBody": message.body,
        "MessageGroupId": message.group,
        "MessageDeduplicationId": message.deduplication,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        },
    }


def _code(error: ClientError | BotoCoreError) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
