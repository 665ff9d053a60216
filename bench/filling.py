"""Databases filled faster than by commits, with the very rows that commits would write."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.population import Written
from chalicelib.store.dynamodb import SHARDS
from chalicelib.store.dynamodb_items import entry_item, head_item, id_item

# Private, since nobody but the store may write; a filled database must not differ from one that it wrote.
from chalicelib.store.sql import _entry_row, _head_row, _notification_row

Rows = Mapping[str, Sequence[Mapping[str, object]]]
_CHUNK = 5_000
_ITEMS_A_CALL = 25


def rows(written: Iterable[Written]) -> Rows:
    """By table, what a SQL store writes at these commits."""
    listed = list(written)
    each = [(one.head.id, entry) for one in listed for entry in one.entries]
    return {
        "sessions": [_head_row(one.head) for one in listed],
        "entries": [_entry_row(*pair) for pair in each],
        "notifications": [
            {**_notification_row(session_id, entry), "state": 0} for session_id, entry in each if entry.kind == "alert"
        ],
    }


def chunks(written: Iterator[Written]) -> Iterator[Rows]:
    """The rows of a few thousand sessions at a time."""
    while chunk := list(islice(written, _CHUNK)):
        yield rows(chunk)


def fill_sqlite(file: Path, filling: Rows) -> None:
    """Into a file that a store has prepared."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table, listed in filling.items():
            if listed:
                names = ", ".join(listed[0])
                values = ", ".join(f":{name}" for name in listed[0])
                connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", listed)  # noqa: S608 - our names


def fill_postgresql(url: str, filling: Rows) -> None:
    """Into a database that a store has prepared."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, listed in filling.items():
            if not listed:
                continue
            names = sql.SQL(", ").join(map(sql.Identifier, listed[0]))
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
                for row in listed:
                    copy.write_row(list(row.values()))


def fill_dynamodb(client: Any, table: str, written: Iterable[Written], *, heads_alone: bool) -> None:
    """Into a table; with `heads_alone` without the logs, which no list reads."""
    items = (item for one in written for item in _items(one, heads_alone=heads_alone))
    while batch := list(islice(items, _ITEMS_A_CALL)):
        answer = client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in batch]})
        if answer.get("UnprocessedItems"):
            raise RuntimeError("the emulator took only a part of a batch")


def _items(one: Written, *, heads_alone: bool) -> Iterator[Any]:
    yield head_item(one.head, SHARDS)
    for entry in () if heads_alone else one.entries:
        yield entry_item(one.head.id, entry)
        yield id_item(one.head.id, entry)
