"""The local server in this process, set up by the environment as a user does it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from chalicelib import wiring
from local.server import running
from tests.fakes.logs import logging_kept
from tests.local.people import Office

ADMIN_TOKEN = "the-admin-token-of-the-tests"

Open = Callable[..., AbstractContextManager[Office]]


@pytest.fixture
def environment() -> Iterator[None]:
    """No variable of ours set before the test, and none left after it, however it sets them."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("HITL_")] + ["PORT", "ONCE", "STORY"]:
        os.environ.pop(name, None)
    wiring.forget()
    yield
    wiring.forget()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def opened(environment: None, tmp_path: Path) -> Open:
    """Opens a server on data of the test's own; variables are given without `HITL_`, the rest goes to `running`."""

    @contextmanager
    def serve(*, running_with: dict[str, float] | None = None, **variables: str) -> Iterator[Office]:
        os.environ.update(
            {
                "HITL_DATA": str(tmp_path),
                "HITL_ADMIN_TOKEN": ADMIN_TOKEN,
                "HITL_BOT_TIMEOUT": "15s",
                **{f"HITL_{name}": value for name, value in variables.items()},
            }
        )
        wiring.forget()
        with running(**(running_with or {})) as url, Office(url, ADMIN_TOKEN) as office:
            yield office

    return serve


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Puts the log back as it was, for tests that start the program, which sets its log up."""
    with logging_kept():
        yield
