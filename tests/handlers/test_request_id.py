"""Every answer tells the id that its request has in the log, and what is logged has the trace that AWS gave it."""

from typing import Any

import pytest

from app import app
from chalicelib import wiring
from chalicelib.handlers.logs import known_of
from tests.handlers.api import Api
from tests.handlers.people import SESSIONS, Visitor
from tests.handlers.table import ROUTES

ROOT = "1-67891233-abcdef012345678912345678"


def asked(path: str = "/api/health", method: str = "GET", headers: Any = None, **context: Any) -> dict[str, Any]:
    event = {"requestContext": {"httpMethod": method, "resourcePath": path, **context}, "headers": headers}
    told: dict[str, Any] = app(event, None)
    return told


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, settings) -> list[tuple[str | None, str | None]]:
    """The ids that lines would carry while visitors are let in."""
    found: list[tuple[str | None, str | None]] = []
    whole = wiring.signing_secret

    def looked() -> str:
        found.append((known_of("request"), known_of("trace")))
        return whole()

    monkeypatch.setattr(wiring, "signing_secret", looked)
    return found


def test_every_answer_tells_its_request(api: Api, sue: str):
    for route in ROUTES:
        path = route.filled(session="webchat:nobody", notification="x", area="admin", name="x", seq=1, parked="x")
        assert api.call(route.method, path, route.body, token=sue).headers["x-request-id"], route


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/api/health", "GET", 200), ("/nowhere", "GET", 404), ("/api/health", "PUT", 405)]
)
def test_the_gateways_id_is_told_whatever_becomes_of_the_request(settings, path: str, method: str, status: int):
    told = asked(path, method, requestId="the-gateways")

    assert (told["statusCode"], told["headers"]["X-Request-Id"]) == (status, "the-gateways")


def test_a_request_without_an_id_gets_one_of_its_own(settings):
    first, second = (asked()["headers"]["X-Request-Id"] for _ in range(2))

    assert first
    assert first != second


@pytest.mark.parametrize("name", ["X-Amzn-Trace-Id", "x-amzn-trace-id"])
@pytest.mark.parametrize("given", [f"Root={ROOT}", f"Self=1-67891234-12456789abcdef012345678;Root={ROOT};Sampled=0"])
def test_what_is_logged_has_the_trace_of_aws(known, name: str, given: str):
    asked("/api/webchat/visitors", "POST", {name: given}, requestId="r")

    assert set(known) == {("r", ROOT)}


@pytest.mark.parametrize(
    "given", ["", "Root=", f"Root={ROOT}0", f"Root={ROOT.upper()}", "Root=what the user said", f"Parent={ROOT}"]
)
def test_what_is_no_trace_of_aws_is_not_logged_as_one(known, given: str):
    asked("/api/webchat/visitors", "POST", {"X-Amzn-Trace-Id": given}, requestId="r")

    assert set(known) == {("r", "r")}


def test_a_route_that_breaks_tells_its_request_too(api: Api, settings, vera: Visitor, sue: str):
    settings(STORE="sqlite:////dev/null/nowhere")

    answer = api.get(SESSIONS, token=sue)

    assert answer.status == 503
    assert answer.headers["x-request-id"]
