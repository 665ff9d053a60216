"""The inbox that is a queue: a webhook answers once what it was given is in it, and a worker does the rest."""

import hashlib

from chalicelib.desk.inbox import Delivery, Inbox
from chalicelib.desk.parking import Parking, encode, read_back, whose
from chalicelib.desk.steps import QUEUED, step
from chalicelib.model.happening import Happening, Watermark
from chalicelib.model.value import stamp
from chalicelib.queue.base import Message, Queue

TRACE = "trace"
"""The attribute that tells of which request a message is."""

TOO_LARGE = "It was too large for the queue."
TOO_DEEP = "It is nested too deep for the queue."


class QueuedInbox(Inbox):
    """Puts what happened into the queue, in order within each session.

    What could not be read is parked at once: no worker would read it any better, and it would hold up its session. So is what
    no queue takes.
    """

    def __init__(self, queue: Queue, parking: Parking) -> None:
        self._queue = queue
        self._parking = parking

    def put(self, delivery: Delivery) -> None:
        """See `Inbox`."""
        for unread in delivery.unread:
            self._parking.park_delivery(delivery.channel, unread.body, unread.reason, unread.session_id, unread.at)
        messages: list[Message] = []
        given: dict[str, Happening] = {}
        for happening in delivery.happenings:
            body = encode(happening)
            if read_back(body) is None:
                self._parking.park_happening(happening, TOO_DEEP)
            else:
                messages.append(message(happening, body, delivery.trace))
                given[messages[-1].deduplication] = happening
        for refused in self._queue.put(messages):
            self._parking.park_happening(given[refused.deduplication], TOO_LARGE)
        step(QUEUED, messages=len(messages))


def message(happening: Happening, body: str, trace: str | None) -> Message:
    """The happening as the queue takes it."""
    attributes = {TRACE: trace} if trace else {}
    return Message(_hashed(whose(happening)), _hashed(*identity(happening)), body, attributes)


def identity(happening: Happening) -> tuple[str, ...]:
    """What tells it from all others, and is the same when it is delivered again."""
    what = (type(happening).__name__, whose(happening))
    if isinstance(happening, Watermark):  # has no id
        return (*what, stamp(happening.at), "read" if happening.read else "delivered")
    return (*what, happening.id)


def _hashed(*parts: str) -> str:
    """Any text as 64 characters that a queue takes; a length before each part keeps their borders."""
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
