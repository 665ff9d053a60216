"""Databases filled faster than by commits, with the very rows that commits would write."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
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
Fill = Callable[[Rows], None]
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


@contextmanager
def filling_sqlite(file: Path) -> Iterator[Fill]:
    """Fill a file that a store has prepared and that nobody has open.

    Without indexes, which are made again from their own definitions, and without a journal: what breaks off is lost.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")

        def fill(filling: Rows) -> None:
            for table, listed in filling.items():
                if listed:
                    names = ", ".join(listed[0])
                    values = ", ".join(f":{name}" for name in listed[0])
                    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", listed)  # noqa: S608 - our names

        yield fill
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL").fetchall()


@contextmanager
def filling_postgresql(url: str) -> Iterator[Fill]:
    """Fill a database that a store has prepared, in one transaction, without indexes, which are made again."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        found = cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in found:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))

        def fill(filling: Rows) -> None:
            for table, listed in filling.items():
                if listed:
                    names = sql.SQL(", ").join(map(sql.Identifier, listed[0]))
                    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                    with cursor.copy(statement) as copy:
                        for row in listed:
                            copy.write_row(list(row.values()))

        yield fill
        for _, definition in found:
            cursor.execute(definition)
        cursor.execute("ANALYZE")


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
