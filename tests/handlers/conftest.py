"""The app on a SQLite file of its own, set up by the environment as an operator does it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import app
from chalicelib import wiring
from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.people import ADMIN_TOKEN, SECRET, Visitor, hire

Settings = Callable[..., None]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Sets variables, by name without `HITL_`; None unsets. The next request is answered by a process that starts anew."""

    def set_to(**variables: str | None) -> None:
        wiring.forget()
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(f"HITL_{name}", raising=False)
            else:
                monkeypatch.setenv(f"HITL_{name}", value)

    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    store = f"sqlite:///{tmp_path}/hitl.db"
    set_to(DATA=str(tmp_path), STORE=store, ADMIN_TOKEN=ADMIN_TOKEN, SECRET=SECRET, BOT="tests.handlers.bots:silent")
    yield set_to
    wiring.forget()


@pytest.fixture
def api(settings: Settings) -> Api:
    return Api(app)


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """The desk behind the app, for arranging what no request can; it is another after `settings(...)`."""
    return wiring.desk()


@pytest.fixture
def ann(desk: Desk) -> str:
    """Agent Ann's token."""
    return hire(desk, "ann", "agent")


@pytest.fixture
def ben(desk: Desk) -> str:
    """Agent Ben's token."""
    return hire(desk, "ben", "agent")


@pytest.fixture
def sue(desk: Desk) -> str:
    """Supervisor Sue's token."""
    return hire(desk, "sue", "supervisor")


@pytest.fixture
def robot(desk: Desk) -> str:
    """The token of a program in the bot's place."""
    return hire(desk, "robot", "bot")


@pytest.fixture
def vera(api: Api) -> Visitor:
    """A visitor who has said nothing yet."""
    return Visitor.arrives(api, "Vera")
