"""Round trips and DynamoDB's units by use case, and the CPU time that each takes with DynamoDB's client."""

import io
import json
import os
import statistics
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass

from app import app
from bench.calls import SETTINGS
from bench.emulated import TABLE, cloud
from bench.messenger import Messenger
from bench.messenger import installed as with_messenger
from bench.messenger_cases import use_cases as of_messenger
from bench.meter import Bill, Meter
from bench.report import Budget, Table, at_most
from bench.usecases import LIST, PAUSED, PAUSED_LIST, USE_CASES, UseCase, crowd

RUNS = 15
PAUSED_TABLE_UNITS = 6
PAGE_READ_UNITS = 50
AGENT = "the-token-of-ann"
LINE_BYTES = 26

_HOW = (
    "Through the whole app, on an emulator (MiniStack): the calls are counted, the units computed by DynamoDB's rules from the"
    " items read and written and from the index keys that changed. An agent's request takes one round trip of these to look up"
    " their token. CPU is the function's own, with DynamoDB's client, on this machine."
)


@dataclass(frozen=True)
class Usage:
    """Of one use case: what the store and the topic are asked for, and the median of its CPU time."""

    bill: Bill
    cpu_ms: float


def measure() -> dict[str, Usage]:
    """All use cases by title, against an emulator."""
    with cloud() as aws, with_messenger(aws.queue) as messenger:
        os.environ.update(SETTINGS | {"HITL_METRICS": "hitl-bench"})
        os.environ.update({"HITL_STORE": f"dynamodb://{TABLE}", "HITL_ALERTS": f"sns:{aws.topic}"})
        from chalicelib.handlers import logs
        from chalicelib.handlers.auth import digest
        from chalicelib.store.base import Token
        from chalicelib.wiring import desk

        logs.configure(log := io.StringIO())
        desk().store.add_token(digest(AGENT), Token(id="ann", name="Ann", role="agent", created_at=desk().reader.now))
        with redirect_stdout(printed := io.StringIO()):
            crowd(app, AGENT)
            cases = (*USE_CASES, *of_messenger(messenger))
            return {case.title: _usage(case, aws.meter, messenger, (log, printed)) for case in cases}


def _usage(case: UseCase, meter: Meter, messenger: Messenger, written: tuple[io.StringIO, io.StringIO]) -> Usage:
    """The bill of one run, and the CPU time of others, in which nobody counts. `written`: what goes into the log."""
    times = []
    for _ in range(RUNS):
        ready = case.arrange(app, AGENT)
        begun = time.process_time()
        ready()
        times.append(1000 * (time.process_time() - begun))
    ready = case.arrange(app, AGENT)
    for stream in written:
        stream.seek(0)
        stream.truncate()
    sent = len(messenger.platform.accepted)
    with meter.metering() as bill:
        answer = ready()
    bill.answered = 0 if answer is None else len(json.dumps(answer))
    bill.logged = sum(log_bytes(stream.getvalue()) for stream in written)
    bill.sent = len(messenger.platform.accepted) - sent
    return Usage(bill, statistics.median(times))


def log_bytes(lines: str) -> int:
    """As CloudWatch counts them: 26 for each line beside its own."""
    return sum(len(line.encode()) + LINE_BYTES for line in lines.splitlines())


def table(found: Mapping[str, Usage]) -> Table:
    """The use cases as rows."""
    rows = [
        (
            title,
            str(usage.bill.trips),
            f"{usage.bill.reads:g}",
            str(usage.bill.writes),
            _indexes(usage.bill),
            f"{usage.cpu_ms:.1f}",
        )
        for title, usage in found.items()
    ]
    head = ("use case", "round trips", "read units", "write units, table", "write units, indexes", "CPU, ms")
    return Table("What is asked of DynamoDB", head, rows, notes=[_HOW], section="What it costs")


def budgets(found: Mapping[str, Usage]) -> list[Budget]:
    """Whether the use cases keep to their round trips and units."""
    limits = {case.title: case.trips for case in USE_CASES if case.trips is not None}
    over = [f"{title}: {found[title].bill.trips}" for title, limit in limits.items() if found[title].bill.trips > limit]
    pages = max(found[title].bill.reads for title in (LIST, PAUSED_LIST))
    differing = [title for title, usage in found.items() if usage.bill.written != usage.bill.emulator]
    return [
        Budget(
            f"Round trips of {len(limits)} use cases as designed (2 into a paused session, 3 with a turn, 4 after a pause)",
            "; ".join(over) or "all",
            not over,
        ),
        at_most(
            "Table units of a message into a paused session", found[PAUSED].bill.writes, PAUSED_TABLE_UNITS, "{:g}"
        ),
        at_most("Read units of a list of 50", pages, PAGE_READ_UNITS, "{:g}"),
        Budget("Write units are those that the emulator answers", "; ".join(differing) or "the same", not differing),
    ]


def _indexes(bill: Bill) -> str:
    named = ", ".join(f"{name} {units}" for name, units in sorted(bill.index_writes.items()))
    return f"{bill.index_writes.total()} ({named})" if named else "0"
