"""The webhook of Messenger through the app: who may call it, and that all which is signed is kept before it is answered."""

import base64
import hashlib
import hmac
import json
import logging
from typing import Any

import pytest

from chalicelib import wiring
from tests.alerts.receiver import Receiver, status
from tests.channels.deliveries import SESSION, delivery, entry, said
from tests.channels.test_messenger_webhook import EMPTY, EMPTY_SIGNED, ESCAPED, ESCAPED_SIGNED
from tests.handlers.api import Api
from tests.handlers.conftest import Settings
from tests.handlers.meta import (
    APP_SECRET,
    OLDER_SECRET,
    SIGNATURE,
    VERIFY_TOKEN,
    Meta,
    RecordingInbox,
    signature,
)
from tests.handlers.table import WEBHOOK

MIB = 1024 * 1024
RIGHT = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


def texts() -> list[str]:
    return [entry.said for entry in wiring.desk().store.entries(SESSION, limit=500)]


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in RIGHT.items() if key != name}


# 6.1 verification


@pytest.mark.parametrize("wanted", ["1158201444", "0", "a-b_c.D", "x" * 256])
def test_messenger_6_1_the_challenge_comes_back_byte_for_byte_as_plain_text(meta: Meta, wanted: str):
    answer = meta.verifies(RIGHT | {"hub.challenge": wanted})

    assert (answer.status, answer.text, answer.encoded) == (200, wanted, False)
    assert answer.headers["content-type"].partition(";")[0] == "text/plain"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    [
        None,
        {},
        without("hub.mode"),
        without("hub.verify_token"),
        without("hub.challenge"),
        RIGHT | {"hub.mode": "unsubscribe"},
        RIGHT | {"hub.verify_token": ""},
        RIGHT | {"hub.verify_token": VERIFY_TOKEN.upper()},
        RIGHT | {"hub.verify_token": f"{VERIFY_TOKEN}\n"},
        RIGHT | {"hub.verify_token": "ä\ud800"},
        RIGHT | {"hub.challenge": ""},
        RIGHT | {"hub.challenge": "<script>alert(1)</script>"},
        RIGHT | {"hub.challenge": "1\n"},
        RIGHT | {"hub.challenge": "1" * 257},
        {name: [value, "x"] for name, value in RIGHT.items()},
    ],
    ids=repr,
)
def test_messenger_6_1_any_other_verification_is_refused(meta: Meta, query: Any):
    answer = meta.verifies(query)

    assert answer.said == (403, "Forbidden")
    assert answer.headers["content-type"] == "application/json"
    assert "<script>" not in answer.text


@pytest.mark.parametrize("token", [None, ""])
def test_messenger_6_1_without_a_verify_token_of_ours_everything_is_refused(
    meta: Meta, settings: Settings, token: str | None
):
    settings(MESSENGER_VERIFY_TOKEN=token)

    for given in ("", "None", VERIFY_TOKEN):
        assert meta.verifies(RIGHT | {"hub.verify_token": given}).said == (403, "Forbidden")


# 6.2 signature


@pytest.mark.parametrize(("body", "given"), [(EMPTY, EMPTY_SIGNED), (ESCAPED, ESCAPED_SIGNED)])
@pytest.mark.parametrize("encoded", [True, False], ids=["base64", "plain"])
def test_messenger_6_2_both_vectors_are_accepted_also_in_a_gateways_base64(
    meta: Meta, inbox: RecordingInbox, body: bytes, given: str, encoded: bool
):
    sent: Any = base64.b64encode(body).decode() if encoded else body.decode()

    answer = meta.posts(sent, given, base64=encoded)

    assert (answer.status, answer.text) == (200, "EVENT_RECEIVED")
    assert len(inbox.deliveries) == 1


def test_messenger_6_2_what_was_signed_is_what_is_read(meta: Meta):
    meta.posts(ESCAPED, ESCAPED_SIGNED)

    assert texts() == ["naïve 🚀 5% a@b.example https://b.example/x"]


@pytest.mark.parametrize("secret", [APP_SECRET, OLDER_SECRET])
def test_messenger_6_2_each_secret_of_the_list_is_accepted(meta: Meta, inbox: RecordingInbox, secret: str):
    assert meta.posts(ESCAPED, signature(ESCAPED, secret)).status == 200


@pytest.mark.parametrize("name", ["x-hub-signature-256", "X-HUB-SIGNATURE-256"])
def test_messenger_6_2_the_headers_name_may_be_in_any_case(api: Api, inbox: RecordingInbox, name: str):
    assert api.post(WEBHOOK, raw=ESCAPED, headers={name: ESCAPED_SIGNED}).status == 200


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain", "", "é"])
def test_messenger_6_2_the_type_of_a_signed_body_does_not_matter(meta: Meta, inbox: RecordingInbox, kind: str):
    assert meta.posts(ESCAPED, headers={"Content-Type": kind}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SIGNATURE: ""},
        {SIGNATURE: "sha256="},
        {SIGNATURE: ESCAPED_SIGNED.removeprefix("sha256=")},
        {SIGNATURE: ESCAPED_SIGNED.upper()},
        {SIGNATURE: ESCAPED_SIGNED.replace("cecf", "CECF")},
        {SIGNATURE: ESCAPED_SIGNED[:-1]},
        {SIGNATURE: f"{ESCAPED_SIGNED}0"},
        {SIGNATURE: f"{ESCAPED_SIGNED}\n"},
        {SIGNATURE: f" {ESCAPED_SIGNED}"},
        {SIGNATURE: ESCAPED_SIGNED.replace("c", "é")},
        {SIGNATURE: ESCAPED_SIGNED.replace("0", "\u0660")},
        {SIGNATURE: ESCAPED_SIGNED.replace("0", "\ud800")},
        {SIGNATURE: EMPTY_SIGNED},
        {SIGNATURE: signature(ESCAPED, "another-secret")},
        {SIGNATURE: signature(ESCAPED, VERIFY_TOKEN)},
        {SIGNATURE: signature(ESCAPED, "")},
        {SIGNATURE: signature(json.dumps(json.loads(ESCAPED)).encode())},
        {SIGNATURE: signature(json.dumps(json.loads(ESCAPED), separators=(",", ":")).encode())},
        {SIGNATURE: "sha1=" + hmac.new(APP_SECRET.encode(), ESCAPED, hashlib.sha1).hexdigest()},
        {"X-Hub-Signature": "sha1=" + hmac.new(APP_SECRET.encode(), ESCAPED, hashlib.sha1).hexdigest()},
        {"X-Hub-Signature": ESCAPED_SIGNED},
        {"é": ESCAPED_SIGNED},
    ],
    ids=repr,
)
def test_messenger_6_2_any_other_signature_is_refused(api: Api, inbox: RecordingInbox, headers: dict[str, str]):
    answer = api.post(WEBHOOK, raw=ESCAPED, headers=headers)

    assert answer.said == (403, "Forbidden")
    assert inbox.deliveries == []


