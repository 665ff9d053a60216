"""Everything that lies in a database, as bytes, beside the store and without its help."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

Contents = Callable[[], bytes]


def files(folder: Path) -> Contents:
    """All files of the folder: SQLite's database, its journal and what they share."""
    return lambda: b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


def rows(url: str) -> Contents:
    """Every row of every table."""

    def read() -> bytes:
        with psycopg.connect(url) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            found = [connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for (name,) in tables]  # noqa: S608 - a catalogue's names
        return "\n".join(row for table in found for (row,) in table).encode()

    return read


def items(client: Any, table: str) -> Contents:
    """Every item of the table, unpacked where it is packed."""

    def read() -> bytes:
        pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        values = [value for page in pages for item in page["Items"] for value in item.values()]
        return b"\n".join(zlib.decompress(value["B"]) if "B" in value else str(value).encode() for value in values)

    return read
