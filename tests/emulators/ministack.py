"""MiniStack, an AWS emulator whose transactions are atomic, in a virtual environment of its own."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / ".venv-ministack" / "bin" / "ministack"
_START_SECONDS = 30
_STOP_SECONDS = 5


class DidNotStart(Exception):
    """Holds the end of its log."""


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running MiniStack, one for all tests of this process."""
    if not PROGRAM.exists():
        from tests.conftest import missing

        missing(
            "MiniStack (python3 -m venv .venv-ministack; .venv-ministack/bin/pip install -r requirements-ministack.txt)"
        )
    with running(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a MiniStack that ends with the block and keeps what it writes in the folder. Raises DidNotStart."""
    port = _free_port()
    environment = os.environ | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PROGRAM], env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, process, folder / "log")
            yield address
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_ministack/ready", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # a program's start is waited for, not a behaviour of ours
    raise DidNotStart(f"MiniStack did not start:\n{log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
