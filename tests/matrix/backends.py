"""The stores that the matrix runs on: one of each for all its runs, emptied before each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.sql import SQLStore
from tests.emulators.table import create_table
from tests.matrix.plan import WHOLE
from tests.matrix.run import Open

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TABLES = ("sessions", "entries", "facts", "notifications", "tokens", "secrets", "parked")
_WRITES_AT_ONCE = 25


def empty_sql(store: SQLStore) -> None:
    with store._database.write() as run:
        for table in _TABLES:
            run.connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of our own


def empty_dynamodb(client: "DynamoDBClient", table: str) -> None:
    """Its items one by one: a new table would take twice as long."""
    found = client.scan(TableName=table, ProjectionExpression="pk, sk")["Items"]
    for first in range(0, len(found), _WRITES_AT_ONCE):
        doomed = [{"DeleteRequest": {"Key": key}} for key in found[first : first + _WRITES_AT_ONCE]]
        client.batch_write_item(RequestItems={table: doomed})


def sql(store: SQLStore) -> Iterator[Open]:
    store.prepare()

    @contextmanager
    def opened() -> Iterator[Store]:
        empty_sql(store)
        yield store

    yield opened
    store.close()


def sqlite(request: pytest.FixtureRequest) -> Iterator[Open]:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("matrix")
    store = SQLStore(f"sqlite:///{folder}/hitl.db")
    for engine in (store._database._opened.reader, store._database._opened.writer):  # a reader's connection scrubs
        event.listen(engine, "connect", _do_not_wait_for_the_disk)
    yield from sql(store)


def _do_not_wait_for_the_disk(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """No power is cut here."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def postgresql(request: pytest.FixtureRequest) -> Iterator[Open]:
    server = request.getfixturevalue("postgresql")
    database = server.create()
    yield from sql(SQLStore(server.url(database)))
    server.drop(database)


def dynamodb(request: pytest.FixtureRequest) -> Iterator[Open]:
    """On MiniStack, and with one partition of what is due: eight are eight queries in every sweep."""
    client = request.getfixturevalue("ministack_dynamodb")
    create_table(client, "matrix")
    store = DynamoDBStore("matrix", client, shards=1)

    @contextmanager
    def opened() -> Iterator[Store]:
        empty_dynamodb(client, "matrix")
        yield store

    yield opened
    client.delete_table(TableName="matrix")


@dataclass(frozen=True)
class Backend:
    """`slow`: each call costs so much that not all of the matrix runs here, unless it is asked for."""

    name: str
    open: Callable[[pytest.FixtureRequest], Iterator[Open]]
    slow: bool = False


BACKENDS = (
    Backend("sqlite", sqlite),
    Backend("postgresql", postgresql),
    Backend("dynamodb", dynamodb, slow=not WHOLE),
)
