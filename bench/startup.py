"""The local server: how long until it answers, and how much memory it takes."""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench.calls import CHAT
from bench.client import Connection
from bench.report import Part, Table
from bench.server import Target, disk, serving

STARTS = 7
SESSIONS = 1_000


def part() -> Part:
    """The median of some starts, and the memory of the last."""
    times = []
    for start in range(STARTS):
        with tempfile.TemporaryDirectory(dir=disk()) as name:
            begun = time.perf_counter()
            with serving(Path(name)) as target:
                _until_healthy(target)
                times.append(time.perf_counter() - begun)
                if start == STARTS - 1:
                    resting = _megabytes(target.process)
                    _talk(target)
                    after = _megabytes(target.process)
    rows = [
        ("start until the first healthy answer, ms", f"{1000 * statistics.median(times):.0f}"),
        ("memory at rest, MB", f"{resting:.0f}"),
        (f"memory after {SESSIONS:,} sessions with a message and an answer each, MB", f"{after:.0f}"),
    ]
    return Part([Table("The local server as a process", ("what", f"median of {STARTS}, memory of one"), rows)])


def _until_healthy(target: Target) -> None:
    connection = Connection(target.host, target.port, "")
    connection.get("/api/health")
    connection.close()


def _talk(target: Target) -> None:
    stranger = Connection(target.host, target.port, "")
    for _ in range(SESSIONS):
        visit = stranger.post(f"{CHAT}/visitors")
        visitor = Connection(target.host, target.port, visit["token"])
        visitor.post(f"{CHAT}/messages", id="first", text="hello")
        visitor.close()
    stranger.close()


def _megabytes(process: int) -> float:
    """Resident memory of a process, as `ps` tells it in kB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024
