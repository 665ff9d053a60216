import socket

import pytest


@pytest.fixture
def free_port():
    """A port that refuses connections: bound, but not listened on, so that nobody else takes it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
