"""Which tokens count, and that no other does."""

import base64
import contextlib
import json
import logging
import math
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.errors import Forbidden, NotSignedIn
from chalicelib.identity.claims import LEEWAY_SECONDS, Expected
from chalicelib.identity.issuer import Issuer
from chalicelib.identity.jws import TOKEN_LIMIT
from tests.identity import making
from tests.identity.making import CLIENT, ec_key, jwk, pem, rsa_key, text
from tests.identity.provider import KEYS, Provider


def refused(issuer, token, *, why=None, caplog=None):
    with pytest.raises(NotSignedIn) as error:
        issuer.who(token)
    if why is not None:
        assert f"a signed token was refused for its {why}" in caplog.text
    return str(error.value)


@pytest.fixture
def because(issuer, caplog):
    """Holds a token to be refused for this very reason."""
    caplog.set_level(logging.INFO, "chalicelib.identity")
    return lambda token, why: refused(issuer, token, why=why, caplog=caplog)


def test_a_good_token_names_an_agent(issuer, token):
    who = issuer.who(token())

    assert (who.name, who.role) == ("Ann", "agent")
    assert who.id.startswith("oidc-")


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", rsa_key()), ("PS256", rsa_key()), ("ES256", ec_key())])
def test_tokens_of_another_library_count_by_each_of_the_algorithms(issuer, provider, algorithm, key):
    provider.keys = [jwk(key, alg=algorithm, use="sig")]
    made = jwt.encode(making.claims(provider.url), key, algorithm=algorithm, headers={"kid": "k1"})

    assert issuer.who(made).name == "Ann"
    assert jwt.decode(
        making.token(making.claims(provider.url), key, algorithm), key.public_key(), [algorithm], audience=CLIENT
    )


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"iss": "https://login.example.com"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": ["x"]}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": {CLIENT: 1}}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": [CLIENT, "another"]}, "audience"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "audience"),
        ({"azp": "another"}, "audience"),
        ({"token_use": "access"}, "kind"),
        ({"sub": None}, "subject"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "s" * 256}, "subject"),
        ({"exp": None}, "times"),
        ({"iat": None}, "times"),
        ({"exp": "4102444800"}, "times"),
        ({"exp": True}, "times"),
        ({"nbf": "soon"}, "times"),
        ({"exp": 10**400}, "times"),
        ({"typ": "Bearer"}, "kind"),
        ({"typ": "Refresh"}, "kind"),
        ({"typ": "Logout"}, "kind"),
        ({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}, "kind"),
    ],
)
def test_a_token_that_says_anything_else_is_refused(because, token, other, why):
    because(token(**other), why)


@pytest.mark.parametrize(
    "said", [{"typ": "ID"}, {"typ": "JWT"}, {"token_use": "id"}, {"auth_time": 1, "email_verified": False}]
)
def test_a_token_that_says_it_is_an_id_token_counts(issuer, token, said):
    assert issuer.who(token(**said)).name == "Ann"


@pytest.mark.parametrize(
    "groups",
    [
        "supervisors",
        "agent supervisor",
        "agent,supervisor",
        "['supervisor']",
        [["supervisor"]],
        {"supervisor": True},
        ["supervisors", "Supervisor", " supervisor", "supervisor\n"],
        True,
        ["*"],
    ],
)
def test_only_a_group_of_that_very_name_counts(issuer, token, groups):
    with pytest.raises(Forbidden):
        issuer.who(token(groups=groups, roles=["supervisor"], role="supervisor"))


def test_an_audience_of_several_counts_when_it_was_made_for_us(issuer, token):
    assert issuer.who(token(aud=[CLIENT, "another"], azp=CLIENT)).name == "Ann"
    assert issuer.who(token(aud=[CLIENT])).name == "Ann"


@pytest.mark.parametrize(("late", "counts"), [(LEEWAY_SECONDS - 5, True), (LEEWAY_SECONDS + 5, False)])
def test_a_token_ends_when_it_says_but_for_what_clocks_differ(issuer, token, late, counts):
    over = token(exp=time.time() - late)

    if counts:
        assert issuer.who(over).name == "Ann"
    else:
        assert refused(issuer, over) == "This token has expired."


