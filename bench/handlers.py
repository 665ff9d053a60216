"""How long the app itself takes: Lambda's events in, answers out, and a store that is memory."""

import os
import statistics
import time

from app import app
from bench.calls import ADMIN_TOKEN, SETTINGS
from bench.report import Part, Table, at_most
from bench.usecases import ESCALATION, SWEEP, USE_CASES, UseCase, crowd
from chalicelib import wiring
from tests.fakes.memory import MemoryStore

RUNS = 200
LIMIT_MS = 4.0


def part() -> Part:
    """The median of every request, each on a store of its own."""
    os.environ.update({**SETTINGS, "HITL_ADMIN_TOKEN": ADMIN_TOKEN})
    requests = [case for case in USE_CASES if case.title not in (SWEEP, ESCALATION)]
    found = {case.title: _median_ms(case) for case in requests}
    worst = max(found, key=found.__getitem__)
    table = Table(
        "The functions without their store",
        ("use case", "ms, median"),
        [(title, f"{milliseconds:.2f}") for title, milliseconds in found.items()],
        notes=[
            "Lambda's events through the whole app, with a store in memory that copies through JSON as the others do."
        ],
    )
    return Part([table], [at_most(f"Handler without I/O, ms (slowest: {worst})", found[worst], LIMIT_MS)])


def _median_ms(case: UseCase) -> float:
    wiring.forget()
    store = MemoryStore()
    wiring.build_store = lambda _: store  # type: ignore[assignment] # no setting names a store in memory, nor should one
    crowd(app, ADMIN_TOKEN)
    times = []
    for _ in range(RUNS):
        ready = case.arrange(app, ADMIN_TOKEN)
        begun = time.perf_counter()
        ready()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)
