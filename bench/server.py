"""The server under test: `make run` as it is, in a process of its own, its data on disk."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


def disk() -> str:
    """A folder on a disk, where a temporary one may be memory."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return str(folder)


@dataclass(frozen=True)
class Target:
    """Where the server is, a supervisor's token, and the number of its process."""

    host: str
    port: int
    token: str
    store: str
    process: int


@contextmanager
def serving(folder: Path) -> Iterator[Target]:
    """A local server with its data in the folder, ended with the block. Visitors may write as fast as they can."""
    token = secrets.token_urlsafe(24)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HITL_")},
        "PORT": "0",
        "STORY": "0",
        "HITL_DATA": str(folder),
        "HITL_ADMIN_TOKEN": token,
        "HITL_VISITOR_BURST": "1000000",
        "HITL_VISITOR_RATE": "1000000",
    }
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield Target("127.0.0.1", _port(process), token, f"sqlite:///{folder}/hitl.db", process.pid)
        finally:
            process.terminate()
            process.wait(15)


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        found = re.search(r"http://127\.0\.0\.1:(\d+)/webchat", line)
        if found:
            return int(found[1])
    raise SystemExit("The server did not start.")
