"""A store in memory: the whole interface, atomic, gone with its process; values go through JSON as everywhere else."""

import json
import threading
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from chalicelib.errors import Conflict, Duplicate, NotificationNotFound
from chalicelib.model.entry import Entry, decode, encode
from chalicelib.model.facts import encode_facts
from chalicelib.model.session import Session
from chalicelib.store import keys
from chalicelib.store.base import COUNT_LIMIT, AlertState, Item, Notification, Page, Parked, SessionQuery, Store, Token

_UNREAD, _READ, _ARCHIVED = 0, 1, 2
_STATES: tuple[AlertState, ...] = ("unread", "read", "archived")


@dataclass
class _Record:
    """One session: its log in order of numbers, its facts as JSON, the state of its alerts by number."""

    head: Session
    log: list[Entry] = field(default_factory=list)
    facts: str = "{}"
    alerts: dict[int, int] = field(default_factory=dict)


class MemoryStore(Store):
    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, _Record] = {}
        self._parked: dict[str, Parked] = {}
        self._tokens: dict[str, Token] = {}
        self._secret: str | None = None

    def load(self, session_id: str) -> Session | None:
        with self._lock:
            record = self._records.get(session_id)
            return None if record is None else record.head

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        appended = [decode(encode(entry)) for entry in entries]
        rewritten = {entry.seq: decode(encode(entry)) for entry in amends}
        kept = None if facts is None else encode_facts(facts)
        head = Session.model_validate_json(after.to_json())
        with self._lock:
            record = self._records.get(after.id)
            rev = 0 if record is None else record.head.rev
            if record is not None and record.head.attempt == after.attempt:
                return
            for entry in appended:
                stored = self.find(after.id, entry.id)
                if stored is not None:
                    raise Duplicate(stored)
            if rev != (0 if before is None else before.rev):
                raise Conflict("Somebody else changed this conversation at the same moment.")
            record = self._records.setdefault(after.id, _Record(head))
            record.head = head
            record.log = [rewritten.get(entry.seq, entry) for entry in record.log] + appended
            record.facts = record.facts if kept is None else kept
            record.alerts |= {entry.seq: _UNREAD for entry in appended if entry.kind == "alert"}

    def entries(self, session_id: str, *, after: int = 0, before: int | None = None, limit: int) -> list[Entry]:
        with self._lock:
            record = self._records.get(session_id)
            log = [] if record is None else record.log
            first = bisect_right(log, after, key=lambda entry: entry.seq)
            if before is None:
                return log[first : first + limit]
            window = [entry for entry in log[first:] if entry.seq < before]
            return window[max(0, len(window) - limit) :]

    def find(self, session_id: str, entry_id: str) -> Entry | None:
        with self._lock:
            record = self._records.get(session_id)
            log = [] if record is None else record.log
            return next((entry for entry in log if entry.id == entry_id), None)

    def facts(self, session_id: str) -> dict[str, JsonValue]:
        with self._lock:
            record = self._records.get(session_id)
            facts: dict[str, JsonValue] = {} if record is None else json.loads(record.facts)
            return facts

    def sessions(self, query: SessionQuery, *, cursor: str | None = None, limit: int) -> Page[Session]:
        past = "" if cursor is None else keys.unseal(cursor)
        with self._lock:
            rows = sorted((key, head) for head in self._heads() if (key := _list_key(head, query)) and key > past)
        return _page(rows, limit)

    def waiting(self) -> int:
        with self._lock:
            waiting = sum(1 for head in self._heads() if (keys.paused_key(head) or "").startswith(keys.WAITING))
        return min(COUNT_LIMIT, waiting)

    def due(self, now: datetime, *, limit: int) -> list[str]:
        with self._lock:
            due = sorted((head.due_at, head.id) for head in self._heads() if head.due_at and head.due_at <= now)
        return [session_id for _, session_id in due[:limit]]

    def erase(self, session_id: str, *, through: int, limit: int) -> bool:
        with self._lock:
            record = self._records.get(session_id)
            if record is None:
                return True
            doomed = [entry.seq for entry in record.log if entry.seq <= through]
            last = through if len(doomed) <= limit else doomed[limit - 1]
            record.log = [entry for entry in record.log if entry.seq > last]
            record.alerts = {seq: state for seq, state in record.alerts.items() if seq > last}
            return last == through

    def forget(self, head: Session) -> None:
        with self._lock:
            record = self._records.get(head.id)
            if record is not None and record.head.rev != head.rev:
                raise Conflict("Somebody has written to the session meanwhile.")
            assert record is None or not record.log, "a head is forgotten before its entries are deleted"
            self._records.pop(head.id, None)

    def alert_states(self, session_id: str, numbers: Sequence[int]) -> dict[int, AlertState]:
        with self._lock:
            record = self._records.get(session_id)
            alerts = {} if record is None else record.alerts
            return {seq: _STATES[alerts[seq]] for seq in numbers if seq in alerts}

    def notifications(self, *, cursor: str | None = None, limit: int) -> Page[Notification]:
        before = "~" if cursor is None else keys.unseal(cursor)
        with self._lock:
            rows = [
                (key, Notification(session_id=session_id, entry=entry, read=state >= _READ))
                for session_id, record in self._records.items()
                for entry in record.log
                if entry.seq > record.head.cut
                and (state := record.alerts.get(entry.seq, _ARCHIVED)) < _ARCHIVED
                and (key := keys.notification_key(entry.at, session_id, entry.seq)) < before
            ]
        return _page(sorted(rows, key=lambda row: row[0], reverse=True), limit)

    def unread(self) -> int:
        with self._lock:
            states = [state for record in self._records.values() for state in record.alerts.values()]
        return min(COUNT_LIMIT, states.count(_UNREAD))

    def mark(self, session_id: str, seq: int, *, read: bool = False, archived: bool = False) -> None:
        with self._lock:
            record = self._records.get(session_id)
            if record is None or seq not in record.alerts:
                raise NotificationNotFound("There is no such notification.")
            wanted = _ARCHIVED if archived else _READ if read else _UNREAD
            record.alerts[seq] = max(record.alerts[seq], wanted)

    def mark_all_read(self, *, limit: int) -> int:
        with self._lock:
            unread = [
                (record, seq)
                for record in self._records.values()
                for seq, state in record.alerts.items()
                if state == _UNREAD
            ]
            for record, seq in unread[:limit]:
                record.alerts[seq] = _READ
        return len(unread[:limit])

    def park(self, parked: Parked) -> None:
        kept = Parked.model_validate_json(parked.checked().to_json())
        with self._lock:
            self._parked.setdefault(kept.id, kept)

    def parked(self, *, cursor: str | None = None, limit: int) -> Page[Parked]:
        past = "" if cursor is None else keys.unseal(cursor)
        return _page([row for row in self._parked_rows() if row[0] > past], limit)

    def parked_of(self, session_id: str, *, limit: int) -> list[Parked]:
        return [parked for _, parked in self._parked_rows() if parked.session_id == session_id][:limit]

    def find_parked(self, parked_id: str) -> Parked | None:
        with self._lock:
            return self._parked.get(parked_id)

    def count_try(self, parked_id: str) -> None:
        with self._lock:
            kept = self._parked.get(parked_id)
            if kept is not None:
                self._parked[parked_id] = kept.but(tries=kept.tries + 1)

    def unpark(self, parked_id: str) -> bool:
        with self._lock:
            return self._parked.pop(parked_id, None) is not None

    def _parked_rows(self) -> list[tuple[str, Parked]]:
        with self._lock:
            rows = [(keys.parked_key(parked.at, parked.id), parked) for parked in self._parked.values()]
        return sorted(rows, key=lambda row: row[0])

    def add_token(self, digest: str, token: Token) -> None:
        with self._lock:
            self._tokens[digest] = Token.model_validate_json(token.to_json())

    def token(self, digest: str) -> Token | None:
        with self._lock:
            return self._tokens.get(digest)

    def tokens(self) -> list[Token]:
        with self._lock:
            return sorted(self._tokens.values(), key=lambda token: token.created_at)

    def revoke_token(self, token_id: str) -> bool:
        with self._lock:
            left = {digest: token for digest, token in self._tokens.items() if token.id != token_id}
            revoked = len(left) < len(self._tokens)
            self._tokens = left
        return revoked

    def secret(self, proposal: str) -> str:
        with self._lock:
            self._secret = self._secret or proposal
            return self._secret

    def prepare(self) -> None:
        """Nothing to make."""

    def check(self) -> list[str]:
        return []

    def _heads(self) -> list[Session]:
        return [record.head for record in self._records.values()]


def _list_key(head: Session, query: SessionQuery) -> str | None:
    """Where the session stands in the list that the query asks for; None: it is not in it."""
    if query.name is not None:
        key = keys.name_key(head)
        return key if key is not None and keys.fold(head.user.name).startswith(keys.fold(query.name)) else None
    if query.assignee is not None:
        return keys.paused_key(head) if keys.owner_key(head) == query.assignee else None
    return keys.paused_key(head) if query.paused else keys.activity_key(head)


def _page(rows: list[tuple[str, Item]], limit: int) -> Page[Item]:
    cursor = keys.seal(rows[limit - 1][0]) if len(rows) > limit else None
    return Page([item for _, item in rows[:limit]], cursor)