@pytest.mark.parametrize("claim", ["nbf", "iat"])
@pytest.mark.parametrize(("early", "counts"), [(LEEWAY_SECONDS - 5, True), (LEEWAY_SECONDS + 30, False)])
def test_a_token_of_the_future_is_refused(issuer, token, because, claim, early, counts):
    future = token(**{claim: time.time() + early})

    if counts:
        assert issuer.who(future).name == "Ann"
    else:
        because(future, "beginning")


def test_another_key_of_the_same_name_is_refused(because, token):
    because(token(rsa_key("another")), "signature")


def test_a_key_that_nobody_published_is_refused(because, token):
    because(token(header={"kid": "k2"}), "key")


@pytest.mark.parametrize("key_id", [None, "", 7, "k" * 256])
def test_a_token_without_a_keys_name_is_refused(because, token, key_id):
    because(token(header={"kid": key_id}), "key's name")


@pytest.mark.parametrize("algorithm", ["none", "None", "", "RS384", "HS256", None, 7, ["RS256"]])
def test_a_token_by_another_algorithm_is_refused(because, token, algorithm):
    because(token(header={"alg": algorithm}), "algorithm")


def test_a_token_with_no_signature_is_refused(because, token, provider):
    because(token(algorithm="none"), "algorithm")
    because(token().rpartition(".")[0] + ".", "signature")


@pytest.mark.parametrize("secret", [pem(rsa_key()), json.dumps(jwk(rsa_key())).encode()])
def test_a_public_key_is_no_secret_to_sign_with(because, token, secret):
    because(token(secret, "HS256"), "algorithm")


@pytest.mark.parametrize(
    "published",
    [
        jwk(rsa_key(), use="enc"),
        jwk(rsa_key(), alg="RSA-OAEP"),
        jwk(rsa_key(), alg="PS256"),
        jwk(rsa_key(), alg=["RS256"]),
        jwk(rsa_key(), key_ops=["encrypt"]),
        jwk(rsa_key(), key_ops="verify"),
        jwk(rsa_key()) | {"kty": "EC"},
        jwk(rsa_key()) | {"kid": None},
        jwk(rsa_key()) | {"n": "!"},
        jwk(rsa_key()) | {"n": None},
        jwk(rsa_key()) | {"e": "AQ"},
        "k1",
    ],
)
def test_a_key_that_is_for_something_else_proves_nothing(because, token, provider, published):
    provider.keys = [published, jwk(rsa_key("another"), "k9")]

    because(token(), "key")


def test_a_short_key_proves_nothing(because, token, provider):
    short = rsa_key("short", 1024)
    provider.keys = [jwk(short), jwk(rsa_key(), "k9")]

    because(token(short), "key")


def test_a_curve_of_another_kind_and_a_point_beside_it_prove_nothing(because, token, provider):
    beside = jwk(ec_key(), "k3") | {"y": text(b"\x01" * 32)}
    provider.keys = [jwk(ec_key(curve="P-384")), beside, jwk(rsa_key(), "k9")]

    because(token(ec_key(), "ES256"), "key")
    because(token(ec_key(), "ES256", header={"kid": "k3"}), "key")


def test_a_keys_type_is_not_the_tokens_to_choose(because, token, provider):
    because(token(ec_key(), "ES256"), "key")


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(because, token, provider, length):
    provider.keys = [jwk(ec_key())]
    message = token(ec_key(), "ES256").rpartition(".")[0]

    because(f"{message}.{text(bytes(length))}", "signature")


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}])
def test_an_extension_that_has_to_be_understood_is_refused(because, token, header):
    because(token(header=header), "extensions")


@pytest.mark.parametrize("kind", ["at+jwt", "logout+jwt", 7, ""])
def test_a_token_of_another_kind_is_refused(because, token, kind):
    because(token(header={"typ": kind}), "kind")


