"""A PostgreSQL server of our own, from Debian's package or any other that is on the PATH."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

_DEBIAN = Path("/usr/lib/postgresql")
_START_SECONDS, _STOP_SECONDS = 60, 20
_SERVER_USER = "postgres"
_EMPTY = """DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$"""
_numbers = count(1)


class DidNotStart(Exception):
    """Holds the end of its log."""


@dataclass
class Server:
    """A server with its data in `folder`, reached by a socket there and by nothing else."""

    programs: Path
    folder: Path
    durable: bool = False
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """What `HITL_STORE` would be."""
        return f"postgresql://hitl@/{database}?host={self.folder}"

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def create(self, options: str = "") -> str:
        """The name of a new database."""
        name = f"hitl_{next(_numbers)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return name

    def drop(self, database: str) -> None:
        """Drop the database, with whoever is connected to it."""
        self.administer(f"DROP DATABASE {database} WITH (FORCE)")

    def administer(self, statement: str, database: str = "postgres") -> list[object]:
        """Run a statement as the superuser; the first column of its rows, if it has any."""
        import psycopg  # here, since every run reads this file

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return [row[0] for row in cursor] if cursor.description else []

    def initialize(self) -> None:
        # English texts and an order of letters that is not that of their codes, as a server usually has it
        given = [
            "--username=hitl",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C",
            "--locale-provider=icu",
        ]
        self._run("initdb", *given, "--icu-locale=en-US", "-D", self.folder / "data")

    def start(self) -> None:
        """Start, and wait until it answers."""
        own = {"listen_addresses": "", "unix_socket_directories": self.folder}
        if not self.durable:
            own["fsync"] = "off"  # no power is cut here
        options: list[str | Path] = [part for name, value in own.items() for part in ("-c", f"{name}={value}")]
        command = [self.programs / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT, user=_other_user()
            )
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if self._run("pg_isready", "-q", "-h", self.folder, check=False) == 0:
                return
            time.sleep(0.05)  # a program's start is waited for, not a behaviour of ours
        self.stop()
        raise DidNotStart(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End the server and its connections, what was committed being safe."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> int:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            check=False,
            user=_other_user(),
            timeout=_START_SECONDS,
        )
        if check and done.returncode:
            raise DidNotStart(f"{program} failed:\n{done.stderr.decode()[-2000:]}")
        return done.returncode


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running server, one for all tests of this process."""
    programs = find_programs()
    if programs is None:
        from tests.conftest import missing

        missing("PostgreSQL (apt-get install postgresql)")
    with running(programs) as server:
        yield server


@contextmanager
def running(programs: Path, *, folder: str | None = None, durable: bool = False) -> Iterator[Server]:
    """A server that ends with the block, its data with it. Raises DidNotStart.

    `folder`: where its data lie, in a folder of their own. `durable`: they would outlive a loss of power.
    """
    with tempfile.TemporaryDirectory(prefix="hitl-pg-", dir=folder, ignore_cleanup_errors=True) as name:
        data = Path(name)  # not below pytest's own, which nobody else may enter
        if (owner := _other_user()) is not None:
            shutil.chown(data, owner)
        server = Server(programs, data, durable)
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgresql_database(postgresql: Server) -> str:
    """The name of a database that a store has prepared."""
    from chalicelib.store.sql import SQLStore

    database = postgresql.create()
    store = SQLStore(postgresql.url(database))
    store.prepare()
    store.close()
    return database


@pytest.fixture
def postgresql_url(postgresql: Server, postgresql_database: str) -> str:
    """The address of a prepared, empty database: emptied rather than made anew, which takes ten times as long."""
    postgresql.administer(_EMPTY, database=postgresql_database)
    return postgresql.url(postgresql_database)


@pytest.fixture
def postgresql_new_url(postgresql: Server) -> Iterator[str]:
    """The address of a database without tables, for this test alone."""
    database = postgresql.create()
    yield postgresql.url(database)
    postgresql.drop(database)


def find_programs() -> Path | None:
    """The folder with the server's programs, the newest that there is; None: it is not installed."""
    found = [path.parent for path in _DEBIAN.glob("*/bin/postgres")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("postgres")
    return None if on_path is None else Path(on_path).resolve().parent


def _other_user() -> str | None:
    """Who runs the server; None: whoever runs the tests. PostgreSQL refuses root."""
    return _SERVER_USER if os.geteuid() == 0 else None
