"""Where webhooks put what they were given, before they answer: durable once `put` returns."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.desk.parking import Parking
from chalicelib.desk.receiver import Receiver
from chalicelib.desk.trace import traced
from chalicelib.errors import HitlError, StoreBusy
from chalicelib.model.happening import Happening

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unread:
    """A delivery, or a part of one, that was not understood: its text as it came, why, whose it is, and of what time."""

    body: str
    reason: str
    session_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """All that one request of a platform held. Order is kept within a session. `trace`: the id of that request."""

    channel: str
    happenings: Sequence[Happening] = field(default_factory=tuple)
    unread: Sequence[Unread] = field(default_factory=tuple)
    trace: str | None = None


class Inbox(ABC):
    """Takes deliveries."""

    @abstractmethod
    def put(self, delivery: Delivery) -> None:
        """Keep all of it; twice is harmless. Raises StoreBusy when a part was not kept: then the platform delivers it again."""


class InlineInbox(Inbox):
    """Processes at once, one after the other; what fails for good is parked, and holds up nothing that comes after it.

    At the first thing that a busy store does not take, the rest is left: all of it is delivered again, and whoever
    delivers does not wait for long.
    """

    def __init__(self, receiver: Receiver, parking: Parking) -> None:
        self._receiver = receiver
        self._parking = parking

    def put(self, delivery: Delivery) -> None:
        """See `Inbox`."""
        for unread in delivery.unread:
            self._parking.park_delivery(delivery.channel, unread.body, unread.reason, unread.session_id, unread.at)
        for happening in delivery.happenings:
            self._take(happening)

    def _take(self, happening: Happening) -> None:
        try:
            self._receiver.receive(happening)
        except StoreBusy:
            raise
        except HitlError as error:
            self._parking.park_happening(happening, f"It was refused: {type(error).__name__}.")
        except Exception as error:  # noqa: BLE001 - a bug of ours, or of the bot's conditions, must not refuse it for ever
            log.error("an event broke: %s", traced(error))  # noqa: TRY400 - no texts
            self._parking.park_happening(happening, f"It broke: {type(error).__name__}.")