@pytest.mark.parametrize("kind", [None, "jwt", "JWT"])
def test_an_id_token_need_not_say_that_it_is_one(issuer, token, kind):
    assert issuer.who(token(header={"typ": kind})).name == "Ann"


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "..",
        "eyJ",
        "eyJ..",
        "eyJhbGciOiJSUzI1NiJ9..",
        "a.b.c.d",
        "é.ü.ö",
        "\ud800.a.b",
        f"{text(b'[]')}.{text(b'{}')}.",
        f"{text(b'null')}.{text(b'{}')}.",
        f"{text(b'{')}.{text(b'{}')}.",
        f"{text(bytes([255, 254]))}.{text(b'{}')}.",
        text(b"[" * 5000) + ".e30.",
    ],
)
def test_garbage_is_refused_and_costs_the_issuer_nothing(issuer, provider, garbage):
    refused(issuer, garbage)

    assert provider.asked == []


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"{", b'{"exp": NaN}', b'{"a": ' + b"[" * 5000])
def test_a_well_signed_token_that_says_nothing_is_refused(because, provider, body):
    because(making.token(body), "form")


def test_a_token_of_another_issuer_costs_ours_nothing(issuer, provider, token):
    refused(issuer, token(iss="https://login.example.com"))

    assert provider.asked == []


def test_a_very_long_token_is_refused_unread(because, token):
    because(token(name="n" * TOKEN_LIMIT), "size or its letters")


@pytest.mark.parametrize("more", ["=", "==", "\n", " "])
def test_a_token_with_anything_behind_it_is_refused(issuer, token, more):
    refused(issuer, token() + more)


@pytest.fixture(scope="module")
def proved():
    """Tokens that count, by their algorithm, and who tells it."""
    with Provider() as provider:
        provider.keys = [jwk(rsa_key(), "k1"), jwk(ec_key(), "k1")]
        issuer = Issuer(Expected(provider.url, CLIENT))
        said = making.claims(provider.url, exp=int(time.time()) + 10**6)
        tokens = [making.token(said), making.token(said, algorithm="PS256"), making.token(said, ec_key(), "ES256")]
        assert all(issuer.who(token).name == "Ann" for token in tokens)
        yield issuer, tokens


@examples(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(which=st.integers(0, 2), place=st.integers(0, 10**6), letter=st.sampled_from([chr(n) for n in range(33, 127)]))
def test_a_token_of_which_any_letter_is_another_is_refused(proved, which, place, letter):
    issuer, tokens = proved
    token = tokens[which]
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]

    if changed != token:
        refused(issuer, changed)


@pytest.mark.parametrize("which", range(3))
def test_the_last_letter_of_each_part_can_be_written_in_one_way_only(proved, which):
    issuer, tokens = proved
    parts = tokens[which].split(".")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for number in range(3):
        for letter in letters.replace(parts[number][-1], ""):
            changed = [*parts]
            changed[number] = parts[number][:-1] + letter
            refused(issuer, ".".join(changed))


@examples(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_at_all_breaks_it(proved_issuer, given_text):
    refused(proved_issuer, given_text)


@pytest.fixture(scope="module")
def proved_issuer(proved):
    return proved[0]


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["agent"], "agent"),
        (["supervisor"], "supervisor"),
        (["agent", "supervisor", "staff"], "supervisor"),
        ("agent", "agent"),
        ("supervisor", "supervisor"),
        ([[], 7, None, "agent"], "agent"),
    ],
)
def test_the_groups_say_the_role_and_the_higher_one_counts(issuer, token, groups, role):
    assert issuer.who(token(groups=groups)).role == role


@pytest.mark.parametrize(
    "groups", [None, [], ["staff"], "agents", ["Agent"], "agent supervisor", {"agent": 1}, 7, True]
)
def test_who_is_in_no_group_of_ours_is_told_so(issuer, token, groups):
    with pytest.raises(Forbidden, match="neither of the groups agent and supervisor"):
        issuer.who(token(groups=groups))


