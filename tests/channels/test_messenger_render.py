"""How our content is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.channels.messenger_render import render
from chalicelib.channels.messenger_text import units
from chalicelib.model.content import (
    Audio,
    Buttons,
    Card,
    Cards,
    ContentAdapter,
    File,
    Image,
    Link,
    Location,
    Postback,
    QuickReplies,
    QuickReply,
    Text,
    Unsupported,
    Video,
)

CLOSE = Postback("Close", "CLOSE")


def template(part):
    assert part["attachment"]["type"] == "template"
    return part["attachment"]["payload"]


def test_a_text_is_a_text():
    assert render(Text("Hello", payload="HELLO")) == [{"text": "Hello"}]


def test_a_long_text_is_several():
    assert render(Text("a" * 3000)) == [{"text": "a" * 1999}, {"text": "a" * 1001}]


@pytest.mark.parametrize(("form", "kind"), [(Image, "image"), (Audio, "audio"), (Video, "video"), (File, "file")])
def test_media_is_sent_by_its_address_after_its_caption(form, kind):
    media = {"attachment": {"type": kind, "payload": {"url": "https://files.example/a"}}}

    assert render(form("https://files.example/a")) == [media]
    assert render(form("https://files.example/a", "Look")) == [{"text": "Look"}, media]


def test_a_place_is_a_link_to_a_map():
    assert render(Location(48.85, 2.35, "Paris")) == [{"text": "Paris\nhttps://www.google.com/maps?q=48.85,2.35"}]


def test_what_has_no_form_is_a_sentence():
    assert render(Unsupported({"a": 1})) == [{"text": "[This message cannot be shown here.]"}]


def test_buttons_are_a_template():
    [part] = render(Buttons("Close this chat?", [CLOSE, Link("Read more", "https://a.example/")]))

    assert template(part) == {
        "template_type": "button",
        "text": "Close this chat?",
        "buttons": [
            {"type": "postback", "title": "Close", "payload": "CLOSE"},
            {"type": "web_url", "title": "Read more", "url": "https://a.example/"},
        ],
    }


def test_more_than_three_buttons_are_several_templates():
    buttons = [Postback(f"Choice {number}", f"C{number}") for number in range(7)]

    shown = [template(part) for part in render(Buttons("Choose", buttons))]

    assert [one["text"] for one in shown] == ["Choose", "More:", "More:"]
    assert [button["payload"] for one in shown for button in one["buttons"]] == [f"C{number}" for number in range(7)]
    assert [len(one["buttons"]) for one in shown] == [3, 3, 1]


@pytest.mark.parametrize("end", ["", " ", "\n\n", " " * 3000])
def test_a_text_too_long_for_buttons_goes_before_them(end):
    words = "word " * 600 + "end."

    *before, last = render(Buttons(words + end, [CLOSE]))

    assert " ".join([*(part["text"] for part in before), template(last)["text"]]).split() == words.split()
    assert len(template(last)["text"]) <= 640


@pytest.mark.parametrize(("title", "shown"), [("x" * 20, "x" * 20), ("x" * 21, "x" * 19 + "…")])
def test_the_title_of_a_button_is_clipped(title, shown):
    [part] = render(Buttons("Choose", [Postback(title, "A")]))

    assert template(part)["buttons"][0]["title"] == shown


def test_buttons_whose_payload_has_no_room_are_numbered():
    long = Postback("A longer title than buttons have", "ä" * 501)

    assert render(Buttons("Choose", [long, Link("Read more", "https://a.example/")])) == [
        {"text": "Choose\n1. A longer title than buttons have\n2. Read more: https://a.example/"}
    ]


def test_quick_replies_stand_below_the_last_text():
    replies = [QuickReply("Person", "HUMAN_PLEASE"), QuickReply("x" * 21, "X")]

    assert render(QuickReplies("a" * 2000, replies)) == [
        {"text": "a" * 1999},
        {
            "text": "a",
            "quick_replies": [
                {"content_type": "text", "title": "Person", "payload": "HUMAN_PLEASE"},
                {"content_type": "text", "title": "x" * 19 + "…", "payload": "X"},
            ],
        },
    ]


def test_quick_replies_whose_payload_has_no_room_are_numbered():
    assert render(QuickReplies("Choose", [QuickReply("One", "ä" * 501), QuickReply("Two", "2")])) == [
        {"text": "Choose\n1. One\n2. Two"}
    ]


def test_cards_are_one_template():
    cards = [Card("x" * 81, "y" * 81, "https://files.example/a", [CLOSE]), Card("Lamp", "40 EUR")]

    [part] = render(Cards(cards))

    assert template(part) == {
        "template_type": "generic",
        "elements": [
            {
                "title": "x" * 79 + "…",
                "subtitle": "y" * 79 + "…",
                "image_url": "https://files.example/a",
                "buttons": [{"type": "postback", "title": "Close", "payload": "CLOSE"}],
            },
            {"title": "Lamp", "subtitle": "40 EUR"},
        ],
    }


def test_cards_that_no_template_takes_stand_as_text_in_their_place():
    bare, long = Card("Lamp"), Card("Long", "Sub", None, [Postback("Buy", "ä" * 501)])

    parts = render(Cards([Card("A", "a"), bare, long, Card("B", "b"), Card("C", "c")]))

    assert [len(template(part)["elements"]) for part in (parts[0], parts[3])] == [1, 2]
    assert parts[1:3] == [{"text": "Lamp"}, {"text": "Long\nSub\n1. Buy"}]


WORDS = st.text(st.sampled_from("ab .\n\u00e4\U0001f44d"), min_size=1, max_size=200)
URLS = st.just("https://a.example/")
BUTTONS = st.builds(Postback, WORDS, WORDS.map(lambda payload: payload * 5)) | st.builds(Link, WORDS, URLS)
CARDS = st.builds(Card, WORDS, st.none() | WORDS, st.none() | URLS, st.lists(BUTTONS, max_size=3))
REPLIES = st.builds(QuickReply, WORDS, WORDS)
LONG = WORDS.map(lambda words: words * 20)
CONTENTS = st.one_of(
    st.builds(Text, LONG),
    st.builds(Image, URLS, st.none() | LONG.map(lambda words: words[:2000])),
    st.builds(Buttons, LONG, st.lists(BUTTONS, min_size=1, max_size=10)),
    st.builds(QuickReplies, LONG, st.lists(REPLIES, min_size=1, max_size=13)),
    st.builds(Cards, st.lists(CARDS, min_size=1, max_size=10)),
)


@settings(max_examples=150, deadline=None)
@given(CONTENTS)
def test_whatever_we_say_is_shown_within_the_limits(content):
    parts = render(content)

    assert parts == render(ContentAdapter.validate_json(ContentAdapter.dump_json(content)))
    assert parts
    for part in parts:
        assert units(part.get("text", "")) < 2000
        payload = part.get("attachment", {}).get("payload", {})
        assert units(payload.get("text", "")) <= 640
        for button in [*payload.get("buttons", []), *part.get("quick_replies", [])]:
            assert 0 < units(button["title"]) <= 20
            assert len(button.get("payload", "").encode()) <= 1000
