"""The sort keys of the lists, the same text on every backend, so that order and cursors are the same everywhere."""

import base64
import binascii
from datetime import UTC, datetime

from chalicelib.errors import Malformed
from chalicelib.model.session import NOBODY, Session
from chalicelib.model.value import stamp

_LAST_MINUTE = 99_999_999
_NAME_KEY_LIMIT = 80
_NAME_END = "\x1f"  # sorts before every character of a name, so that Ann comes before Ann Lee


def is_listed(session: Session) -> bool:
    """Whether the session is a conversation: neither what is left of one after an erasure, nor an account's own log."""
    return not (session.gone or session.of_account)


def activity_key(session: Session) -> str | None:
    """Sorts ascending by latest activity (to the minute) first, then by id; None: it is no conversation."""
    if not is_listed(session):
        return None
    at = session.last_event_at or datetime(1970, 1, 1, tzinfo=UTC)
    return f"{_LAST_MINUTE - int(at.timestamp() // 60):08d}#{session.id}"


def paused_key(session: Session) -> str | None:
    """Sorts ascending by longest waiting first, then those who need no answer by time of pause; None: not paused."""
    if session.pause is None:
        return None
    if session.waiting_since is not None:
        return f"{WAITING}{stamp(session.waiting_since)}#{session.id}"
    return f"{ANSWERED}{stamp(session.pause.at)}#{session.id}"


WAITING = "0#"
ANSWERED = "1#"


def owner_key(session: Session) -> str | None:
    """The assignee's id, or "none", of a paused session; None: not paused."""
    if session.pause is None:
        return None
    return session.assignee.id if session.assignee is not None else NOBODY


def name_key(session: Session) -> str | None:
    """The name as it is searched, and the id; None for a nameless user, and for what is no conversation."""
    if not session.user.name or not is_listed(session):
        return None
    return f"{fold(session.user.name)}{_NAME_END}#{session.id}"


def fold(name: str) -> str:
    """A name, or the beginning of one, as it is compared: without case, NUL removed, cut."""
    return name.casefold().replace("\x00", "")[:_NAME_KEY_LIMIT]


def due_key(session: Session) -> str | None:
    """Sorts ascending by due time; None: nothing is due by itself."""
    due_at = session.due_at
    return None if due_at is None else f"{stamp(due_at)}#{session.id}"


def notification_key(at: datetime, session_id: str, seq: int) -> str:
    """Sorts by time of the alert."""
    return f"{stamp(at)}#{session_id}#{seq:010d}"


def parked_key(at: datetime, parked_id: str) -> str:
    """Sorts by the time of parking."""
    return f"{stamp(at)}#{parked_id}"


def seal(key: str) -> str:
    """A cursor for outside: opaque, URL-safe."""
    return base64.urlsafe_b64encode(key.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def unseal(cursor: str) -> str:
    """The key inside a cursor. Raises Malformed for anything that `seal` never gave."""
    try:
        key = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error) as error:
        raise Malformed("cursor: not one of ours") from error
    if seal(key) != cursor or "\x00" in key or "#" not in key:
        raise Malformed("cursor: not one of ours")
    return key
