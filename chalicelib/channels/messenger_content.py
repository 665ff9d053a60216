"""What a Messenger message holds, in our own forms; what has none keeps its raw payload, bounded."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from chalicelib.channels.messenger_keys import Json, items, mapping, moment, text
from chalicelib.model.content import Audio, Card, Cards, Content, File, Image, Location, Text, Unsupported, Video
from chalicelib.model.happening import MOST_PARTS
from chalicelib.model.text import TEXT_LIMIT, cut, well_formed

_RAW_LIMIT = 8 * 1024
"""Bytes of a raw payload as JSON: some fit an entry, and none is worth more."""

_RAW_DEPTH = 12
_PAYLOAD_LIMIT = 1000
_TITLE_LIMIT = 200
_URL_LIMIT = 4000
_CARDS = 10
_APPOINTMENTS_AHEAD = timedelta(days=3650)


def contents(message: Mapping[str, Json], now: datetime) -> list[Content]:
    """All that the message says, the text first; never empty, and of more than 30 parts the last only tells how many."""
    if message.get("is_unsupported") is True:
        return [Unsupported(raw(message))]
    words = text(message.get("text"))
    payload = mapping(message.get("quick_reply")).get("payload")
    found: list[Content] = [said] if (said := pressed(words, payload)) else []
    found += _attached([mapping(one) for one in items(message.get("attachments"))], words, now)
    if len(found) > MOST_PARTS:
        found[MOST_PARTS - 1 :] = [Text(f"… and {len(found) - MOST_PARTS + 1} more")]
    return found or [Unsupported(raw(message))]


def pressed(title: str, payload: Json) -> Text | None:
    """A text, or a button with its payload; a payload over 1,000 characters, which is none of ours, is left out."""
    sent = text(payload)
    title = cut(title, TEXT_LIMIT) or cut(sent, _PAYLOAD_LIMIT)
    if not title:
        return None
    return Text(title, payload=sent if 0 < len(sent) <= _PAYLOAD_LIMIT else None)


def raw(value: Json, depth: int = _RAW_DEPTH) -> Json:
    """The payload as it can be kept: well-formed, not deeper than 12 levels, and of 8 kB at most, else its keys alone."""
    kept = _plain(value, depth)
    if len(json.dumps(kept)) <= _RAW_LIMIT:
        return kept
    return {"too_long": [cut(name, 40) for name in mapping(kept)][:20]}


def _plain(value: Json, depth: int) -> Json:
    if isinstance(value, dict | list) and depth == 0:
        return "…"
    if isinstance(value, dict):
        return {str(well_formed(str(name))): _plain(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return value if isinstance(value, int | None) else well_formed(str(value))


def _attached(attachments: list[Mapping[str, Json]], words: str, now: datetime) -> Iterator[Content]:
    """The attachments; the picture that older clients send along with a sticker is left out."""
    stickers = [mapping(one.get("payload")) for one in attachments if one.get("type") == "sticker"]
    shown = {text(sticker.get(name)) for sticker in stickers for name in ("url", "sticker_id")} - {""}
    for attachment in attachments:
        payload = mapping(attachment.get("payload"))
        if attachment.get("type") == "image" and shown & {text(payload.get("url")), text(payload.get("sticker_id"))}:
            continue
        if attachment.get("type") == "fallback" and _repeats(words, _url(attachment)):
            continue
        yield from _one(attachment, now)


def _repeats(words: str, address: str) -> bool:
    """Whether the text has the address, with or without its scheme, its last slash and the detour that Facebook adds."""
    if address.lower().startswith("https://l.facebook.com/"):
        address = parse_qs(urlsplit(address).query).get("u", [""])[0]
    bare = address.lower().partition("://")[2].removeprefix("www.").rstrip("/")
    return bool(bare) and bare in words.lower()


def _one(attachment: Mapping[str, Json], now: datetime) -> list[Content]:
    kind = attachment.get("type")
    form = _FORMS.get(kind) if isinstance(kind, str) else None
    try:
        found = form(attachment, now) if form else []
    except (ValidationError, OverflowError):
        found = []
    return found or [Unsupported(raw(attachment))]


def _url(attachment: Mapping[str, Json]) -> str:
    """Its address, in any of the spellings there have been; empty where there is none that a browser opens."""
    for place in (mapping(attachment.get("payload")), attachment):
        for name in ("url", "URL"):
            address = text(place.get(name))
            if address.startswith("/") and attachment.get("type") in _SITES:
                address = _SITES[str(attachment["type"])] + address
            if address.lower().startswith(("https://", "http://")) and len(address) <= _URL_LIMIT:
                return address
    return ""


_SITES = {"reel": "https://www.facebook.com", "ig_reel": "https://www.instagram.com"}
"""What the addresses of these kinds are relative to."""


def _media(form: Callable[[str], Content]) -> "_Form":
    return lambda attachment, _: [form(address)] if (address := _url(attachment)) else []


def _link(attachment: Mapping[str, Json], _: datetime) -> list[Content]:
    """The title and the address as text: its address is the user's, so nothing of it is fetched."""
    title = text(mapping(attachment.get("payload")).get("title")) or text(attachment.get("title"))
    words = " ".join(filter(None, [cut(title, TEXT_LIMIT - _URL_LIMIT - 1), _url(attachment)]))
    return [Text(words)] if words else []


def _location(attachment: Mapping[str, Json], _: datetime) -> list[Content]:
    place = mapping(mapping(attachment.get("payload")).get("coordinates"))
    title = text(attachment.get("title"))
    return [Location(place.get("lat"), place.get("long"), cut(title, _TITLE_LIMIT) or None)]  # type: ignore[arg-type] # it validates


def _template(attachment: Mapping[str, Json], _: datetime) -> list[Content]:
    product = mapping(mapping(attachment.get("payload")).get("product"))
    cards = [_card(mapping(element)) for element in items(product.get("elements"))]
    return [Cards(cards[start : start + _CARDS]) for start in range(0, len(cards), _CARDS)]


def _card(element: Mapping[str, Json]) -> Card:
    return Card(
        cut(text(element.get("title")), _TITLE_LIMIT) or "Product",
        cut(text(element.get("subtitle")), _TITLE_LIMIT) or None,
        _url({"url": element.get("image_url")}) or None,
    )


def _appointment(attachment: Mapping[str, Json], now: datetime) -> list[Content]:
    booking = mapping(attachment.get("payload"))
    words = f"Appointment {cut(text(booking.get('status')), _TITLE_LIMIT)}".strip()
    times = [moment(booking.get(name), now, _APPOINTMENTS_AHEAD) for name in ("start_time", "end_time")]
    zone = _zone(text(booking.get("timezone")))
    said = " to ".join(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in times if at is not None)
    return [Text(f"{words}: {said} ({zone})" if said else words)]


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: there is none of this name
        return UTC


_Form = Callable[[Mapping[str, Json], datetime], list[Content]]

_FORMS: Mapping[str, _Form] = {
    "image": _media(Image),
    "sticker": _media(Image),
    "audio": _media(Audio),
    "video": _media(Video),
    "file": _media(File),
    "fallback": _link,
    "share": _link,
    "reel": _link,
    "ig_reel": _link,
    "post": _link,
    "ig_post": _link,
    "location": _location,
    "template": _template,
    "appointment_booking": _appointment,
}
