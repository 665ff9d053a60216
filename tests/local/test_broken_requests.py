"""Requests that come to no end of their own: answered in our shape, and told without words or a wall of text."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalApp

SCOPE = {
    "type": "http",
    "method": "GET",
    "raw_path": b"/api/health",
    "query_string": b"",
    "headers": [(b"host", b"127.0.0.1")],
}


class Breaking:
    """A crew whose work always ends so."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def do(self, work: Callable[[], object]) -> object:
        raise self._error


def asked(error: BaseException) -> tuple[int, dict[str, str]]:
    """Status and body of the answer."""
    app = LocalApp()
    app.crew = Breaking(error)  # type: ignore[assignment] # all that is asked of one
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(dict(SCOPE), receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_who_still_waits_when_the_server_stops_is_told_to_try_again(capfd: pytest.CaptureFixture[str]):
    told = asked(asyncio.CancelledError())

    assert told == (503, {"Code": "StoreBusy", "Message": "The server is stopping. Please try again."})
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [RuntimeError("my card is 4111"), SystemExit("my card is 4111")])
def test_what_breaks_a_request_is_logged_without_its_words(error: BaseException, caplog: pytest.LogCaptureFixture):
    assert asked(error) == (502, {"Code": "BadGateway", "Message": "Something broke on our side."})
    assert f"the server broke: {type(error).__name__}" in caplog.text
    assert "4111" not in caplog.text
