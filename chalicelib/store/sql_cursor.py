"""Asking a database's driver by hand, with the errors and the care for broken connections that SQLAlchemy gives."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError


class Rows:
    """What a statement gave, read before the connection goes back."""

    def __init__(self, cursor: DBAPICursor) -> None:
        self.changed: int = cursor.rowcount
        self.all: list[Any] = [] if cursor.description is None else list(cursor.fetchall())

    @property
    def value(self) -> Any:
        """The first column of the first row; None when there is none."""
        return self.all[0][0] if self.all else None

    @property
    def column(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.all]


def ask(connection: Connection, question: Callable[[DBAPICursor], object]) -> Rows:
    """What the driver answers to the question, which is put to a cursor of it.

    `Connection.execute` does the same and costs a read on SQLite twice the time in all. Raises DBAPIError as it does, and as
    it does gives up a connection that was cut.
    """
    dialect, driver = connection.dialect, connection.connection
    cursor = driver.cursor()
    try:
        question(cursor)
        return Rows(cursor)
    except dialect.loaded_dbapi.Error as error:
        cut = dialect.is_disconnect(error, driver, cursor)
        if cut:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, dialect.loaded_dbapi.Error, connection_invalidated=cut, dialect=dialect
        ) from error
    finally:
        cursor.close()
