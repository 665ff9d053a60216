"""Where and when something was measured."""

import os
import platform
import subprocess
import time
from datetime import UTC, datetime

from bench.server import ROOT


def told() -> str:
    """One line: processors, Python, commit, day, and how busy the machine was with other things."""
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"Measured by `make bench` on {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, commit"
        f" {_commit()}, {datetime.now(UTC):%Y-%m-%d}{load}; a million additions took {_additions():.0f} ms."
    )


def _additions() -> float:
    """How fast the machine is at this moment: CPU time in ms of a plain loop, so that two runs can be compared."""
    begun = time.process_time()
    total = 0
    for number in range(1_000_000):
        total += number
    return 1000 * (time.process_time() - begun)


def _commit() -> str:
    """The short hash, with a plus when the sources differ from it."""
    commit = _git("rev-parse", "--short", "HEAD")
    return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit or "unknown"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
