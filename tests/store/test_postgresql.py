"""What only PostgreSQL can do to a store: other processes' locks, restarts, broken lines, rights, encodings."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from chalicelib.errors import BadSettings, StoreBusy
from chalicelib.store import sql as sql_module
from chalicelib.store.base import SessionQuery
from chalicelib.store.sql import SQLStore
from chalicelib.wiring import build_store
from tests.emulators.postgresql import Server
from tests.emulators.relay import COMMIT, Relay
from tests.store import making
from tests.store.making import SESSION

LOOKS = 2000
"""How often something that must come is looked for, a round trip each."""

Open = Callable[..., SQLStore]


@pytest.fixture
def open_store() -> Iterator[Open]:
    opened: list[SQLStore] = []

    def open_it(url: str, **options: float) -> SQLStore:
        opened.append(SQLStore(url, **options))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def sql(open_store: Open, postgresql_url: str) -> SQLStore:
    return open_store(postgresql_url)


@pytest.fixture
def other(postgresql_url: str) -> Iterator[psycopg.Connection]:
    """Another client's connection, in a transaction from its first statement on."""
    with psycopg.connect(postgresql_url) as connection:
        yield connection


def as_role(url: str, role: str) -> str:
    return url.replace("//hitl@", f"//{role}@")


@pytest.fixture
def clerk(postgresql: Server) -> Iterator[str]:
    """A role that owns nothing."""
    postgresql.administer("CREATE ROLE clerk LOGIN")
    yield "clerk"
    postgresql.administer("DROP OWNED BY clerk; DROP ROLE clerk")


def prepare_and_write(url: str, session_id: str) -> None:
    """What another process does."""
    store = SQLStore(url)
    store.prepare()
    for _ in range(10):
        making.change(store, session_id, making.says(), making.alerts())
    store.close()


def test_the_address_of_a_setting_opens_a_store_that_is_ready(postgresql_new_url: str):
    store = build_store(postgresql_new_url)

    assert store.check() == []
    assert making.change(store, SESSION, making.says()).seq == 1
    store.close()


def test_processes_that_start_at_once_make_the_tables_once(postgresql_new_url: str, open_store: Open):
    spawn = multiprocessing.get_context("spawn")
    ids = [f"webchat:{number}" for number in range(2)]
    processes = [spawn.Process(target=prepare_and_write, args=(postgresql_new_url, session_id)) for session_id in ids]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    store = open_store(postgresql_new_url)
    assert store.check() == []
    for session_id in ids:
        assert [entry.seq for entry in making.log(store, session_id)] == list(range(1, 21))
    assert store.unread() == 20


def test_stores_that_start_at_once_make_the_tables_once(postgresql_new_url: str, open_store: Open):
    stores = [open_store(postgresql_new_url, patience_seconds=60) for _ in range(6)]
    start = threading.Barrier(len(stores))

    def prepare(store: SQLStore) -> list[str]:
        start.wait()
        store.prepare()
        return store.check()

    with ThreadPoolExecutor(len(stores)) as pool:
        assert list(pool.map(prepare, stores)) == [[]] * len(stores)


def test_a_restarted_server_costs_no_request(postgresql: Server, sql: SQLStore):
    making.change(sql, SESSION, making.says())
    postgresql.stop()
    postgresql.start()

    assert making.change(sql, SESSION, making.says()).seq == 2
    assert len(making.log(sql, SESSION)) == 2


def test_a_server_that_is_down_is_busy_until_it_is_back(postgresql: Server, sql: SQLStore):
    head = making.change(sql, SESSION, making.says())
    postgresql.stop()
    try:
        with pytest.raises(StoreBusy) as caught:
            sql.load(SESSION)
    finally:
        postgresql.start()

    assert isinstance(caught.value.__cause__, OperationalError)
    assert sql.load(SESSION) == head


def test_a_server_that_takes_a_connection_and_says_nothing_is_busy(tmp_path: Path, open_store: Open):
    with Relay(tmp_path / ".s.PGSQL.5432", tmp_path / "silent") as relay:
        relay.swallow()
        store = open_store(f"postgresql://hitl@/any?host={tmp_path}")
        with pytest.raises(StoreBusy):
            store.load(SESSION)


def test_a_commit_that_is_cut_off_in_the_middle_is_busy_and_nothing_is_written(sql: SQLStore, other):
    head = making.change(sql, SESSION, making.says())

    def write_half() -> None:
        with sql._database.write() as run:
            run(sql_module._REMEMBER, session_id=SESSION, body='{"half": "done"}')
            [pid] = run.connection.exec_driver_sql("SELECT pg_backend_pid()").scalars()
            other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
            run(sql_module._LOAD, id=SESSION)

    with pytest.raises(StoreBusy):
        write_half()
    assert sql.facts(SESSION) == {}
    assert making.change(sql, SESSION, making.says()).seq == head.seq + 1


def test_a_commit_whose_answer_is_lost_is_busy_and_recognised_when_it_comes_again(
    postgresql: Server, postgresql_url: str, tmp_path: Path, open_store: Open
):
    with Relay(tmp_path / ".s.PGSQL.5432", postgresql.socket) as relay:
        store = open_store(postgresql_url.replace(str(postgresql.folder), str(tmp_path)))
        making.change(store, SESSION, making.says())
        draft = making.decide(store.load(SESSION), SESSION, making.says("once"), making.alerts())
        relay.cut_answer_to(COMMIT)
        with pytest.raises(StoreBusy):
            making.commit(store, draft)

        assert store.load(SESSION) == draft.after
        assert making.commit(store, draft) == draft.after
        assert store.load(SESSION) == draft.after
        assert [entry.seq for entry in making.log(store, SESSION)] == [1, 2, 3]
        assert store.unread() == 1
        store.close()


