"""Sessions in a SQL database: SQLite, embedded, on a laptop or one server; PostgreSQL wherever it runs."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chalicelib.errors import Conflict, Duplicate, NotificationNotFound
from chalicelib.model.entry import Entry, decode, encode
from chalicelib.model.facts import encode_facts
from chalicelib.model.session import Session
from chalicelib.model.value import stamp
from chalicelib.store import keys
from chalicelib.store.base import COUNT_LIMIT, AlertState, Notification, Page, SessionQuery, Token
from chalicelib.store.sql_engine import Database
from chalicelib.store.sql_parked import SQLParking
from chalicelib.store.sql_schema import complaints, migrate

_UNREAD, _READ, _ARCHIVED = 0, 1, 2
_STATES: tuple[AlertState, ...] = ("unread", "read", "archived")
"""A notification's state, in numbers that only grow, and their names."""

_PAST_NUMBERS = 2**31 - 1
"""Above every number of an entry: the largest INTEGER of every dialect."""

_PAST_TIMES = "~"
"""Sorts after every key that starts with a time."""

_LOAD = text("SELECT head FROM sessions WHERE id = :id")
_ATTEMPT = text("SELECT attempt FROM sessions WHERE id = :id")
_FIRST = text(
    "INSERT INTO sessions (id, rev, attempt, head, activity_key, paused_key, owner_key, name_key, due_key)"
    " VALUES (:id, :rev, :attempt, :head, :activity_key, :paused_key, :owner_key, :name_key, :due_key)"
    " ON CONFLICT DO NOTHING"
)
_NEXT = text(
    "UPDATE sessions SET rev = :rev, attempt = :attempt, head = :head, activity_key = :activity_key,"
    " paused_key = :paused_key, owner_key = :owner_key, name_key = :name_key, due_key = :due_key"
    " WHERE id = :id AND rev = :known"
)
_APPEND = text("INSERT INTO entries (session_id, seq, id, body) VALUES (:session_id, :seq, :id, :body)")
_REWRITE = text("UPDATE entries SET body = :body WHERE session_id = :session_id AND seq = :seq")
_NOTIFY = text("INSERT INTO notifications (session_id, seq, sort_key, state) VALUES (:session_id, :seq, :sort_key, 0)")
_REMEMBER = text(
    "INSERT INTO facts (session_id, body) VALUES (:session_id, :body)"
    " ON CONFLICT (session_id) DO UPDATE SET body = excluded.body"
)
_FORWARD = text("SELECT body FROM entries WHERE session_id = :session_id AND seq > :after ORDER BY seq LIMIT :limit")
_BACKWARD = text(
    "SELECT body FROM entries WHERE session_id = :session_id AND seq > :after AND seq < :before"
    " ORDER BY seq DESC LIMIT :limit"
)
_FIND = text("SELECT body FROM entries WHERE session_id = :session_id AND id = :id")
_FACTS = text("SELECT body FROM facts WHERE session_id = :session_id")
_BY_ACTIVITY = text(
    "SELECT head, activity_key AS sort_key FROM sessions WHERE activity_key > :after ORDER BY activity_key LIMIT :limit"
)
_PAUSED = text(
    "SELECT head, paused_key AS sort_key FROM sessions WHERE paused_key > :after ORDER BY paused_key LIMIT :limit"
)
_BY_OWNER = text(
    "SELECT head, paused_key AS sort_key FROM sessions WHERE owner_key = :owner AND paused_key > :after"
    " ORDER BY paused_key LIMIT :limit"
)
_BY_NAME = text(
    "SELECT head, name_key AS sort_key FROM sessions WHERE name_key > :after AND name_key < :past"
    " ORDER BY name_key LIMIT :limit"
)
_WAITING = text(
    "SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE paused_key > :first AND paused_key < :past LIMIT :limit) AS counted"
)
_DUE = text("SELECT id FROM sessions WHERE due_key < :past ORDER BY due_key LIMIT :limit")
_FIRST_LEFT = text("SELECT MIN(seq) FROM entries WHERE session_id = :session_id AND seq <= :through")
_ERASE = (
    text("DELETE FROM notifications WHERE session_id = :session_id AND seq <= :through"),
    text("DELETE FROM entries WHERE session_id = :session_id AND seq <= :through"),
)
_FORGET = text("DELETE FROM sessions WHERE id = :id AND rev = :rev")
_FORGET_FACTS = text("DELETE FROM facts WHERE session_id = :session_id")
_LISTED = text(
    "SELECT n.session_id, n.seq, n.state, e.body, s.head, n.sort_key FROM notifications n"
    " JOIN entries e ON e.session_id = n.session_id AND e.seq = n.seq JOIN sessions s ON s.id = n.session_id"
    " WHERE n.state < 2 AND n.sort_key < :before ORDER BY n.sort_key DESC LIMIT :limit"
)
_STATE = text("SELECT state FROM notifications WHERE session_id = :session_id AND seq = :seq")
_COUNT_UNREAD = text("SELECT COUNT(*) FROM (SELECT 1 FROM notifications WHERE state = 0 LIMIT :limit) AS counted")
_MARK = text("UPDATE notifications SET state = :state WHERE session_id = :session_id AND seq = :seq AND state < :state")
_NOTIFIED = text("SELECT 1 FROM notifications WHERE session_id = :session_id AND seq = :seq")
_MARK_ALL = text(
    "UPDATE notifications SET state = 1 WHERE state = 0 AND sort_key IN"
    " (SELECT sort_key FROM notifications WHERE state = 0 ORDER BY sort_key LIMIT :limit)"
)
_ADD_TOKEN = text(
    "INSERT INTO tokens (digest, id, created_key, body) VALUES (:digest, :id, :created_key, :body)"
    " ON CONFLICT (digest) DO UPDATE SET id = excluded.id, created_key = excluded.created_key, body = excluded.body"
)
_TOKEN = text("SELECT body FROM tokens WHERE digest = :digest")
_TOKENS = text("SELECT body FROM tokens ORDER BY created_key, digest")
_REVOKE = text("DELETE FROM tokens WHERE id = :id")
_KEEP_SECRET = text("INSERT INTO secrets (name, secret) VALUES ('signing', :secret) ON CONFLICT DO NOTHING")
_SECRET = text("SELECT secret FROM secrets WHERE name = 'signing'")


