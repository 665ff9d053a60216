"""What operators are told of the queue between webhooks and the worker. It is only looked at; nothing is taken out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.desk.worker import MOST_RECEIVES
from chalicelib.errors import HitlError
from chalicelib.settings import Settings
from commands.finding import Finding

if TYPE_CHECKING:
    from chalicelib.queue.sqs_status import QueueStatus

LATE = timedelta(minutes=5)
"""As the alarm has it."""


def examine(settings: Settings) -> list[Finding]:
    """The queue of `HITL_INBOX`; nothing where there is none."""
    if settings.inbox is None:
        return []
    from chalicelib.queue.sqs_status import look

    try:
        status = look(settings.inbox)
    except HitlError as error:
        return [Finding(f"inbox {settings.inbox.rpartition('/')[2]}", (str(error),))]
    age = "" if status.oldest is None else f", the oldest for {status.oldest.total_seconds():.0f} s"
    subject = f"inbox {status.name} ({status.waiting} waiting, {status.in_flight} at the worker{age})"
    return [Finding(subject, tuple(_problems(status)))]


def _problems(status: "QueueStatus") -> Iterator[str]:
    dead = status.dead_letters
    if not status.fifo:
        yield "It is no FIFO queue, so that messages would overtake each other: point HITL_INBOX at the queue of the stack."
    if status.oldest is not None and status.oldest > LATE:
        yield "Events wait for more than five minutes: look at errors and throttles of the function that takes them."
    if dead is None:
        yield "It has no dead letters: what ends the worker each time is tried for ever. Deploy the stack again."
        return
    if dead.after <= MOST_RECEIVES:
        yield f"Events become dead letters after {dead.after} receives, before the worker has parked them at {MOST_RECEIVES}."
    if dead.waiting is None:
        yield f"The dead letters, {dead.name}, cannot be looked at: are they there, and may you?"
    elif dead.waiting:
        yield f"There are {dead.waiting} dead letters in {dead.name}: docs/operations.md says how they are given back."
