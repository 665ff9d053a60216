"""The lists: rows of an index in order, the items they stand for, and pages of them."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from chalicelib.errors import Malformed
from chalicelib.model.session import Session
from chalicelib.store.base import Page, SessionQuery
from chalicelib.store.dynamodb_items import HEAD, INDEXES, PAUSED, name_partition, read_head, storable
from chalicelib.store.dynamodb_table import Table
from chalicelib.store.keys import fold, is_listed, owner_key, seal, unseal

Shown = TypeVar("Shown")


class Row(NamedTuple):
    """A row of an index: its place in the list, and the key of its item."""

    place: str
    pk: str
    sk: str


def start_after(cursor: str | None) -> str:
    """The place inside a cursor; empty: from the beginning. Raises Malformed."""
    if cursor is None:
        return ""
    place = unseal(cursor)
    if not storable(place):
        raise Malformed("cursor: not one of ours")
    return place


def rows(
    table: Table, index: str, partition: str, bounds: str = "", *values: str, page: int, descending: bool = False
) -> Iterator[Row]:
    """The rows of one partition of an index, between the bounds."""
    sort_name = INDEXES[index][1]
    for item in table.query(index, partition, bounds, *values, page=page, descending=descending):
        yield Row(item[sort_name]["S"], item["pk"]["S"], item["sk"]["S"])


def merged_rows(table: Table, index: str, shards: int, bounds: str = "", *values: str, page: int) -> Iterator[Row]:
    """The rows of a sharded index in one order."""
    return heapq.merge(
        *(rows(table, index, str(number), bounds, *values, page=page) for number in range(shards)),
        key=lambda row: row.place,
    )


def session_page(table: Table, shards: int, query: SessionQuery, cursor: str | None, limit: int) -> Page[Session]:
    """As `Store.sessions`."""
    seen: set[str] = set()

    def read(chunk: Sequence[Row]) -> list[Session]:
        """The heads that still fit; a session that moved while the list was read may stand in two rows."""
        ids = [session_id for session_id in dict.fromkeys(row.pk for row in chunk) if session_id not in seen]
        items = table.get_many([(session_id, HEAD) for session_id in ids])
        heads = (read_head(items[session_id, HEAD]) for session_id in ids if (session_id, HEAD) in items)
        fitting = [head for head in heads if _fits(head, query)]
        seen.update(head.id for head in fitting)
        return fitting

    return filled_page(_session_rows(table, shards, query, start_after(cursor), limit), limit, read)


def filled_page(listed: Iterator[Row], limit: int, read: Callable[[Sequence[Row]], list[Shown]]) -> Page[Shown]:
    """Go on through the rows until the page is full or they end; `read` leaves out what no longer belongs here."""
    shown: list[Shown] = []
    last = None
    while len(shown) < limit and (chunk := list(islice(listed, limit - len(shown)))):
        shown += read(chunk)
        last = chunk[-1]
    more = last is not None and next(listed, None) is not None
    return Page(shown, seal(last.place) if more and last is not None else None)


def _session_rows(table: Table, shards: int, query: SessionQuery, after: str, limit: int) -> Iterator[Row]:
    """One row more than the page has tells whether there is a next one, so that much is read at once."""
    page = limit + 1
    bounds = ("> :a", after) if after else ()
    if query.name is not None:
        return _name_rows(table, fold(query.name), after, page)
    if query.assignee is not None:
        return rows(table, "owner", query.assignee, *bounds, page=page) if storable(query.assignee) else iter(())
    if query.paused:
        return rows(table, "paused", PAUSED, *bounds, page=page)
    return merged_rows(table, "activity", shards, *bounds, page=page)


def _name_rows(table: Table, prefix: str, after: str, page: int) -> Iterator[Row]:
    """Names are kept apart by their first character, so an empty prefix finds nobody."""
    partition = name_partition(prefix)
    if partition is None or not storable(prefix):
        return
    bounds = ("> :a", after) if after > prefix else (">= :a", prefix)
    for row in rows(table, "name", partition, *bounds, page=page):
        if not row.place.startswith(prefix):
            return
        yield row


def _fits(head: Session, query: SessionQuery) -> bool:
    if query.name is not None and not fold(head.user.name).startswith(fold(query.name)):
        return False
    if query.assignee is not None:
        return owner_key(head) == query.assignee
    return head.paused if query.paused else is_listed(head)