class SQLStore(SQLParking):
    """Sessions in the database at `url`: `sqlite:///path`, whose folder `prepare` makes, or `postgresql://…` as libpq has it.

    Call `prepare` before anything else. Every method may also raise BadSettings: for a database that is damaged, lacks
    its tables, or does not let its user do this, since trying again would not help.
    """

    def __init__(self, url: str, *, patience_seconds: float = 5.0) -> None:
        """`patience_seconds`: how long a caller waits for a lock or a connection before StoreBusy."""
        self._database = Database(url, patience_seconds=patience_seconds)

    def load(self, session_id: str) -> Session | None:
        with self._database.read() as run:
            head = run(_LOAD, id=session_id).value
        return None if head is None else Session.model_validate_json(head)

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        known = 0 if before is None else before.rev
        head = {**_head_row(after), "known": known}
        appended = [_entry_row(after.id, entry) for entry in entries]
        rewritten = [_entry_row(after.id, entry) for entry in amends]
        alerts = [_notification_row(after.id, entry) for entry in entries if entry.kind == "alert"]
        remembered = None if facts is None else encode_facts(facts)
        try:
            with self._database.write() as run:
                won = run(_NEXT if known else _FIRST, **head).changed == 1
                if won:
                    run.for_each(_APPEND, appended)
                    run.for_each(_REWRITE, rewritten)
                    run.for_each(_NOTIFY, alerts)
                    if remembered is not None:
                        run(_REMEMBER, session_id=after.id, body=remembered)
        except IntegrityError:
            won = False
        if not won:
            self._explain_loss(after, entries)

    def _explain_loss(self, after: Session, entries: Sequence[Entry]) -> None:
        """Raises Duplicate or Conflict; returns when what stands in the way is this very commit."""
        with self._database.read() as run:
            if run(_ATTEMPT, id=after.id).value == after.attempt:
                return
        for entry in entries:
            stored = self.find(after.id, entry.id)
            if stored is not None:
                raise Duplicate(stored)
        raise Conflict("Somebody else changed this conversation at the same moment.")

    def entries(self, session_id: str, *, after: int = 0, before: int | None = None, limit: int) -> list[Entry]:
        which = {"session_id": session_id, "after": _number(after), "limit": limit}
        with self._database.read() as run:
            if before is None:
                bodies = run(_FORWARD, **which).column
            else:
                bodies = run(_BACKWARD, **which, before=_number(before)).column[::-1]
        return [decode(body) for body in bodies]

    def find(self, session_id: str, entry_id: str) -> Entry | None:
        with self._database.read() as run:
            body = run(_FIND, session_id=session_id, id=entry_id).value
        return None if body is None else decode(body)

    def facts(self, session_id: str) -> dict[str, JsonValue]:
        with self._database.read() as run:
            body = run(_FACTS, session_id=session_id).value
        return {} if body is None else cast("dict[str, JsonValue]", json.loads(body))

    def sessions(self, query: SessionQuery, *, cursor: str | None = None, limit: int) -> Page[Session]:
        after = "" if cursor is None else keys.unseal(cursor)
        which = {"after": after, "limit": limit + 1}
        if query.name is not None:
            first = keys.fold(query.name)
            statement, which = _BY_NAME, {**which, "after": max(after, first), "past": _past(first)}
        elif query.assignee is not None:
            statement, which = _BY_OWNER, {**which, "owner": query.assignee}
        else:
            statement = _PAUSED if query.paused else _BY_ACTIVITY
        with self._database.read() as run:
            rows = run(statement, **which).all
        heads = (Session.model_validate_json(head) for head, _ in rows[:limit])
        return Page([head for head in heads if _fits(head, query)], _cursor(rows, limit))

    def waiting(self) -> int:
        which = {"first": keys.WAITING, "past": _past(keys.WAITING), "limit": COUNT_LIMIT}
        with self._database.read() as run:
            return int(run(_WAITING, **which).value)

    def due(self, now: datetime, *, limit: int) -> list[str]:
        with self._database.read() as run:
            return run(_DUE, past=_past(f"{stamp(now)}#"), limit=limit).column

    def erase(self, session_id: str, *, through: int, limit: int) -> bool:
        through = _number(through)
        with self._database.write() as run:
            first = run(_FIRST_LEFT, session_id=session_id, through=through).value
            last = through if first is None else min(through, first + limit - 1)
            for statement in _ERASE:
                run(statement, session_id=session_id, through=last)
        return last == through

    def forget(self, head: Session) -> None:
        with self._database.write() as run:
            if run(_FORGET, id=head.id, rev=head.rev).changed:
                run(_FORGET_FACTS, session_id=head.id)
            elif run(_ATTEMPT, id=head.id).value is not None:
                raise Conflict("Somebody has written to the session meanwhile.")

    def scrub(self) -> None:
        self._database.scrub()

    def notifications(self, *, cursor: str | None = None, limit: int) -> Page[Notification]:
        before = _PAST_TIMES if cursor is None else keys.unseal(cursor)
        with self._database.read() as run:
            rows = run(_LISTED, before=before, limit=limit + 1).all
        listed = [
            Notification(session_id=session_id, entry=decode(body), read=state >= _READ)
            for session_id, seq, state, body, head, _ in rows[:limit]
            if seq > json.loads(head).get("cut", 0)
        ]
        return Page(listed, _cursor(rows, limit))

    def alert_states(self, session_id: str, numbers: Sequence[int]) -> dict[int, AlertState]:
        with self._database.read() as run:
            states = {seq: run(_STATE, session_id=session_id, seq=_number(seq)).value for seq in numbers}
        return {seq: _STATES[state] for seq, state in states.items() if state is not None}

    def unread(self) -> int:
        with self._database.read() as run:
            return int(run(_COUNT_UNREAD, limit=COUNT_LIMIT).value)

    def mark(self, session_id: str, seq: int, *, read: bool = False, archived: bool = False) -> None:
        state = _ARCHIVED if archived else _READ if read else _UNREAD
        which = {"session_id": session_id, "seq": _number(seq)}
        with self._database.write() as run:
            if run(_MARK, **which, state=state).changed:
                return
            if run(_NOTIFIED, **which).value is None:
                raise NotificationNotFound("There is no such notification.")

    def mark_all_read(self, *, limit: int) -> int:
        with self._database.write() as run:
            return run(_MARK_ALL, limit=limit).changed

    def add_token(self, digest: str, token: Token) -> None:
        row = {"digest": digest, "id": token.id, "created_key": stamp(token.created_at), "body": token.to_json()}
        with self._database.write() as run:
            run(_ADD_TOKEN, **row)

    def token(self, digest: str) -> Token | None:
        with self._database.read() as run:
            body = run(_TOKEN, digest=digest).value
        return None if body is None else Token.model_validate_json(body)

    def tokens(self) -> list[Token]:
        with self._database.read() as run:
            return [Token.model_validate_json(body) for body in run(_TOKENS).column]

    def revoke_token(self, token_id: str) -> bool:
        with self._database.write() as run:
            return run(_REVOKE, id=token_id).changed > 0

    def secret(self, proposal: str) -> str:
        with self._database.write() as run:
            run(_KEEP_SECRET, secret=proposal)
            return str(run(_SECRET).value)

    def prepare(self) -> None:
        self._database.make_folder()
        with self._database.write() as run:
            migrate(run.connection)

    def check(self) -> list[str]:
        missing = self._database.missing()
        if missing is not None:
            return [f"There is no file {missing}: it is made by the first start; otherwise correct HITL_STORE."]
        with self._database.read() as run:
            return complaints(run.connection)

    def close(self) -> None:
        self._database.close()


