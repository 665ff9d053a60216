"""What one hot session bears, and how long a crowd on many sessions waits: commits a second, milliseconds, errors."""

import multiprocessing
import random
import secrets
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

from bench.client import Connection
from bench.loops import CHAT
from bench.server import Target
from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from chalicelib.errors import HitlError
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.wiring import build_store

MOST_ROUNDS = 20_000
"""Of one client, however fast it is."""


@dataclass(frozen=True)
class Heat:
    """One row: `commits` a second, milliseconds of one request, and how many requests ended in an error."""

    commits: float
    median: float
    p99: float
    longest: float
    errors: int


Measured = tuple[list[float], int, float]
"""Milliseconds of each request that succeeded, how many did not, and the seconds that all took."""


def hot(store_url: str, *, writers: int = 16, processes: int = 1, seconds: float = 5.0) -> Heat:
    """So many writers, threads of so many processes, each storing one event after the other in the same session."""
    session = f"webchat:hot-{secrets.token_hex(4)}"
    if processes == 1:
        return _summed([_written(store_url, session, writers, seconds)])
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, initializer=_wait_for_others, initargs=(ready,)) as pool:
        shares = [pool.submit(_written, store_url, session, writers // processes, seconds) for _ in range(processes)]
        return _summed([share.result(60 + seconds) for share in shares])


def _wait_for_others(ready: Barrier) -> None:
    """Have everything imported, then begin at the same moment: a process that is late would write alone at the end."""
    ready.wait(60)


def _written(store_url: str, session: str, writers: int, seconds: float) -> Measured:
    store = build_store(store_url)
    desk = Desk(store, ScriptBot())

    def write() -> None:
        entry_id = f"u:{secrets.token_hex(8)}"
        desk.intake.receive(Event(entry_id, session, Text("It is urgent"), datetime.now(UTC)))

    measured = _measure([write] * writers, seconds)
    store.close()
    return measured


def crowd(target: Target, *, clients: int = 16, sessions: int = 1000, seconds: float = 5.0) -> Heat:
    """So many clients of a running server, each writing as one of many visitors picked at random; the bot answers each."""
    with closing(Connection(target.host, target.port, "")) as stranger:
        tokens = [stranger.post(f"{CHAT}/visitors")["token"] for _ in range(sessions)]
    chance = random.Random(1)
    connections = [Connection(target.host, target.port, "") for _ in range(clients)]

    def writes(connection: Connection) -> Callable[[], None]:
        def write() -> None:
            connection.become(chance.choice(tokens))
            connection.post(f"{CHAT}/messages", id=secrets.token_hex(8), text="Hello there")

        return write

    measured = _measure([writes(connection) for connection in connections], seconds)
    for connection in connections:
        connection.close()
    return _summed([measured])


def _measure(tasks: list[Callable[[], None]], seconds: float) -> Measured:
    """Repeat each task in a thread of its own for so long."""
    start = threading.Barrier(len(tasks))

    def repeat(task: Callable[[], None]) -> tuple[list[float], int]:
        times: list[float] = []
        errors = 0
        start.wait(60)
        end = time.perf_counter() + seconds
        for _ in range(MOST_ROUNDS):
            begun = time.perf_counter()
            if begun >= end:
                break
            try:
                task()
            except (HitlError, AssertionError):
                errors += 1
            else:
                times.append(time.perf_counter() - begun)
        return times, errors

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(tasks)) as pool:
        outcomes = list(pool.map(repeat, tasks))
    passed = time.perf_counter() - begun
    times = [1000 * moment for times, _ in outcomes for moment in times]
    return times, sum(errors for _, errors in outcomes), passed


def _summed(shares: list[Measured]) -> Heat:
    every = sorted(moment for times, _, _ in shares for moment in times)
    passed = max(passed for _, _, passed in shares)
    errors = sum(errors for _, errors, _ in shares)
    return Heat(len(every) / passed, statistics.median(every), every[int(len(every) * 0.99)], every[-1], errors)
