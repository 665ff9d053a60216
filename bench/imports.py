"""Cold starts: what a function imports and does before and during its first request, beside a bare Chalice app.

Folders as Lambda has them: the deployment with its packages, compiled as `scripts/package.py` does or left as sources on a
file system that takes no bytecode, and beside it boto3, which the runtime brings.
"""

import importlib.util
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.bot import HELLO
from bench.calls import CHAT, SETTINGS, event
from bench.emulated import MISSING, TABLE, cloud, installed
from bench.report import Budget, Part, Table, at_most
from bench.server import ROOT
from scripts.package import compile_all, copy_sources

RUNS, RUNS_WITHOUT = 15, 5
"""With bytecode, and without it."""

MOST = 1.5
PACKED = ("pydantic", "pydantic_core", "typing_extensions", "typing_inspection", "annotated_types")
"""What `make package` puts beside the sources, as `requirements.txt` wants it."""

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What Lambda's own image brings: boto3 and what it needs."""

MESSAGE_ID = "one-for-each-start"
"""Stands in a request for an id of its own, since the same message again would be no turn."""

BARE = """
import boto3
from chalice import Chalice, Rate

app = Chalice(app_name="bare")
dynamodb = boto3.client("dynamodb")


def read():
    dynamodb.get_item(TableName="hitl-bench", Key={"pk": {"S": "nobody"}, "sk": {"S": "HEAD"}}, ConsistentRead=True)
    return {}


app.route("/api/webchat/messages", methods=["GET"])(read)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event):
    read()
"""
"""What ours is compared with: one route and one schedule that read an item."""

SCHEDULED = {
    **dict.fromkeys(("version", "account", "region", "detail-type", "source", "time", "id"), "bench"),
    "resources": [],
    "detail": {},
}
"""An event of the clock."""

PROBE = """
import json, time
def now():
    return time.perf_counter(), time.process_time()
begun = now()
import app
imported = now()
{first}
done = now()
print(json.dumps([1000 * (end - start) for start, end in zip(begun * 2, imported + done)]))
"""
"""Tells, in ms since the interpreter was there: wall and CPU time until imported, and until the first request is done."""


@dataclass(frozen=True)
class Start:
    """What starts: the deployment in `folder`, and what it is asked first."""

    title: str
    folder: str
    first: str


@dataclass(frozen=True)
class Took:
    """Medians in ms, from the start to `app` being imported, and to the first request being done."""

    imported: float
    imported_cpu: float
    done: float
    done_cpu: float


def part() -> Part:
    """All starts, with and without bytecode, in turn."""
    if not installed():
        return Part([Table("Cold starts", ("",), [(MISSING,)])])
    with tempfile.TemporaryDirectory(prefix="hitl-bench-") as name, cloud():
        os.environ.update({**SETTINGS, "HITL_STORE": f"dynamodb://{TABLE}"})
        folder = Path(name)
        _lay_out(folder)
        starts = _starts()
        kinds = [(start, compiled) for compiled in (True, False) for start in starts]
        times: dict[tuple[Start, bool], list[list[float]]] = {kind: [] for kind in kinds}
        for run in range(RUNS):
            for start, compiled in kinds if run < RUNS_WITHOUT else kinds[: len(starts)]:
                times[start, compiled].append(_time(folder, start, compiled=compiled))
    took = {kind: Took(*map(statistics.median, zip(*rows, strict=True))) for kind, rows in times.items()}
    return Part([_table(took)], _budgets(took))


def _starts() -> tuple[Start, ...]:
    """The bare one first: the others are compared with it."""
    from chalicelib.handlers.auth import visitor_token

    token = visitor_token("nobody", "Maria")
    poll = event("GET", f"{CHAT}/messages", token)
    say = event("POST", f"{CHAT}/messages", token, body={"id": MESSAGE_ID, "text": HELLO})
    request = "assert app.app({!r}, None)['statusCode'] == 200"
    return (
        Start("a bare Chalice app with a DynamoDB client, one read", "bare", request.format(poll)),
        Start("API function, a visitor's poll", "ours", request.format(poll)),
        Start("API function, a message with a turn", "ours", request.format(say)),
        Start("sweep function, nothing due", "ours", f"app.sweep({SCHEDULED!r}, None)"),
    )


