"""How a function's process starts."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROBE = """
import gc, json
collected = [0]
gc.callbacks.append(lambda phase, info: collected.__setitem__(0, collected[0] + (phase == "stop")))
before = gc.get_threshold()
import {module}
print(json.dumps([collected[0], before == gc.get_threshold()]))
"""

LOADED = """
import json, sys
import app
print(json.dumps([name for name in sys.modules if name.startswith("chalicelib.")]))
"""
DELIVERIES = {
    "chalicelib.desk.inbox",
    "chalicelib.desk.parking",
    "chalicelib.desk.queued",
    "chalicelib.desk.receiver",
    "chalicelib.desk.worker",
    "chalicelib.model.happening",
}


def start(module: str) -> tuple[int, bool]:
    """How often garbage was looked for, and whether it will be as often as before."""
    command = [sys.executable, "-c", PROBE.format(module=module)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    collected, unchanged = json.loads(done.stdout)
    return collected, unchanged


def test_garbage_is_hardly_looked_for_while_a_function_starts():
    collected, unchanged = start("app")

    assert collected < 60
    assert not unchanged


def test_a_program_that_uses_the_desk_keeps_what_it_has_set():
    assert start("chalicelib.wiring")[1]


def test_what_takes_deliveries_is_not_loaded_for_those_who_bring_none():
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert DELIVERIES.isdisjoint(json.loads(done.stdout))


def test_what_takes_deliveries_is_where_the_test_looks_for_it():
    assert all((ROOT / f"{name.replace('.', '/')}.py").is_file() for name in DELIVERIES)