def _head_row(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "rev": session.rev,
        "attempt": session.attempt,
        "head": session.to_json(),
        "activity_key": keys.activity_key(session) or "",  # sorts before all that a list begins with
        "paused_key": keys.paused_key(session),
        "owner_key": keys.owner_key(session),
        "name_key": keys.name_key(session),
        "due_key": keys.due_key(session),
    }


def _entry_row(session_id: str, entry: Entry) -> dict[str, object]:
    return {"session_id": session_id, "seq": entry.seq, "id": entry.id, "body": encode(entry)}


def _notification_row(session_id: str, entry: Entry) -> dict[str, object]:
    key = keys.notification_key(entry.at, session_id, entry.seq)
    return {"session_id": session_id, "seq": entry.seq, "sort_key": key}


def _number(seq: int) -> int:
    """The number, or the nearest one that the database can compare: a caller may ask for any."""
    return max(0, min(seq, _PAST_NUMBERS))


def _fits(session: Session, query: SessionQuery) -> bool:
    """Whether the head is what was asked for: a key may be of an earlier release, or say more than the name does."""
    if query.name is not None and not keys.fold(session.user.name).startswith(keys.fold(query.name)):
        return False
    if query.assignee is not None:
        return keys.owner_key(session) == query.assignee
    return session.paused if query.paused else keys.is_listed(session)


def _cursor(rows: Sequence[tuple[Any, ...]], limit: int) -> str | None:
    """Where the next page starts, given one row more than this page holds, its sort key last; None: there was none."""
    return keys.seal(rows[limit - 1][-1]) if len(rows) > limit else None


def _past(prefix: str) -> str:
    """The first text that sorts after every text beginning with `prefix`, by code point."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return "\U0010ffff" * 100  # longer than any name that is kept
    code = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if code == 0xD800 else code)  # noqa: PLR2004 - surrogates are no text
