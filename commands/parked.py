"""What was delivered and could not be processed: looked at, tried again, dropped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalicelib.desk.desk import Desk
from chalicelib.desk.inbox import Delivery
from chalicelib.desk.parking import decode, parking_id
from chalicelib.desk.trace import traced
from chalicelib.errors import HitlError
from chalicelib.handlers.deliveries import read_messenger
from chalicelib.settings import MessengerSettings
from chalicelib.store.base import Parked, Store

READ = 100
"""Rows read in one go."""


@dataclass(frozen=True)
class Replay:
    """What became of one that was tried again: `done`, it is not parked any more."""

    id: str
    done: bool
    words: str


def listing(store: Store) -> str:
    """All that is parked, without what users said: id, when, channel, session, size, why."""
    lines = [
        f"{parked.id}  {parked.at:%Y-%m-%d %H:%M}  {parked.channel}  {parked.session_id or '-'}  "
        f"{len(parked.body.encode())} bytes  {parked.reason}"
        for parked in everything(store)
    ]
    return "\n".join(lines) or "Nothing is parked."


def everything(store: Store) -> Iterator[Parked]:
    """All that is parked, oldest first."""
    cursor: str | None = None
    while True:
        page = store.parked(cursor=cursor, limit=READ)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def replay(desk: Desk, settings: MessengerSettings, parked: Parked) -> Replay:
    """Try it again. What fails stays as it is; what was a delivery may leave the one event of it that fails."""
    try:
        kept = decode(parked.body)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return Replay(parked.id, done=False, words=f"it cannot be read any more ({type(error).__name__}).")
    if kept is None:
        return Replay(parked.id, done=False, words="it could not be kept whole, so only `parked drop` is left.")
    if isinstance(kept, str):
        return _replay_delivery(desk, settings, parked, kept)
    return _tried(desk, parked, lambda: desk.receiver.receive(kept))


def _replay_delivery(desk: Desk, settings: MessengerSettings, parked: Parked, body: str) -> Replay:
    delivery, _ = read_messenger(body.encode("utf-8", "surrogatepass"), settings, desk.reader.now)
    if delivery.unread:
        return Replay(parked.id, done=False, words=f"it cannot be read yet. {delivery.unread[0].reason}")
    replayed = _tried(desk, parked, lambda: desk.inbox.put(Delivery(delivery.channel, delivery.happenings)))
    again = [key for key in map(parking_id, delivery.happenings) if desk.store.find_parked(key) is not None]
    if replayed.done and again:
        return Replay(parked.id, done=False, words=f"it was read, but not taken, and is parked as {', '.join(again)}.")
    return replayed


def _tried(desk: Desk, parked: Parked, act: Callable[[], object]) -> Replay:
    try:
        act()
    except HitlError as error:
        return Replay(parked.id, done=False, words=f"it was refused: {error or type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - whatever broke before may break again, and must not keep the others from their turn
        return Replay(parked.id, done=False, words=f"it broke again: {traced(error)}")
    desk.store.unpark(parked.id)
    return Replay(parked.id, done=True, words="it was taken.")
