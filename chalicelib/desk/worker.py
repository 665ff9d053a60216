"""The worker at the other end of the queue: takes what was received, and tells what is to come again."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.desk.parking import Parking, read_back
from chalicelib.desk.receiver import Receiver
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import HitlError, StoreBusy
from chalicelib.model.happening import Happening
from chalicelib.queue.base import Queue

log = logging.getLogger(__name__)

TRIES = 5
"""Times that a record is received before it is parked: as often as it was tried, if it was the first of its group."""

MOST_RECEIVES = 10
"""Times after which it is parked though it may have been tried once, behind others that failed, or the store was busy."""

RESERVE = timedelta(seconds=30)
"""What one record may take: two commits of 5 s, a turn of the bot of 15 s, and some for alerts."""

FIRST_DELAY, LONGEST_DELAY = 5, 600
"""Seconds until a record that failed comes again; doubled each time."""

UNREADABLE = "It could not be decoded."


@dataclass(frozen=True)
class Received:
    """A message as a worker got it: `receives` times so far, this one counted; `receipt` is of this time."""

    id: str
    group: str
    body: str
    sent_at: datetime
    receives: int = 1
    receipt: str = ""
    trace: str | None = None


class Worker:
    """Takes received records in their order. What fails holds up its group, and nothing else.

    A record that fails for the fifth time is parked: the next of its group is tried in the same run. One that stands behind
    a failure, or is not begun for want of time, comes again soon; that it was received counts, but it is not parked for it:
    only what failed is, and only when it was the first of its group, so that the times it was received are its own tries.
    """

    def __init__(
        self, transactor: Transactor, receiver: Receiver, parking: Parking, queue: Queue | None = None
    ) -> None:
        """`queue`: where the records are from; None: nobody is told when to give them again."""
        self._transactor = transactor
        self._receiver = receiver
        self._parking = parking
        self._queue = queue

    def work(
        self,
        records: Sequence[Received],
        *,
        until: datetime,
        around: Callable[[Received], AbstractContextManager[None]],
    ) -> list[str]:
        """Take the records; returns the ids of those that must come again. `until`: when all must have ended.

        `around` is entered for each record that is begun.
        """
        clock = self._transactor.tools.clock
        held: set[str] = set()
        again: dict[str, Received] = {}
        begun: set[str] = set()
        failed: dict[str, int] = {}
        for record in records:
            if record.group in held or clock() + RESERVE > until:
                held.add(record.group)
                again[record.id] = record
                continue
            with around(record):
                first = record.group not in begun
                begun.add(record.group)
                if not self._done(record, limit=TRIES if first else MOST_RECEIVES):
                    held.add(record.group)
                    again[record.id] = record
                    failed[record.group] = _delay(record.receives)
        if self._queue is not None and again:
            self._queue.put_off({record.receipt: failed.get(record.group, 0) for record in again.values()})
        return list(again)

    def _done(self, record: Received, *, limit: int) -> bool:
        """Whether the record is dealt with: taken, dropped, or parked after so many receives."""
        happening = read_back(record.body)
        try:
            if happening is None:
                self._parking.park_unknown(record.body, UNREADABLE, record.sent_at)
                return True
            reason, limit = self._refusal(happening, limit)
            if reason is None:
                return True
            if record.receives < limit:
                log.warning("an event failed, and is tried again (%d): %s", record.receives, reason)
                return False
            self._parking.park_happening(happening, reason)
        except StoreBusy:
            log.warning("the store is busy: an event is tried again (%d)", record.receives)
            return False
        except Exception as error:  # noqa: BLE001 - the parking broke: whatever it was, the record must not be lost
            log.error("an event could not be parked: %s", traced(error))  # noqa: TRY400 - no texts
            return False
        return True

    def _refusal(self, happening: Happening, limit: int) -> tuple[str | None, int]:
        """Why it was not taken, None: it was; and how many receives park it, since a busy store is none of its faults."""
        try:
            self._receiver.receive(happening)
        except StoreBusy:
            return "The store was too busy for it.", MOST_RECEIVES
        except HitlError as error:
            return f"It was refused: {type(error).__name__}.", limit
        except Exception as error:  # noqa: BLE001 - a bug of ours, or of the bot's conditions, must not refuse it for ever
            log.error("an event broke: %s", traced(error))  # noqa: TRY400 - no texts
            return f"It broke: {type(error).__name__}.", limit
        return None, limit


def _delay(receives: int) -> int:
    return int(min(LONGEST_DELAY, FIRST_DELAY * 2 ** (min(receives, 20) - 1)))
