"""Who may call the webhook."""

import base64
import hashlib
import hmac
import json

import pytest

from chalicelib.channels.messenger_webhook import challenge, is_signed

TOKEN = "a token of ours"
SECRET = "unit-test-secret"
EMPTY = b'{"object":"page","entry":[]}'
EMPTY_SIGNED = "sha256=7bc167c08645133eed0ea9432c88ed11eb9100e7be2192767d874d1714655047"
ESCAPED = (
    rb'{"object":"page","entry":[{"id":"1002003004","time":1790000000123,"messaging":[{"sender":{"id":"7007007007"},'
    rb'"recipient":{"id":"1002003004"},"timestamp":1790000000100,"message":{"mid":"m_t1","text":"na\u00efve '
    rb'\ud83d\ude80 5\u0025 a\u0040b.example https:\/\/b.example\/x"}}]}]}'
)
ESCAPED_SIGNED = "sha256=cecf5e030a79172440d3b225074dd3267ffbb6ecbef51c2e292e46831de0be66"


def asked(**changes):
    return {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"} | {
        f"hub.{name}": value for name, value in changes.items()
    }


# 6.1 verification


@pytest.mark.parametrize("wanted", ["1158201444", "0", "a-b_c.D", "x" * 256])
def test_the_right_token_gets_its_challenge_back_unchanged(wanted):
    assert challenge(asked(challenge=wanted), TOKEN) == wanted


@pytest.mark.parametrize("given", ["", "a token", "a token of ourS", f"{TOKEN}\n", "ä", "\ud800"])
def test_a_wrong_token_is_refused(given):
    assert challenge(asked(verify_token=given), TOKEN) is None


@pytest.mark.parametrize("wanted", ["", "<script>", "1\n", "1 2", '"1"', "x" * 257, "%31"])
def test_a_challenge_that_could_be_markup_is_refused(wanted):
    assert challenge(asked(challenge=wanted), TOKEN) is None


@pytest.mark.parametrize("mode", ["", "unsubscribe", "Subscribe"])
def test_another_mode_is_refused(mode):
    assert challenge(asked(mode=mode), TOKEN) is None


@pytest.mark.parametrize("missing", ["hub.mode", "hub.verify_token", "hub.challenge"])
def test_a_verification_that_lacks_something_is_refused(missing):
    query = asked()
    del query[missing]

    assert challenge(query, TOKEN) is None


@pytest.mark.parametrize("query", [None, {}])
def test_no_query_at_all_is_refused(query):
    assert challenge(query, TOKEN) is None


@pytest.mark.parametrize("unset", ["", None])
def test_without_a_token_of_ours_everything_is_refused(unset):
    assert challenge(asked(verify_token=""), unset) is None


# 6.2 signature


@pytest.mark.parametrize(("body", "signature"), [(EMPTY, EMPTY_SIGNED), (ESCAPED, ESCAPED_SIGNED)])
def test_a_body_signed_with_the_secret_is_accepted(body, signature):
    assert is_signed(body, signature, [SECRET])


def test_a_body_that_was_parsed_and_written_again_is_refused():
    for again in (json.dumps(json.loads(ESCAPED)), json.dumps(json.loads(ESCAPED), separators=(",", ":"))):
        assert not is_signed(again.encode(), ESCAPED_SIGNED, [SECRET])


def test_a_body_out_of_a_gateways_base64_is_accepted():
    assert is_signed(base64.b64decode(base64.b64encode(ESCAPED)), ESCAPED_SIGNED, [SECRET])


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        EMPTY_SIGNED.upper(),
        EMPTY_SIGNED.replace("sha256=7bc1", "sha256=7BC1"),
        EMPTY_SIGNED[:-1],
        EMPTY_SIGNED + "0",
        EMPTY_SIGNED + "\n",
        " " + EMPTY_SIGNED,
        EMPTY_SIGNED.removeprefix("sha256="),
        EMPTY_SIGNED.replace("7", "ä"),
        EMPTY_SIGNED.replace("7", "\ud800"),
        EMPTY_SIGNED.replace("7", "\u0667"),
        "sha1=" + hmac.new(SECRET.encode(), EMPTY, hashlib.sha1).hexdigest(),
        "sha256=" + hmac.new(SECRET.encode(), EMPTY, hashlib.sha1).hexdigest(),
        ESCAPED_SIGNED,
    ],
    ids=repr,
)
def test_any_other_signature_is_refused(signature):
    assert not is_signed(EMPTY, signature, [SECRET])


def test_another_secret_is_refused():
    assert not is_signed(EMPTY, EMPTY_SIGNED, ["another secret"])


def test_the_verify_token_is_no_key():
    signature = "sha256=" + hmac.new(TOKEN.encode(), EMPTY, hashlib.sha256).hexdigest()

    assert not is_signed(EMPTY, signature, [SECRET])


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_everything_is_refused(secrets):
    signature = "sha256=" + hmac.new(b"", EMPTY, hashlib.sha256).hexdigest()

    assert not is_signed(EMPTY, signature, secrets)


@pytest.mark.parametrize("secrets", [[SECRET, "an older one"], ["a newer one", SECRET], ["ä", "", SECRET]])
def test_each_secret_of_a_list_is_accepted(secrets):
    assert is_signed(EMPTY, EMPTY_SIGNED, secrets)
