"""One hot session, and a crowd on many: what they bear."""

import tempfile
from pathlib import Path

from bench.hot import Heat, crowd, hot
from bench.report import Budget, Part, Table
from bench.server import disk, serving
from tests.emulators import postgresql

WRITERS = CLIENTS = 16
SESSIONS = 1_000


def part() -> Part:
    """The hot session on each SQL store that there is here, the crowd on the local server."""
    found: dict[str, Heat] = {}
    hot_title = f"{WRITERS} writers in one session, in one process"
    with tempfile.TemporaryDirectory(dir=disk()) as name:
        found[f"{hot_title}, SQLite"] = hot(f"sqlite:///{name}/hot.db", writers=WRITERS)
    programs = postgresql.find_programs()
    if programs is not None:
        with postgresql.running(programs) as server:
            found[f"{hot_title}, PostgreSQL"] = hot(server.url(server.create()), writers=WRITERS)
    with tempfile.TemporaryDirectory(dir=disk()) as name, serving(Path(name)) as target:
        title = f"{CLIENTS} clients in {SESSIONS:,} sessions, local server with its bot"
        found[title] = crowd(target, clients=CLIENTS, sessions=SESSIONS)
    errors = sum(heat.errors for heat in found.values())
    return Part([_table(found)], [Budget("Errors under load: none", str(errors), errors == 0)])


def _table(found: dict[str, Heat]) -> Table:
    rows = [
        (title, f"{heat.commits:.0f}", f"{heat.median:.1f} ({heat.p99:.1f})", str(heat.errors))
        for title, heat in found.items()
    ]
    return Table("Under load", ("who writes", "messages a second", "ms, median (p99)", "errors"), rows)
