"""The routes behind the page that agents sign in on."""

import logging
import urllib.parse

import pytest

from chalicelib.errors import NotSignedIn, TooFast
from chalicelib.identity.codes import BURST, PER_SECOND, Codes
from tests.identity.making import CLIENT, rsa_key
from tests.identity.provider import DISCOVERY, REVOKE, TOKEN
from tests.identity.test_agents import ME, SITE, oidc  # noqa: F401 - a fixture

NONCE = "n" * 16
BODY = {"code": "the-code", "verifier": "v" * 43, "nonce": NONCE, "redirect_uri": f"{SITE}/signin"}
PATH = "/api/signin/token"
REFRESH = "/api/signin/refresh"
OUT = "/api/signin/revoke"
OURS = {"refresh_token": "the-refresh-token"}


@pytest.fixture(autouse=True)
def _set_up(oidc):  # noqa: F811 - the fixture
    pass


@pytest.fixture
def gives(provider):
    """The token endpoint's next answers."""

    def give(status=200, **said):
        provider.answers[TOKEN] = said
        provider.statuses[TOKEN] = status

    return give


def test_the_page_is_told_where_to_go(api, provider):
    assert api.get("/api/signin").json["provider"] == {
        "issuer": provider.url,
        "client_id": CLIENT,
        "scope": "openid profile email",
        "authorization_endpoint": f"{provider.url}/authorize",
        "redirect_uri": f"{SITE}/signin",
        "sign_out_url": f"{provider.url}/end?client_id={CLIENT}&post_logout_redirect_uri="
        + urllib.parse.quote(f"{SITE}/admin", safe=""),
    }


def test_without_an_issuer_there_are_tokens_only(api, settings):
    settings(OIDC_ISSUER=None, OIDC_CLIENT_ID=None)

    assert api.get("/api/signin").json == {"provider": None}
    assert (
        api.post(PATH, BODY).said == api.post(REFRESH, OURS).said == api.post(OUT, OURS).said == (404, "RouteNotFound")
    )


def test_a_code_is_worth_a_token_that_signs_in(api, provider, gives, token):
    gives(id_token=token(nonce=NONCE), refresh_token="r1", access_token="not ours")
    answer = api.post(PATH, BODY).json

    assert answer.keys() == {"id_token", "refresh_token"}
    assert answer["refresh_token"] == "r1"
    assert api.get(ME, token=answer["id_token"]).json["name"] == "Ann"
    assert next(form for form in provider.forms if form) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "code_verifier": "v" * 43,
        "redirect_uri": f"{SITE}/signin",
        "client_id": CLIENT,
    }


def test_a_refresh_token_is_worth_another_token(api, provider, gives, token):
    gives(id_token=token(), refresh_token="r2")

    assert api.post(REFRESH, {"refresh_token": "r1"}).json["refresh_token"] == "r2"
    assert next(form for form in provider.forms if form) == {
        "grant_type": "refresh_token",
        "refresh_token": "r1",
        "client_id": CLIENT,
    }


def test_a_refresh_token_that_is_not_replaced_is_kept(api, gives, token):
    gives(id_token=token())

    assert api.post(REFRESH, {"refresh_token": "r1"}).json["refresh_token"] == "r1"
    assert api.post(PATH, BODY | {"nonce": "m" * 16}).said == (401, "NotSignedIn")


@pytest.mark.parametrize("answer", [b"", b"{}", b"never read"])
def test_who_signs_out_has_the_refresh_token_ended(api, provider, answer):
    """The standard asks for a status, and for the same one when the token is over already."""
    provider.answers[REVOKE] = answer

    assert api.post(OUT, OURS).json == {"revoked": True}
    assert next(form for form in provider.forms if form) == {
        "token": "the-refresh-token",
        "token_type_hint": "refresh_token",
        "client_id": CLIENT,
    }


def test_an_issuer_that_ends_no_tokens_is_told_as_that(api, provider):
    del provider.answers[DISCOVERY]["revocation_endpoint"]

    assert api.post(OUT, OURS).json == {"revoked": False}
    assert not any(provider.forms)


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (503, {}, (503, "IssuerBusy")),
        (302, {}, (503, "IssuerBusy")),
        (400, {"error": "unsupported_token_type"}, (401, "NotSignedIn")),
        (400, {"error": "invalid_grant"}, (401, "NotSignedIn")),
        (400, {"error": "invalid_request"}, (503, "BadSettings")),
        (401, {"error": "invalid_client"}, (503, "BadSettings")),
    ],
)
def test_a_refresh_token_that_was_not_ended_is_not_told_as_ended(api, provider, status, said, told):
    provider.answers[REVOKE], provider.statuses[REVOKE] = said, status

    assert api.post(OUT, OURS).said == told


@pytest.mark.parametrize("wrong", [{}, {"refresh_token": None}, {"refresh_token": ""}, {"refresh_token": "a b"}])
def test_what_can_be_no_refresh_token_is_refused_unasked(api, provider, wrong):
    assert api.post(OUT, wrong).said == (400, "Malformed")
    assert provider.asked == []


