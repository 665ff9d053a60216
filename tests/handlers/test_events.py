"""The corpus as Lambda gets it: events of API Gateway, bodies in base64 and plain, and fields that are not there."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from app import app
from chalicelib.desk.desk import Desk
from local.gateway import Gateway
from tests.fire import corpus
from tests.handlers.api import UNSAID, Api
from tests.handlers.people import ADMIN_TOKEN, NOTIFICATIONS, Visitor
from tests.handlers.table import ROUTES, VISITORS, Route

ALL = [pytest.param(route, id=str(route)) for route in ROUTES]
POSTS = [pytest.param(route, id=str(route)) for route in ROUTES if route.method == "POST"]
GONE = object()


@pytest.fixture
def event(api: Api, vera: Visitor) -> Callable[[Route], dict[str, Any]]:
    """Makes the event of a good request to a route."""
    vera.says("Hello")
    vera.asks_for_a_human()
    alert = api.get(NOTIFICATIONS, token=ADMIN_TOKEN).json["notifications"][0]["id"]

    def make(route: Route) -> dict[str, Any]:
        made: list[dict[str, Any]] = []

        def keep(event: dict[str, Any], context: object) -> dict[str, Any]:
            made.append(event)
            return {"statusCode": 200}

        token = vera.token if route.allowed == VISITORS else ADMIN_TOKEN
        path = route.filled(session=f"webchat%3A{vera.id}", notification=alert)
        said = b"" if route.method == "GET" else json.dumps({} if route.body is UNSAID else route.body).encode()
        headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")]
        gateway = Gateway(keep, [route.path], {route.path: {route.method}})
        gateway.handle(route.method, path, "limit=1", headers, said)
        return made[0]

    return make


def answered(event: dict[str, Any]) -> dict[str, Any]:
    """What the app answers, which must be no 5xx, and a refusal in our shape."""
    told = app(event, None)
    assert told["statusCode"] < 500, (event, told)
    if told["statusCode"] >= 400:
        assert told["headers"]["Content-Type"] == "application/json", (event, told)
        assert json.loads(told["body"]).keys() == {"Code", "Message"}, (event, told)
    return told


def places(event: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Every field of an event, and those inside whose absence the framework does not foresee."""
    yield from ((name,) for name in event)
    for name in ("headers", "pathParameters", "requestContext"):
        yield from ((name, inner) for inner in event[name] or {})


def without(event: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy that has another value at the place."""
    changed = copy.deepcopy(event)
    inner = changed
    for name in place[:-1]:
        inner = inner[name]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


@pytest.mark.parametrize("route", ALL)
def test_the_event_of_a_good_request_is_answered(event: Any, route: Route):
    assert answered(event(route))["statusCode"] == route.success


@pytest.mark.parametrize("route", ALL)
def test_an_event_that_lacks_something_is_answered_or_refused(event: Any, route: Route):
    whole = event(route)

    for place in places(whole):
        for value in (GONE, None):
            answered(without(whole, place, value))


@pytest.mark.parametrize(
    "given", [{}, {"requestContext": None}, {"requestContext": {}}, {"Records": []}, {"version": "2.0"}]
)
def test_an_event_of_somebody_else_is_refused(api: Api, given: dict[str, Any]):
    assert answered(given)["statusCode"] == 404


@pytest.mark.parametrize("encoded", [True, False], ids=["base64", "plain"])
@pytest.mark.parametrize("route", POSTS)
def test_a_hard_body_in_an_event_is_refused_and_nothing_is_done(
    event: Any,
    vera: Visitor,
    desk: Desk,
    route: Route,
    encoded: bool,
):
    whole = event(route)
    before = desk.store.load(vera.session), desk.store.unread()

    for case, hard in corpus.BODIES.items():
        said = base64.b64encode(hard).decode() if encoded else hard.decode("utf-8", "ignore")
        if not encoded and said.encode() != hard:
            continue  # the gateway gives what is no text in base64
        told = answered({**whole, "body": said, "isBase64Encoded": encoded})
        assert told["statusCode"] in route.refusals, (case, told)

    assert (desk.store.load(vera.session), desk.store.unread()) == before


@pytest.mark.parametrize("decoded", [True, False], ids=["decoded", "as it came"])
@pytest.mark.parametrize("route", [pytest.param(route, id=str(route)) for route in ROUTES if "{" in route.path])
def test_a_hard_id_in_an_event_is_unknown(event: Any, route: Route, decoded: bool):
    whole = event(route)
    name = "name" if "{name}" in route.path else next(iter(whole["pathParameters"]))

    for case, hard in corpus.IDS.items():
        text = hard.decode("latin-1")
        given = unquote(text, errors="surrogateescape") if decoded else text
        told = answered(without(whole, ("pathParameters", name), given))
        assert told["statusCode"] == 404, (case, told)
