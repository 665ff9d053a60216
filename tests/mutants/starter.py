"""Starts pytest in one tree after another, in forks of a process that has imported the libraries: they take longer than tests.

That process is this file as a program. Of this project it imports nothing, so that each fork finds all of it in its own tree.
"""

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue

LIBRARIES = (
    "_pytest.assertion.rewrite",
    "_pytest.junitxml",
    "boto3",
    "chalice.app",
    "chalice.test",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "httpx",
    "jwt",
    "moto.dynamodb.models",
    "psycopg",
    "pydantic.dataclasses",
    "pydantic.json_schema",
    "pytest",
    "requests",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
)
"""Those that many tests need. Not Hypothesis, which looks around when it is imported: where it is, and whether this is CI."""

OUTPUT = "output.txt"
"""What pytest printed, in its tree."""


class Starter:
    """Such a process, for one pytest at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, tree: Path, arguments: Sequence[str], *, limit_seconds: int) -> int:
        """The status of `python -m pytest` in that tree. Raises TimeoutError when it did not end within the limit."""
        print(json.dumps([str(tree), limit_seconds, arguments]), file=self._process.stdin, flush=True)
        status = int(self._process.stdout.readline())
        if status == -signal.SIGALRM:
            raise TimeoutError
        return status

    def close(self) -> None:
        with self._process:
            self._process.stdin.close()


class Starters:
    """For as many pytests at once as there are of them."""

    def __init__(self, starters: Sequence[Starter]) -> None:
        self._idle: SimpleQueue[Starter] = SimpleQueue()
        for starter in starters:
            self._idle.put(starter)

    def run(self, tree: Path, arguments: Sequence[str], *, limit_seconds: int) -> int:
        """As `Starter.run`, by whichever is free next."""
        starter = self._idle.get()
        try:
            return starter.run(tree, arguments, limit_seconds=limit_seconds)
        finally:
            self._idle.put(starter)


@contextmanager
def started(count: int, environment: Mapping[str, str]) -> Iterator[Starters]:
    """So many of them, which end with the block."""
    with ExitStack() as ends:
        starters = [Starter(environment) for _ in range(count)]
        for starter in starters:
            ends.callback(starter.close)
        yield Starters(starters)


def serve() -> None:
    """The program: until nobody asks any more, and in each fork until pytest has ended."""
    # Some of macOS's own libraries do not survive a fork: there, each pytest imports all for itself.
    for library in LIBRARIES if sys.platform == "linux" else ():
        import_module(library)
    gc.freeze()
    while line := sys.stdin.readline():
        tree, limit_seconds, arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_pytest(tree, limit_seconds, arguments)
        sys.stdout.write(f"{_status(pid)}\n")
        sys.stdout.flush()


def _become_pytest(tree: str, limit_seconds: int, arguments: list[str]) -> None:
    """Raises SystemExit."""
    os.setsid()
    signal.alarm(limit_seconds)
    os.chdir(tree)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    printed = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.path[0] = tree
    sys.argv[1:] = arguments
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


def _status(pid: int) -> int:
    """How it ended, negative if by a signal; what it started and left ends with it."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    serve()
