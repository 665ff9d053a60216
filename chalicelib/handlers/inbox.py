"""What the queue hands to the worker, and what the worker answers: only what failed comes again."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.handlers.logs import about
from chalicelib.wiring import desk

if TYPE_CHECKING:
    from chalicelib.desk.worker import Received

ANSWER_TAKES = timedelta(seconds=2)
"""Kept back of the time that an invocation has."""

Json = Mapping[str, Any]


def work(event: Json, context: Any) -> dict[str, list[dict[str, str]]]:
    """Take the records of an SQS event, in the time that `context` has left; returns what comes again, as Lambda reads it."""
    request = getattr(context, "aws_request_id", None)
    records = [received(record) for record in event["Records"]]

    def around(record: "Received") -> AbstractContextManager[None]:
        return about(request=request, trace=record.trace)

    remaining = timedelta(milliseconds=context.get_remaining_time_in_millis())
    until = desk().reader.now + remaining - ANSWER_TAKES
    with about(request=request):
        again = desk().worker.work(records, until=until, around=around)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in again]}


def received(record: Json) -> "Received":
    """A record of Lambda's event."""
    from chalicelib.desk.queued import TRACE
    from chalicelib.desk.worker import Received

    told: Json = record.get("attributes") or {}
    return Received(
        id=record["messageId"],
        group=told.get("MessageGroupId") or record["messageId"],
        body=record["body"],
        sent_at=datetime.fromtimestamp(int(told.get("SentTimestamp", 0)) / 1000, UTC),
        receives=int(told.get("ApproximateReceiveCount", 1)),
        receipt=record.get("receiptHandle", ""),
        trace=_attribute(record, TRACE),
    )


def _attribute(record: Json, name: str) -> str | None:
    found: Iterable[Any] = [(record.get("messageAttributes") or {}).get(name, {}).get("stringValue")]
    return next((value for value in found if isinstance(value, str)), None)
