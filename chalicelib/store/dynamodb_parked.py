"""The part of the DynamoDB store that keeps what is parked.

Everything parked is one item in a partition of its own, found by its id, and two rows that hold nothing but keys: one in
the partition of the list, which so stays light however large the bodies are, and one in the partition of the session. No index
is needed: a stack update can add only one, and these rows are written with their item, and read consistently. All are put
and deleted in one transaction, so that a row without its item, as a query may see it, is one that comes or goes right now.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.store.base import Page, Parked, Store
from chalicelib.store.dynamodb_items import (
    PARKED,
    PARKED_ITEM,
    PARTITION_KEY_LIMIT,
    key,
    parked_item,
    parked_of_key,
    parked_partition,
    parked_rows,
    read_parked,
    storable,
)
from chalicelib.store.dynamodb_lists import Row, filled_page, start_after
from chalicelib.store.dynamodb_table import Refused, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from chalicelib.store.dynamodb_items import Item

_BODIES_PER_READ = 50
"""The largest, all of them, fit the 16 MB that DynamoDB answers a batch with."""


class DynamoDBParking(Store):
    """`Store`'s methods about what is parked. Two at the same id at the same moment: one may be told StoreBusy."""

    _table: Table

    def park(self, parked: Parked) -> None:
        first: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table.name,
                "Item": parked_item(parked),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        rows: list[TransactWriteItemTypeDef] = [
            {"Put": {"TableName": self._table.name, "Item": row}} for row in parked_rows(parked)
        ]
        try:
            self._table.transact([first, *rows])
        except Refused:
            return

    def parked(self, *, cursor: str | None = None, limit: int) -> Page[Parked]:
        after = start_after(cursor)
        bounds = ("> :a", after) if after else ()
        listed = self._table.query(None, PARKED, *bounds, page=limit + 1)
        rows = (Row(item["sk"]["S"], item["pk"]["S"], item["sk"]["S"]) for item in listed)
        return filled_page(rows, limit, self._parked_at)

    def _parked_at(self, rows: Sequence[Row]) -> list[Parked]:
        wanted = [(_partition_of(row.place), PARKED_ITEM) for row in rows]
        found: list[Parked] = []
        for start in range(0, len(wanted), _BODIES_PER_READ):
            chunk = wanted[start : start + _BODIES_PER_READ]
            items = self._table.get_many(chunk)
            found += [read_parked(items[one]) for one in chunk if one in items]
        return found

    def parked_of(self, session_id: str, *, limit: int) -> list[Parked]:
        if not storable(session_id, PARTITION_KEY_LIMIT):
            return []
        listed = self._table.query(None, session_id, "BETWEEN :a AND :b", parked_of_key(""), "P$", page=limit)
        places = (item["sk"]["S"].removeprefix(parked_of_key("")) for item in islice(listed, limit))
        items = (self._table.get(_partition_of(place), PARKED_ITEM) for place in places)
        return [read_parked(item) for item in items if item is not None]

    def find_parked(self, parked_id: str) -> Parked | None:
        item = self._parked_item(parked_id)
        return None if item is None else read_parked(item)

    def count_try(self, parked_id: str) -> None:
        """Of two at once one may go uncounted."""
        item = self._parked_item(parked_id)
        if item is None:
            return
        kept = read_parked(item)
        with suppress(Refused):  # deleted meanwhile, or parked anew
            self._table.put(parked_item(kept.but(tries=kept.tries + 1)), "p = :p", {":p": item["p"]})

    def unpark(self, parked_id: str) -> bool:
        """Only what was read is deleted: parked again meanwhile, it may have other rows."""
        item = self._parked_item(parked_id)
        if item is None:
            return False
        first: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table.name,
                "Key": key(parked_partition(parked_id), PARKED_ITEM),
                "ConditionExpression": "p = :p",
                "ExpressionAttributeValues": {":p": item["p"]},
            }
        }
        rows: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table.name, "Key": row}} for row in parked_rows(read_parked(item))
        ]
        try:
            self._table.transact([first, *rows])
        except Refused:
            return False
        return True

    def _parked_item(self, parked_id: str) -> "Item | None":
        """The item; None also for an id that DynamoDB cannot hold."""
        partition = parked_partition(parked_id)
        return self._table.get(partition, PARKED_ITEM) if storable(partition, PARTITION_KEY_LIMIT) else None


def _partition_of(place: str) -> str:
    """The partition of what stands at this place: after the time, which has none of it, and a "#" comes the id."""
    return parked_partition(place.partition("#")[2])
