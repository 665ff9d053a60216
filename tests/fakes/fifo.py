"""A FIFO queue as SQS keeps it: groups locked while in flight, visibility, counts of receives, dedup, dead letters."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.desk.worker import Received
from chalicelib.errors import StoreBusy
from chalicelib.queue.base import Message, Queue

DEDUPLICATES_FOR = timedelta(minutes=5)


@dataclass
class _Kept:
    """A message in the queue, from the time it can be received on."""

    id: str
    message: Message
    sent_at: datetime
    visible_at: datetime
    receives: int = 0


class FifoQueue(Queue):
    """`refusing`: messages that `put` says no to, with StoreBusy; `unfit`: those it will never take."""

    def __init__(self, clock: Callable[[], datetime], *, visibility_seconds: int = 720, max_receives: int = 20) -> None:
        self._clock = clock
        self._visibility = timedelta(seconds=visibility_seconds)
        self._max_receives = max_receives
        self._kept: list[_Kept] = []
        self._known: dict[str, datetime] = {}
        self._receipts: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.busy = False
        self.unfit: Callable[[Message], bool] = lambda _: False
        self.dead: list[Message] = []
        self.put_off_by: list[int] = []

    def put(self, messages: Sequence[Message]) -> list[Message]:
        if self.busy:
            raise StoreBusy("The queue did not take all.")
        with self._lock:
            for message in messages:
                if not self.unfit(message):
                    self._take(message)
        return [message for message in messages if self.unfit(message)]

    def _take(self, message: Message) -> None:
        now = self._clock()
        known = self._known.get(message.deduplication)
        if known is None or now - known >= DEDUPLICATES_FOR:
            self._known[message.deduplication] = now
            self._kept.append(_Kept(f"id-{next(self._numbers)}", message, now, now))

    def put_off(self, receipts: Mapping[str, int]) -> None:
        with self._lock:
            for receipt, seconds in receipts.items():
                self.put_off_by.append(seconds)
                for kept in self._kept:
                    if self._receipts.get(kept.id) == receipt:
                        kept.visible_at = self._clock() + timedelta(seconds=seconds)

    def receive(self, most: int = 10) -> list[Received]:
        """Up to so many, none of a group of which one is in flight."""
        with self._lock:
            now = self._clock()
            for kept in [kept for kept in self._kept if kept.visible_at <= now and kept.receives >= self._max_receives]:
                self._kept.remove(kept)
                self.dead.append(kept.message)
            locked = {kept.message.group for kept in self._kept if kept.visible_at > now}
            given = [kept for kept in self._kept if kept.message.group not in locked][:most]
            return [self._given(kept, now) for kept in given]

    def _given(self, kept: _Kept, now: datetime) -> Received:
        kept.receives += 1
        kept.visible_at = now + self._visibility
        self._receipts[kept.id] = receipt = f"{kept.id}.{kept.receives}"
        message = kept.message
        return Received(
            kept.id, message.group, message.body, kept.sent_at, kept.receives, receipt, message.attributes.get("trace")
        )

    def delete(self, records: Sequence[Received]) -> None:
        """They are dealt with; a receipt of an earlier time deletes nothing."""
        with self._lock:
            done = {record.id for record in records if self._receipts.get(record.id) == record.receipt}
            self._kept = [kept for kept in self._kept if kept.id not in done]

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)
