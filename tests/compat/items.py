"""A table's items as JSON lines, as DynamoDB itself has them, and a SQLite file as the statements that make it."""

import base64
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.sql import SQLStore
from tests.emulators.table import create_table

TABLE = "sessions"

Item = dict[str, dict[str, Any]]


@contextmanager
def table_of(items: str) -> Iterator[DynamoDBStore]:
    """A table that holds these lines, on moto."""
    os.environ.update(dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing"))
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        create_table(client, TABLE)
        for line in items.splitlines():
            client.put_item(TableName=TABLE, Item=_given(json.loads(line)))
        yield DynamoDBStore(TABLE, client)


def items_of(store: DynamoDBStore) -> str:
    """All that is in its table."""
    client = store._table.client
    found = [item for page in client.get_paginator("scan").paginate(TableName=TABLE) for item in page["Items"]]
    lines = sorted(json.dumps(_told(item), sort_keys=True) for item in found)
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def file_of(statements: str, path: Path) -> Iterator[Store]:
    """A SQLite file that these statements make; none: a new one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)
    store = SQLStore(f"sqlite:///{path}")
    store.prepare()
    yield store
    store.close()


def statements_of(path: Path) -> str:
    """What makes the file anew."""
    with closing(sqlite3.connect(path)) as connection:
        return "".join(f"{line}\n" for line in connection.iterdump())


def _told(item: Any) -> Item:
    """Bytes in base64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }


def _given(item: Item) -> Any:
    return {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}
