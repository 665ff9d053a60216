"""What the Graph API's errors mean, by code and subcode, never by their text."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.channels.base import Outcome, SendFailed
from chalicelib.channels.messenger_keys import Json, items, mapping, text

RETRY_SECONDS = 60.0
"""After a rate limit that does not say when it ends."""

_RETRY_AT_MOST = 24 * 3600.0
_TOO_MANY = 429
_NO_TRACE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Meaning:
    """As in SendFailed. `waits`: a rate limit, or something else that ends by itself.

    `policy`: whatever a good token does not prove to be mended.
    """

    outcome: Outcome
    words: str
    alert: bool = False
    limited: bool = False
    elsewhere: bool = False
    waits: bool = False
    policy: bool = False


WINDOW = Meaning("failed", "Messenger takes no answer any more: the user last wrote too long ago.")
RESTRICTED = Meaning(
    "stopped", "Meta restricts what this Page may send: see the Page's Support Inbox.", alert=True, policy=True
)
UNREACHABLE = Meaning("failed", "The user cannot be reached now, or has blocked the Page.")
UNKNOWN_USER = Meaning("failed", "Messenger does not know this user of the Page (any more).")
BAD_REQUEST = Meaning("failed", "Messenger refused this message as one that it cannot send.", alert=True)
NOT_FETCHED = Meaning("failed", "Messenger could not fetch the file from its address.")
WRONG_TYPE = Meaning("failed", "Messenger refused the file: it is not of the kind it was sent as.")
TOO_BIG = Meaning("failed", "Messenger refused the file: it is too big.")
VIDEO_TOO_SLOW = Meaning("failed", "Messenger gave up on the video: it took too long to fetch.")
EXPIRED_FILE = Meaning("failed", "Messenger no longer has this file: send it again from its address.")
NOT_ALLOWED_HERE = Meaning(
    "failed", "Messenger does not know what this is about, or this app may not do it.", alert=True
)
TOKEN = Meaning("stopped", "Meta no longer accepts the Page's access token: make a new one and set it.", alert=True)
PERMISSION = Meaning(
    "stopped",
    "The app may not send for this Page: a permission is missing, or the app is not live.",
    alert=True,
    policy=True,
)
RATE = Meaning("later", "Messenger is taking no more messages from this Page for a while.", waits=True)
ABUSIVE = Meaning("failed", "Messenger refused the message: this user has been sent too many.", alert=True)
TEMPORARY = Meaning("later", "Messenger had a passing trouble.", limited=True)
MAYBE_SENT = Meaning("unknown", "Messenger reported an error, but may have sent the message.")
BLOCKED = Meaning(
    "stopped", "Meta blocked what this Page sends: see the Page's Support Inbox.", alert=True, policy=True
)
ELSEWHERE = Meaning("failed", "Another app has this conversation.", elsewhere=True)
QUESTIONS = Meaning("later", "Messenger is asking the user questions of its own.", waits=True)
NO_PROFILE = Meaning("failed", "Messenger tells nothing about this user.")
DELETED = Meaning("failed", "The message was deleted.")
UNKNOWN = Meaning("failed", "Messenger refused this for a reason that is new to us: see the log.", alert=True)

BY_PAIR: Mapping[tuple[int, int], Meaning] = {
    (10, 2018278): WINDOW,
    (10, 2018065): WINDOW,
    (10, 2534022): WINDOW,
    (10, 1893063): RESTRICTED,
    (100, 2534029): RESTRICTED,
    (10, 2018108): UNREACHABLE,
    (551, 1545041): UNREACHABLE,
    (200, 1545041): UNREACHABLE,
    (100, 2018001): UNKNOWN_USER,
    (100, 2534014): UNKNOWN_USER,
    (100, 2018008): NOT_FETCHED,
    (100, 2018047): WRONG_TYPE,
    (100, 2018109): TOO_BIG,
    (100, 2018294): VIDEO_TOO_SLOW,
    (100, 2018074): EXPIRED_FILE,
    (100, 2018014): BAD_REQUEST,
    (100, 33): NOT_ALLOWED_HERE,
    (190, 458): TOKEN,
    (190, 459): TOKEN,
    (190, 460): TOKEN,
    (190, 463): TOKEN,
    (190, 464): TOKEN,
    (190, 467): TOKEN,
    (200, 2018028): PERMISSION,
    (200, 2534041): PERMISSION,
    (613, 2534040): RATE,
    (613, 2018338): ABUSIVE,
    (1, 1357046): MAYBE_SENT,
    (100, 2534037): ELSEWHERE,
}

BY_NUMBER: Mapping[int, Meaning] = {
    2018171: NOT_ALLOWED_HERE,
    2018234: NOT_ALLOWED_HERE,
    2018300: ELSEWHERE,
    2018321: QUESTIONS,
    2018218: NO_PROFILE,
    2018247: NO_PROFILE,
    9000001: DELETED,
}
"""Numbers of one meaning that come as a code, or as the subcode of any code."""

BY_CODE: Mapping[int, Meaning] = {
    551: UNREACHABLE,
    100: BAD_REQUEST,
    190: TOKEN,
    3: PERMISSION,
    10: PERMISSION,
    200: PERMISSION,
    4: RATE,
    17: RATE,
    32: RATE,
    613: RATE,
    80001: RATE,
    80006: RATE,
    1: TEMPORARY,
    2: TEMPORARY,
    1200: TEMPORARY,
    368: BLOCKED,
    2022: BLOCKED,
    506: BLOCKED,
}


class GraphRefused(SendFailed):
    """The Graph API answered with an error. `code`, `subcode`: 0 where it did not say; `trace`: Meta's id of it, for logs."""

    def __init__(
        self, meaning: Meaning, code: int, subcode: int, trace: str, retry_after_seconds: float | None
    ) -> None:
        super().__init__(
            meaning.outcome,
            meaning.words,
            retry_after_seconds=retry_after_seconds,
            limited=meaning.limited,
            alert=meaning.alert,
            elsewhere=meaning.elsewhere,
            policy=meaning.policy,
        )
        self.meaning = meaning
        self.code = code
        self.subcode = subcode
        self.trace = trace