@pytest.mark.parametrize("said", [{}, {"id_token": None}, {"id_token": 7}])
def test_a_refresh_token_that_is_worth_no_id_token_is_over(api, gives, said):
    """As the standard allows; a 503 would be tried again for ever, and the agent never asked to sign in."""
    gives(access_token="not ours", **said)

    assert api.post(REFRESH, {"refresh_token": "r1"}).said == (401, "NotSignedIn")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/signin",
        f"{SITE}/signin/",
        f"{SITE}/admin",
        f"{SITE}.evil.example/signin",
        "http://chat.example.com/signin",
    ],
)
def test_a_code_that_came_back_elsewhere_is_worth_nothing(api, provider, elsewhere):
    assert api.post(PATH, BODY | {"redirect_uri": elsewhere}).said == (400, "Malformed")
    assert provider.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "a b"},
        {"code": "c" * 4097},
        {"code": None},
        {"verifier": "v" * 42},
        {"verifier": "v" * 129},
        {"verifier": "+" * 43},
        {"nonce": "short"},
        {"nonce": None},
        {"redirect_uri": None},
        {"more": 1},
    ],
)
def test_what_no_page_of_ours_sends_is_refused_unasked(api, provider, wrong):
    assert api.post(PATH, BODY | wrong).said == (400, "Malformed")
    assert provider.asked == []


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "another-nonce-of-16"},
        {"nonce": None},
        {"nonce": NONCE, "aud": "another"},
        {"nonce": NONCE, "iss": "https://login.example.com"},
        {"nonce": NONCE, "key": rsa_key("another")},
    ],
)
def test_a_token_that_was_not_made_for_this_sign_in_is_not_handed_on(api, gives, token, said):
    gives(id_token=token(**said))

    assert api.post(PATH, BODY).said == (401, "NotSignedIn")


def test_who_is_in_no_group_is_told_at_once_and_gets_no_token(api, gives, token):
    gives(id_token=token(nonce=NONCE, groups=["staff"]), refresh_token="r1")
    answer = api.post(PATH, BODY)

    assert answer.said == (403, "Forbidden")
    assert "groups agent and supervisor" in answer.json["Message"]


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (400, {"error": "invalid_grant"}, (401, "NotSignedIn")),
        (400, {"error": "invalid_client"}, (503, "BadSettings")),
        (401, {"error": "unauthorized_client"}, (503, "BadSettings")),
        (503, {"error": "temporarily_unavailable"}, (503, "IssuerBusy")),
        (500, {}, (503, "IssuerBusy")),
        (429, {}, (503, "IssuerBusy")),
        (302, {}, (503, "IssuerBusy")),
        (200, {}, (503, "BadSettings")),
        (200, {"id_token": 7}, (503, "BadSettings")),
        (400, {"error": "Marked words"}, (503, "IssuerBusy")),
    ],
)
def test_what_the_issuer_refuses_is_told_for_what_it_means(api, gives, status, said, told, caplog):
    gives(status, **said)

    assert api.post(PATH, BODY).said == told
    assert "Marked" not in caplog.text


@pytest.mark.parametrize("answer", [b"", b"{", b"[]", b"[" * 100_000, b" " * 300_000])
def test_an_answer_that_cannot_be_read_is_no_sign_in(api, provider, answer):
    provider.answers[TOKEN] = answer

    assert api.post(PATH, BODY).status == 503


def test_an_issuer_that_is_down_is_told_as_that(api, provider):
    provider.down = True

    assert api.get("/api/signin").said == api.post(PATH, BODY).said == (503, "IssuerBusy")


def test_an_issuer_that_goes_down_in_the_midst_is_told_as_that(api, provider):
    assert api.get("/api/signin").status == 200
    provider.down = True

    assert api.post(PATH, BODY).said == (503, "IssuerBusy")


def test_many_who_try_codes_are_held_up_before_the_issuer_is(issuer, provider, gives, clock):
    gives(400, error="invalid_grant")
    codes = Codes(issuer, clock=clock)

    def tried():
        with pytest.raises((NotSignedIn, TooFast)) as told:
            codes.redeem("the-code", verifier="v" * 43, redirect_uri=f"{SITE}/signin", nonce=NONCE)
        return told.type

    assert [tried() for _ in range(BURST + 2)] == [NotSignedIn] * BURST + [TooFast] * 2
    with pytest.raises(TooFast):
        codes.revoke("the-refresh-token")
    clock.at += 1.01 / PER_SECOND
    assert [tried(), tried()] == [NotSignedIn, TooFast]
    assert (provider.count(TOKEN), provider.count(DISCOVERY)) == (BURST + 1, 1)


def test_neither_codes_nor_tokens_are_logged(api, gives, token, caplog):
    caplog.set_level(logging.DEBUG)
    good = token(nonce=NONCE, name="Marked")
    gives(id_token=good, refresh_token="the-refresh-token")
    api.post(PATH, BODY)
    api.post(REFRESH, OURS)
    api.post(OUT, OURS)
    gives(400, error="invalid_grant", error_description="the-code is over")
    api.post(PATH, BODY)

    for secret in (*good.split("."), "the-code", "the-refresh-token", "v" * 43, "Marked"):
        assert secret not in caplog.text
