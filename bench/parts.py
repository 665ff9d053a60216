"""The parts of the bench: where each is, and how it is run."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module

from bench.report import Part

PARTS = {
    "closed": "bench.closed",
    "hot": "bench.crowded",
    "reads": "bench.reads",
    "handlers": "bench.handlers",
    "imports": "bench.imports",
    "package": "bench.package",
    "server": "bench.startup",
    "costs": "bench.costs",
}
"""In the order in which they run and are told."""


def run_apart(name: str) -> Part:
    """What the part found, in a process of its own: parts set the environment, and measure what is in memory."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, PARTS[name]).result()


def _run(module: str) -> Part:
    found: Part = import_module(module).part()
    return found
