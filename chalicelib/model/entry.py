"""One item of a session's log."""

import json
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from chalicelib.errors import TooLarge
from chalicelib.model.content import (
    Audio,
    Buttons,
    Cards,
    File,
    Image,
    Location,
    QuickReplies,
    Text,
    Unsupported,
    Video,
    said,
)
from chalicelib.model.text import ENTRY_LIMIT, TEXT_LIMIT, check_length
from chalicelib.model.text import Text as Str
from chalicelib.model.value import Instant, Kept, known

Trigger = Literal["agent", "api", "bot", "user", "rule", "echo", "failure"]
Level = Literal["info", "warning", "error"]
EntryKind = Literal["message", "note", "paused", "unpaused", "claimed", "released", "alert", "amended"]
AuthorKind = Literal["user", "bot", "agent", "system"]
Why = Literal["paused", "notify", "waiting"]
Fate = Literal["suppressed", "failed", "unknown"]

KeptTrigger = Annotated[Trigger, known(get_args(Trigger), "api")]
KeptAuthorKind = Annotated[AuthorKind, known(get_args(AuthorKind), "system")]

_RARE = ("part", "resent", "edits")
"""Fields of an entry that say something of few entries only."""

_lenient = ConfigDict(extra="ignore")


class Author(Kept):
    """Who wrote an entry; `id` is an agent's or user's id, and empty for the bot and the system."""

    kind: KeptAuthorKind
    id: str = ""
    name: str = ""


SYSTEM = Author(kind="system")
BOT = Author(kind="bot")
LATER_RELEASE = Author(kind="system", name="a later release")
"""Stands as the author of what this release cannot read."""


@dataclass(frozen=True, config=_lenient)
class PauseDetail:
    """Of a `paused` or `unpaused` entry. `until` is None for `unpaused`; `trigger` tells how it came to be."""

    trigger: Annotated[Trigger | Literal["expired"], known((*get_args(Trigger), "expired"), "api")]
    reason: Str | None = None
    until: Instant | None = None
    type: Literal["pause"] = "pause"


@dataclass(frozen=True, config=_lenient)
class AgentDetail:
    """Of a `claimed` or `released` entry: the agent it is about."""

    id: str
    name: str
    type: Literal["agent"] = "agent"


@dataclass(frozen=True, config=_lenient)
class AlertDetail:
    """Of an `alert` entry: the words agents get. `why`: what asked for it; minutes and others only when `waiting`."""

    text: Str
    level: Annotated[Level, known(get_args(Level), "info")] = "info"
    why: Annotated[Why, known(get_args(Why), "paused")] = "paused"
    waiting_minutes: int | None = None
    others_waiting: int | None = None
    type: Literal["alert"] = "alert"


@dataclass(frozen=True, config=_lenient)
class Unsent:
    """Of a message that its user took back: nothing of it is kept."""

    type: Literal["unsent"] = "unsent"


@dataclass(frozen=True, config=_lenient)
class AmendDetail:
    """Of an `amended` entry: the number of the entry that was rewritten; `hidden`: it is one that users never see."""

    of: int
    hidden: bool = False
    type: Literal["amend"] = "amend"


Body = Annotated[
    Text
    | Image
    | Audio
    | Video
    | File
    | Location
    | Buttons
    | QuickReplies
    | Cards
    | Unsupported
    | Unsent
    | PauseDetail
    | AgentDetail
    | AlertDetail
    | AmendDetail,
    Field(discriminator="type"),
]
"""What an entry can hold: a message's content, or the details of a system line."""


class Entry(Kept):
    """One item of the log.

    `seq` counts from 1 without holes; `id` is unique in its session and prefixed by origin (`in:`, `u:`, `a:`, `b:`, `s:`).
    `fate` is set only where the head's watermarks cannot tell: a message that was suppressed, failed or got lost.
    `committed_at` is set only where it is a minute or more after `at`. Of a message that a vendor carries: `vendor_id` is its
    id there, `part` how many of its parts had gone out when it failed or got lost, `resent` that a person had it sent again,
    `edits` how often its user changed it, and `reaction` what the user put to it, at `reacted_at`.
    """

    seq: int = Field(ge=1)
    id: str
    kind: EntryKind
    author: Author
    at: Instant
    content: Body | None = None
    fate: Annotated[Fate | None, known(get_args(Fate), None)] = None
    failure: Str | None = None
    committed_at: Instant | None = None
    vendor_id: str | None = None
    part: int = 0
    resent: bool = False
    edits: int = 0
    reaction: Str | None = None
    reacted_at: Instant | None = None

    @property
    def kept_since(self) -> datetime:
        """When it was committed, to the minute."""
        return self.committed_at or self.at

    def to_json(self) -> str:
        """Compact JSON without the fields that are None, or of the few that are set; a type is always written."""
        return self.model_dump_json(exclude_none=True, exclude={name for name in _RARE if not getattr(self, name)})

    @property
    def said(self) -> str:
        """The content in plain words."""
        return "" if self.content is None else said(self.content)  # type: ignore[arg-type] # details have a type

    def from_user(self) -> bool:
        """Whether the user said it."""
        return self.kind == "message" and self.author.kind == "user"


def encode(entry: Entry) -> str:
    """The entry as the JSON a store keeps. Raises TooLarge over 20,000 characters of text or 64 kB of JSON."""
    check_length(getattr(entry.content, "text", None) or "")
    body = entry.to_json()
    if len(body) > ENTRY_LIMIT // 4 and len(body.encode()) > ENTRY_LIMIT:
        raise TooLarge(f"An entry may have {ENTRY_LIMIT} bytes, a text {TEXT_LIMIT} characters.")
    return body


def decode(body: str) -> Entry:
    """The entry that `encode` wrote, by any version: content that only a newer one knows becomes `unsupported`.

    An entry of a kind that only a newer one knows becomes a note, since those are what visitors never see.
    """
    try:
        return Entry.model_validate_json(body)
    except ValidationError:
        kept = json.loads(body)
        readable = {**kept, "content": {"type": "unsupported", "raw": kept.get("content")}}
        if kept.get("kind") not in get_args(EntryKind):
            readable |= {"kind": "note", "author": LATER_RELEASE}
        return Entry.model_validate(readable)