def _lay_out(folder: Path) -> None:
    """`runtime`, and `bare` and `ours` as sources and compiled."""
    _copy(RUNTIME, folder / "runtime")
    compile_all(folder / "runtime")
    copy_sources(ROOT, folder / "ours")
    shutil.copytree(ROOT / "bench", folder / "ours" / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bare").mkdir()
    (folder / "bare" / "app.py").write_text(BARE, encoding="utf-8")
    for name in ("bare", "ours"):
        _copy(PACKED, folder / name)
        (folder / name / "chalice").mkdir()
        for module in ("__init__.py", "app.py"):  # what Chalice packages of itself
            shutil.copy2(_origin("chalice").parent / module, folder / name / "chalice" / module)
        shutil.copytree(folder / name, folder / f"{name}-compiled")
        compile_all(folder / f"{name}-compiled")


def _copy(modules: tuple[str, ...], target: Path) -> None:
    """Modules that are installed here, without their bytecode; botocore's data by a link, since there is much of it."""
    target.mkdir(exist_ok=True)
    for name in modules:
        origin = _origin(name)
        if origin.name != "__init__.py":
            shutil.copy2(origin, target / origin.name)
            continue
        shutil.copytree(origin.parent, target / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
        if (data := origin.parent / "data").is_dir():
            (target / name / "data").symlink_to(data)


def _origin(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"{module} is not installed")
    return Path(spec.origin)


def _time(folder: Path, start: Start, *, compiled: bool) -> list[float]:
    """One start in a process of its own, which writes no bytecode, as on Lambda's read-only file system."""
    task = folder / (f"{start.folder}-compiled" if compiled else start.folder)
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith(("AWS_", "HITL_"))},
        "PYTHONPATH": os.pathsep.join([str(task), str(folder / "runtime")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    first = start.first.replace(MESSAGE_ID, secrets.token_hex(8))
    command = [sys.executable, "-S", "-c", PROBE.format(first=first)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(done.stderr)
    times: list[float] = json.loads(done.stdout)
    return times


def _table(took: Mapping[tuple[Start, bool], Took]) -> Table:
    rows = []
    for start, compiled in took:
        bare = next(took[kind] for kind in took if kind[0].folder == "bare" and kind[1] == compiled)
        one = took[start, compiled]
        rows.append(
            (
                start.title,
                "as packaged" if compiled else "without",
                f"{one.imported:.0f} ({one.imported_cpu:.0f})",
                f"{one.done:.0f} ({one.done_cpu:.0f})",
                f"{one.done_cpu / bare.done_cpu:.2f}",
            )
        )
    return Table(
        "Cold starts",
        (
            "function, first request",
            "bytecode",
            "imported, ms (CPU)",
            "first request done, ms (CPU)",
            "CPU, of the bare app's",
        ),
        rows,
        notes=["From the interpreter's start, on this machine. A function of 512 MB has 0.29 of a processor."],
    )


def _budgets(took: Mapping[tuple[Start, bool], Took]) -> list[Budget]:
    bare = next(one for (start, compiled), one in took.items() if compiled and start.folder == "bare")
    ours = {start.title: one for (start, compiled), one in took.items() if compiled and start.folder == "ours"}
    worst = max(ours, key=lambda title: ours[title].done_cpu)
    ratio = ours[worst].done_cpu / bare.done_cpu
    imports = max(one.imported_cpu for one in ours.values()) / bare.imported_cpu
    return [
        at_most("Cold start, CPU of importing the app, of a bare one's", imports, MOST),
        at_most(f"Cold start, CPU until the first answer, of a bare app's ({worst})", ratio, MOST),
    ]
