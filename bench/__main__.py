"""`make bench`: closed-loop rows on the local server, SQLite on disk, beside the figures of the original."""

import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.fill import fill
from bench.loops import (
    Result,
    agent_to_visitor,
    list_sessions,
    measure,
    message_to_agent,
    message_to_reply,
    pause_to_visible,
    unpause,
)
from bench.server import ROOT, serving

SECONDS = 8.0
CLIENTS = (1, 16)
SESSIONS = 20_000

ORIGINAL = {
    "message into a paused session until an agent can read it": (8.2, 132),
    "message until the user can read the bot's reply": (18, 249),
    "pause until visible": (2.7, 29),
    "agent's message until the user can read it": (6.0, 103),
    f"the list of {SESSIONS:,} sessions": (63, 1030),
}
"""Medians in ms at 1 and 16 clients of the module this follows, on a machine of this size; its pause answers before it writes."""


def main() -> None:
    """Print the table as Markdown."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory(dir=_disk()) as name, serving(Path(name)) as target:
        rows = [
            [measure(target, message_to_agent, clients=n, seconds=seconds, paused=True) for n in CLIENTS],
            [measure(target, message_to_reply, clients=n, seconds=seconds) for n in CLIENTS],
            [measure(target, pause_to_visible, clients=n, seconds=seconds, reset=unpause) for n in CLIENTS],
            [measure(target, agent_to_visitor, clients=n, seconds=seconds, paused=True) for n in CLIENTS],
        ]
        fill(target.store, SESSIONS)
        rows.append([measure(target, list_sessions, clients=n, seconds=seconds) for n in CLIENTS])
    print(f"{platform.machine()}, Python {platform.python_version()}, {_commit()}, {datetime.now(UTC):%Y-%m-%d}\n")
    print("| ms, median (p99) | 1 client | of the original | 16 clients | of the original |")
    print("|---|---|---|---|---|")
    for (title, original), results in zip(ORIGINAL.items(), rows, strict=True):
        print(f"| {title} | " + " | ".join(_cell(*pair) for pair in zip(results, original, strict=True)) + " |")


def _cell(result: Result, original: float) -> str:
    return f"{result.median:.1f} ({result.p99:.1f}) | {result.median / original:.2f} of {original:g}"


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"commit {told.stdout.strip() or 'unknown'}"


def _disk() -> str:
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return str(folder)


if __name__ == "__main__":
    main()
