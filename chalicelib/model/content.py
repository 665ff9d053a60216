"""What a message can hold: one typed union for every channel.

The classes take their fields by position too, so that a bot reads like prose:
`Buttons("Bot paused.", [Postback("Cancel request", "HITL_STOP")])`.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter
from pydantic.dataclasses import dataclass

from chalicelib.model.text import Text as Str

_strict = ConfigDict(extra="forbid")
Title = Annotated[Str, Field(min_length=1, max_length=200)]
Payload = Annotated[Str, Field(min_length=1, max_length=1000)]
Url = Annotated[Str, Field(min_length=1, max_length=4000, pattern=r"^https?://")]
Caption = Annotated[Str, Field(max_length=2000)]


@dataclass(frozen=True, config=_strict)
class Text:
    """Plain text; `payload` is set when it came from a pressed button or quick reply, whose title is the text."""

    text: Annotated[Str, Field(min_length=1)]
    payload: Payload | None = None
    type: Literal["text"] = "text"


@dataclass(frozen=True, config=_strict)
class Image:
    url: Url
    text: Caption | None = None
    type: Literal["image"] = "image"


@dataclass(frozen=True, config=_strict)
class Audio:
    url: Url
    text: Caption | None = None
    type: Literal["audio"] = "audio"


@dataclass(frozen=True, config=_strict)
class Video:
    url: Url
    text: Caption | None = None
    type: Literal["video"] = "video"


@dataclass(frozen=True, config=_strict)
class File:
    url: Url
    text: Caption | None = None
    type: Literal["file"] = "file"


@dataclass(frozen=True, config=_strict)
class Location:
    """Degrees, WGS 84."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    long: Annotated[float, Field(ge=-180, le=180)]
    text: Caption | None = None
    type: Literal["location"] = "location"


@dataclass(frozen=True, config=_strict)
class Postback:
    """A button that sends its payload back to the bot."""

    title: Title
    payload: Payload
    type: Literal["postback"] = "postback"


@dataclass(frozen=True, config=_strict)
class Link:
    """A button that opens a page."""

    title: Title
    url: Url
    type: Literal["link"] = "link"


Button = Annotated[Postback | Link, Field(discriminator="type")]


@dataclass(frozen=True, config=_strict)
class Buttons:
    """Text with one to ten buttons below it, which stay."""

    text: Annotated[Str, Field(min_length=1)]
    buttons: Annotated[list[Button], Field(min_length=1, max_length=10)]
    type: Literal["buttons"] = "buttons"


@dataclass(frozen=True, config=_strict)
class QuickReply:
    title: Title
    payload: Payload


@dataclass(frozen=True, config=_strict)
class QuickReplies:
    """Text with one to thirteen suggestions, gone once the user has answered (thirteen is Messenger's limit)."""

    text: Annotated[Str, Field(min_length=1)]
    replies: Annotated[list[QuickReply], Field(min_length=1, max_length=13)]
    type: Literal["quick_replies"] = "quick_replies"


@dataclass(frozen=True, config=_strict)
class Card:
    title: Title
    subtitle: Title | None = None
    image_url: Url | None = None
    buttons: Annotated[list[Button], Field(max_length=3)] = Field(default_factory=list)


@dataclass(frozen=True, config=_strict)
class Cards:
    cards: Annotated[list[Card], Field(min_length=1, max_length=10)]
    type: Literal["cards"] = "cards"


@dataclass(frozen=True, config=_strict)
class Unsupported:
    """Something a channel delivered that we have no form for; only this kind keeps the raw payload."""

    raw: JsonValue = None
    type: Literal["unsupported"] = "unsupported"


Content = Annotated[
    Text | Image | Audio | Video | File | Location | Buttons | QuickReplies | Cards | Unsupported,
    Field(discriminator="type"),
]
ContentAdapter: TypeAdapter[Content] = TypeAdapter(Content, config=ConfigDict(defer_build=True))


def said(content: Content) -> str:
    """The content in plain words, for previews and for a bot's patterns; never empty."""
    text = getattr(content, "text", None)
    if text:
        return str(text)
    if isinstance(content, Cards):
        return ", ".join(card.title for card in content.cards)
    return f"[{content.type}]"


def heard(content: Content) -> str:
    """What a bot matches against: the payload of a pressed button or quick reply, else the text, else nothing."""
    if isinstance(content, Text) and content.payload:
        return content.payload
    return getattr(content, "text", None) or ""


def media_urls(content: object) -> list[str | None]:
    """The addresses of the content's pictures and attachments, in order; of cards one each, None where it has none."""
    if isinstance(content, Image | Audio | Video | File):
        return [content.url]
    if isinstance(content, Cards):
        return [card.image_url for card in content.cards]
    return []
