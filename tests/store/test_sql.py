"""What only a SQL store promises: files, locks, migrations."""

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import OperationalError

from chalicelib.errors import BadSettings, Duplicate, StoreBusy
from chalicelib.store import sql as sql_module
from chalicelib.store import sql_dialect, sql_parked
from chalicelib.store.base import SessionQuery, Store
from chalicelib.store.sql import SQLStore
from tests.store import making
from tests.store.making import SESSION

PATIENCE_SECONDS = 0.05


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "ünï #?%.db"


@pytest.fixture
def sql(file: Path) -> Iterator[Store]:
    store = open_store(file)
    store.prepare()
    yield store
    store.close()


def open_store(file: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> SQLStore:
    path = str(file).replace("%", "%25").replace("?", "%3F")
    return SQLStore(f"sqlite:///{path}", patience_seconds=patience_seconds)


def connect(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(file, isolation_level=None, timeout=0))


def prepare_and_write(url: str, session_id: str) -> None:
    """What another process does."""
    store = SQLStore(url)
    store.prepare()
    for _ in range(10):
        making.change(store, session_id, making.says(), making.alerts())
    store.close()


def test_what_was_committed_outlives_the_process(sql: Store, file: Path):
    head = making.change(sql, SESSION, making.says())
    sql.close()

    reopened = open_store(file)
    reopened.prepare()
    assert reopened.load(SESSION) == head
    assert len(making.log(reopened, SESSION)) == 1
    reopened.close()


def test_a_commit_reaches_the_disk_before_it_returns(sql: Store, file: Path):
    making.change(sql, SESSION, making.says())

    with connect(file) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with sql._database.write() as run:
        full = 2
        assert run.connection.exec_driver_sql("PRAGMA synchronous").scalar() == full


def test_processes_that_start_at_once_make_the_tables_once(file: Path):
    url = f"sqlite:///{file.parent}/shared.db"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=prepare_and_write, args=(url, f"webchat:{number}")) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    store = SQLStore(url)
    assert store.check() == []
    for number in range(2):
        assert [entry.seq for entry in making.log(store, f"webchat:{number}")] == list(range(1, 21))
    assert store.unread() == 20
    store.close()


def test_threads_that_start_at_once_make_the_tables_once(file: Path):
    stores = [open_store(file, patience_seconds=60) for _ in range(4)]
    threads = [threading.Thread(target=store.prepare) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [store.check() for store in stores] == [[], [], [], []]
    for store in stores:
        store.close()


def test_a_writer_who_waits_too_long_is_told_that_the_store_is_busy(sql: Store, file: Path):
    with connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy) as caught:
            making.change(sql, SESSION, making.says())

        assert isinstance(caught.value.__cause__, OperationalError)
        assert sql.load(SESSION) is None
        other.execute("ROLLBACK")
    assert making.change(sql, SESSION, making.says()).seq == 1


def test_a_writer_behind_a_slow_one_of_its_own_process_is_told_too(sql: Store, file: Path):
    neighbour = open_store(file)

    with sql._database.write(), pytest.raises(StoreBusy):
        making.change(neighbour, SESSION, making.says())
    assert making.change(neighbour, SESSION, making.says()).seq == 1
    neighbour.close()


def test_readers_do_not_wait_for_a_writer(sql: Store):
    head = making.change(sql, SESSION, making.says())

    with sql._database.write():
        assert sql.load(SESSION) == head
        assert len(making.log(sql, SESSION)) == 1


def test_a_failed_commit_leaves_the_lock_free(sql: Store):
    making.change(sql, SESSION, making.says(entry_id="u:1"))
    again = making.decide(sql.load(SESSION), SESSION, making.says(entry_id="u:1"))

    with pytest.raises(Duplicate):
        making.commit(sql, again)
    assert making.change(sql, SESSION, making.says()).seq == 2


def test_a_database_that_cannot_be_opened_is_busy(sql: Store, file: Path, tmp_path: Path):
    sql.close()
    file.parent.rename(tmp_path / "moved")

    with pytest.raises(StoreBusy):
        sql.load(SESSION)


@pytest.fixture
def empty(file: Path) -> Path:
    """A file with nothing in it."""
    file.parent.mkdir()
    file.touch()
    return file


def test_tables_that_are_missing_are_told_to_whoever_runs_the_server(empty: Path):
    store = open_store(empty)

    with pytest.raises(BadSettings, match="HITL_STORE: the database lacks what this release needs"):
        store.load(SESSION)
    store.close()


def test_a_mistake_in_a_statement_looks_like_the_bug_it_is(sql: Store):
    with pytest.raises(OperationalError, match="syntax error"), sql._database.read() as run:
        run(text("SELEC head FROM sessions"))


GARBAGE = b"This has been a letter to a friend. " * 4096

