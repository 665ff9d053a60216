"""`make run` on a machine whose Python cannot do it."""

import shutil

import pytest

from tests.local.process import ROOT, run


@pytest.fixture
def make_run(tmp_path):
    """`make run` in a folder with no environment yet: the status, and what is said beside make's own last line."""

    def make_with(python):
        for name in ("Makefile", "requirements.txt", "requirements-local.txt"):
            shutil.copy(ROOT / name, tmp_path)
        done = run("make", "run", f"PYTHON={python}", cwd=tmp_path, MAKEFLAGS="")
        return done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("make")]

    return make_with


@pytest.fixture
def program(tmp_path):
    """A program in Python's place."""

    def write(script):
        python = tmp_path / "python3.x"
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
        return python

    return write


def too_old(python):
    return (
        f"hitl needs Python 3.11 or newer, and '{python}' is not one. "
        "Name one that is, for example: make run PYTHON=python3.12"
    )


def test_a_python_that_is_too_old_is_named_with_what_to_do(make_run, program):
    old = program("exit 1")

    assert make_run(old) == (2, [too_old(old)])


def test_a_python_that_is_not_there_is_named_with_what_to_do(make_run):
    assert make_run("no-such-python") == (2, [too_old("no-such-python")])


def test_a_python_without_venv_is_told_how_to_get_it(make_run, program):
    told = "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv. Then run make again."

    assert make_run(program('case "$2" in *ensurepip*) exit 1;; esac')) == (2, [told])


def test_a_part_of_the_tests_is_not_asked_to_cover_everything():
    part = run(
        "make", "--no-print-directory", "--dry-run", "test", "ARGS=tests/model -k pause", MAKEFLAGS=""
    ).stdout.splitlines()[-1]
    everything = run("make", "--no-print-directory", "--dry-run", "test", MAKEFLAGS="").stdout.splitlines()[-1]

    assert part.endswith("-m pytest tests/model -k pause")
    assert "--cov" in everything
    assert "-n 2" in everything
