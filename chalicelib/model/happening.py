"""What a platform's channel delivers beside events, parsed: what else users do, and what it tells us of our own side.

Apart from `Event`, since a visitor's request needs none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from chalicelib.model.content import Content
from chalicelib.model.event import Event

MOST_PARTS = 30
"""Events that one message of a vendor's becomes at most."""


@dataclass(frozen=True)
class Echo:
    """A message of our side, as the platform tells of it.

    `by`: `us`, whatever this installation sent; `automation`, an app that never counts as a human; `human`, somebody who
    answers elsewhere, in words that agents are shown (`who`, such as "Page inbox"). `metadata`: what the send gave along.
    `id` is the entry id of a message that is not ours, `vendor_id` the platform's own.
    """

    id: str
    session_id: str
    content: Content
    at: datetime
    vendor_id: str
    by: Literal["us", "automation", "human"]
    who: str = ""
    metadata: str | None = None


@dataclass(frozen=True)
class Edit:
    """The user changed what they said in the message with entry id `message`; `number` counts its edits from 1."""

    id: str
    session_id: str
    message: str
    text: str
    number: int
    at: datetime


@dataclass(frozen=True)
class Unsend:
    """The message was taken back: what is kept of it is erased. `message`: the id of its first entry.

    Its further entries, one for each attachment, have the same id and `:1`, `:2` … `vendor_id`: the platform's id.
    """

    id: str
    session_id: str
    message: str
    vendor_id: str
    at: datetime


@dataclass(frozen=True)
class Reaction:
    """The user reacted to a message, by its platform's id; `emoji` None: they took it back."""

    id: str
    session_id: str
    vendor_id: str
    emoji: str | None
    at: datetime


@dataclass(frozen=True)
class Watermark:
    """All that our side sent up to `at` was delivered to the user, or `read` by them."""

    session_id: str
    at: datetime
    read: bool


@dataclass(frozen=True)
class Learned:
    """Something about the user that is no message: a referral, an opt-in, an account they linked."""

    id: str
    session_id: str
    facts: Mapping[str, JsonValue]
    at: datetime


@dataclass(frozen=True)
class Handover:
    """Who has the conversation, among several apps of one Page.

    `passed`: the app `app_id` (None: nobody) gave it to us (`to_us`) or to another one; `taken`: another one took it;
    `requested`: another one asks for it. `who`: that other app in words.
    """

    id: str
    session_id: str
    kind: Literal["passed", "taken", "requested"]
    to_us: bool
    app_id: str | None
    who: str
    at: datetime


@dataclass(frozen=True)
class Enforcement:
    """The platform warned a Page, blocked it, or let it go on. `account`: the session id of the Page's own log."""

    id: str
    account: str
    action: Literal["warning", "block", "unblock"]
    reason: str
    at: datetime


Happening = Event | Echo | Edit | Unsend | Reaction | Watermark | Learned | Handover | Enforcement
"""All that a delivery may hold."""
