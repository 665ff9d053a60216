"""Every case of the corpus at every route of the running server: refused in our shape, and nothing is done."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from tests.fire import corpus
from tests.fire.place import Place, Talk, Watch
from tests.fire.wire import Lines, Told, ask, request
from tests.handlers.api import UNSAID
from tests.handlers.people import issued, sign
from tests.handlers.table import ROUTES, Caller, Route

ALL = [pytest.param(route, id=str(route)) for route in ROUTES]
POSTS = [pytest.param(route, id=str(route)) for route in ROUTES if route.method == "POST"]
GUARDED = [pytest.param(route, id=str(route)) for route in ROUTES if "nobody" not in route.allowed]
NAMED = [pytest.param(route, id=str(route)) for route in ROUTES if "{" in route.path]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")

QUERIES = {
    "cursor": corpus.CURSORS,
    "limit": corpus.NUMBERS,
    "after": corpus.NUMBERS,
    "before": corpus.NUMBERS,
    "q": corpus.IDS,
    "assignee": corpus.IDS,
    "paused": corpus.NUMBERS,
    "onlyPaused": corpus.NUMBERS,
}
LISTS = (
    b"/api/botpress-hitl/sessions?",
    b"/api/botpress-hitl/sessions?paused=true&",
    b"/api/botpress-hitl/sessions?assignee=none&",
    b"/api/botpress-hitl/sessions?q=V&",
    b"/api/botpress-hitl/sessions/%s?",
    b"/api/botpress-hitl/notifications?",
    b"/api/botpress-hitl/parked?",
    b"/api/webchat/messages?",
)


@pytest.fixture
def talk(place: Place) -> Talk:
    return place.talk()


def bearer(place: Place, talk: Talk, route: Route) -> Lines:
    """The credential of somebody who may, and the type of what they send."""
    token = place.token(route.allowed[0], talk) or ""
    return [(b"Authorization", b"Bearer " + token.encode()), (b"Content-Type", b"application/json")]


def body(route: Route) -> bytes | None:
    if route.method != "POST":
        return None
    return b"{}" if route.body is UNSAID else json.dumps(route.body).encode()


def refused(answer: Told | None, watch: Watch, case: object, statuses: Iterable[int]) -> None:
    """Fails unless it was answered by one of the statuses, in our shape, and nothing was done."""
    assert answer is not None, case
    assert answer.status in statuses, (case, answer)
    assert answer.refused_in_shape, (case, answer)
    assert not watch.changed(), case


@pytest.mark.parametrize("route", NAMED)
def test_a_hard_id_is_unknown(place: Place, watch: Watch, talk: Talk, route: Route):
    good = [(name, value) for name, value in bearer(place, talk, route)]
    watch.changed()

    for case, hard in corpus.IDS.items():
        path = route.path.replace("{area}", "shared").replace("{seq}", "1").replace("{number}", "0").encode()
        for gap in (b"{session}", b"{notification}", b"{name}", b"{parked}"):
            path = path.replace(gap, hard)
        refused(ask(place, request(route.method, path, good, body(route))), watch, case, (400, 404))


@pytest.mark.parametrize("route", POSTS)
def test_a_hard_body_is_refused_and_nothing_is_done(place: Place, watch: Watch, talk: Talk, route: Route):
    good = bearer(place, talk, route)
    path = talk.path(route).encode()
    watch.changed()

    for case, hard in corpus.BODIES.items():
        refused(ask(place, request("POST", path, good, hard)), watch, case, route.refusals)


@pytest.mark.parametrize("start", LISTS, ids=lambda start: start.decode())
def test_a_hard_query_is_answered_or_refused(place: Place, watch: Watch, talk: Talk, start: bytes):
    token = talk.token if b"webchat" in start else place.tokens["supervisor"]
    good: Lines = [(b"Authorization", b"Bearer " + token.encode())]
    start = start.replace(b"%s", talk.session.encode())
    answered: set[int] = set()
    watch.changed()

    for name, cases in QUERIES.items():
        for case, hard in cases.items():
            answer = ask(place, request("GET", start + name.encode() + b"=" + hard, good))
            assert answer is not None, (name, case)
            assert answer.status in (200, 400), (name, case, answer)
            assert answer.status == 200 or answer.refused_in_shape, (name, case, answer)
            answered.add(answer.status)

    assert answered == {200, 400}
    assert not watch.changed()


@pytest.mark.parametrize("route", ALL)
def test_hard_headers_change_nothing_or_are_refused(place: Place, watch: Watch, talk: Talk, route: Route):
    refusals = 0

    for case, hard in corpus.HEADERS.items():
        about = place.talk() if route.method == "DELETE" else talk  # what is erased is not there for the next case
        good = bearer(place, about, route)
        watch.changed()
        answer = ask(place, request(route.method, about.path(route).encode(), [*good, *hard], body(route)))
        if answer is None or answer.status not in (route.success, 304):
            refused(answer, watch, case, (400, 415, 431))
            refusals += 1

    assert refusals < len(corpus.HEADERS) / 2


@pytest.mark.parametrize("route", GUARDED)
def test_a_hard_credential_lets_nobody_in(place: Place, watch: Watch, talk: Talk, route: Route):
    token = (place.token(route.allowed[0], talk) or "").encode()
    watch.changed()

    for case, hard in corpus.CREDENTIALS.items():
        credentials: Lines = [(b"Authorization", value.replace(b"%s", token)) for value in hard]
        answer = ask(place, request(route.method, talk.path(route).encode(), credentials, body(route)))
        refused(answer, watch, case, (401,))


@pytest.mark.parametrize("route", GUARDED)
def test_a_token_that_is_over_or_was_signed_by_others_lets_nobody_in(
    place: Place, watch: Watch, talk: Talk, route: Route
):
    visitor = talk.session.removeprefix("webchat:")
    now = int(datetime.now(UTC).timestamp())
    tokens = {
        "over": issued(timedelta(days=31), visitor),
        "of others": sign({"v": visitor, "n": "Vera", "t": now}, "the-secret-of-somebody-else"),
        "without its signature": issued(timedelta(0), visitor).partition(".")[0] + ".",
        "for nobody": sign({"n": "Vera", "t": now}),
        "of another claim": sign({"v": visitor, "n": "Vera", "t": "now"}),
        "revoked": place.revoked,
    }
    watch.changed()

    for case, token in tokens.items():
        credential: Lines = [(b"Authorization", b"Bearer " + token.encode())]
        answer = ask(place, request(route.method, talk.path(route).encode(), credential, body(route)))
        refused(answer, watch, case, (401,))


def test_a_visitor_reads_and_writes_only_their_own_session(place: Place, talk: Talk):
    other = place.talk("Otto")
    bearer = {"Authorization": f"Bearer {other.token}"}
    before = place.http.get("/api/webchat/messages", headers={"Authorization": f"Bearer {talk.token}"}).json()

    place.http.post("/api/webchat/messages", json={"id": "o1", "text": "I am Otto"}, headers=bearer)
    for named in (f"?session={talk.session}", f"?visitor={talk.session}", f"?id={talk.session}"):
        told = place.http.get(f"/api/webchat/messages{named}", headers=bearer).json()
        assert [entry["id"] for entry in told["entries"] if entry["kind"] == "message"] == ["u:m1", "u:o1"]

    assert place.http.get("/api/webchat/messages", headers={"Authorization": f"Bearer {talk.token}"}).json() == before


@pytest.mark.parametrize("route", ALL)
def test_a_method_that_is_not_in_the_table_does_nothing_for_anybody(
    place: Place, watch: Watch, talk: Talk, route: Route
):
    known = {other.method for other in ROUTES if other.path == route.path}
    callers: tuple[Caller, ...] = ("supervisor", "visitor", "nobody")
    watch.changed()

    for method in METHODS:
        for caller in callers:
            token = (place.token(caller, talk) or "").encode()
            asked = request(method, talk.path(route).encode(), [(b"Authorization", b"Bearer " + token)])
            if method in known or (method == "HEAD" and "GET" in known):
                continue
            answer = ask(place, asked)
            assert answer is not None
            assert answer.status == 405, (method, caller, answer)
            assert method == "HEAD" or answer.refused_in_shape, (method, caller, answer)
            assert set(answer.headers["allow"].split(", ")) == known
            assert not watch.changed(), (method, caller)


@pytest.mark.parametrize("case", corpus.FRAMES)
def test_a_request_whose_end_is_unclear_is_not_obeyed(place: Place, watch: Watch, talk: Talk, case: str):
    path = talk.path(next(route for route in ROUTES if route.path.endswith("/claim"))).encode()
    token = b"Authorization: Bearer " + place.tokens["agent"].encode()
    watch.changed()

    answer = ask(place, corpus.FRAMES[case] % (path, token))

    refused(answer, watch, case, (400,))


@pytest.mark.parametrize("case", corpus.TARGETS)
def test_a_hard_target_is_answered_or_refused(place: Place, case: str):
    answer = ask(place, request("GET", corpus.TARGETS[case]))

    assert answer is not None
    assert answer.status in (200, 400, 404, 414, 431)
    assert answer.status == 200 or answer.refused_in_shape
