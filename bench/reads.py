"""Lists and logs in small and in large databases: time on the SQL stores, calls and units on DynamoDB."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import filling
from bench.emulated import MISSING, cloud, installed
from bench.filling import Fill, filling_postgresql, filling_sqlite
from bench.population import PAUSED_ONE_IN, SPREAD, Written, long_log, population
from bench.report import Budget, Part, Table, unmeasured
from bench.server import disk
from chalicelib.model.session import Session
from chalicelib.store.base import SessionQuery, Store
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.keys import activity_key, seal
from chalicelib.store.sql import SQLStore
from tests.emulators import postgresql
from tests.emulators.table import create_table

SIZES = (1_000, 20_000, 1_000_000)
EMULATED_SIZES = (1_000, 20_000, 100_000)
"""MiniStack keeps everything in memory and goes through all of a list's rows at each query."""

RUNS = 200
LOG, LENGTH = "webchat:long", 10_000
MOST = 1.5


@dataclass(frozen=True)
class Reads:
    """One database of some size, with the cursor of the middle of its list of all sessions."""

    store: Store
    middle: str

    def each(self) -> dict[str, Callable[[], int]]:
        """What is read; each returns how many items it found, the same at every size."""
        return {
            "the list's first 50": lambda: self._listed(SessionQuery()),
            "50 in the list's middle": lambda: self._listed(SessionQuery(), cursor=self.middle),
            "50 who are paused": lambda: self._listed(SessionQuery(paused=True)),
            "10 of an agent's": lambda: self._listed(SessionQuery(paused=True, assignee="ann"), limit=10),
            "50 by a name's beginning": lambda: self._listed(SessionQuery(name="maria")),
            "the last 50 entries of 10,000": lambda: self._read(LENGTH + 1),
            "50 entries before the middle": lambda: self._read(LENGTH // 2),
        }

    def _listed(self, query: SessionQuery, cursor: str | None = None, limit: int = 50) -> int:
        return len(self.store.sessions(query, cursor=cursor, limit=limit).items)

    def _read(self, before: int) -> int:
        return len(self.store.entries(LOG, before=before, limit=50))


def part() -> Part:
    """All backends that there are on this machine."""
    with ExitStack() as stack:
        bases = {"SQLite": stack.enter_context(_sqlite())}
        programs = postgresql.find_programs()
        if programs is not None:
            bases["PostgreSQL"] = stack.enter_context(_postgresql(programs))
        stores = _filled(bases)
        times = {name: _times(of_size) for name, of_size in stores.items()}
        for of_size in stores.values():
            for reads in of_size.values():
                reads.store.close()
    tables, budgets = [_times_table(times)], _budgets(times)
    if programs is None:
        budgets.append(unmeasured("Reads of PostgreSQL", "it is not installed here"))
    if installed():
        units = _units()
        tables.append(_units_table(units))
        budgets.append(_units_budget(units))
    else:
        budgets.append(unmeasured("Reads of DynamoDB", MISSING))
    return Part(tables, budgets)


@dataclass(frozen=True)
class Base:
    """An empty database: its address, and how it is filled."""

    url: str
    filling: Callable[[], AbstractContextManager[Fill]]


Units = Mapping[str, Mapping[int, tuple[int, float]]]
"""Calls and read units by read and size."""

Bases = Mapping[int, Base]
"""By the size that they shall have."""


@contextmanager
def _sqlite() -> Iterator[Bases]:
    with tempfile.TemporaryDirectory(dir=disk()) as name:
        files = {size: Path(name) / f"{size}.db" for size in SIZES}
        yield {size: Base(f"sqlite:///{file}", partial(filling_sqlite, file)) for size, file in files.items()}


@contextmanager
def _postgresql(programs: Path) -> Iterator[Bases]:
    with postgresql.running(programs) as server:
        urls = {size: server.url(server.create()) for size in SIZES}
        yield {size: Base(url, partial(filling_postgresql, url)) for size, url in urls.items()}


def _filled(bases: Mapping[str, Bases]) -> dict[str, dict[int, Reads]]:
    """By backend and size; every row is made once for all backends."""
    now = datetime.now(UTC)
    for size in SIZES:
        for of_size in bases.values():
            _prepare(of_size[size].url)
        with ExitStack() as stack:
            fills = [stack.enter_context(of_size[size].filling()) for of_size in bases.values()]
            for rows in filling.chunks(everybody(size, now)):
                for fill in fills:
                    fill(rows)
    return {
        name: {size: Reads(SQLStore(base.url), _middle(now)) for size, base in of_size.items()}
        for name, of_size in bases.items()
    }


def _prepare(url: str) -> None:
    """As the first start does it; then nobody holds the database open."""
    store = SQLStore(url)
    store.prepare()
    store.close()


def everybody(size: int, now: datetime) -> Iterator[Written]:
    """So many sessions, one of them with a long log."""
    yield from population(size - 1, now)
    yield long_log(LOG, LENGTH, now)


def _middle(now: datetime) -> str:
    """The cursor of the moment in the middle of the list."""
    return seal(activity_key(Session(id="webchat:m", last_event_at=now - SPREAD / 2)) or "")


def _times(of_size: Mapping[int, Reads]) -> dict[str, dict[int, float]]:
    """Medians in ms by read and size; the sizes take turns, and turns at being the first."""
    found: dict[str, dict[int, float]] = {}
    reads = {size: one.each() for size, one in of_size.items()}
    for title in reads[SIZES[0]]:
        counts = {size: read[title]() for size, read in reads.items()}
        if len(set(counts.values())) != 1:
            raise AssertionError(f"{title}: sizes cannot be compared, since they find {counts}")
        times: dict[int, list[float]] = {size: [] for size in reads}
        for run in range(RUNS):
            first = run % len(SIZES)
            for size in SIZES[first:] + SIZES[:first]:
                read = reads[size]
                begun = time.perf_counter()
                read[title]()
                times[size].append(1000 * (time.perf_counter() - begun))
        found[title] = {size: statistics.median(each) for size, each in times.items()}
    return found


def _times_table(times: Mapping[str, Mapping[str, Mapping[int, float]]]) -> Table:
    rows = [
        (f"{title}, {name}", *(_cell(medians[size], medians[SIZES[0]]) for size in SIZES))
        for name, by_title in times.items()
        for title, medians in by_title.items()
    ]
    return Table(
        "Reads by the number of sessions",
        ("ms, median (of the smallest)", *(f"{size:,}" for size in SIZES)),
        rows,
        notes=[
            f"Through the store, {RUNS} times in turn; one session in {PAUSED_ONE_IN} is paused, and one has 10,000 entries."
        ],
    )


def _cell(median: float, smallest: float) -> str:
    return f"{median:.2f} ({median / smallest:.2f})"


def _budgets(times: Mapping[str, Mapping[str, Mapping[int, float]]]) -> list[Budget]:
    budgets = []
    for name, by_title in times.items():
        ratios = {title: medians[SIZES[-1]] / medians[SIZES[0]] for title, medians in by_title.items()}
        worst = max(ratios, key=ratios.__getitem__)
        promise = f"Reads at {SIZES[-1]:,} sessions, of those at {SIZES[0]:,}, {name}: at most {MOST}"
        budgets.append(Budget(promise, f"{ratios[worst]:.2f}: {worst}", ratios[worst] <= MOST))
    return budgets


def _units() -> Units:
    found: dict[str, dict[int, tuple[int, float]]] = {}
    now = datetime.now(UTC)
    with cloud() as emulated:
        for size in EMULATED_SIZES:
            table = f"hitl-bench-{size}"
            create_table(emulated.client, table)
            filling.fill_dynamodb(emulated.client, table, population(size - 1, now), heads_alone=True)
            filling.fill_dynamodb(emulated.client, table, [long_log(LOG, LENGTH, now)], heads_alone=False)
            store = DynamoDBStore(table)
            for title, read in Reads(store, _middle(now)).each().items():
                with emulated.meter.metering() as bill:
                    read()
                found.setdefault(title, {})[size] = bill.trips, bill.reads
            store.close()
            emulated.client.delete_table(TableName=table)
    return found


def _calls_units(calls: int, units: float) -> str:
    return f"{calls} / {units:g}"


def _units_budget(units: Units) -> Budget:
    """On the units alone: one more or fewer is what an item's size by chance makes of them."""
    smallest, largest = EMULATED_SIZES[0], EMULATED_SIZES[-1]
    ratios = {title: of_size[largest][1] / of_size[smallest][1] for title, of_size in units.items()}
    worst = max(ratios, key=ratios.__getitem__)
    calls = [title for title, of_size in units.items() if of_size[largest][0] > of_size[smallest][0]]
    promise = (
        f"Read units at {largest:,} sessions, of those at {smallest:,}, in no more calls, DynamoDB: at most {MOST}"
    )
    found = f"{ratios[worst]:.2f}: {worst}" + "".join(f"; more calls: {title}" for title in calls)
    return Budget(promise, found, ratios[worst] <= MOST and not calls)


def _units_table(units: Units) -> Table:
    return Table(
        "Reads on DynamoDB by the number of sessions",
        ("calls / read units", *(f"{size:,}" for size in EMULATED_SIZES)),
        [(title, *(_calls_units(*of_size[size]) for size in EMULATED_SIZES)) for title, of_size in units.items()],
        notes=[
            "On an emulator, whose time says nothing and whose memory ends the sizes here; heads of all sessions, the log of one."
        ],
    )
