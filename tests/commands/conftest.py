"""`manage.py` in this process, on a store of the test's own."""

import logging
import os
from dataclasses import dataclass

import pytest

import manage
from chalicelib import wiring


@dataclass(frozen=True)
class Told:
    """Exit status, and what was printed."""

    status: int
    out: str
    err: str


@pytest.fixture
def settings(tmp_path):
    """Sets variables, by name without `HITL_`; every process that starts after it reads them."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        del os.environ[name]

    def set_to(**variables):
        wiring.forget()
        os.environ.update({f"HITL_{name}": value for name, value in variables.items()})

    set_to(DATA=str(tmp_path), STORE=f"sqlite:///{tmp_path}/hitl.db")
    yield set_to
    wiring.forget()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def run(settings, capsys):
    """Runs a command: `run("token", "list")`."""

    def command(*arguments):
        status = manage.main(list(arguments))
        wiring.forget()
        said = capsys.readouterr()
        return Told(status, said.out, said.err)

    level = logging.getLogger("chalicelib").level
    yield command
    logging.getLogger("chalicelib").setLevel(level)
