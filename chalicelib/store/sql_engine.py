"""Statements on a SQL database, in and out of transactions, and what its callers are told when it cannot answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TextClause, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from chalicelib.errors import BadSettings, StoreBusy
from chalicelib.store.sql_cursor import Rows, ask
from chalicelib.store.sql_dialect import open_database

Values = Mapping[str, object]


class Run:
    """Runs statements on one connection, handing the driver text that was compiled once."""

    def __init__(self, connection: Connection, compiled: "dict[TextClause, _Compiled]") -> None:
        self.connection = connection
        self._compiled = compiled

    def __call__(self, statement: TextClause, **values: object) -> Rows:
        ready = self._ready(statement)
        arranged = ready.arranged(values)
        return ask(self.connection, lambda cursor: cursor.execute(ready.sql, arranged))

    def for_each(self, statement: TextClause, rows: Sequence[Values]) -> None:
        """Run the statement with each of the rows."""
        if rows:
            ready = self._ready(statement)
            arranged = [ready.arranged(row) for row in rows]
            ask(self.connection, lambda cursor: cursor.executemany(ready.sql, arranged))

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

    On SQLite, waiting in front of the database is worth more than twice the commits per second.
    """

    def __init__(self, url: str, *, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._compiled: dict[TextClause, _Compiled] = {}
        self._opened = open_database(make_url(url), patience_seconds=patience_seconds)

    @contextmanager
    def read(self) -> Iterator[Run]:
        """Statements of which each sees the latest commit. Raises StoreBusy, BadSettings."""
        with self._told(), self._opened.reader.connect() as connection:
            yield Run(connection, self._compiled)

    @contextmanager
    def write(self) -> Iterator[Run]:
        """Statements in one transaction, committed at the end and rolled back by an exception.

        Raises StoreBusy, after which it may have been committed all the same, and BadSettings.
        """
        with self._writing(), self._told(), self._opened.writer.begin() as connection:
            yield Run(connection, self._compiled)

    def scrub(self) -> None:
        """Let nothing that was deleted be found in the file, for a database that is one. Raises StoreBusy, BadSettings."""
        if self._opened.scrub is None:
            return
        with self._writing(), self._told(), self._opened.reader.connect() as connection:
            self._opened.scrub(connection)

    def missing(self) -> Path | None:
        """The file that a first statement would make; None: it is there, or the database has a server."""
        file = self._opened.file
        return None if file is None or file.exists() else file

    def make_folder(self) -> None:
        """Make the folder of the file, for a database that is one. Raises BadSettings."""
        if self._opened.file is None:
            return
        try:
            self._opened.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSettings(f"HITL_STORE: this database cannot be opened ({type(error).__name__})") from error

    def close(self) -> None:
        """Close all idle connections. Twice is a no-op."""
        self._opened.reader.dispose()
        self._opened.writer.dispose()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Among the writers of this process. Raises StoreBusy."""
        if not self._opened.slots.acquire(timeout=self._patience_seconds):
            raise StoreBusy("The database is busy. Please try again.")
        try:
            yield
        finally:
            self._opened.slots.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except NoConnectionFree as error:
            raise StoreBusy("The database is busy. Please try again.") from error
        except DBAPIError as error:
            told = self._opened.told(error)
            if told is None:
                raise
            raise told from error
