"""What agents are told outside the admin page, and the interface of whoever tells them."""

import hashlib
import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from chalicelib.model.alerting import ALERT_TEXT_LIMIT, name_for_alert
from chalicelib.model.entry import AlertDetail, Entry, Level
from chalicelib.model.session import Session
from chalicelib.model.text import clean_name

SUBJECT_LIMIT = 99
"""Characters of a subject: SNS asks for fewer than 100."""

_PREFIX = "[hitl] "
_SOMEBODY = "Someone"
_UNFOLDABLE = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "\u0131": "i", "\u2013": "-", "\u2014": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
})  # fmt: skip
"""Letters and signs whose Unicode decomposition does not lead to ASCII."""

_NOT_PRINTABLE_ASCII = re.compile(r"[^ -~]+")


@dataclass(frozen=True)
class Alert:
    """One thing agents are told.

    `id` names the delivery: the same alert published again has the same one. `why`: `paused`, `notify` (the bot's own
    words) or `waiting` (nobody has answered yet), and only then minutes and others are given.
    """

    id: str
    session_id: str
    seq: int
    text: str
    level: Level
    why: str
    at: datetime
    url: str
    user_name: str
    waiting_minutes: int | None = None
    others_waiting: int | None = None

    @property
    def channel(self) -> str:
        return self.session_id.partition(":")[0]

    @property
    def line(self) -> str:
        """What happened, on one line without control characters."""
        return clean_name(self.text, ALERT_TEXT_LIMIT) or "A conversation needs attention"

    @property
    def subject(self) -> str:
        """The line as SNS and every mail program take it: printable ASCII, fewer than 100 characters.

        Letters are transliterated where that is known; a name of which nothing would remain becomes "Someone".
        """
        line = self.line
        if self.user_name and not re.search("[A-Za-z0-9]", _ascii(self.user_name)):
            line = line.replace(self.user_name, _SOMEBODY)
        subject = _PREFIX + (_ascii(line) or "A conversation needs attention")
        return subject if len(subject) <= SUBJECT_LIMIT else subject[: SUBJECT_LIMIT - 3].rstrip() + "..."

    @property
    def body(self) -> str:
        """What happened, since when, and the link to the conversation on a line of its own."""
        since = self.at - timedelta(minutes=self.waiting_minutes or 0)
        word = "Waiting since" if self.why == "waiting" else "Since"
        moment = f"{word} {since:%Y-%m-%d %H:%M} UTC, on {self.channel}."
        ended = self.line if self.line.endswith((".", "!", "?", "…")) else f"{self.line}."
        return f"{ended}\n{moment}\n\nOpen the conversation:\n{self.url}\n"


class Alerter(ABC):
    """A way to tell agents.

    `name` is kept in heads while an alert is still owed, so it stays the same over restarts, is short, and tells two
    alerters of one kind apart.
    """

    name: str

    @abstractmethod
    def publish(self, alert: Alert) -> None:
        """Tell the agents. Twice tells them twice, unless the receiver knows the alert's id. Raises AlertFailed."""

    @abstractmethod
    def check(self) -> list[str]:
        """What keeps alerts from reaching anybody, one sentence each saying what to do; empty: all is well."""


def alert_from(entry: Entry, session: Session, public_url: str) -> Alert:
    """The alert of an entry of kind `alert`; `public_url` is where the pages are served, with or without a final slash.

    Raises ValueError for an entry of another kind.
    """
    detail = entry.content
    if not isinstance(detail, AlertDetail):
        raise ValueError(f"entry {entry.seq} is no alert")  # noqa: TRY004 - the argument's kind is wrong, not its type
    quoted = quote(session.id, safe="")
    return Alert(
        id=f"{quoted}.{entry.seq}",
        session_id=session.id,
        seq=entry.seq,
        text=detail.text,
        level=detail.level,
        why=detail.why,
        at=entry.at,
        url=f"{public_url.rstrip('/')}/admin#session={quoted}",
        user_name=name_for_alert(session),
        waiting_minutes=detail.waiting_minutes,
        others_waiting=detail.others_waiting,
    )


def alerter_name(kind: str, label: str, target: str) -> str:
    """A name people recognise, made unique by the target's hash, so that a secret inside the target stays one."""
    return f"{kind}:{label}#{hashlib.sha256(target.encode()).hexdigest()[:6]}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDABLE))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_NOT_PRINTABLE_ASCII.sub(" ", bare).split())
