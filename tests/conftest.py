"""Fixtures shared by all tests."""

import os
import sys
import threading
from collections.abc import Generator
from typing import NoReturn

import pytest

from tests.emulators.clients import ministack_dynamodb, moto_dynamodb  # noqa: F401 - fixtures for all tests
from tests.emulators.ministack import ministack  # noqa: F401 - a fixture for all tests
from tests.emulators.postgresql import (  # noqa: F401 - fixtures for all tests
    postgresql,
    postgresql_database,
    postgresql_new_url,
    postgresql_url,
)
from tests.matrix import summary as matrix
from tests.races import summary as races

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Untraced where a test is `uncounted`. pytest-cov's own mark stops one of the two counts that a worker of xdist has."""
    if not item.get_closest_marker("uncounted"):
        return (yield)
    here, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(here)
        threading.settrace(threads)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted; a hook, heard only here."""
    matrix.tell(terminalreporter)
    races.tell(terminalreporter)


def missing(what: str) -> NoReturn:
    """Skip loudly for want of a tool; an error where HITL_REQUIRE_ALL says that everything must be there."""
    if os.environ.get("HITL_REQUIRE_ALL"):
        pytest.fail(f"{what} is missing, and HITL_REQUIRE_ALL is set")
    pytest.skip(f"{what} is missing: this test did not run")