def test_a_writer_who_waits_too_long_for_a_lock_is_told_that_the_store_is_busy(
    sql: SQLStore, other, open_store: Open, postgresql_url: str
):
    head = making.change(sql, SESSION, making.says())
    hasty = open_store(postgresql_url, patience_seconds=0.5)
    assert hasty.load(SESSION) == head
    other.execute("SELECT * FROM sessions FOR UPDATE")

    with pytest.raises(StoreBusy) as caught:
        making.commit(hasty, making.decide(head, SESSION, making.says()))
    assert isinstance(caught.value.__cause__, OperationalError)
    other.rollback()
    assert sql.load(SESSION) == head


def test_a_deadlock_is_busy_and_ends(postgresql_url: str, open_store: Open, other, postgresql: Server):
    store = open_store(postgresql_url, patience_seconds=120)
    for session_id in ("webchat:a", "webchat:b"):
        making.change(store, session_id, making.says())
    lock = "SELECT 1 FROM sessions WHERE id = %s FOR UPDATE"
    other.execute("SET LOCAL deadlock_timeout = '100s'")  # ours shall be the one who notices
    other.execute(lock, ["webchat:b"])

    def lock_crosswise(pool: ThreadPoolExecutor) -> None:
        with store._database.write() as run:
            run.connection.exec_driver_sql("SET LOCAL deadlock_timeout = '1ms'")
            run.connection.exec_driver_sql(lock, ("webchat:a",))
            pool.submit(other.execute, lock, ["webchat:a"])
            blocked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            assert any(postgresql.administer(blocked) for _ in range(LOOKS))
            run.connection.exec_driver_sql(lock, ("webchat:b",))

    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreBusy):
        lock_crosswise(pool)
    other.rollback()
    assert making.change(store, "webchat:a", making.says()).seq == 2


def test_a_transaction_reads_what_others_committed_however_the_server_is_set(
    postgresql: Server, postgresql_new_url: str, open_store: Open
):
    database = postgresql_new_url.rpartition("/hitl_")[0]
    name = postgresql_new_url.removeprefix(f"{database}/").partition("?")[0]
    postgresql.administer(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")

    with open_store(postgresql_new_url)._database.write() as run:
        assert run.connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"


def test_a_server_that_only_reads_for_now_is_busy(sql: SQLStore, postgresql_url: str, open_store: Open):
    head = making.change(sql, SESSION, making.says())
    standby = open_store(f"{postgresql_url}&options=-c%20default_transaction_read_only%3Don")

    assert standby.load(SESSION) == head
    with pytest.raises(StoreBusy):
        making.change(standby, SESSION, making.says())


def test_a_server_without_a_free_connection_is_busy(
    postgresql: Server, postgresql_url: str, clerk: str, open_store: Open
):
    postgresql.administer(f"ALTER ROLE {clerk} CONNECTION LIMIT 0")

    with pytest.raises(StoreBusy):
        open_store(as_role(postgresql_url, clerk)).load(SESSION)


def test_a_process_takes_few_connections_however_many_ask(postgresql: Server, postgresql_url: str, open_store: Open):
    store = open_store(postgresql_url, patience_seconds=60)
    at_once = 48
    start = threading.Barrier(at_once)

    def ask(number: int) -> int:
        start.wait()
        making.change(store, f"webchat:{number}", making.says())
        return len(store.sessions(SessionQuery(), limit=10).items)

    with ThreadPoolExecutor(at_once) as pool:
        assert all(pool.map(ask, range(at_once)))
    [connections] = postgresql.administer("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hitl'")
    assert connections <= 16


def test_a_role_that_may_only_read_and_write_is_enough_once_the_tables_are_there(
    postgresql: Server, postgresql_url: str, postgresql_database: str, clerk: str, open_store: Open
):
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {clerk}"
    postgresql.administer(grant, database=postgresql_database)
    store = open_store(as_role(postgresql_url, clerk))
    store.prepare()

    assert making.change(store, SESSION, making.says()).seq == 1
    assert store.check() == []
    postgresql.administer(f"DROP OWNED BY {clerk}", database=postgresql_database)


def test_a_role_without_the_right_is_told_to_whoever_runs_the_server(postgresql_url: str, clerk: str, open_store: Open):
    with pytest.raises(BadSettings, match="HITL_STORE: its user may not do this"):
        open_store(as_role(postgresql_url, clerk)).load(SESSION)


def test_a_database_for_one_alphabet_is_refused_before_anything_is_in_it(postgresql: Server, open_store: Open):
    database = postgresql.create("ENCODING 'LATIN1' LOCALE_PROVIDER 'libc' LOCALE 'C'")
    store = open_store(postgresql.url(database))

    with pytest.raises(BadSettings, match="HITL_STORE: The database keeps text as LATIN1"):
        store.prepare()
    assert postgresql.administer("SELECT 1 FROM pg_tables WHERE schemaname = 'public'", database=database) == []
    postgresql.drop(database)


def test_tables_that_are_missing_are_told_to_whoever_runs_the_server(postgresql_new_url: str, open_store: Open):
    store = open_store(postgresql_new_url)

    with pytest.raises(BadSettings, match="HITL_STORE: the database lacks what this release needs"):
        store.load(SESSION)
    assert store.check() == ["The tables are at version 0, and this release needs 2: start the server once to migrate."]


def test_a_database_of_a_later_release_is_used_as_it_is_and_reported(postgresql_new_url: str, open_store: Open):
    store = open_store(postgresql_new_url)
    store.prepare()
    head = making.change(store, SESSION, making.says())
    with psycopg.connect(postgresql_new_url) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    store.prepare()

    assert store.load(SESSION) == head
    assert store.check() == ["The tables are of a later release (version 99, not 2): install that release."]
