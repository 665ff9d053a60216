"""The issuer's keys: kept, renewed, held through an outage, and never asked for in a flood."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import IssuerBusy, NotSignedIn
from chalicelib.identity.claims import Expected
from chalicelib.identity.issuer import ANSWER_LIMIT, Issuer
from chalicelib.identity.kept import (
    AGAIN_SECONDS,
    FRESH_SECONDS,
    HELD_SECONDS,
    RENEW_SECONDS,
    SOON_SECONDS,
    Kept,
    Unanswered,
)
from chalicelib.identity.keys import Keys
from tests.identity.making import CLIENT, ec_key, jwk, rsa_key
from tests.identity.provider import DISCOVERY, KEYS

ELSEWHERE = "https://login.example.com"
NEW = {"kid": "k2"}


def rotate(provider):
    provider.keys = [jwk(ec_key("new"), "k2")]


def new_token(token):
    return token(ec_key("new"), "ES256", header=NEW)


def test_a_new_key_counts_at_once_and_the_old_one_not_any_more(issuer, provider, token, clock):
    issuer.who(token())
    rotate(provider)
    clock.at += AGAIN_SECONDS

    assert issuer.who(new_token(token)).name == "Ann"
    with pytest.raises(NotSignedIn):
        issuer.who(token())


def test_a_withdrawn_key_counts_no_longer_than_its_answer(issuer, provider, token, clock):
    issuer.who(token())
    rotate(provider)

    clock.at += RENEW_SECONDS - 1
    assert issuer.who(token()).name == "Ann"
    clock.at += 1
    with pytest.raises(NotSignedIn):
        issuer.who(token())


def test_a_flood_of_unknown_keys_asks_the_issuer_once_in_half_a_minute(issuer, provider, token, clock):
    issuer.who(token())
    clock.at += AGAIN_SECONDS
    for number in range(50):
        with pytest.raises(NotSignedIn):
            issuer.who(token(header={"kid": f"made-up-{number}"}))
        clock.at += 0.1

    assert (provider.count(KEYS), provider.count(DISCOVERY)) == (2, 1)
    assert issuer.who(token()).name == "Ann"


def test_a_flood_in_many_threads_asks_once(issuer, provider, token, clock):
    issuer.who(token())
    clock.at += AGAIN_SECONDS
    bad, ready, heard = token(header={"kid": "made-up"}), threading.Barrier(8), []

    def ask():
        ready.wait()
        with pytest.raises(NotSignedIn):
            issuer.who(bad)
        heard.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(heard), provider.count(KEYS)) == (8, 2)


def test_through_an_outage_the_old_keys_count(issuer, provider, token, clock):
    issuer.who(token())
    provider.down = True
    clock.at += HELD_SECONDS - 1

    assert issuer.who(token()).name == "Ann"


def test_after_a_long_outage_nobody_is_believed(issuer, provider, token, clock):
    issuer.who(token())
    provider.down = True
    clock.at += HELD_SECONDS

    with pytest.raises(IssuerBusy):
        issuer.who(token())


def test_an_issuer_that_is_back_is_heard_again(issuer, provider, token, clock):
    issuer.who(token())
    provider.down = True
    clock.at += FRESH_SECONDS
    issuer.who(token())
    provider.down = False
    rotate(provider)
    clock.at += AGAIN_SECONDS

    assert issuer.who(new_token(token)).name == "Ann"


def test_an_outage_is_not_asked_about_at_every_request(issuer, provider, token, clock):
    issuer.who(token())
    provider.down = True
    clock.at += FRESH_SECONDS
    before = len(provider.asked)
    for _ in range(10):
        issuer.who(token())

    assert len(provider.asked) == before + 2  # where the keys are, and the keys


def test_without_any_keys_it_is_an_outage_and_soon_asked_again(issuer, provider, token, clock):
    provider.down = True
    for _ in range(5):
        with pytest.raises(IssuerBusy):
            issuer.who(token())
    assert len(provider.asked) == 1

    provider.down = False
    clock.at += SOON_SECONDS
    assert issuer.who(token()).name == "Ann"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b"\xff",
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [jwk(rsa_key(), use="enc")]},
        b" " * (ANSWER_LIMIT + 1),
    ],
)
def test_an_answer_that_is_no_set_of_keys_is_an_outage(issuer, provider, token, clock, answer):
    issuer.who(token())
    provider.answers[KEYS] = answer
    clock.at += FRESH_SECONDS

    assert issuer.who(token()).name == "Ann"
    fresh = Issuer(Expected(provider.url, CLIENT), clock=clock)
    with pytest.raises(IssuerBusy):
        fresh.who(token())


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_an_answer_with_another_status_is_an_outage(issuer, provider, token, path, status):
    provider.statuses[path] = status

    with pytest.raises(IssuerBusy):
        issuer.who(token())


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": "/keys"},
        {"jwks_uri": "http://keys.example.com/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": "ftp://127.0.0.1/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"revocation_endpoint": "ftp://127.0.0.1/"},
    ],
)
def test_a_description_that_is_another_issuers_or_leads_nowhere_safe_is_not_believed(issuer, provider, token, said):
    provider.answers[DISCOVERY] |= said

    with pytest.raises(IssuerBusy):
        issuer.who(token())
    assert provider.count(KEYS) == 0


ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint", "revocation_endpoint")


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("address", ["http://login.example.com/x", "http://127.0.0.1/x", "http://localhost/x"])
def test_of_an_issuer_elsewhere_nothing_is_asked_without_encryption(name, address):
    said = {
        "issuer": ELSEWHERE,
        "authorization_endpoint": f"{ELSEWHERE}/authorize",
        "token_endpoint": f"{ELSEWHERE}/token",
        "jwks_uri": f"{ELSEWHERE}/keys",
    }
    assert Issuer(Expected(ELSEWHERE, CLIENT), fetch=lambda _: said).discovered().keys == f"{ELSEWHERE}/keys"

    with pytest.raises(IssuerBusy):
        Issuer(Expected(ELSEWHERE, CLIENT), fetch=lambda _: said | {name: address}).discovered()


def test_an_issuer_with_a_slash_at_its_end_is_that_issuer_only(provider, token):
    provider.answers[DISCOVERY]["issuer"] = f"{provider.url}/"
    issuer = Issuer(Expected(f"{provider.url}/", CLIENT))

    assert issuer.who(token(iss=f"{provider.url}/")).name == "Ann"
    with pytest.raises(NotSignedIn):
        issuer.who(token(iss=provider.url))


def test_a_session_is_ended_as_the_standard_says(issuer, provider):
    assert issuer.sign_out_url("https://chat.example.com/admin") == (
        f"{provider.url}/end?client_id={CLIENT}&post_logout_redirect_uri=https%3A%2F%2Fchat.example.com%2Fadmin"
    )


def test_where_sessions_cannot_be_ended_none_is(issuer, provider):
    del provider.answers[DISCOVERY]["end_session_endpoint"]

    assert issuer.sign_out_url("https://chat.example.com/admin") is None


@pytest.mark.parametrize("tells", [True, False])
def test_cognito_ends_sessions_in_its_own_way_whether_it_tells_where_or_not(tells):
    """Its description names the endpoint since 2024; it takes `logout_uri`, and not what the standard says."""
    address = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC"
    page = "https://hitl-dev-1.auth.eu-central-1.amazoncognito.com"
    said = {
        "issuer": address,
        "authorization_endpoint": f"{page}/oauth2/authorize",
        "token_endpoint": f"{page}/oauth2/token",
        "jwks_uri": f"{address}/.well-known/jwks.json",
    }
    if tells:
        said |= {"end_session_endpoint": f"{page}/logout", "revocation_endpoint": f"{page}/oauth2/revoke"}
    issuer = Issuer(Expected(address, CLIENT), fetch=lambda _: said)

    assert issuer.discovered().revocation == f"{page}/oauth2/revoke"
    assert issuer.sign_out_url("https://chat.example.com/admin") == (
        f"{page}/logout?client_id={CLIENT}&logout_uri=https%3A%2F%2Fchat.example.com%2Fadmin"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ODD_KEY = st.fixed_dictionaries(
    {"kid": st.just("k1") | JSON, "kty": st.sampled_from(["RSA", "EC"]) | JSON},
    optional={
        "n": st.text("AQab_-", max_size=400) | JSON,
        "e": st.sampled_from(["AQAB", "AQ", ""]) | JSON,
        "crv": st.just("P-256") | JSON,
        "x": st.text("AQab_-", max_size=60) | JSON,
        "y": st.text("AQab_-", max_size=60) | JSON,
        "use": st.just("sig") | JSON,
        "alg": st.sampled_from(["RS256", "ES256"]) | JSON,
        "key_ops": st.just(["verify"]) | JSON,
    },
)


@given(odd=st.lists(ODD_KEY | JSON, max_size=3))
def test_an_odd_key_costs_its_neighbours_nothing(odd):
    keys = Keys({"keys": [*odd, jwk(rsa_key(), "k9")]})

    assert keys.find("k9", "RS256") is not None


class Slow:
    """Answers "old", and then, or does not answer, only when the test says so."""

    def __init__(self):
        self.asking, self.may_end = threading.Event(), threading.Event()
        self.answer: object = "new"
        self.asked = 0

    def __call__(self):
        self.asked += 1
        if self.asked == 1:
            return "old"
        self.asking.set()
        assert self.may_end.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def beside_it(self, kept, *, at_once):
        """What a thread sees while another asks; `at_once`: it has to end before the answer comes."""
        told = []
        first, second = threading.Thread(target=kept.get), threading.Thread(target=lambda: told.append(kept.get()))
        first.start()
        assert self.asking.wait(10)
        second.start()
        second.join(5 if at_once else 0.2)  # else: so long it may go wrong
        waits = second.is_alive()
        self.may_end.set()
        first.join(10)
        second.join(10)
        assert not (at_once and waits)
        return told


def test_who_can_do_with_what_is_there_does_not_wait_for_who_asks(clock):
    slow = Slow()
    kept = Kept("it", slow, clock=clock)
    kept.get()
    clock.at += RENEW_SECONDS

    assert slow.beside_it(kept, at_once=True) == ["old"]
    assert kept.get() == "new"


@pytest.mark.parametrize("idle", [FRESH_SECONDS, HELD_SECONDS])
def test_after_a_quiet_time_nobody_takes_what_is_old_because_another_asks(clock, idle):
    """A key that was withdrawn would count for hours; and an answer that is too old would be an outage that is none."""
    slow = Slow()
    kept = Kept("it", slow, clock=clock)
    kept.get()
    clock.at += idle

    assert slow.beside_it(kept, at_once=False) == ["new"]


def test_while_the_issuer_is_stuck_only_one_waits_for_it(clock):
    slow = Slow()
    slow.answer = Unanswered("it is stuck")
    kept = Kept("it", slow, clock=clock)
    kept.get()
    clock.at += FRESH_SECONDS
    slow.may_end.set()
    assert kept.get() == "old"  # nobody answered: an outage
    slow.asking.clear()
    slow.may_end.clear()
    clock.at += AGAIN_SECONDS

    assert slow.beside_it(kept, at_once=True) == ["old"]


def test_an_issuer_that_is_back_after_a_long_outage_is_heard_soon(issuer, provider, token, clock):
    issuer.who(token())
    provider.down = True
    clock.at += HELD_SECONDS
    with pytest.raises(IssuerBusy):
        issuer.who(token())
    provider.down = False
    clock.at += SOON_SECONDS

    assert issuer.who(token()).name == "Ann"
