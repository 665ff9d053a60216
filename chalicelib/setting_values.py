"""The text of one variable made a value. Each raises ValueError with what it must be, to stand after the variable's name."""

import json
import re
from datetime import timedelta

from chalicelib.model.session import TOMBSTONE_KEPT

_STORES = ("sqlite:///", "postgresql://", "dynamodb://")
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_TOKEN = re.compile(r"[!-~]+")
_FIFO_URL = re.compile(r"https?://[^\s/?#]+/[^\s?#]*\.fifo")
_ISSUER = re.compile(r"https?://[A-Za-z0-9.-]+(:(?P<port>[0-9]{1,5}))?(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?")
_ENCRYPTED_OR_HERE = r"https://|http://(127\.0\.0\.1|localhost)(:|/|$)"
_PORTS = range(1, 65536)
_HUMAN_TEXT_LIMIT = 1000
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_LONGEST = timedelta(days=36_500)
"""So that no date it is added to leaves the calendar."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, None: 1}


def store(given: str) -> str:
    if not given.startswith(_STORES) or given in _STORES:
        raise ValueError(f"must begin with one of {', '.join(_STORES)}")
    kind, _, name = given.partition("://")
    if kind == "dynamodb" and not _TABLE.fullmatch(name):
        raise ValueError("a table's name has 3 to 255 of the characters A-Z a-z 0-9 _ . -")
    return given


def secret(given: str) -> str:
    if len(given) < 16:  # noqa: PLR2004 - said in the sentence
        raise ValueError("must have at least 16 characters")
    return given


def alerts(given: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in given.split(",") if part.strip())
    for number, part in enumerate(parts, start=1):
        if part != "log" and not re.fullmatch(r"sns:arn:aws[\w-]*:sns:\S+|webhook:https?://\S+", part):
            # not repeated: the address of a webhook is often a secret, and any caller is told what is wrong
            raise ValueError(f"number {number} is none of log, sns:<topic arn>, webhook:<url>")
    return parts


def inbox(given: str) -> str | None:
    if given == "inline":
        return None
    kind, _, url = given.partition(":")
    if kind != "sqs" or not _FIFO_URL.fullmatch(url):
        raise ValueError("must be inline, or sqs:<address of a FIFO queue>")
    return url


def bot(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", given):
        raise ValueError("must be module:name")
    return given


def url(given: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#]+", given):
        raise ValueError("must be the address of the pages")
    return given.rstrip("/")


def duration(given: str) -> timedelta:
    match = _DURATION.fullmatch(given.strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError("must be a time such as 30s, 5m, 24h or 3d")
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("is longer than a hundred years")
    return timedelta(seconds=seconds)


def durations(given: str) -> tuple[timedelta, ...]:
    if given.lower() == "off":
        return ()
    steps = tuple(duration(part) for part in given.split(","))
    if list(steps) != sorted(set(steps)):
        raise ValueError("must grow from step to step")
    return steps


def retention(given: str) -> timedelta | None:
    if given.lower() == "off":
        return None
    length = duration(given)
    if length < TOMBSTONE_KEPT:
        raise ValueError(f"must be off, or at least {TOMBSTONE_KEPT.days}d")
    return length


def bot_timeout(given: str) -> timedelta:
    length = duration(given)
    if length > timedelta(seconds=15):
        raise ValueError(
            "must be at most 15s: a request ends after 28 s, and may need 5 s for each of two commits and some for alerts"
        )
    return length


def switch(given: str) -> bool:
    try:
        return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[given.lower()]
    except KeyError as error:
        raise ValueError("must be on or off") from error


def count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ValueError("must be a whole number above 0")
    return int(given)


def rate(given: str) -> float:
    rate = float(given)
    if not 0 < rate < float("inf"):
        raise ValueError("must be a number above 0")
    return rate


def listed(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def numbers(given: str) -> tuple[str, ...]:
    parts = listed(given)
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("must be app ids, which are numbers, separated by commas")
    return parts


def pages(given: str) -> dict[str, str]:
    try:
        pages = json.loads(given)
    except ValueError as error:
        raise ValueError("must be JSON, page id to token") from error
    if not isinstance(pages, dict) or not all(isinstance(token, str) and token for token in pages.values()):
        raise ValueError("must be a JSON object, page id to token")
    if not all(page.isascii() and page.isdigit() for page in pages):
        raise ValueError("a page id is a number")
    if not all(_TOKEN.fullmatch(token) for token in pages.values()):
        raise ValueError("a token has no spaces, and no letters but those of ASCII")
    return pages


def graph_url(given: str) -> str:
    """Tokens go there, so that only a simulator on this machine does without encryption."""
    if not re.fullmatch(r"https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?", given):
        raise ValueError("must be the https address of the Graph API, or of a simulator on this machine")
    return given.rstrip("/")


def keeps_secrets(address: str) -> bool:
    """Whether what goes to this address is encrypted, or stays on this machine."""
    return re.match(_ENCRYPTED_OR_HERE, address) is not None


def issuer(given: str) -> str:
    """Kept to the letter, since tokens must say the same; only one on this machine does without encryption."""
    match = _ISSUER.fullmatch(given)
    if match is None or int(match["port"] or 443) not in _PORTS or not keeps_secrets(given):
        raise ValueError("must be an https address, without parameters")
    return given


def word(given: str) -> str:
    if not _TOKEN.fullmatch(given):
        raise ValueError("must be one word, in letters of ASCII")
    return given


def scope(given: str) -> str:
    scopes = given.split()
    if "openid" not in scopes or not all(_TOKEN.fullmatch(scope) for scope in scopes):
        raise ValueError("must be words separated by spaces, and openid among them")
    return " ".join(scopes)


def human_text(given: str) -> str:
    if len(given) > _HUMAN_TEXT_LIMIT:
        raise ValueError(f"must have at most {_HUMAN_TEXT_LIMIT} characters")
    return "" if given.lower() == "off" else given


def version(given: str) -> str:
    if not re.fullmatch(r"v\d{1,3}\.\d", given):
        raise ValueError("must be a version of the Graph API")
    return given


def proof(given: str) -> str:
    if given not in ("none", "classic", "timed"):
        raise ValueError("must be none, classic or timed")
    return given


def in_body(given: str) -> bool:
    if given not in ("header", "body"):
        raise ValueError("must be header or body")
    return given == "body"
