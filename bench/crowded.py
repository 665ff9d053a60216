"""One hot session, and a crowd on many: what they bear."""

import tempfile
from pathlib import Path

from bench.hot import Heat, crowd, hot
from bench.report import Budget, Part, Table, at_most, unmeasured
from bench.server import disk, serving
from tests.emulators import postgresql

WRITERS = CLIENTS = 16
PROCESSES = 4
SESSIONS = 1_000

DISK = "/var/tmp"  # noqa: S108 - a folder of its own is made in it
"""Where other users may enter, as PostgreSQL's does, and what is written outlives the machine, so that it is no memory."""

LEAST_COMMITS, MOST_P99 = 300, 250.0
"""Commits a second that one session takes on each store, and milliseconds within which 99 of 100 of a crowd are served."""


def part() -> Part:
    """The hot session on each SQL store that there is here, the crowd on the local server."""
    found: dict[str, Heat] = {}
    ways = {
        f"{WRITERS} writers in one session, in one process": 1,
        f"{WRITERS} writers in one session, in {PROCESSES} processes": PROCESSES,
    }
    for title, processes in ways.items():
        with tempfile.TemporaryDirectory(dir=disk()) as name:
            found[f"{title}, SQLite"] = hot(f"sqlite:///{name}/hot.db", writers=WRITERS, processes=processes)
    programs = postgresql.find_programs()
    if programs is not None:
        with postgresql.running(programs, folder=DISK, durable=True) as server:
            for title, processes in ways.items():
                url = server.url(server.create())
                found[f"{title}, PostgreSQL"] = hot(url, writers=WRITERS, processes=processes)
    budgets = [_hot_budget(found)]
    with tempfile.TemporaryDirectory(dir=disk()) as name, serving(Path(name)) as target:
        crowded = crowd(target, clients=CLIENTS, sessions=SESSIONS)
    found[f"{CLIENTS} clients in {SESSIONS:,} sessions, local server with its bot"] = crowded
    budgets.append(at_most("A crowd's 99th percentile, ms", crowded.p99, MOST_P99, "{:.0f}"))
    errors = sum(heat.errors for heat in found.values())
    budgets.append(Budget("Errors under load: none", str(errors), errors == 0))
    if programs is None:
        budgets.append(unmeasured("PostgreSQL under load", "PostgreSQL is not installed here"))
    return Part([_table(found)], budgets)


def _hot_budget(found: dict[str, Heat]) -> Budget:
    """On the slowest of them."""
    title, slowest = min(found.items(), key=lambda item: item[1].commits)
    promise = f"Messages a second into one session: at least {LEAST_COMMITS}"
    return Budget(promise, f"{slowest.commits:.0f}: {title}", slowest.commits >= LEAST_COMMITS)


def _table(found: dict[str, Heat]) -> Table:
    rows = [
        (
            title,
            f"{heat.commits:.0f}",
            f"{heat.median:.1f} ({heat.p99:.1f})",
            f"{heat.longest:.0f}",
            str(heat.errors),
        )
        for title, heat in found.items()
    ]
    head = ("who writes", "messages a second", "ms, median (p99)", "longest", "errors")
    return Table("Under load", head, rows, ["Both databases write to a disk, and wait until it has what they wrote."])
