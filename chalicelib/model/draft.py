"""A decision being made: the head as it will be, and the entries that lead there."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.model.entry import AmendDetail, Author, Body, Entry, EntryKind
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.model.text import check_length

LATE = timedelta(minutes=1)
"""Entries that are committed so long after their time remember when: what is kept for a time is kept by that."""


class Draft:
    """What one commit will write. Transitions are functions on it; none of them does any I/O.

    `before` is the head as loaded (rev 0: none stored), `after` the head so far; `now` the time of this attempt; `request`
    names the caller's request and stays the same over its attempts, so that entry ids do too.
    """

    def __init__(self, before: Session, *, now: datetime, request: str, policy: Policy) -> None:
        self.before = before
        self.after = before
        self.now = now
        self.request = request
        self.policy = policy
        self.entries: list[Entry] = []
        self.amends: list[Entry] = []
        self.facts: dict[str, Any] | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to commit."""
        return bool(self.entries or self.amends) or self.facts is not None or self.after != self.before

    def set(self, **changes: Any) -> None:
        """Change fields of the head."""
        self.after = self.after.but(**changes)

    def add(
        self,
        kind: EntryKind,
        author: Author,
        content: Body | None = None,
        *,
        entry_id: str | None = None,
        at: datetime | None = None,
        suppressed: bool = False,
    ) -> Entry:
        """Append an entry under the next number. Without an id it gets one of this request. Raises TooLarge."""
        check_length(getattr(content, "text", None) or "")
        entry = Entry(
            seq=self.after.seq + 1,
            id=entry_id or f"s:{self.request}:{len(self.entries)}",
            kind=kind,
            author=author,
            at=self.now if at is None else at,
            content=content,
            fate="suppressed" if suppressed else None,
            committed_at=None if at is None or self.now - at < LATE else self.now,
        )
        self.entries.append(entry)
        self.set(seq=entry.seq, last_event_at=self.now, created_at=self.after.created_at or self.now)
        if self.after.keep_until is None and self.policy.retention is not None:
            self.set(keep_until=self.now + self.policy.retention)
        return entry

    def amend(self, entry: Entry, *, entry_id: str | None = None) -> None:
        """Rewrite an entry's content, failure or fate in place, and tell every reader by an entry of its own."""
        if self.rewrite(entry):
            hidden = entry.kind != "message" or entry.fate == "suppressed"
            self.add("amended", entry.author, AmendDetail(entry.seq, hidden=hidden), entry_id=entry_id)

    def rewrite(self, entry: Entry) -> bool:
        """Rewrite what no reader is shown, such as a vendor's id; whether the entry was stored before this draft."""
        for entries in (self.entries, self.amends):
            for number, other in enumerate(entries):
                if other.seq == entry.seq:
                    entries[number] = entry
                    return entries is self.amends
        self.amends.append(entry)
        return True

    def written(self, seq: int) -> Entry | None:
        """The entry with this number, as this draft leaves it; None: it leaves it alone."""
        return next((entry for entry in (*self.entries, *self.amends) if entry.seq == seq), None)
