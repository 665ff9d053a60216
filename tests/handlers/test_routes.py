"""Which routes there are, and who may call each."""

import pytest

from app import app
from tests.handlers.api import Api
from tests.handlers.people import ADMIN_TOKEN, NOTIFICATIONS, Visitor
from tests.handlers.table import CALLERS, ROUTES, Caller, Route

GUARDED = [route for route in ROUTES if "nobody" not in route.allowed]
WALK = [pytest.param(route, caller, id=f"{route} by {caller}") for route in ROUTES for caller in CALLERS]


def test_the_app_has_just_the_routes_of_the_table():
    routed = {(method, path) for path, methods in app.routes.items() for method in methods}

    assert routed == {(route.method, route.path) for route in ROUTES}


def test_every_route_but_the_pages_is_described(api: Api):
    document = api.get("/openapi.json").json

    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in ROUTES if route.described}


@pytest.mark.parametrize(("route", "caller"), WALK)
def test_a_route_answers_those_it_is_for_and_refuses_all_others(
    api: Api, vera: Visitor, ann: str, sue: str, robot: str, route: Route, caller: Caller
):
    vera.says("Hello")
    vera.asks_for_a_human()
    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]["id"]
    path = route.filled(session=f"webchat%3A{vera.id}", notification=alert)
    token = {"supervisor": sue, "agent": ann, "bot": robot, "visitor": vera.token, "nobody": None}[caller]

    answer = api.call(route.method, path, route.body, token=token)

    assert answer.said == ((route.success, route.code) if caller in route.allowed else route.refusal(caller))


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwdw==",
        "the-token-of-ann",
        "Bearer the-token-of-nobody",
        "Bearer .",
        "Bearer é.ü",
    ],
)
def test_a_bad_credential_is_refused_everywhere(api: Api, ann: str, credential: str):
    for route in GUARDED:
        path = route.filled(session="webchat%3Avera", notification="1")

        answer = api.call(route.method, path, route.body, headers={"Authorization": credential})

        assert answer.said == (401, "NotSignedIn"), route


def test_the_token_of_the_environment_is_a_supervisors(api: Api):
    assert api.get("/api/botpress-hitl/me", token=ADMIN_TOKEN).json == {
        "id": "admin",
        "name": "Admin",
        "role": "supervisor",
        "warnings": [],
    }


def test_the_scheme_of_a_credential_may_be_written_in_any_case(api: Api, ann: str):
    assert api.get("/api/botpress-hitl/me", headers={"authorization": f"bearer {ann}"}).status == 200


def test_a_revoked_token_is_refused_at_once(api: Api, ann: str, desk):
    assert api.get("/api/botpress-hitl/me", token=ann).status == 200

    desk.store.revoke_token("ann")

    assert api.get("/api/botpress-hitl/me", token=ann).said == (401, "NotSignedIn")


def test_an_unknown_method_is_refused_with_those_that_are_allowed(api: Api, ann: str):
    answer = api.call("DELETE", "/api/botpress-hitl/sessions", token=ann)

    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_nobody_learns_of_a_session_by_asking_without_a_credential(api: Api, vera: Visitor):
    vera.says("Hello")

    assert (
        api.get(vera.path).said == api.get("/api/botpress-hitl/sessions/webchat%3Anobody").said == (401, "NotSignedIn")
    )
