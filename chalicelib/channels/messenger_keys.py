"""Ids, times and texts out of what Meta delivers, where anything may be missing or of another type."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.model.text import CLIENT_ID, outside_id, well_formed

Json = Any
"""A value out of `json.loads`; each function here says what it makes of one that is not as expected."""

_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_SECONDS_BELOW = 10**11
_MID_LIMIT = 500
_NUMBER = re.compile(r"\d{1,20}(\.\d{1,9})?")
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def mapping(value: Json) -> Mapping[str, Json]:
    """The value, or nothing where it is no object."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    """The value, or nothing where it is no array."""
    return value if isinstance(value, list) else []


def text(value: Json) -> str:
    """The value without lone surrogates, a number as its digits, and nothing where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return str(well_formed(value)) if isinstance(value, str) else ""


def moment(value: Json, now: datetime, ahead: timedelta = _AHEAD) -> datetime | None:
    """A time in ms or s, as a number or its digits, or in ISO 8601. None for anything else, as for times that cannot be.

    Those lie before the year 2000, or more than `ahead` from now.
    """
    try:
        at = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at is not None and _SINCE <= at <= now + ahead else None


def _moment(value: Json) -> datetime | None:
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=value if value < _SECONDS_BELOW else value / 1000)


def party(value: Json) -> str | None:
    """The id of a sender or recipient as it stands in a session's id; None: it has none. What is no plain id is hashed."""
    given = text(mapping(value).get("id"))
    return _plain_id(given) if given else None


def _plain_id(given: str) -> str:
    """The id without a dot, in at most 40 characters, so that two of them fit a session's id."""
    return given if _ID.fullmatch(given) else hashlib.sha256(given.encode()).hexdigest()[:40]


def session_of(page: str, user: str) -> str:
    return f"messenger:{page}.{user}"


def account_of(page: str) -> str:
    return f"messenger:{page}"


def mid_of(body: Mapping[str, Json]) -> str:
    """The platform's id of a message, in at most 500 characters; empty where there is none."""
    return text(body.get("mid"))[:_MID_LIMIT]


def message_key(mid: str, prefix: str = "in") -> str:
    """The id of a message's first entry."""
    return f"{prefix}:{outside_id(mid, CLIENT_ID)}"


def key(kind: str, *parts: str) -> str:
    """The id of what happened, the same when it is delivered again."""
    return f"{kind}:{outside_id('.'.join(parts), CLIENT_ID)}"


def digest(event: Json) -> str:
    """A hash of the event, whatever order its keys come in."""
    return hashlib.sha256(json.dumps(event, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def app(value: Json) -> str | None:
    """An app's id as text, whether it came as a number or a string; None: there is none."""
    return text(value) or None