def refused(status: int, headers: Mapping[str, str], answer: Json) -> GraphRefused:
    """What to make of an answer with an error in it. `headers`: with lower-case names."""
    error = mapping(mapping(answer).get("error"))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    meaning = meaning_of(status, code, subcode, transient=error.get("is_transient") is True)
    waits = retry_after(headers) if meaning.waits else None
    trace = _NO_TRACE.sub("", text(error.get("fbtrace_id")))[:40]
    return GraphRefused(meaning, code, subcode, trace, waits)


def meaning_of(status: int, code: int, subcode: int, *, transient: bool = False) -> Meaning:
    """By the exact pair, else by the code, else by the status; what is unknown is permanent, and an operator hears of it."""
    found = BY_PAIR.get((code, subcode)) or BY_NUMBER.get(subcode) or BY_NUMBER.get(code) or BY_CODE.get(code)
    if found is not None:
        return found
    if status == _TOO_MANY:
        return RATE
    return TEMPORARY if transient or status >= 500 else UNKNOWN  # noqa: PLR2004 - the server's own faults


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds until calls are taken again, as Meta estimates it, at most a day; a minute where it does not say."""
    try:
        usage = mapping(json.loads(headers.get("x-business-use-case-usage", "{}")))
    except ValueError:
        return RETRY_SECONDS
    limits = [mapping(limit) for limits in usage.values() for limit in items(limits)]
    minutes = [
        _number(limit.get("estimated_time_to_regain_access")) for limit in limits if limit.get("type") == "messenger"
    ]
    return min(max(minutes, default=0) * 60.0, _RETRY_AT_MOST) or RETRY_SECONDS


def _number(value: Json) -> int:
    """The number; 0 for what is none."""
    digits = text(value)
    return int(digits) if digits.isdecimal() and len(digits) < 12 else 0  # noqa: PLR2004 - no code is as long
