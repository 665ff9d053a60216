"""What agents and visitors are shown of a session: the JSON of the HTTP contract."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from chalicelib.model.entry import AmendDetail, Author, Body, Entry, EntryKind, Trigger
from chalicelib.model.sending import is_carried
from chalicelib.model.session import Owner, Preview, Session
from chalicelib.model.value import Instant, Value
from chalicelib.model.window import refusal, window

Status = Literal["pending", "sent", "delivered", "read", "failed", "unknown", "suppressed"]


class UserView(Value):
    id: str
    name: str
    picture_url: str | None


class PauseView(Value):
    trigger: Trigger
    by: Author
    reason: str | None
    at: Instant
    until: Instant
    draining_until: Instant | None


class ReplyWindow(Value):
    """Until when the channel lets the bot answer, and a human; None: for ever.

    `refused`: why nothing can be sent now; `held`: why what is written now goes out only later.
    """

    closes_at: Instant | None = None
    human_closes_at: Instant | None = None
    refused: str | None = None
    held: str | None = None


class SessionView(Value):
    """A session as agents see it."""

    id: str
    channel: str
    user: UserView
    paused: bool
    pause: PauseView | None
    assignee: Owner | None
    waiting_since: Instant | None
    last_user_at: Instant | None
    last_event_at: Instant | None
    seq: int
    sent_to: int
    delivered_to: int
    read_to: int
    unread: int
    last_message: Preview | None
    tags: tuple[str, ...]
    typing: bool
    reply_window: ReplyWindow


class EntryView(Value):
    """An entry as it is shown; `status` is None where it makes no sense. `reaction`: the emoji that the user put to it."""

    seq: int
    id: str
    kind: EntryKind
    author: Author
    content: Body | None
    at: Instant
    status: Status | None
    failure: str | None = None
    edited: bool = False
    reaction: str | None = None


class AgentFace(Value):
    """The agent as a visitor may see them."""

    name: str
    picture_url: str | None = None


class VisitorState(Value):
    """What a visitor may know of their session beside the entries."""

    paused: bool
    agent: AgentFace | None
    sent_to: int
    delivered_to: int
    read_to: int
    typing: bool


class VisitorEntry(Value):
    """An entry as the visitor sees it: names, never ids of agents."""

    seq: int
    id: str
    kind: EntryKind
    author: Author
    content: Body | None
    at: Instant


def session_view(session: Session, now: datetime, *, stopped: str | None = None) -> SessionView:
    """The session at this moment: an expired pause is shown as over, though nobody has written so yet.

    `stopped`: why nothing goes out for the account it belongs to.
    """
    paused = session.paused_at(now)
    pause = session.pause if paused else None
    return SessionView(
        id=session.id,
        channel=session.channel,
        user=UserView(id=session.user_id, name=session.display_name, picture_url=session.user.picture_url),
        paused=paused,
        pause=None
        if pause is None
        else PauseView(
            trigger=pause.trigger,
            by=pause.by,
            reason=pause.reason,
            at=pause.at,
            until=pause.until,
            draining_until=pause.draining_until,
        ),
        assignee=session.assignee if paused else None,
        waiting_since=session.waiting_since if paused else None,
        last_user_at=session.last_user_at,
        last_event_at=session.last_event_at,
        seq=session.seq,
        sent_to=session.sent_to,
        delivered_to=session.delivered_to,
        read_to=session.read_to,
        unread=session.unread,
        last_message=session.last_message,
        tags=session.tags,
        typing=_fresh(session.user_typing_until, now),
        reply_window=_reply_window(session, now, stopped),
    )


def _reply_window(session: Session, now: datetime, stopped: str | None) -> ReplyWindow:
    until = window(session)
    refused = refusal(session, now, bot=False)
    if until is None:
        return ReplyWindow(refused=refused, held=stopped)
    return ReplyWindow(closes_at=until.closes_at, human_closes_at=until.human_closes_at, refused=refused, held=stopped)


def entry_view(entry: Entry, session: Session) -> EntryView:
    """The entry with its delivery state, which the head's watermarks tell."""
    return EntryView(
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        author=entry.author,
        content=entry.content,
        at=entry.at,
        status=_status(entry, session),
        failure=entry.failure,
        edited=entry.edits > 0,
        reaction=entry.reaction,
    )


def visitor_state(session: Session, now: datetime) -> VisitorState:
    """The state part of a visitor's answer."""
    paused = session.paused_at(now)
    owner = session.assignee if paused else None
    return VisitorState(
        paused=paused,
        agent=None if owner is None else AgentFace(name=owner.name),
        sent_to=session.sent_to,
        delivered_to=session.delivered_to,
        read_to=session.read_to,
        typing=_fresh(session.agent_typing_until, now),
    )


def visitor_entries(entries: Iterable[Entry]) -> list[VisitorEntry]:
    """What the visitor may read: messages that are not suppressed, their amends, and who came and went by name."""
    return [
        VisitorEntry(
            seq=entry.seq,
            id=_public_id(entry),
            kind=entry.kind,
            author=entry.author.but(id="") if entry.author.kind != "user" else entry.author,
            content=entry.content if entry.kind in ("message", "amended") else None,
            at=entry.at,
        )
        for entry in entries
        if _visible(entry)
    ]


def _visible(entry: Entry) -> bool:
    if entry.kind == "message":
        return entry.fate != "suppressed"
    if isinstance(entry.content, AmendDetail):
        return not entry.content.hidden
    return entry.kind in ("paused", "unpaused", "claimed", "released")


def _public_id(entry: Entry) -> str:
    """The visitor's own ids as they are; any other by number, since an agent's would tell who it was."""
    return entry.id if entry.author.kind == "user" else f"e:{entry.seq}"


def _status(entry: Entry, session: Session) -> Status | None:
    if entry.kind != "message":
        return None
    if entry.fate is not None:
        return entry.fate
    if entry.author.kind == "user":
        return None
    if is_carried(entry) and (way := _under_way(entry, session)) is not None:
        return way
    if entry.resent:
        return "sent"  # the watermarks may have passed its number before it went out
    if entry.seq <= session.read_to:
        return "read"
    return "delivered" if entry.seq <= session.delivered_to else "sent"


def _under_way(entry: Entry, session: Session) -> Status | None:
    """That the message has yet to go out, is on the wire, or never will go out; None: it is neither."""
    if session.sending is not None and session.sending.seq == entry.seq:
        return "pending"
    waiting = next((again for again in session.again if again.seq == entry.seq), None)
    if waiting is None and entry.seq <= session.sent_to:
        return None
    kept = waiting is not None and (waiting.asked or waiting.part > 0)  # of what has begun, the rest fails in its turn
    return "suppressed" if entry.author.kind == "bot" and entry.seq <= session.muted and not kept else "pending"


def _fresh(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now
