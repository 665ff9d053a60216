"""Text from outside made safe to keep: well-formed, bounded, and ids that every store can hold."""

import hashlib
import re
from typing import Annotated

from pydantic import BeforeValidator

from chalicelib.errors import TooLarge

TEXT_LIMIT = 20_000
"""Characters in one message (design: an entry must fit one 128 kB socket message with room to spare)."""

ENTRY_LIMIT = 64 * 1024
"""Bytes of one entry as JSON."""

NAME_LIMIT = 80
"""Characters of a name kept in a head."""

ALERT_NAME_LIMIT = 40
"""Characters of a user's name inside an alert."""

CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
USER_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LINK = re.compile(r"\S*(?:://|www\.)\S*", re.IGNORECASE)
_DOTTED = re.compile(r"(?<=\w)[.](?=\w)|[/\\@<>]")


def well_formed(value: object) -> object:
    """The value with lone surrogates replaced by U+FFFD, since no encoding can carry them; only text is changed."""
    if isinstance(value, str) and not value.isascii():
        return _SURROGATE.sub("\ufffd", value)
    return value


Text = Annotated[str, BeforeValidator(well_formed)]
"""A string that every store and every encoding can hold."""


def clean_name(name: str, limit: int = NAME_LIMIT) -> str:
    """One line without control characters and bidirectional overrides, at most `limit` characters; may be empty."""
    line = " ".join(_CONTROL.sub(" ", str(well_formed(name))).split())
    return cut(line, limit)


def alert_name(name: str) -> str:
    """A user's name fit for an alert: one line, no link that a mail program would make clickable, at most 40 characters."""
    plain = _DOTTED.sub(" ", _LINK.sub(" ", clean_name(name, 400)))
    return cut(" ".join(plain.split()), ALERT_NAME_LIMIT)


def cut(text: str, limit: int) -> str:
    """The text, or its first `limit - 1` characters and an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def check_length(text: str) -> None:
    """Raises TooLarge over 20,000 characters."""
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"A message may have {TEXT_LIMIT} characters; this one has {len(text)}.")


def outside_id(value: str, pattern: re.Pattern[str]) -> str:
    """An id given by somebody else, as it is stored: itself if it fits the pattern, else its SHA-256 in hex."""
    if pattern.fullmatch(value):
        return value
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
