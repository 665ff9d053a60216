"""The app on each database, and all that it keeps and prints."""

import io
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib import wiring
from chalicelib.handlers.logs import configure
from tests.emulators.table import create_table
from tests.erasure.places import Contents, files, items, rows
from tests.fakes.channel import RecordingChannel
from tests.fakes.logs import logging_kept
from tests.handlers.api import Api
from tests.handlers.meta import INSTALLED, Meta
from tests.handlers.people import ADMIN_TOKEN, SECRET

Opened = tuple[str, Contents]


def sqlite(request: pytest.FixtureRequest) -> Opened:
    folder: Path = request.getfixturevalue("tmp_path") / "data"
    return f"sqlite:///{folder}/hitl.db", files(folder)


def postgresql(request: pytest.FixtureRequest) -> Opened:
    url = request.getfixturevalue("postgresql_new_url")
    return url, rows(url)


def dynamodb(request: pytest.FixtureRequest) -> Opened:
    request.getfixturevalue("monkeypatch").setenv("AWS_ENDPOINT_URL", request.getfixturevalue("ministack"))
    client = request.getfixturevalue("ministack_dynamodb")
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client, name)
    request.addfinalizer(lambda: client.delete_table(TableName=name))
    return f"dynamodb://{name}", items(client, name)


DATABASES: tuple[Callable[[pytest.FixtureRequest], Opened], ...] = (sqlite, postgresql, dynamodb)


@pytest.fixture(params=DATABASES, ids=lambda database: database.__name__)
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Contents]:
    """What lies in the database that the app uses."""
    wiring.forget()
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    url, contents = request.param(request)
    given = {"STORE": url, "ADMIN_TOKEN": ADMIN_TOKEN, "SECRET": SECRET, "BOT": "tests.erasure.bots:talkative"}
    for name, value in given.items():
        monkeypatch.setenv(f"HITL_{name}", value)
    yield contents
    wiring.forget()


@pytest.fixture
def api(kept: Contents) -> Api:
    return Api(app)


@pytest.fixture
def meta(api: Api, kept: Contents, monkeypatch: pytest.MonkeyPatch) -> Meta:
    """The platform, and a bot that repeats whatever it hears in each thing that it can do."""
    wiring.forget()
    for name, value in {**INSTALLED, "BOT": "tests.erasure.bots:echoing"}.items():
        monkeypatch.setenv(f"HITL_{name}", value)
    wiring.desk().channels["messenger"] = RecordingChannel()
    return Meta(api)


def now(event: dict[str, Any]) -> dict[str, Any]:
    """The event, as if it happened at this moment."""
    return {**event, "timestamp": int(wiring.desk().reader.now.timestamp() * 1000)}


@pytest.fixture
def printed() -> Iterator[Callable[[], bytes]]:
    """The log as functions on AWS write it."""
    stream = io.StringIO()
    with logging_kept():
        configure(stream)
        yield lambda: stream.getvalue().encode()
