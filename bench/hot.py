"""What one hot session bears, and how long a crowd on many sessions waits: commits a second, milliseconds, errors."""

import random
import secrets
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

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
    errors: int


def hot(store_url: str, *, writers: int = 16, seconds: float = 5.0) -> Heat:
    """So many writers, threads of one process, each storing one event after the other in the same session."""
    store = build_store(store_url)
    desk = Desk(store, ScriptBot())
    session = f"webchat:hot-{secrets.token_hex(4)}"

    def write() -> None:
        entry_id = f"u:{secrets.token_hex(8)}"
        desk.intake.receive(Event(entry_id, session, Text("It is urgent"), datetime.now(UTC)))

    heat = _measure([write] * writers, seconds)
    store.close()
    return heat


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

    heat = _measure([writes(connection) for connection in connections], seconds)
    for connection in connections:
        connection.close()
    return heat


def _measure(tasks: list[Callable[[], None]], seconds: float) -> Heat:
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
    every = sorted(1000 * moment for times, _ in outcomes for moment in times)
    errors = sum(count for _, count in outcomes)
    return Heat(len(every) / passed, statistics.median(every), every[int(len(every) * 0.99)], errors)
