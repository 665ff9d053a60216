"""What is wrong with a request is told by a 4xx that names it, and nothing is half done."""

import json
import math
import time
from typing import Any

import pytest

from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.people import CHAT, Visitor

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture(autouse=True)
def somebody_wrote(vera: Visitor) -> None:
    vera.says("Hello")


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "[]",
        "null",
        "1",
        '"text"',
        "\x00",
        DEEP,
        '{"reason":' + DEEP + "}",
        '{"reason": NaN}',
        '{"reason": Infinity}',
        '{"reason": ' + "9" * 5000 + "}",
        '{"reason": 1}',
        '{"reason": "a", "reason": 1}',
        '{"resaon": "a typing error"}',
        '{"\\ud800": 1}',
        '{"\ud800": 1}',
        '{"reason": "' + "a" * 201 + '"}',
        '{"until": "soon"}',
        '{"until": "2999-01-01T00:00:00"}',
        '{"until": "1999-01-01T00:00:00Z"}',
        '{"until": "9999-12-31T23:59:59-23:59"}',
        '{"until": "0001-01-01T00:00:00+23:59"}',
        '{"until": 1e308}',
        '{"until": "\\ud800"}',
        b"\xff\xfe\xfd",
        b"\x80{}",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_a_body_that_cannot_be_understood_changes_nothing(
    api: Api, vera: Visitor, ann: str, desk: Desk, raw: str | bytes
):
    before = desk.store.load(vera.session)

    answer = api.post(f"{vera.path}/pause", raw=raw, token=ann)

    assert answer.said == (400, "Malformed")
    assert len(answer.json["Message"]) <= 300
    assert desk.store.load(vera.session) == before


@pytest.mark.parametrize("raw", [None, "", " \n", "{}", b"", b"{}"])
def test_an_empty_body_is_an_empty_object(api: Api, vera: Visitor, ann: str, raw: str | bytes | None):
    assert api.post(f"{vera.path}/pause", raw=raw, token=ann).status == 200


@pytest.mark.parametrize(("raw", "status"), [("e30=", 200), ("e", 400), ("é", 400), ("/w==", 400)])
def test_a_body_may_come_in_base64(api: Api, vera: Visitor, ann: str, raw: str, status: int):
    assert api.post(f"{vera.path}/pause", raw=raw, base64=True, token=ann).status == status


def test_a_lone_surrogate_in_a_text_is_replaced(api: Api, vera: Visitor, ann: str):
    answer = api.post(f"{vera.path}/message", raw='{"text": "a\\ud800b\\u0000c"}', token=ann)

    assert answer.json["entry"]["content"]["text"] == "a\ufffdb\x00c"
    assert vera.reads().json["entries"][-1]["content"]["text"] == "a\ufffdb\x00c"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "  \n"},
        {"text": None},
        {"text": "a", "content": {"type": "text", "text": "a"}},
        {"text": ["a"]},
        {"content": {"type": "text", "text": ""}},
        {"content": {"type": "text", "text": "a", "more": 1}},
        {"content": {"text": "a"}},
        {"content": {"type": "poem", "text": "a"}},
        {"content": {"type": "unsupported", "raw": {"a": 1}}},
        {"content": {"type": "unsupported", "raw": "\ud800"}},
        {"content": {"type": "unsupported", "raw": 10**400}},
        {"content": {"type": "unsupported", "raw": math.inf}},
        {"content": {"type": "pause", "trigger": "agent"}},
        {"content": {"type": "image", "url": "javascript:alert(1)"}},
        {"content": {"type": "image", "url": "https://x/" + "a" * 4000}},
        {"content": {"type": "location", "lat": 91, "long": 0}},
        {"content": {"type": "location", "lat": "north", "long": 0}},
        {"content": {"type": "buttons", "text": "a", "buttons": []}},
        {"content": {"type": "cards", "cards": [{"title": "a"}] * 11}},
        {"id": "", "text": "a"},
        {"id": "a b", "text": "a"},
        {"id": "a\n", "text": "a"},
        {"id": "é", "text": "a"},
        {"id": "\ud800", "text": "a"},
        {"id": "a" * 101, "text": "a"},
        {"id": 7, "text": "a"},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_a_message_that_makes_no_sense_is_refused_from_anybody(api: Api, vera: Visitor, ann: str, body: dict[str, Any]):
    assert api.post(f"{vera.path}/message", body, token=ann).said == (400, "Malformed")
    assert vera.post("messages", {"id": "m2", **body}).said == (400, "Malformed")


@pytest.mark.parametrize("kind", ["buttons", "quick_replies", "cards"])
def test_a_visitor_cannot_send_what_only_our_side_sends(vera: Visitor, kind: str):
    button = {"type": "postback", "title": "Yes", "payload": "YES"}
    contents = {
        "buttons": {"text": "a", "buttons": [button]},
        "quick_replies": {"text": "a", "replies": [{"title": "Yes", "payload": "YES"}]},
        "cards": {"cards": [{"title": "a"}]},
    }

    answer = vera.post("messages", {"id": "m2", "content": {"type": kind, **contents[kind]}})

    assert answer.said == (400, "Malformed")


