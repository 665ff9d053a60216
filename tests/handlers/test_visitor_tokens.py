"""A visitor's token: signed by us, bound to one session, over after 30 days, renewed by use."""

import string
from datetime import timedelta
from typing import Any

import pytest

from tests.handlers.api import Answer, Api
from tests.handlers.people import ADMIN_TOKEN, CHAT, SESSIONS, Visitor, issued, sign

A_MINUTE = timedelta(minutes=1)
RENEWED = "hitl-visitor-token"
DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def read_with(api: Api, token: str) -> Answer:
    return api.get(f"{CHAT}/messages", token=token)


def test_a_token_is_good_for_30_days(api: Api):
    assert read_with(api, issued(timedelta(days=30) - A_MINUTE)).status == 200


def test_a_token_is_over_after_30_days(api: Api):
    assert read_with(api, issued(timedelta(days=30) + A_MINUTE)).said == (401, "NotSignedIn")


def test_a_token_younger_than_a_day_is_not_renewed(api: Api):
    assert RENEWED not in read_with(api, issued(timedelta(days=1) - A_MINUTE)).headers


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("GET", "messages", None),
        ("POST", "messages", {"id": "m1", "text": "Hello"}),
        ("POST", "postback", {"id": "m1", "payload": "YES"}),
        ("POST", "human", {}),
        ("POST", "typing", {}),
        ("POST", "read", {"seq": 1}),
    ],
)
def test_every_use_renews_a_token_that_is_a_day_old(api: Api, method: str, what: str, body: Any):
    old = issued(timedelta(days=29))

    renewed = api.call(method, f"{CHAT}/{what}", body, token=old).headers[RENEWED]

    assert renewed != old
    assert RENEWED not in read_with(api, renewed).headers


def test_a_renewed_token_is_the_same_visitors(api: Api):
    api.post(f"{CHAT}/messages", {"id": "m1", "text": "Hello"}, token=issued(A_MINUTE))
    renewed = read_with(api, issued(timedelta(days=2))).headers[RENEWED]

    assert len(read_with(api, renewed).json["entries"]) == 1


def test_a_token_signed_with_another_secret_is_refused(api: Api):
    claims = {"v": "vera", "n": "Vera", "t": 2_000_000_000}

    assert read_with(api, sign(claims, "another-secret-altogether")).said == (401, "NotSignedIn")


def test_a_token_altered_in_any_place_is_refused(api: Api):
    token = issued(A_MINUTE)

    for place in range(len(token)):
        other = DIGITS[DIGITS.find(token[place]) ^ 32]  # the highest bit of the digit, which counts in every place
        altered = token[:place] + other + token[place + 1 :]
        assert read_with(api, altered).said == (401, "NotSignedIn"), place


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "e30.", ".e30", "e30", "é.é", "a" * 9000, "%00.%00", "\x00.\x00", "..."]
)
def test_what_is_no_token_is_refused(api: Api, token: str):
    assert read_with(api, token).said == (401, "NotSignedIn")


@pytest.mark.parametrize(
    "claims", [{}, [], None, "vera", 7, {"v": "vera", "n": "Vera"}, {"v": "vera", "n": "Vera", "t": "now"}]
)
def test_signed_claims_of_another_shape_are_refused(api: Api, claims: Any):
    assert read_with(api, sign(claims)).said == (401, "NotSignedIn")


def test_a_signature_alone_does_not_move_to_other_claims(api: Api):
    mine, other = issued(A_MINUTE, "vera"), issued(A_MINUTE, "mallory")

    mixed = f"{other.partition('.')[0]}.{mine.partition('.')[2]}"

    assert read_with(api, mixed).said == (401, "NotSignedIn")


def test_a_visitor_reads_and_writes_only_their_own_session(api: Api, vera: Visitor):
    other = Visitor.arrives(api, "Mallory")
    vera.says("My card number", "m1")

    assert other.reads().json["entries"] == []
    other.post("messages", {"id": "m1", "text": "Mine"})
    assert [entry["content"]["text"] for entry in vera.reads().json["entries"]] == ["My card number"]


def test_a_visitors_token_opens_nothing_of_the_agents(api: Api, vera: Visitor):
    vera.says("Hello")

    for path in (vera.path, SESSIONS, "/api/botpress-hitl/me", "/api/botpress-hitl/notifications"):
        assert api.get(path, token=vera.token).said == (401, "NotSignedIn")


@pytest.mark.parametrize("token", [ADMIN_TOKEN, "the-token-of-ann"])
def test_an_agents_token_is_no_visitors(api: Api, ann: str, token: str):
    assert read_with(api, token).said == (401, "NotSignedIn")


def test_without_a_secret_in_the_environment_tokens_outlive_the_process(api: Api, settings):
    settings(SECRET=None)
    visitor = Visitor.arrives(api)

    settings()

    assert visitor.reads().status == 200


def test_a_changed_secret_ends_all_tokens(api: Api, vera: Visitor, settings):
    settings(SECRET="another-secret-altogether")

    assert vera.reads().said == (401, "NotSignedIn")