USES: list[Callable[[Store], object]] = [
    lambda store: store.load(SESSION),
    lambda store: making.log(store, SESSION),
    lambda store: store.sessions(SessionQuery(), limit=5),
    lambda store: store.notifications(limit=5),
    lambda store: making.commit(store, making.decide(None, "webchat:new", making.says(), making.alerts())),
    lambda store: store.prepare(),
    lambda store: store.check(),
]


@pytest.mark.parametrize("use", USES)
def test_a_file_that_is_no_database_is_told_to_whoever_runs_the_server(file: Path, use: Callable[[Store], object]):
    file.parent.mkdir()
    file.write_bytes(GARBAGE)
    store = open_store(file)

    with pytest.raises(BadSettings, match="HITL_STORE: the file is not a database"):
        use(store)
    assert file.read_bytes() == GARBAGE
    store.close()


@pytest.mark.parametrize("use", USES)
def test_a_file_that_is_overwritten_while_it_is_used_is_told_too(
    sql: Store, file: Path, use: Callable[[Store], object]
):
    for _ in range(50):
        making.change(sql, SESSION, making.says("x" * 500), making.alerts())
    sql.close()  # which brings the log of writes into the file
    page = 4096
    with file.open("r+b") as opened:
        opened.seek(page)
        opened.write((GARBAGE * 4)[: file.stat().st_size - page])

    with pytest.raises(BadSettings, match="HITL_STORE: the database is damaged"):
        use(sql)


def test_a_damaged_database_leaves_the_lock_free(file: Path):
    file.parent.mkdir()
    file.write_bytes(GARBAGE)
    store = open_store(file)
    for _ in range(2):
        with pytest.raises(BadSettings):
            store.revoke_token("1")
    store.close()


def test_a_database_without_tables_says_what_to_do(empty: Path):
    store = open_store(empty)

    assert store.check() == ["The tables are at version 0, and this release needs 2: start the server once to migrate."]
    store.close()


def test_a_database_without_a_file_says_what_to_do_and_makes_none(file: Path):
    store = open_store(file)

    assert store.check() == [f"There is no file {file}: it is made by the first start; otherwise correct HITL_STORE."]
    assert not file.parent.exists()
    store.close()


def test_a_folder_that_cannot_be_made_is_a_mistake_in_the_settings(tmp_path: Path):
    (tmp_path / "letter").write_text("Dear friend")
    store = open_store(tmp_path / "letter" / "hitl.db")

    with pytest.raises(BadSettings, match="HITL_STORE: this database cannot be opened"):
        store.prepare()


def test_a_missing_table_is_named(sql: Store, file: Path):
    with connect(file) as other:
        other.execute("DROP TABLE facts")

    assert sql.check() == ["The table facts is missing: restore the database from a backup."]


def test_a_database_of_a_later_release_is_used_as_it_is_and_reported(sql: Store, file: Path):
    head = making.change(sql, SESSION, making.says())
    with connect(file) as other:
        other.execute("UPDATE schema_version SET version = 99")
    sql.prepare()

    assert sql.load(SESSION) == head
    assert sql.check() == ["The tables are of a later release (version 99, not 2): install that release."]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sql_module._BY_ACTIVITY, "sessions_by_activity"),
        (sql_module._PAUSED, "sessions_paused"),
        (sql_module._BY_OWNER, "sessions_by_owner"),
        (sql_module._BY_NAME, "sessions_by_name"),
        (sql_module._WAITING, "sessions_paused"),
        (sql_module._DUE, "sessions_due"),
        (sql_module._FIND, "entries_by_id"),
        (sql_module._LISTED, "notifications_listed"),
        (sql_module._COUNT_UNREAD, "notifications_unread"),
        (sql_module._MARK_ALL, "notifications_unread"),
        (sql_parked._IN_ORDER, "parked_in_order"),
        (sql_parked._OF_SESSION, "parked_by_session"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_costs_what_it_returns_however_much_is_stored(sql: Store, file: Path, statement: TextClause, index: str):
    values = dict.fromkeys(("session_id", "id", "after", "before", "past", "first", "owner", "limit"), 1)
    with connect(file) as other:
        plan = " ".join(row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    assert index in plan
    assert "TEMP B-TREE" not in plan


class Switching:
    """A driver's connection whose file somebody else is using for the first so many tries."""

    def __init__(self, refusals: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.refusals = refusals
        self.code = code
        self.done: list[str] = []

    def cursor(self) -> "Switching":
        return self

    def execute(self, statement: str) -> None:
        self.refusals -= 1
        if self.refusals >= 0:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = self.code
            raise error
        self.done.append(statement)

    def close(self) -> None:
        self.done.append("closed")


def test_switching_the_journal_waits_for_another_process_that_does_so_too():
    connection = Switching(refusals=3)
    sql_dialect._log_ahead(connection, None)

    assert connection.done == ["PRAGMA journal_mode=WAL", "closed"]


def test_a_journal_that_cannot_be_switched_for_another_reason_is_told_at_once():
    with pytest.raises(sqlite3.OperationalError):
        sql_dialect._log_ahead(Switching(refusals=1, code=sqlite3.SQLITE_READONLY), None)
