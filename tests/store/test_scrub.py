"""SQLite's file after an erasure: what was deleted is in none of its bytes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.errors import StoreBusy
from chalicelib.model.entry import Unsent
from chalicelib.store.sql import SQLStore
from tests.store import making
from tests.store.making import SESSION

WORD = "zanzibar"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hitl.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[SQLStore]:
    store = SQLStore(f"sqlite:///{file}", patience_seconds=0.2)
    store.prepare()
    yield store
    store.close()


def found(file: Path) -> bool:
    """Whether the word stands in any file of the database."""
    return any(WORD.encode() in part.read_bytes() for part in file.parent.iterdir())


def leave_traces(sqlite: SQLStore, file: Path) -> None:
    """Delete as a release did that zeroed nothing, so that the bytes stay."""
    making.change(sqlite, SESSION, *[making.says(WORD * 20) for _ in range(20)])
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("DELETE FROM entries")
        connection.execute("UPDATE sessions SET head = '{}'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_deleting_alone_leaves_bytes_behind_and_scrubbing_none(sqlite: SQLStore, file: Path):
    leave_traces(sqlite, file)
    before = found(file)
    sqlite.scrub()

    assert (before, found(file)) == (True, False)


def test_rewriting_alone_may_leave_bytes_behind_and_scrubbing_none(sqlite: SQLStore, file: Path):
    making.change(sqlite, SESSION, *[making.says(WORD * 20) for _ in range(20)])
    heard = making.log(sqlite, SESSION)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        for entry in heard:
            body = entry.but(content=Unsent()).to_json()
            connection.execute("UPDATE entries SET body = ? WHERE seq = ?", (body, entry.seq))
        connection.execute("UPDATE sessions SET head = '{}'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = found(file)
    sqlite.scrub()

    assert (before, found(file)) == (True, False)


def test_a_rewritten_row_is_zeroed_without_scrubbing(sqlite: SQLStore, file: Path):
    head = making.change(sqlite, SESSION, making.alerts(text=WORD))
    [alert] = making.log(sqlite, SESSION)
    sqlite.commit(head, head.but(rev=2, attempt="r"), (), [alert.but(content=Unsent())])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert not found(file)


def test_rows_that_grew_and_moved_leave_nothing_behind(sqlite: SQLStore, file: Path):
    for turn in range(1, 9):
        for number in range(100):
            word = WORD if number % 7 == 0 else "elsewhere"
            facts = making.remembers(a=word * (turn * ((number * 31 + turn * 17) % 23) + 1))
            making.change(sqlite, f"webchat:{number * 7919 % 1000:03d}", facts)
    for number in range(0, 100, 7):
        making.change(sqlite, f"webchat:{number * 7919 % 1000:03d}", making.remembers())
    sqlite.scrub()

    assert not found(file)
    assert len(sqlite.facts("webchat:919")["a"]) > 0


def test_a_reader_of_what_was_deleted_is_waited_for_and_then_told_of(sqlite: SQLStore, file: Path):
    leave_traces(sqlite, file)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sessions").fetchone()
        with pytest.raises(StoreBusy):
            sqlite.scrub()
    sqlite.scrub()

    assert not found(file)


def test_a_writer_of_another_process_is_waited_for_and_then_told_of(sqlite: SQLStore, file: Path):
    leave_traces(sqlite, file)
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            sqlite.scrub()
    sqlite.scrub()

    assert not found(file)


def test_a_deleted_row_is_zeroed_without_scrubbing(sqlite: SQLStore, file: Path):
    making.change(sqlite, SESSION, making.alerts(text=WORD))
    assert sqlite.erase(SESSION, through=1, limit=9)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert not found(file)
