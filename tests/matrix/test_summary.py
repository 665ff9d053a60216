"""What the matrix and the races counted is told as one sum, whichever process counted it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFTEST = """
from tests.matrix import summary as matrix
from tests.races import summary as races


def pytest_terminal_summary(terminalreporter):
    matrix.tell(terminalreporter)
    races.tell(terminalreporter)
"""
TESTS = """
import os

import pytest


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("ring", ["sqlite", "memory"])
def test_it(ring, number, record_property):
    record_property("struck", (ring, 10, 100, 300, 0))
    record_property("raced", (ring, "claims", number))
    record_property("process", os.getpid())
"""


def test_counts_of_two_processes_are_told_as_one(tmp_path: Path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_numbers.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    report = tmp_path / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        "--dist",
        "load",
        f"--junit-xml={report}",
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    told = done.stdout.splitlines()
    matrix = next(number for number, line in enumerate(told) if " crash matrix " in line)
    assert told[matrix + 1 : matrix + 4] == [
        "memory: 4 use cases, 40 calls struck, 400 of 1200 runs, 0 failures",
        "sqlite: 4 use cases, 40 calls struck, 400 of 1200 runs, 0 failures",
        "in all: 4 use cases, 80 calls struck, 800 of 2400 runs, 0 failures",
    ]
    races = next(number for number, line in enumerate(told) if " races " in line)
    assert told[races + 1 : races + 3] == ["memory: 10 claims", "sqlite: 10 claims"]
    assert "8 passed" in told[-1]
    processes = {part.split('"')[0] for part in report.read_text().split('name="process" value="')[1:]}
    assert len(processes) == 2
