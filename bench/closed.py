"""The closed-loop rows on the local server, SQLite on disk, beside the figures of the original."""

import tempfile
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
from bench.report import Budget, Part, Table
from bench.server import disk, serving

SECONDS = 8.0
CLIENTS = (1, 16)
SESSIONS = 20_000

PAUSE = "pause until visible"
ORIGINAL = {
    "message into a paused session until an agent can read it": (8.2, 132),
    "message until the user can read the bot's reply": (18, 249),
    PAUSE: (2.7, 29),
    "agent's message until the user can read it": (6.0, 103),
    f"the list of {SESSIONS:,} sessions": (63, 1030),
}
"""Medians in ms at 1 and 16 clients of the module this follows, on a machine of this size; its pause answers before it writes."""


def part(seconds: float = SECONDS) -> Part:
    """All rows, each with 1 and with 16 clients for so many seconds."""
    with tempfile.TemporaryDirectory(dir=disk()) as name, serving(Path(name)) as target:
        rows = [
            [measure(target, message_to_agent, clients=n, seconds=seconds, paused=True) for n in CLIENTS],
            [measure(target, message_to_reply, clients=n, seconds=seconds) for n in CLIENTS],
            [measure(target, pause_to_visible, clients=n, seconds=seconds, reset=unpause) for n in CLIENTS],
            [measure(target, agent_to_visitor, clients=n, seconds=seconds, paused=True) for n in CLIENTS],
        ]
        fill(target.store, SESSIONS)
        rows.append([measure(target, list_sessions, clients=n, seconds=seconds) for n in CLIENTS])
    return Part([_table(rows)], _budgets(rows))


def _table(rows: list[list[Result]]) -> Table:
    told = [
        (title, *(cell for pair in zip(results, original, strict=True) for cell in _cells(*pair)))
        for (title, original), results in zip(ORIGINAL.items(), rows, strict=True)
    ]
    return Table(
        "The local server, SQLite on disk: each client does one thing, waits until the other side can read it, and begins again",
        ("ms, median (p99)", "1 client", "of the original", "16 clients", "of the original"),
        told,
        notes=["The original answers a pause before it has written it; here the answer means that it holds."],
    )


def _budgets(rows: list[list[Result]]) -> list[Budget]:
    ratios = {
        title: max(result.median / before for result, before in zip(results, original, strict=True))
        for (title, original), results in zip(ORIGINAL.items(), rows, strict=True)
    }
    worst = max((title for title in ratios if title != PAUSE), key=ratios.__getitem__)
    return [
        Budget(
            "Closed-loop rows: at most a third of the original's",
            f"{ratios[worst]:.2f}: {worst}",
            ratios[worst] <= 1 / 3,
        ),
        Budget("A pause: at most the original's", f"{ratios[PAUSE]:.2f}", ratios[PAUSE] <= 1),
    ]


def _cells(result: Result, original: float) -> tuple[str, str]:
    return f"{result.median:.1f} ({result.p99:.1f})", f"{result.median / original:.2f} of {original:g}"
