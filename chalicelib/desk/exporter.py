"""Everything that is kept about a person, to be handed to them."""

from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from chalicelib.desk.reader import Reader
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.store.base import AlertState, Store

MOST = 500
"""Entries of one part."""


class Export(NamedTuple):
    """One part of an export, true at `at`; `alerts`: the state of its alerts by number; `cursor`: where the next one begins."""

    at: datetime
    session: Session
    facts: dict[str, JsonValue]
    entries: list[Entry]
    alerts: dict[int, AlertState]
    cursor: int | None


class Exporter:
    """Reads a session in parts, each small enough for one answer."""

    def __init__(self, reader: Reader, store: Store) -> None:
        self._reader = reader
        self._store = store

    def export(self, session_id: str, *, after: int, limit: int) -> Export:
        """The part after a number; entries of every kind, and head and facts with each part. Raises SessionNotFound."""
        reading = self._reader.log(session_id, after=after, before=None, limit=limit)
        numbers = [entry.seq for entry in reading.entries if entry.kind == "alert"]
        return Export(
            at=self._reader.now,
            session=reading.session,
            facts=self._store.facts(session_id),
            entries=reading.entries,
            alerts=self._store.alert_states(session_id, numbers) if numbers else {},
            cursor=reading.cursor if reading.cursor < reading.session.seq else None,
        )