def test_the_groups_may_be_called_otherwise(provider, token):
    issuer = Issuer(Expected(provider.url, CLIENT, "cognito:groups", "helpers", "chiefs"))

    assert issuer.who(token(**{"cognito:groups": ["chiefs"]})).role == "supervisor"
    with pytest.raises(Forbidden, match="helpers and chiefs"):
        issuer.who(token())


def test_an_agent_is_the_same_at_every_sign_in_whatever_they_are_called(issuer, token):
    first, second, other = (issuer.who(token(**said)) for said in ({}, {"name": "Anna"}, {"sub": "ben-2"}))

    assert first.id == second.id != other.id
    assert "ann" not in first.id


def test_the_same_subject_of_another_issuer_is_somebody_else(issuer, token):
    with Provider() as elsewhere:
        other = Issuer(Expected(elsewhere.url, CLIENT)).who(making.token(making.claims(elsewhere.url)))

    assert other.id != issuer.who(token()).id


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "Ann Lee"}, "Ann Lee"),
        ({"name": None, "given_name": "Ann"}, "Ann"),
        ({"name": " ", "preferred_username": "ann"}, "ann"),
        ({"name": None, "email": "ann.lee@example.com"}, "ann.lee"),
        ({"name": "ann.lee@example.com"}, "ann.lee"),
        ({"name": 7, "email": "@example.com"}, "Agent"),
        ({"name": None}, "Agent"),
        ({"name": "A\u202enn\x00\n"}, "A nn"),
        ({"name": "A" * 500}, "A" * 79 + "…"),
        ({"name": "\u200b\u2060", "nickname": "ann"}, "ann"),
        ({"name": "\u3164\ufe0f\U000e0041"}, "Agent"),
        ({"name": "\u200e.\u200f"}, "Agent"),
        ({"name": "李娜"}, "李娜"),
        ({"name": "7"}, "7"),
        ({"name": "A\ud800"}, "A\ufffd"),
    ],
)
def test_a_name_is_one_short_line_and_no_address(issuer, token, said, name):
    assert issuer.who(token(**said)).name == name


@pytest.mark.parametrize(
    "other",
    [
        lambda r, s: r + b"\0" + s,
        lambda r, s: r.lstrip(b"\0") + s[1:],
        lambda r, s: encode_dss_signature(int.from_bytes(r), int.from_bytes(s)),
        lambda r, s: bytes(64),
        lambda r, s: b"",
    ],
)
def test_a_signature_of_a_curve_is_written_in_one_way(issuer, provider, because, token, other):
    provider.keys = [jwk(ec_key())]
    good = token(ec_key(), "ES256")
    message, _, signature = good.rpartition(".")
    raw = base64.urlsafe_b64decode(f"{signature}==")

    assert issuer.who(good).name == "Ann"
    because(f"{message}.{text(other(raw[:32], raw[32:]))}", "signature")


def test_a_nonce_is_that_of_the_sign_in(issuer, token):
    assert issuer.who(token(nonce="n1"), nonce="n1").name == "Ann"
    for other in (token(nonce="n2"), token(), token(nonce=["n1"])):
        with pytest.raises(NotSignedIn):
            issuer.who(other, nonce="n1")


def test_logs_hold_nothing_of_a_token(issuer, token, caplog):
    caplog.set_level(logging.DEBUG)
    tokens = [token(), token(exp=1), token(rsa_key("another")), token(aud="Marked"), token(header={"kid": "Marked"})]
    for one in tokens:
        with contextlib.suppress(NotSignedIn):
            issuer.who(one)

    assert not [part for one in tokens for part in one.split(".") if part in caplog.text]
    assert not any(word in caplog.text for word in ("Ann", "ann-1", "Marked"))


def test_infinity_is_no_time(because, provider):
    said = json.dumps(making.claims(provider.url, exp=1)).replace('"exp": 1', '"exp": 1e999')

    assert math.isinf(json.loads(said)["exp"])
    because(making.token(said.encode()), "times")


def test_the_keys_are_asked_for_once(issuer, provider, token):
    for _ in range(5):
        issuer.who(token())

    assert provider.count(KEYS) == 1
