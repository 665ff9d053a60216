"""What is known of a FIFO queue of SQS without taking anything out of it: for operators."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import BadSettings, StoreBusy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_REGION = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/")
_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_LOOKED_BACK = timedelta(minutes=10)
"""CloudWatch has the age of the last minutes, if something was in the queue."""


@dataclass(frozen=True)
class DeadLetters:
    """What was received `after` so many times in vain, and how much of it lies there; None: that cannot be seen."""

    name: str
    after: int
    waiting: int | None


@dataclass(frozen=True)
class QueueStatus:
    """Counts are SQS' own approximations. `oldest`: the age of the oldest message, by CloudWatch; None: nobody knows."""

    name: str
    fifo: bool
    waiting: int
    in_flight: int
    oldest: timedelta | None
    dead_letters: DeadLetters | None


def look(url: str) -> QueueStatus:
    """Ask about the queue at this URL. Raises BadSettings where there is none, StoreBusy where nobody answers."""
    region = match[1] if (match := _REGION.match(url)) else None
    sqs, name = aws.client("sqs", _CONFIG, region), url.rpartition("/")[2]
    try:
        told = _attributes(sqs, url)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise BadSettings(f"There is no queue {name}: deploy the stack, or correct HITL_INBOX.") from error
        raise StoreBusy(f"The queue does not let itself be looked at: {error.response['Error']['Code']}.") from error
    except BotoCoreError as error:
        raise StoreBusy(f"The queue does not answer: {type(error).__name__}.") from error
    return QueueStatus(
        name,
        fifo=told.get("FifoQueue") == "true",
        waiting=int(told["ApproximateNumberOfMessages"]),
        in_flight=int(told["ApproximateNumberOfMessagesNotVisible"]),
        oldest=_oldest(name, region),
        dead_letters=_dead_letters(sqs, json.loads(told.get("RedrivePolicy") or "{}")),
    )


def _attributes(sqs: "SQSClient", url: str) -> "Mapping[str, str]":
    told: Mapping[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]  # type: ignore[assignment] # by their names
    return told


def _dead_letters(sqs: "SQSClient", policy: "Mapping[str, Any]") -> DeadLetters | None:
    if "deadLetterTargetArn" not in policy:
        return None
    name = str(policy["deadLetterTargetArn"]).rpartition(":")[2]
    try:
        waiting = int(_attributes(sqs, sqs.get_queue_url(QueueName=name)["QueueUrl"])["ApproximateNumberOfMessages"])
    except (ClientError, BotoCoreError):
        return DeadLetters(name, int(policy["maxReceiveCount"]), None)
    return DeadLetters(name, int(policy["maxReceiveCount"]), waiting)


def _oldest(name: str, region: str | None) -> timedelta | None:
    now = datetime.now(UTC)
    try:
        told = aws.client("cloudwatch", _CONFIG, region).get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": name}],
            StartTime=now - _LOOKED_BACK,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
    except (ClientError, BotoCoreError):  # who may look at the queue need not be let into CloudWatch
        return None
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(seconds=points[-1]["Maximum"]) if points else None
