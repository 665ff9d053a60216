"""What a message can hold, and how it reads in plain words."""

import pytest
from pydantic import ValidationError

from chalicelib.model.content import (
    Audio,
    Buttons,
    Card,
    Cards,
    Content,
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
    heard,
    said,
)

URL = "https://x.example/1"
EVERY: list[tuple[Content, str, str]] = [
    (Text("Hello"), "Hello", "Hello"),
    (Text("Cancel", payload="STOP"), "Cancel", "STOP"),
    (Image(URL), "[image]", ""),
    (Image(URL, "My cat"), "My cat", "My cat"),
    (Audio(URL), "[audio]", ""),
    (Video(URL), "[video]", ""),
    (File(URL), "[file]", ""),
    (Location(47.0, 15.4), "[location]", ""),
    (Buttons("Sure?", [Postback("Yes", "YES"), Link("Read", URL)]), "Sure?", "Sure?"),
    (QuickReplies("Size?", [QuickReply("S", "SMALL")]), "Size?", "Size?"),
    (Cards([Card("One"), Card("Two", buttons=[Postback("Buy", "BUY")])]), "One, Two", ""),
    (Unsupported({"reaction": "love"}), "[unsupported]", ""),
]


@pytest.mark.parametrize(("content", "words", "text"), EVERY)
def test_every_content_reads_as_words_and_as_what_a_bot_hears(content: Content, words: str, text: str):
    assert said(content) == words
    assert heard(content) == text


@pytest.mark.parametrize("content", [content for content, _, _ in EVERY])
def test_every_content_survives_json(content: Content):
    assert ContentAdapter.validate_json(ContentAdapter.dump_json(content)) == content


@pytest.mark.parametrize(
    "content",
    [
        {"type": "text", "text": ""},
        {"type": "text", "text": "x", "colour": "red"},
        {"type": "image", "url": "javascript:alert(1)"},
        {"type": "image", "url": "data:text/html,x"},
        {"type": "location", "lat": 91, "long": 0},
        {"type": "location", "lat": 0, "long": float("nan")},
        {"type": "buttons", "text": "x", "buttons": []},
        {"type": "buttons", "text": "x", "buttons": [{"type": "postback", "title": "t", "payload": "p"}] * 11},
        {"type": "buttons", "text": "x", "buttons": [{"type": "link", "title": "t", "url": "ftp://x"}]},
        {"type": "quick_replies", "text": "x", "replies": [{"title": "t", "payload": "p"}] * 14},
        {"type": "cards", "cards": []},
        {"type": "hologram"},
        {"text": "no type"},
    ],
    ids=str,
)
def test_what_is_no_content_is_refused(content: object):
    with pytest.raises(ValidationError):
        ContentAdapter.validate_python(content)


def test_a_lone_surrogate_becomes_a_replacement_character():
    assert Text("bad \ud83d end").text == "bad \ufffd end"
