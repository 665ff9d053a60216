"""A filled database is the one that commits would have written, row by row."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from bench import filling
from bench.population import PAUSED_ONE_IN, long_log, population
from bench.units import size
from chalicelib.store.base import SessionQuery
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.sql import SQLStore
from tests.emulators.table import create_table

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TABLES = ("sessions", "entries", "notifications", "facts")


@pytest.fixture
def people():
    """Enough to have every kind of pause."""
    return [*population(5 * PAUSED_ONE_IN, NOW), long_log("webchat:long", 30, NOW)]


def committed(store, people):
    for written in people:
        store.commit(None, written.head, written.entries)


def test_a_filled_file_holds_what_commits_write(tmp_path, people):
    files = [tmp_path / "filled.db", tmp_path / "committed.db"]
    stores = [SQLStore(f"sqlite:///{file}") for file in files]
    for store in stores:
        store.prepare()
        store.close()

    with filling.filling_sqlite(files[0]) as fill:
        fill(filling.rows(people))
    committed(stores[1], people)
    stores[1].close()

    dumps = []
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            dumps.append(Counter(connection.iterdump()))
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert dumps[0] == dumps[1]


def test_a_filled_database_of_postgresql_holds_what_commits_write(postgresql, people):
    urls = [postgresql.url(postgresql.create()) for _ in range(2)]
    for url in urls:
        store = SQLStore(url)
        store.prepare()
        store.close()

    with filling.filling_postgresql(urls[0]) as fill:
        fill(filling.rows(people))
    store = SQLStore(urls[1])
    committed(store, people)
    store.close()

    told = []
    for url in urls:
        with psycopg.connect(url) as connection:
            rows = {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}  # noqa: S608 - our names
            indexes = connection.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'").fetchall()
            told.append((rows, sorted(indexes)))
    assert told[0] == told[1]


def test_a_filled_table_of_dynamodb_holds_what_commits_write(ministack_dynamodb, people):
    names = ["bench-filled", "bench-committed"]
    for name in names:
        create_table(ministack_dynamodb, name)
    few = [written for written in people if len(written.entries) < 49]

    filling.fill_dynamodb(ministack_dynamodb, names[0], few, heads_alone=False)
    committed(DynamoDBStore(names[1], ministack_dynamodb), few)

    tables = []
    for name in names:
        pages = ministack_dynamodb.get_paginator("scan").paginate(TableName=name)
        items = [item for page in pages for item in page["Items"]]
        tables.append({(item["pk"]["S"], item["sk"]["S"]): item for item in items})
        ministack_dynamodb.delete_table(TableName=name)
    assert tables[0] == tables[1]
    assert max(map(size, tables[0].values())) < 4096


def test_rows_are_filled_a_few_thousand_sessions_at_a_time_and_none_is_left_out(people):
    filled = list(filling.chunks(iter(people)))

    assert sum(len(rows["sessions"]) for rows in filled) == len(people)


@pytest.mark.parametrize("count", [1, 20, 999, 19_999])
def test_everybody_in_a_population_is_another(count):
    assert len({written.head.id for written in population(count, NOW)}) == count


def test_a_population_has_every_kind_of_session_in_the_same_shares_at_every_size(tmp_path):
    file = tmp_path / "some.db"
    store = SQLStore(f"sqlite:///{file}")
    store.prepare()
    store.close()
    with filling.filling_sqlite(file) as fill:
        for rows in filling.chunks(population(1000, NOW)):
            fill(rows)

    paused = store.sessions(SessionQuery(paused=True), limit=500).items
    waiting = [head for head in paused if head.waiting_since is not None]
    of_ann = store.sessions(SessionQuery(paused=True, assignee="ann"), limit=500).items
    marias = store.sessions(SessionQuery(name="maria"), limit=500).items
    store.close()

    assert (len(paused), len(waiting), len(of_ann)) == (50, 20, 10)
    assert len(marias) > 50
    assert all(head.paused_at(NOW) for head in paused)
