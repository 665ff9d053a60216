"""What was parked is tried again: for operators on the command line, and for supervisors in their page."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.desk.desk import Desk
from chalicelib.desk.inbox import Delivery
from chalicelib.desk.parking import decode, parking_id
from chalicelib.desk.trace import traced
from chalicelib.errors import HitlError, StoreBusy
from chalicelib.handlers.deliveries import read_messenger
from chalicelib.settings import MessengerSettings
from chalicelib.store.base import Parked


@dataclass(frozen=True)
class Replay:
    """What became of one that was tried again: `done`, it is not parked any more. `counted`: it counts as a try in vain."""

    id: str
    done: bool
    words: str
    counted: bool = True


def replay(desk: Desk, settings: MessengerSettings, parked: Parked) -> Replay:
    """Try it again, now and not through a queue, which would take what it was given before for the same.

    What fails stays, with one try more; what was a delivery may leave the one event of it that fails.
    """
    replayed = _replay(desk, settings, parked)
    if not replayed.done and replayed.counted:
        desk.store.count_try(parked.id)
    return replayed


def _replay(desk: Desk, settings: MessengerSettings, parked: Parked) -> Replay:
    try:
        kept = decode(parked.body)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return Replay(parked.id, done=False, words=f"it cannot be read any more ({type(error).__name__}).")
    if kept is None:
        return Replay(parked.id, done=False, words="it could not be kept whole, so only dropping it is left.")
    if isinstance(kept, str):
        return _replay_delivery(desk, settings, parked, kept)
    return _tried(desk, parked, lambda: desk.receiver.receive(kept))


def _replay_delivery(desk: Desk, settings: MessengerSettings, parked: Parked, body: str) -> Replay:
    delivery, _ = read_messenger(body.encode("utf-8", "surrogatepass"), settings, desk.reader.now)
    if delivery.unread:
        return Replay(parked.id, done=False, words=f"it cannot be read yet. {delivery.unread[0].reason}")
    replayed = _tried(desk, parked, lambda: desk.inline.put(Delivery(delivery.channel, delivery.happenings)))
    again = [key for key in map(parking_id, delivery.happenings) if desk.store.find_parked(key) is not None]
    if replayed.done and again:
        return Replay(parked.id, done=False, words=f"it was read, but not taken, and is parked as {', '.join(again)}.")
    return replayed


def _tried(desk: Desk, parked: Parked, act: Callable[[], object]) -> Replay:
    try:
        act()
    except StoreBusy as error:
        return Replay(parked.id, done=False, words=f"it was refused: {error}", counted=False)
    except HitlError as error:
        return Replay(parked.id, done=False, words=f"it was refused: {error or type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - whatever broke before may break again, and must not keep the others from their turn
        return Replay(parked.id, done=False, words=f"it broke again: {traced(error)}")
    desk.store.unpark(parked.id)
    return Replay(parked.id, done=True, words="it was taken.")
