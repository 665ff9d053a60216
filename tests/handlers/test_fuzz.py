"""Whatever is sent, the answer is one that is described, never a 5xx, and the log has no hole afterwards.

That an answer is described, and no 5xx, the `Api` of these tests checks at every call.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.conftest import Settings
from tests.handlers.people import ADMIN_TOKEN, CHAT, Visitor
from tests.handlers.table import ROUTES, VISITORS, Route

pytestmark = pytest.mark.uncounted

QUICK = examples(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    # the store stays for all examples of a test: what one wrote must not break the next
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LONE = st.sampled_from(
    ["\ud800", "a\udfffb", "\x00", "\u202e", "\ufeff", "🎉", "é", "%00", "%2e%2e", "../", "' OR 1=1 --"]
)
TEXT = st.one_of(
    st.text(max_size=40), LONE, st.sampled_from(["a" * 500, "0" * 30 + "9" * 30, "webchat:a", "none", "me", "true"])
)
NUMBER = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**12, 10**12 + 1, 10**400, -1, 0, True, 1e308]),
)
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=8,
)
CONTENT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["text", "image", "location", "buttons", "quick_replies", "cards", "unsupported", "pause", 1]
        )
    },
    optional={
        "text": VALUE,
        "url": st.one_of(VALUE, TEXT.map(lambda text: f"https://{text}")),
        "lat": NUMBER,
        "long": NUMBER,
        "buttons": st.lists(
            st.fixed_dictionaries({"type": st.just("postback"), "title": TEXT, "payload": TEXT}), max_size=3
        ),
        "replies": st.lists(st.fixed_dictionaries({"title": TEXT, "payload": TEXT}), max_size=3),
        "cards": st.lists(st.fixed_dictionaries({"title": TEXT}, optional={"subtitle": VALUE}), max_size=3),
        "raw": VALUE,
        "payload": VALUE,
    },
)
FIELDS = {
    "id": st.one_of(TEXT, VALUE),
    "text": st.one_of(TEXT, VALUE),
    "content": st.one_of(CONTENT, VALUE),
    "reason": VALUE,
    "until": st.one_of(
        VALUE, st.datetimes().map(str), st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())
    ),
    "force": VALUE,
    "seq": st.one_of(NUMBER, VALUE),
    "payload": VALUE,
    "title": VALUE,
    "name": VALUE,
}
BODY = st.one_of(
    VALUE.map(json.dumps),
    st.fixed_dictionaries({}, optional=FIELDS).map(json.dumps),
    st.binary(max_size=60),
    st.text(max_size=60),
    st.lists(st.tuples(st.sampled_from(["text", "id", "seq", "until"]), VALUE), min_size=2, max_size=4).map(
        lambda pairs: "{" + ",".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs) + "}"
    ),
    st.integers(1, 60_000).map(lambda depth: '{"content": ' + "[" * depth + "]" * depth + "}"),
)
SEGMENT = st.one_of(TEXT, st.builds("webchat:{}".format, TEXT)).flatmap(
    lambda text: st.sampled_from([_encoded(text), _encoded(_encoded(text)), text.replace("/", "")])
)
HEADERS = st.dictionaries(
    st.sampled_from(["Authorization", "Content-Type", "Accept", "If-None-Match", "X-Forwarded-For"]),
    st.one_of(
        TEXT,
        st.sampled_from(["application/json", "*/*", ";", "application/json;charset=\ud800", "image/png"]),
        TEXT.map("Bearer {}".format),
    ),
    max_size=3,
)
QUERY = st.dictionaries(
    st.sampled_from(["paused", "onlyPaused", "assignee", "q", "cursor", "limit", "after", "before", "x"]),
    st.one_of(TEXT, NUMBER.map(str), st.lists(TEXT, min_size=1, max_size=2)),
    max_size=4,
)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


@pytest.fixture
def paused(settings: Settings, vera: Visitor) -> Visitor:
    """A visitor with a session that has some history, who may write as fast as the tests do."""
    settings(VISITOR_BURST="1000000")
    vera.says("Hello")
    vera.asks_for_a_human()
    return vera


def whole(desk: Desk, session_id: str) -> list[int]:
    seqs: list[int] = []
    while page := desk.store.entries(session_id, after=seqs[-1] if seqs else 0, limit=500):
        seqs += [entry.seq for entry in page]
    return seqs


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "POST"], ids=str)
def test_no_body_breaks_a_route(api: Api, paused: Visitor, desk: Desk, route: Route):
    token = paused.token if route.allowed == VISITORS else ADMIN_TOKEN
    path = route.filled(session=f"webchat%3A{paused.id}", notification="1")

    @examples(QUICK, max_examples=100)
    @given(raw=BODY, base64=st.booleans())
    def throw(raw: str | bytes, base64: bool):
        api.post(path, raw=raw, base64=base64 and isinstance(raw, str), token=token)

    throw()

    log = whole(desk, paused.session)
    assert log == list(range(1, len(log) + 1))
    assert api.get(paused.path, token=ADMIN_TOKEN).status == 200
    assert paused.reads().status == 200


@QUICK
@given(route=st.sampled_from([route for route in ROUTES if "{" in route.path]), first=SEGMENT, second=SEGMENT)
def test_no_path_breaks_a_route(api: Api, route: Route, first: str, second: str):
    path = route.filled(
        session=first or "x",
        notification=first or "x",
        area=first or "x",
        name=second or "x",
        seq=second or "x",
        number=first or "x",
        parked=first or "x",
    )

    answer = (
        api.call(route.method, path.replace("\n", ""), route.body, token=ADMIN_TOKEN) if _one(path, route) else None
    )

    assert answer is None or answer.status in ((400, 404) if "{seq}" in route.path else (200, 404))


def _one(path: str, route: Route) -> bool:
    """Whether the gateway would route the path here: an encoded part may still hold a slash that divides it."""
    return len(path.split("/")) == len(route.path.split("/"))


@QUICK
@given(path=st.sampled_from(["sessions", "sessions/webchat:a", "notifications", "parked", "me"]), query=QUERY)
def test_no_query_breaks_an_agents_list(api: Api, path: str, query: dict[str, Any]):
    answer = api.get(f"/api/botpress-hitl/{path}", token=ADMIN_TOKEN, query=query)

    assert answer.status in (200, 400, 404)


@QUICK
@given(query=QUERY)
def test_no_query_breaks_a_visitors_log(api: Api, paused: Visitor, query: dict[str, Any]):
    assert api.get(f"{CHAT}/messages", token=paused.token, query=query).status in (200, 400)


@QUICK
@given(route=st.sampled_from(ROUTES), headers=HEADERS)
def test_no_header_breaks_a_route(api: Api, route: Route, headers: dict[str, str]):
    path = route.filled(session="webchat:a", notification="x")

    answer = api.call(route.method, path, route.body, headers=headers)

    assert answer.status in (200, 401, 403, 415, route.success)


@QUICK
@given(token=TEXT)
def test_no_credential_is_guessed_by_chance(api: Api, token: str):
    assert api.get(f"{CHAT}/messages", token=token).status == 401
    assert api.get("/api/botpress-hitl/me", token=token).status == 401
