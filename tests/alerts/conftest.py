import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.alerts.base import Alert

ANN = Alert(
    id="webchat%3Aabc.7",
    session_id="webchat:abc",
    seq=7,
    text="Ann wants to talk to a human",
    level="info",
    why="paused",
    at=datetime(2026, 11, 22, 20, 40, 12, tzinfo=UTC),
    url="https://hitl.example/admin#session=webchat%3Aabc",
    user_name="Ann",
)


@pytest.fixture
def alert():
    return ANN


def named(name, text="{} wants to talk to a human"):
    return replace(ANN, user_name=name, text=text.format(name))


@pytest.fixture
def free_port():
    """A port that refuses connections: bound, but not listened on, so that nobody else takes it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
