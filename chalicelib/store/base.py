"""The interface of every store: sessions with their logs, notifications, what is parked, tokens and one secret.

All times are aware UTC. Every method may raise StoreBusy when the store does not answer in time or refuses for load.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, JsonValue

from chalicelib.errors import TooLarge
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.model.text import Text
from chalicelib.model.value import Instant, Kept

Role = Literal["agent", "supervisor", "bot"]
AlertState = Literal["unread", "read", "archived"]
Item = TypeVar("Item")
COUNT_LIMIT = 100
"""Counts stop here; more is shown as "100 or more"."""

PARKED_LIMIT = 256 * 1024
"""Bytes of what is parked: a platform's largest delivery, and less than the smallest item of any store."""

_NAME = re.compile("[^\x00\ud800-\udfff]{1,200}")


class Page(NamedTuple, Generic[Item]):
    """Some items in order; `cursor` continues after the last one, None: there are no more."""

    items: list[Item]
    cursor: str | None = None


class SessionQuery(NamedTuple):
    """Which sessions to list: all of them (by activity to the minute, latest first, then id), or the paused ones.

    `paused`: those waiting for a human first, longest waiting first, then the others by their time of pause. `assignee`
    (an agent's id, or "none") filters the paused ones. `name`: sessions whose user's name starts so, in order of name.
    """

    paused: bool = False
    assignee: str | None = None
    name: str | None = None


class Token(Kept):
    """An agent's or a bot's credential, stored by the SHA-256 of its secret text. `picture_url`: what users see of an agent."""

    id: str
    name: str
    role: Role
    created_at: Instant
    picture_url: str | None = None


class Notification(Kept):
    """An alert as the admin page lists it; `entry` is the alert's entry in session `session_id`."""

    session_id: str
    entry: Entry
    read: bool = False
    archived: bool = False


def is_parked_id(text: str) -> bool:
    """Whether something parked can have this id: 1 to 200 characters, none of them NUL or half a character."""
    return _NAME.fullmatch(text) is not None


def _nameable(text: str) -> str:
    if not is_parked_id(text):
        raise ValueError("must have 1 to 200 characters, none of them NUL or a lone surrogate")
    return text


_Name = Annotated[str, AfterValidator(_nameable)]


class Parked(Kept):
    """A delivery, or one event of it, that could not be processed, kept for an operator who looks at it and replays it.

    `id` is the same whenever the same is delivered again: the SHA-256 of a delivery, or an event's key. `at`: when it was
    parked. `reason`: one sentence, without what users said. `body`: the JSON as it came, or what came in its place.
    `session_id`: whose it is; None: nobody can tell. `tries`: how often it was replayed in vain.
    """

    id: _Name
    at: Instant
    channel: str
    reason: Text
    body: Text
    session_id: _Name | None = None
    tries: int = 0

    def checked(self) -> Self:
        """Itself. Raises TooLarge for a body over 256 kB."""
        if len(self.body) > PARKED_LIMIT // 4 and len(self.body.encode()) > PARKED_LIMIT:
            raise TooLarge(f"What is parked may have {PARKED_LIMIT} bytes.")
        return self


