"""What is forgotten of a session: all of it when the person is erased, the beginning of its log when it is old."""

from datetime import datetime, timedelta

from chalicelib.model.draft import Draft
from chalicelib.model.event import Event
from chalicelib.model.session import TOMBSTONE_KEPT, Session

LOOK_AGAIN = timedelta(days=1)
"""After this an old entry that could not be cut yet is looked at again."""


def erase(draft: Draft, *, by: str) -> None:
    """Leave a tombstone: numbers, and who erased the person when. Twice is a no-op.

    Whatever else this draft has decided is dropped, facts too. `by`: an agent's id, empty for what happens by age.
    """
    before = draft.before
    if before.gone:
        return
    draft.entries.clear()
    draft.amends.clear()
    draft.facts = {}
    draft.after = Session(
        id=before.id,
        rev=before.rev,
        attempt=before.attempt,
        seq=before.seq,
        # numbers that only grow go on from here, so that whatever is numbered up to here counts as done
        handled=before.seq,
        user_seq=before.seq,
        read_seq=before.seq,
        sent_to=before.seq,
        delivered_to=before.seq,
        read_to=before.seq,
        erased_at=draft.now,
        erased_by=by,
        cut=before.seq,
        cutting_at=draft.now,
    )


def is_forgotten(session: Session, event: Event) -> bool:
    """Whether the event was said before its user was erased, and is only now delivered, or again."""
    return was_forgotten(session, event.at)


def was_forgotten(session: Session, at: datetime) -> bool:
    """Whether what happened at this time happened before the user was erased."""
    return session.erased_at is not None and at <= session.erased_at


def cut_old(draft: Draft, *, through: int, next_at: datetime | None) -> None:
    """Hide the entries up to `through`, which have been kept for long enough.

    What the bot has yet to answer stays. A session of which nothing is left is erased, unless it is paused. `next_at`: when
    the first entry after `through` will have been kept for long enough; None: there was none.
    """
    session = draft.after
    busy = session.turn is not None or session.queued
    reached = min(through, session.handled) if busy else through
    if reached == session.seq and not session.paused and not session.of_account:
        erase(draft, by="")
        return
    if reached < through or (next_at is None and reached < session.seq):
        next_at = draft.now + LOOK_AGAIN
    draft.set(keep_until=next_at)
    if reached > session.cut:
        draft.set(
            cut=reached,
            cutting_at=draft.now,
            read_seq=max(session.read_seq, reached),
            unread=min(session.unread, session.seq - reached),
        )
        _forget_preview(draft)


def _forget_preview(draft: Draft) -> None:
    """The last message is not shown on when it is as old as what is cut; its number is not known here."""
    last, retention = draft.after.last_message, draft.policy.retention
    if last is not None and retention is not None and last.at <= draft.now - retention:
        draft.set(last_message=None)


def plan_cut(draft: Draft) -> None:
    """Put a session under the retention that is set now, whatever was set when it was written; twice is a no-op."""
    session, retention = draft.after, draft.policy.retention
    if retention is None or session.cut == session.seq:
        return
    first_due = draft.now if session.created_at is None else max(draft.now, session.created_at + retention)
    if session.keep_until is None or session.keep_until > first_due:
        draft.set(keep_until=first_due)


def finish_cut(draft: Draft, *, through: int) -> None:
    """All entries up to `through` are deleted; a no-op when more were hidden meanwhile."""
    if draft.after.cut == through:
        draft.set(cutting_at=None)


def finish_scrub(draft: Draft, seen: Session) -> None:
    """Traces of what was taken back are overwritten; a no-op when more was taken back meanwhile."""
    if draft.after.scrub_at == seen.scrub_at:
        draft.set(scrub_at=None)


def end_tombstone(draft: Draft) -> None:
    """The user has come back since they were erased, and no message from before is delivered any more."""
    erased_at = draft.after.erased_at
    if erased_at is not None and erased_at + TOMBSTONE_KEPT <= draft.now and not draft.after.gone:
        draft.set(erased_at=None, erased_by="")
