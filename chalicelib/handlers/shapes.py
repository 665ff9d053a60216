"""Bodies and answers of the HTTP contract that are not views of a session or an entry."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool

from chalicelib.errors import Malformed
from chalicelib.model.content import Content, Text, Unsupported
from chalicelib.model.entry import Level
from chalicelib.model.text import CLIENT_ID
from chalicelib.model.text import Text as Str
from chalicelib.model.value import Instant, Value
from chalicelib.model.views import EntryView, SessionView, VisitorEntry, VisitorState
from chalicelib.store.base import Role

ClientId = Annotated[str, Field(pattern=f"^{CLIENT_ID.pattern}$")]
Reason = Annotated[Str, Field(max_length=200)]


def _no_bare_number(at: object) -> object:
    """The value, unless pydantic would take it for Unix seconds, which nobody means. Raises ValueError."""
    if isinstance(at, int | float) or (isinstance(at, str) and ":" not in at):
        raise ValueError("must be text like 2026-11-22T20:40:12Z")
    return at


def _number(given: object) -> object:
    """The value, unless pydantic would make a number of what is none: true, or text. Raises ValueError."""
    if isinstance(given, bool | str):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic takes only ValueError for a refusal
    return given


Moment = Annotated[Instant, BeforeValidator(_no_bare_number)]
Number = Annotated[int, Field(ge=0, le=10**12), BeforeValidator(_number)]


class Nothing(Value):
    """A body that says nothing."""


class PauseRequest(Value):
    """`until` in the future and within a year; without it the pause lasts its usual time."""

    reason: Reason | None = None
    until: Moment | None = None


class MessageRequest(Value):
    """One of text and content; the same id again is the same message."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["text"], "properties": {"text": {"type": "string", "pattern": r"\S"}}},
                {"required": ["content"], "properties": {"content": {"type": "object"}}},
            ]
        }
    )

    id: ClientId | None = None
    text: Str | None = None
    content: Content | None = None

    def said(self) -> Content:
        """What the message holds. Raises Malformed for none or both, an empty text, or what only a channel delivers."""
        if (self.text is None) == (self.content is None):
            raise Malformed("Give text or content, one of them.")
        if isinstance(self.content, Unsupported):
            raise Malformed("content: nobody can send unsupported")
        if self.content is not None:
            return self.content
        if not (self.text or "").strip():
            raise Malformed("text: must not be empty")
        return Text(self.text or "")


class VisitorMessageRequest(MessageRequest):
    """As a message, but the id is needed: it makes a retry safe."""

    id: ClientId


class PostbackRequest(Value):
    """A pressed button; `title` is what the user saw on it."""

    id: ClientId
    payload: Annotated[Str, Field(min_length=1, max_length=1000)]
    title: Annotated[Str, Field(max_length=200)] | None = None


class VisitorRequest(Value):
    """`name`: what the visitor wants to be called; nobody has checked it."""

    name: Annotated[Str, Field(max_length=400)] | None = None


class ClaimRequest(Value):
    """`force` takes the session from another agent; supervisors only."""

    force: StrictBool = False


class RetryRequest(Value):
    """`again`: send it though it may have arrived, and may then arrive twice."""

    again: StrictBool = False


class NoteRequest(Value):
    id: ClientId | None = None
    text: Annotated[Str, Field(min_length=1)]


class ReadRequest(Value):
    seq: Number


class MessengerDelivery(BaseModel):
    """As Facebook describes it; whatever else is signed is answered with 200 as well, and what is of no use ignored."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    object: str
    entry: list[dict[str, JsonValue]]


class SessionsAnswer(Value):
    sessions: list[SessionView]
    cursor: str | None


class LogAnswer(Value):
    """Entries ascending; `cursor` is the number read up to."""

    session: SessionView
    entries: list[EntryView]
    cursor: int


class MessageAnswer(Value):
    entry: EntryView
    session: SessionView


class EntryAnswer(Value):
    entry: EntryView


class NotificationView(Value):
    """An alert. `id` goes into the paths below `/notifications`."""

    id: str
    session_id: str
    text: str
    level: Level
    why: Literal["paused", "notify", "waiting"]
    at: Instant
    read: bool
    archived: bool


class NotificationsAnswer(Value):
    """`unread` and `waiting` are counted to 100."""

    notifications: list[NotificationView]
    unread: int
    waiting: int
    cursor: str | None


class UnreadAnswer(Value):
    unread: int


class ParkedView(Value):
    """A delivery, or one event of it, that could not be processed: all but what users said.

    `size`: bytes of what came; `tries`: how often it was tried again in vain.
    """

    id: str
    at: Instant
    channel: str
    session_id: str | None
    size: int
    reason: str
    tries: int


class ParkedAnswer(Value):
    parked: list[ParkedView]
    cursor: str | None


class ReplayAnswer(Value):
    """What became of it, in `words`; `done`: it was taken, and is not parked any more."""

    id: str
    done: bool
    words: str


class DroppedAnswer(Value):
    id: str


class MeAnswer(Value):
    """Who the token belongs to, and what an agent should know is wrong with the installation."""

    id: str
    name: str
    role: Role
    warnings: list[str]


class VisitorId(Value):
    id: str


class VisitorAnswer(Value):
    visitor: VisitorId
    token: str


class VisitorEntryAnswer(Value):
    entry: VisitorEntry


class StateAnswer(Value):
    state: VisitorState


class FollowAnswer(Value):
    """Entries the visitor may see; `cursor` counts the hidden ones too."""

    entries: list[VisitorEntry]
    cursor: int
    state: VisitorState


class HealthAnswer(Value):
    status: Literal["ok"] = "ok"


class Refusal(Value):
    """Every 4xx and 503."""

    Code: str
    Message: str