class Store(ABC):
    """Where sessions live. `load` and `entries` are strongly consistent; lists follow within about a second."""

    @abstractmethod
    def load(self, session_id: str) -> Session | None:
        """The head, or None when nothing was ever committed under this id."""

    @abstractmethod
    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Write head, entries, rewritten entries and facts together, or nothing.

        `before` is the head as loaded, None when there was none; `after.rev` is one more than its rev. `entries` are
        numbered on from `before.seq`; each of kind `alert` becomes a notification. `facts` replaces what was kept, None
        leaves it. A commit whose `after.attempt` equals the stored head's is the same commit again: it returns as the
        first time.

        Raises Duplicate with the stored entry when an entry with one of the ids exists, Conflict when the head's rev is
        not `before.rev` any more (Duplicate wins over Conflict), TooLarge for an entry or facts over their limit, and
        StoreBusy when the outcome is not known.
        """

    @abstractmethod
    def entries(self, session_id: str, *, after: int = 0, before: int | None = None, limit: int) -> list[Entry]:
        """Entries with `after` < seq < `before`, ascending: the first `limit` of them, with a `before` the last.

        An unknown session has none. A run that starts at `after` + 1 has no hole.
        """

    def numbered(self, session_id: str, seq: int) -> Entry | None:
        """The entry with this number, or None."""
        found = self.entries(session_id, after=seq - 1, limit=1)
        return found[0] if found and found[0].seq == seq else None

    @abstractmethod
    def find(self, session_id: str, entry_id: str) -> Entry | None:
        """The entry with this id, or None."""

    @abstractmethod
    def facts(self, session_id: str) -> dict[str, JsonValue]:
        """What the bot remembered about the user; empty when nothing."""

    @abstractmethod
    def sessions(self, query: SessionQuery, *, cursor: str | None = None, limit: int) -> Page[Session]:
        """A page of heads, none of them a tombstone, none an account's own unless it is paused; each still fits the query.

        Raises Malformed for a cursor that this method never gave.
        """

    @abstractmethod
    def waiting(self) -> int:
        """How many paused sessions wait for a human, counted to 100."""

    @abstractmethod
    def due(self, now: datetime, *, limit: int) -> list[str]:
        """Ids of sessions whose `due_at` is not after `now`, longest due first. A row may be stale; none is missing."""

    @abstractmethod
    def erase(self, session_id: str, *, through: int, limit: int) -> bool:
        """Delete entries up to the number `through`, about `limit` of them, with their ids and notifications.

        Whether none is left. Head and facts stay. Twice, at once, or half done: completes it.
        """

    @abstractmethod
    def forget(self, head: Session) -> None:
        """Delete the head, all of whose entries are deleted, and the facts; a no-op when there is no head any more.

        Raises Conflict when the stored head is not at `head.rev`.
        """

    def scrub(self) -> None:  # noqa: B027 - most stores have no file of their own
        """Overwrite what was deleted in the store's own files, where it could still be read there. Twice is harmless."""

    @abstractmethod
    def alert_states(self, session_id: str, numbers: Sequence[int]) -> dict[int, AlertState]:
        """What has become of the session's notifications with these numbers; those that are none are left out."""

    @abstractmethod
    def notifications(self, *, cursor: str | None = None, limit: int) -> Page[Notification]:
        """Alerts that are not archived and not hidden by their head's `cut`, newest first.

        Raises Malformed for a foreign cursor.
        """

    @abstractmethod
    def unread(self) -> int:
        """How many notifications are neither read nor archived, counted to 100."""

    @abstractmethod
    def mark(self, session_id: str, seq: int, *, read: bool = False, archived: bool = False) -> None:
        """Mark an alert as read or archived (which reads it). Twice is a no-op. Raises NotificationNotFound."""

    @abstractmethod
    def mark_all_read(self, *, limit: int) -> int:
        """Mark up to `limit` unread notifications as read; returns how many were."""

    @abstractmethod
    def park(self, parked: Parked) -> None:
        """Keep what could not be processed. The same id again is a no-op: the first stays. Raises TooLarge over 256 kB."""

    @abstractmethod
    def parked(self, *, cursor: str | None = None, limit: int) -> Page[Parked]:
        """What is parked, oldest first, then by id. Raises Malformed for a foreign cursor."""

    @abstractmethod
    def parked_of(self, session_id: str, *, limit: int) -> list[Parked]:
        """The first `limit` of what is parked and names this session, in the same order; strongly consistent."""

    @abstractmethod
    def find_parked(self, parked_id: str) -> Parked | None:
        """What is parked under this id, or None; strongly consistent."""

    @abstractmethod
    def count_try(self, parked_id: str) -> None:
        """Note that what is parked under this id was replayed in vain once more; a no-op when there is none."""

    @abstractmethod
    def unpark(self, parked_id: str) -> bool:
        """Delete what is parked under this id; False when there is none. Of two callers at once one gets True."""

    @abstractmethod
    def add_token(self, digest: str, token: Token) -> None:
        """Keep a token under the SHA-256 (hex) of its secret text. The same digest replaces."""

    @abstractmethod
    def token(self, digest: str) -> Token | None:
        """The token with this digest; None when unknown or revoked."""

    @abstractmethod
    def tokens(self) -> list[Token]:
        """All tokens, oldest first."""

    @abstractmethod
    def revoke_token(self, token_id: str) -> bool:
        """Forget the token with this id; False when there is none."""

    @abstractmethod
    def secret(self, proposal: str) -> str:
        """The installation's signing secret; `proposal` is kept and returned if there is none yet (one caller wins)."""

    @abstractmethod
    def prepare(self) -> None:
        """Make what can be made without an operator (SQL tables). Twice is a no-op."""

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong with the store's own structures, one sentence each saying what to do; empty: all is well."""

    def close(self) -> None:  # noqa: B027 - most stores have nothing to release
        """Release connections. Twice is a no-op."""
