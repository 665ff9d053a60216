"""Our content as messages of the Send API. What Messenger has no room for becomes text; nothing is left out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic import JsonValue

from chalicelib.channels.base import Part
from chalicelib.channels.messenger_text import clip, split
from chalicelib.model.content import (
    Audio,
    Button,
    Buttons,
    Card,
    Cards,
    Content,
    File,
    Image,
    Link,
    Location,
    QuickReplies,
    Text,
    Unsupported,
    Video,
)

TITLE_UNITS = 20
"""Of a button or a quick reply."""

TEMPLATE_UNITS = 640
"""Of the text above buttons."""

CARD_UNITS = 80
"""Of a card's title, and of its subtitle."""

PAYLOAD_BYTES = 1000

_BUTTONS = 3
_MORE = "More:"
_NOTHING = "[This message cannot be shown here.]"


def render(content: Content) -> list[Part]:
    """The content in calls of the Send API, never none; the same each time."""
    return list(_FORMS[type(content)](content))


def _text(text: str) -> Iterator[Part]:
    yield from ({"text": piece} for piece in split(text))


def _media(content: Image | Audio | Video | File) -> Iterator[Part]:
    """The caption first: a message holds a text or an attachment."""
    if content.text:
        yield from _text(content.text)
    yield {"attachment": {"type": content.type, "payload": {"url": content.url}}}


def _location(place: Location) -> Iterator[Part]:
    link = f"https://www.google.com/maps?q={place.lat},{place.long}"
    yield from _text(f"{place.text}\n{link}" if place.text else link)


def _buttons(content: Buttons) -> Iterator[Part]:
    if any(not _fits(button) for button in content.buttons):
        yield from _text("\n".join([content.text, *_numbered(content.buttons)]))
        return
    text = content.text.rstrip() or content.text
    *_, last = split(text, TEMPLATE_UNITS)
    if before := text.removesuffix(last).rstrip():
        yield from _text(before)
    for start in range(0, len(content.buttons), _BUTTONS):
        few = content.buttons[start : start + _BUTTONS]
        yield _template("button", text=_MORE if start else last, buttons=_called(few))


def _quick_replies(content: QuickReplies) -> Iterator[Part]:
    if any(_too_long(reply.payload) for reply in content.replies):
        titles = [f"{number}. {reply.title}" for number, reply in enumerate(content.replies, 1)]
        yield from _text("\n".join([content.text, *titles]))
        return
    *before, last = split(content.text)
    yield from ({"text": piece} for piece in before)
    replies: list[JsonValue] = [
        {"content_type": "text", "title": clip(reply.title, TITLE_UNITS), "payload": reply.payload}
        for reply in content.replies
    ]
    yield {"text": last, "quick_replies": replies}


def _cards(content: Cards) -> Iterator[Part]:
    """The cards in one template, except those that have too little or too much for it, which stand as text between."""
    for fitting, cards in groupby(content.cards, _is_card):
        if fitting:
            yield _template("generic", elements=[_element(card) for card in cards])
        else:
            yield from (part for card in cards for part in _text(_in_words(card)))


def _template(kind: str, **filled: JsonValue) -> Part:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **filled}}}


def _is_card(card: Card) -> bool:
    """Whether a template takes it: it needs a field beside its title."""
    has_more = bool(card.subtitle or card.image_url or card.buttons)
    return has_more and all(_fits(button) for button in card.buttons)


def _element(card: Card) -> dict[str, JsonValue]:
    element: dict[str, JsonValue] = {"title": clip(card.title, CARD_UNITS)}
    if card.subtitle:
        element["subtitle"] = clip(card.subtitle, CARD_UNITS)
    if card.image_url:
        element["image_url"] = card.image_url
    if card.buttons:
        element["buttons"] = _called(card.buttons)
    return element


def _in_words(card: Card) -> str:
    return "\n".join(filter(None, [card.title, card.subtitle, card.image_url, *_numbered(card.buttons)]))


def _called(buttons: Iterable[Button]) -> list[JsonValue]:
    return [_button(button) for button in buttons]


def _button(button: Button) -> dict[str, JsonValue]:
    title = clip(button.title, TITLE_UNITS)
    if isinstance(button, Link):
        return {"type": "web_url", "title": title, "url": button.url}
    return {"type": "postback", "title": title, "payload": button.payload}


def _numbered(buttons: Sequence[Button]) -> list[str]:
    return [
        f"{number}. {button.title}" + (f": {button.url}" if isinstance(button, Link) else "")
        for number, button in enumerate(buttons, 1)
    ]


def _fits(button: Button) -> bool:
    return isinstance(button, Link) or not _too_long(button.payload)


def _too_long(payload: str) -> bool:
    """A payload that was cut would mean nothing to a bot, so that the user had better write what they choose."""
    return len(payload.encode()) > PAYLOAD_BYTES


_FORMS: Mapping[type, Callable[[Any], Iterator[Part]]] = {
    Text: lambda content: _text(content.text),
    Image: _media,
    Audio: _media,
    Video: _media,
    File: _media,
    Location: _location,
    Buttons: _buttons,
    QuickReplies: _quick_replies,
    Cards: _cards,
    Unsupported: lambda _: _text(_NOTHING),
}
