"""What holds of every log, whatever was delivered."""

from collections import Counter

from chalicelib.desk.desk import Desk
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session


def whole(desk: Desk, session_id: str) -> list[Entry]:
    """All entries of a session, after looking whether their numbers have a hole and whether anything is there twice."""
    head = desk.store.load(session_id)
    entries: list[Entry] = []
    while page := desk.store.entries(session_id, after=len(entries), limit=500):
        entries += page
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), session_id
    assert (head.seq if head else 0) == len(entries), session_id
    assert [name for name, count in Counter(entry.id for entry in entries).items() if count > 1] == [], session_id
    if head is not None:
        _fits(head)
    return entries


def _fits(head: Session) -> None:
    """The head's numbers lie within its log."""
    assert 0 <= head.read_to <= head.delivered_to <= head.seq, head
    assert 0 <= head.sent_to <= head.seq, head
    assert 0 <= head.unread <= head.seq, head
    assert head.handled <= head.seq, head