def test_a_visitors_message_needs_an_id(vera: Visitor):
    answer = vera.post("messages", {"text": "Hello"})

    assert answer.said == (400, "Malformed")
    assert answer.json["Message"].startswith("id:")


@pytest.mark.parametrize(
    "body",
    [{}, {"id": "p"}, {"id": "p", "payload": ""}, {"id": "p", "payload": "a" * 1001}, {"id": "p", "payload": None}],
)
def test_a_postback_needs_an_id_and_a_payload(vera: Visitor, body: dict[str, Any]):
    assert vera.post("postback", body).said == (400, "Malformed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seq": -1},
        {"seq": 10**13},
        {"seq": 1.5},
        {"seq": None},
        {"seq": "x"},
        {"seq": "1"},
        {"seq": True},
        {"seq": 10**400},
    ],
)
def test_a_number_read_up_to_must_be_one(api: Api, vera: Visitor, ann: str, body: dict[str, Any]):
    assert api.post(f"{vera.path}/read", body, token=ann).said == (400, "Malformed")
    assert vera.post("read", body).said == (400, "Malformed")


@pytest.mark.parametrize("kind", [int, float, str])
def test_an_end_is_no_bare_number(api: Api, vera: Visitor, ann: str, kind: type):
    in_an_hour = int(time.time()) + 3600

    assert api.post(f"{vera.path}/pause", {"until": kind(in_an_hour)}, token=ann).said == (400, "Malformed")


@pytest.mark.parametrize("force", ["false", "yes", 0, None])
def test_force_is_true_or_false_and_nothing_that_might_mean_it(api: Api, vera: Visitor, sue: str, force: Any):
    assert api.post(f"{vera.path}/claim", {"force": force}, token=sue).said == (400, "Malformed")


def test_a_text_of_20_000_characters_is_taken_and_a_longer_one_is_too_large(api: Api, vera: Visitor, ann: str):
    longest = "ä" * 20_000

    assert api.post(f"{vera.path}/message", {"text": longest}, token=ann).status == 200
    assert vera.says(longest, "m2").status == 200
    assert api.post(f"{vera.path}/message", {"text": longest + "a"}, token=ann).said == (413, "TooLarge")
    assert api.post(f"{vera.path}/note", {"text": longest + "a"}, token=ann).said == (413, "TooLarge")
    assert vera.says(longest + "a", "m3").said == (413, "TooLarge")


def test_a_message_too_large_in_all_is_refused_though_each_part_fits(api: Api, vera: Visitor, ann: str):
    card = {"title": "a", "image_url": "https://x/" + "a" * 3900}
    cards = [{**card, "buttons": [{"type": "link", "title": "a", "url": card["image_url"]}] * 3}] * 10

    answer = api.post(f"{vera.path}/message", {"content": {"type": "cards", "cards": cards}}, token=ann)

    assert answer.said == (413, "TooLarge")


def test_a_text_of_three_bytes_a_character_may_be_too_large_before_20_000(vera: Visitor):
    answer = vera.says("\U0001f600" * 20_000, "m2")

    assert answer.said == (413, "TooLarge")


@pytest.mark.parametrize("path", [f"{CHAT}/visitors", f"{CHAT}/messages", f"{CHAT}/human", "pause", "unpause", "note"])
def test_a_request_over_256_kb_is_too_large_before_it_is_read(api: Api, vera: Visitor, ann: str, path: str):
    token = vera.token if path.startswith("/") else ann
    where = path if path.startswith("/") else f"{vera.path}/{path}"

    assert api.post(where, raw=" " * (256 * 1024 + 1), token=token).said == (413, "TooLarge")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json", "application/jsonp"])
def test_a_body_of_another_type_is_refused(api: Api, vera: Visitor, ann: str, kind: str):
    answer = api.post(f"{vera.path}/pause", {}, token=ann, headers={"Content-Type": kind})

    assert answer.said == (415, "UnsupportedMediaType")


def test_a_charset_may_be_named(api: Api, vera: Visitor, ann: str):
    headers = {"Content-Type": "application/json; charset=utf-8"}

    assert api.post(f"{vera.path}/pause", {}, token=ann, headers=headers).status == 200


def test_an_error_names_the_place(api: Api, vera: Visitor, ann: str):
    content = {"type": "buttons", "text": "a", "buttons": [{"type": "postback", "title": "", "payload": "YES"}]}

    answer = api.post(f"{vera.path}/message", {"content": content}, token=ann)

    assert answer.json["Message"].startswith("content.buttons.buttons.0.postback.title:")