@pytest.mark.parametrize(
    "again", [json.dumps(json.loads(ESCAPED)), json.dumps(json.loads(ESCAPED), separators=(",", ":"))]
)
def test_messenger_6_2_a_body_that_was_written_anew_on_its_way_is_refused(
    meta: Meta, inbox: RecordingInbox, again: str
):
    assert meta.posts(again.encode(), ESCAPED_SIGNED).said == (403, "Forbidden")
    assert inbox.deliveries == []


@pytest.mark.parametrize("body", ["é", "e", "/w=", "\ud800"])
def test_messenger_6_2_what_is_no_base64_is_not_signed(api: Api, inbox: RecordingInbox, body: str):
    headers = {SIGNATURE: EMPTY_SIGNED}

    assert api.post(WEBHOOK, raw=body, base64=True, headers=headers).said == (403, "Forbidden")


def test_messenger_6_2_without_a_secret_everything_is_refused(meta: Meta, settings: Settings):
    settings(MESSENGER_APP_SECRETS=None, MESSENGER_PAGES=None)

    for secret in ("", "None", APP_SECRET):
        assert meta.posts(ESCAPED, signature(ESCAPED, secret)).said == (403, "Forbidden")


def test_messenger_6_2_a_body_over_one_mib_is_refused_before_it_is_hashed(meta: Meta, inbox: RecordingInbox):
    padded = b" " * (MIB - len(EMPTY)) + EMPTY

    assert meta.posts(padded).status == 200
    assert meta.posts(padded + b" ").said == (413, "TooLarge")
    assert meta.posts(padded + b" ", "no signature at all").said == (413, "TooLarge")
    assert len(inbox.deliveries) == 1


def test_messenger_6_2_what_is_refused_leaves_no_word_in_the_log(
    meta: Meta, inbox: RecordingInbox, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    meta.posts(ESCAPED, EMPTY_SIGNED)

    assert caplog.records == []


# 6.3 what it talks to


def test_messenger_6_3_all_of_a_delivery_is_in_the_inbox_before_the_answer_and_nowhere_else(
    meta: Meta, inbox: RecordingInbox, settings: Settings
):
    with Receiver(status("500 Broken")) as graph:
        settings(GRAPH_URL=f"http://127.0.0.1:{graph.port}")
        wiring.desk().inbox = inbox
        meta.tells(said("Hi"), said("You there?", mid="m_2"))

    (given,) = inbox.deliveries
    assert [happening.id for happening in given.happenings] == ["in:m_1", "in:m_2"]
    assert (given.channel, given.unread) == ("messenger", [])
    assert wiring.desk().store.load(SESSION) is None
    assert graph.requests == []


def test_messenger_6_3_the_bot_hears_of_it_without_a_call_to_the_platform(meta: Meta, settings: Settings):
    with Receiver(status("500 Broken")) as graph:
        settings(GRAPH_URL=f"http://127.0.0.1:{graph.port}")
        meta.tells(said("Hi"))

    assert texts() == ["Hi"]
    assert graph.requests == []


def test_messenger_6_3_what_was_not_kept_is_answered_with_503_so_that_it_comes_again(meta: Meta, inbox: RecordingInbox):
    inbox.busy = True

    answer = meta.delivers(delivery(entry(said("Hi"))))
    inbox.busy = False
    again = meta.delivers(delivery(entry(said("Hi"))))

    assert (answer.said, again.status) == ((503, "StoreBusy"), 200)
    assert len(inbox.deliveries) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"object": "page", "entry": 7}', b'"' + b"a" * 9_000],
)
def test_messenger_6_3_whatever_else_is_signed_is_taken_whatever_it_is(meta: Meta, body: bytes):
    assert meta.posts(body).status == 200


def test_messenger_6_3_what_cannot_be_parsed_is_parked_with_size_and_hash_alone_in_the_log(
    meta: Meta, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    body = b'{"object": "page", "entry": [{"secret words of a user'

    answers = [meta.posts(body).status for _ in range(2)]

    assert answers == [200, 200]
    (kept,) = wiring.desk().store.parked(limit=100).items
    assert body.decode() in json.loads(kept.body)["delivery"]
    lines = [record.getMessage() for record in caplog.records]
    assert any(kept.id in line and str(len(kept.body)) in line for line in lines)
    assert not any("secret" in line for line in lines)
