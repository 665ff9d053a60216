"""What differs between SQL databases: how each is opened and tuned, and which of its complaints means what."""

import re
import selectors
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from chalicelib.errors import BadSettings, HitlError, StoreBusy
from chalicelib.store.sql_cursor import ask

_WRITER_SLOTS: dict[str, threading.Semaphore] = {}
"""Who may write, by database file: shared by all stores of this process on one file."""

_POSTGRESQL_WRITERS, _POSTGRESQL_CONNECTIONS = 8, 16
"""Of one process. A server allows 100 connections unless told otherwise, and a transaction holds one for milliseconds."""

_SHORTEST_CONNECT_SECONDS = 2
"""libpq takes whole seconds, and reads less as this."""

_HOST = re.compile(r"[\w.:%-]*")
"""What a host's name or number is made of; anything else would be looked up at every request, and never be found."""

_READ_ONLY, _IDLE_TOO_LONG = "25006", "25P03"
_DAMAGED = {"XX001", "XX002"}
_NO_TABLES = {"42P01", "42703", "3F000"}
_NO_RIGHT = "42501"


@dataclass(frozen=True)
class Opened:
    """A database ready for use.

    `reader`: each statement on its own, seeing the latest commit. `writer`: transactions that see each other's commits
    from one statement to the next. `slots`: how many writers this process lets in at once. `told`: a driver's error as
    ours, None when it is a bug and should look like one. `file`: what a writer would make, None on a server.
    `scrub`: leaves nothing that was deleted in the file, None on a server, whose own business it is.
    """

    reader: Engine
    writer: Engine
    slots: threading.Semaphore
    told: Callable[[DBAPIError], HitlError | None]
    file: Path | None = None
    scrub: Callable[[Connection], None] | None = None


def open_database(url: URL, *, patience_seconds: float) -> Opened:
    """Engines for `url`, not connected yet. `patience_seconds`: how long one caller waits for a lock or a connection.

    Raises ValueError for an address that can be none, and the driver's ImportError.
    """
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, patience_seconds)
    return _open_postgresql(url, patience_seconds)


SWITCH_TRIES = 100
SWITCH_WAIT_SECONDS = 0.02


def _open_sqlite(url: URL, patience_seconds: float) -> Opened:
    """One writer at a time: SQLite takes no more, and polls with sleeps for its turn."""
    file = Path(url.database or "hitl.db").resolve()
    pool = {
        "hide_parameters": True,
        "pool_size": 8,
        "max_overflow": 56,
        "pool_timeout": patience_seconds,
        "pool_use_lifo": True,
    }
    reader = create_engine(url, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, **pool)
    writer = create_engine(url, **pool)

    def tune(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come too late, and be a deferred one
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(patience_seconds * 1000)}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    event.listen(reader, "connect", tune)
    event.listen(writer, "connect", tune)
    event.listen(writer, "connect", _log_ahead)
    event.listen(writer, "begin", _begin_immediately)
    slots = _WRITER_SLOTS.setdefault(str(file), threading.Semaphore(1))
    return Opened(reader, writer, slots, _told_by_sqlite, file, _rewrite)


def _log_ahead(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Let readers go on while a writer writes. The file remembers it, and whoever only looks must not change the file.

    The switch, made once in a file's life, heeds no busy_timeout: when two processes start at once, one has to ask again.
    """
    cursor = connection.cursor()
    for tries_left in reversed(range(SWITCH_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if not tries_left or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(SWITCH_WAIT_SECONDS)
    cursor.close()


def _rewrite(connection: Connection) -> None:
    """Write the file anew from what is left in it, and empty the journal. Raises StoreBusy while others read the old one.

    Zeroing what is deleted is not enough: a row that grows is moved, and its old place may keep it.
    """
    connection.exec_driver_sql("VACUUM")
    busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if busy:
        raise StoreBusy("Somebody is still reading what was deleted. Please try again.")


def _begin_immediately(connection: Connection) -> None:
    ask(connection, lambda cursor: cursor.execute("BEGIN IMMEDIATE"))


def _told_by_sqlite(error: DBAPIError) -> HitlError | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    kind = None if code is None else code & 0xFF  # the rest of the number says where
    if kind == sqlite3.SQLITE_NOTADB:
        return BadSettings("HITL_STORE: the file is not a database: name another one, or restore it from a backup.")
    if kind == sqlite3.SQLITE_CORRUPT:
        return _damaged()
    if kind == sqlite3.SQLITE_ERROR:
        return _tables_missing() if str(error.orig).startswith("no such ") else None
    return _busy() if isinstance(error, OperationalError) else None


def _open_postgresql(url: URL, patience_seconds: float) -> Opened:
    """A wait of the server's is cut at half a caller's patience, so that there is time for a second try."""
    if url.host is not None and not _HOST.fullmatch(url.host):
        raise ValueError("no host has such a name")
    longest = max(1, int(patience_seconds * 500))
    connecting = {
        "connect_timeout": max(_SHORTEST_CONNECT_SECONDS, longest // 1000),
        "client_encoding": "utf8",
        "application_name": "hitl",
        "tcp_user_timeout": longest,
        "keepalives_idle": 30,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }
    reader = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,  # an error's words hold what users said otherwise
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        connect_args={name: value for name, value in connecting.items() if name not in url.query},
        pool_size=_POSTGRESQL_WRITERS,
        max_overflow=_POSTGRESQL_CONNECTIONS - _POSTGRESQL_WRITERS,
        pool_timeout=patience_seconds,
        pool_use_lifo=True,
    )

    def tune(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.autocommit = True  # what is set inside a transaction ends with it
        cursor = connection.cursor()
        cursor.execute(
            f"SELECT set_config('statement_timeout', '{longest}', false),"
            # a process that is stopped in the middle of a commit holds nobody up for longer
            f" set_config('idle_in_transaction_session_timeout', '{longest}', false)"
        )
        cursor.close()

    event.listen(reader, "connect", tune)
    event.listen(reader, "checkout", _refuse_ended)
    # One pool for both, since connections are what a server has fewest of. A stricter level would refuse commits
    # that lost a race, where this one waits for the winner and then sees the head that won.
    writer = reader.execution_options(isolation_level="READ COMMITTED")
    return Opened(reader, writer, threading.Semaphore(_POSTGRESQL_WRITERS), _told_by_postgresql)


def _refuse_ended(connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Have the pool connect anew when the server ended its side: an idle connection has nothing to say but that.

    Asking the server would cost every read and every commit a round trip.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        if selector.select(0):
            raise InvalidatePoolError("the server ended this connection")


def _told_by_postgresql(error: DBAPIError) -> HitlError | None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in _NO_TABLES:
        return _tables_missing()
    if state == _NO_RIGHT:
        return BadSettings(
            "HITL_STORE: its user may not do this: make them the owner of the database or of its tables."
        )
    if state in _DAMAGED:
        return _damaged()
    may_pass = error.connection_invalidated or state in (_READ_ONLY, _IDLE_TOO_LONG)
    return _busy() if may_pass or isinstance(error, OperationalError) else None


def _busy() -> StoreBusy:
    return StoreBusy("The database cannot answer now. Please try again.")


def _damaged() -> BadSettings:
    return BadSettings("HITL_STORE: the database is damaged: restore it from a backup.")


def _tables_missing() -> BadSettings:
    return BadSettings("HITL_STORE: the database lacks what this release needs: `manage.py doctor` says what to do.")
