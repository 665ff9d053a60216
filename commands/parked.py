"""What was delivered and could not be processed: listed for an operator."""

from collections.abc import Iterator

from chalicelib.store.base import Parked, Store

READ = 100
"""Rows read in one go."""


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
