"""How a SQL database is opened, locked and, when it cannot answer, told to the caller."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, TextClause, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry

from chalicelib.errors import StoreBusy

Values = Mapping[str, object]

_IDLE, _EXTRA = 8, 56
"""Connections kept open, and how many more may be opened for a burst."""

_SLOTS: dict[str, threading.Semaphore] = {}
"""Who may write, by database file: shared by all stores of this process on one file."""


class Run:
    """Runs statements on one connection, handing the driver text that was compiled once.

    Connection.execute would do the same, and costs a commit on SQLite 0.1 ms more, a third of its time.
    """

    def __init__(self, connection: Connection, compiled: "dict[TextClause, _Compiled]") -> None:
        self.connection = connection
        self._compiled = compiled

    def __call__(self, statement: TextClause, **values: object) -> CursorResult[Any]:
        ready = self._ready(statement)
        return self.connection.exec_driver_sql(ready.sql, ready.arranged(values))

    def for_each(self, statement: TextClause, rows: Sequence[Values]) -> None:
        """Run the statement with each of the rows."""
        if rows:
            ready = self._ready(statement)
            self.connection.exec_driver_sql(ready.sql, [ready.arranged(row) for row in rows])

    def _ready(self, statement: TextClause) -> "_Compiled":
        ready = self._compiled.get(statement)
        if ready is None:
            ready = self._compiled[statement] = _Compiled(statement, self.connection)
        return ready


class _Compiled:
    """A statement as the driver takes it: its values by position where the driver wants them so, else by name."""

    def __init__(self, statement: TextClause, connection: Connection) -> None:
        compiled = statement.compile(dialect=connection.dialect)
        self.sql = str(compiled)
        self._order: Sequence[str] | None = getattr(compiled, "positiontup", None)

    def arranged(self, values: Values) -> Any:
        return dict(values) if self._order is None else tuple([values[name] for name in self._order])


class Database:
    """Connections to one database: readers that never wait for writers, and writers that queue up inside the process.

    SQLite takes one writer at a time and polls with sleeps for its turn, so that waiting in front of it is worth more
    than twice the commits per second.
    """

    def __init__(self, url: str, *, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._compiled: dict[TextClause, _Compiled] = {}
        parsed = make_url(url)
        pool = {"pool_size": _IDLE, "max_overflow": _EXTRA, "pool_timeout": patience_seconds, "pool_use_lifo": True}
        self._reader = create_engine(parsed, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, **pool)
        self._writer = create_engine(parsed, **pool)
        if self._writer.dialect.name == "sqlite":
            file = Path(parsed.database or "hitl.db").resolve()
            file.parent.mkdir(parents=True, exist_ok=True)
            _tune(self._reader, patience_seconds)
            _tune(self._writer, patience_seconds)
            event.listen(self._writer, "begin", _begin_immediately)
            self._slots = _SLOTS.setdefault(str(file), threading.Semaphore(1))
        else:
            self._slots = threading.Semaphore(_IDLE)

    @contextmanager
    def read(self) -> Iterator[Run]:
        """Statements of which each sees the latest commit. Raises StoreBusy."""
        with _busy_told(), self._reader.connect() as connection:
            yield Run(connection, self._compiled)

    @contextmanager
    def write(self) -> Iterator[Run]:
        """Statements in one transaction, committed at the end and rolled back by an exception. Raises StoreBusy."""
        if not self._slots.acquire(timeout=self._patience_seconds):
            raise StoreBusy("The database is busy. Please try again.")
        try:
            with _busy_told(), self._writer.begin() as connection:
                yield Run(connection, self._compiled)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close all idle connections. Twice is a no-op."""
        self._reader.dispose()
        self._writer.dispose()


def _tune(engine: Engine, patience_seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def tune(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come too late, and be a deferred one
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(patience_seconds * 1000)}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _busy_told() -> Iterator[None]:
    try:
        yield
    except NoConnectionFree as error:
        raise StoreBusy("The database is busy. Please try again.") from error
    except DBAPIError as error:
        if not _may_pass(error):
            raise
        raise StoreBusy("The database cannot answer now. Please try again.") from error


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same statement may work later: busy, locked, disconnected, no space; not a mistake in the SQL."""
    mistake = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return error.connection_invalidated or (isinstance(error, OperationalError) and not mistake)
