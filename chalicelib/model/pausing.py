"""Pause and unpause, and what they do to a running turn."""

from datetime import UTC, datetime, timedelta

from chalicelib.errors import AlreadyClaimed, Malformed
from chalicelib.model.alerting import pause_words, raise_alert
from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import SYSTEM, AlertDetail, Author, PauseDetail, Trigger
from chalicelib.model.sending import draining_until, mute
from chalicelib.model.session import Pause, Session
from chalicelib.model.text import clean_name
from chalicelib.model.waiting import start_waiting, stop_waiting

LONGEST = timedelta(days=366)
REASON_LIMIT = 200

HUMANS_OWN: frozenset[Trigger] = frozenset({"agent", "api", "echo"})
"""What makes pauses that are not for the user to end: somebody may be about to answer."""


def pause(
    draft: Draft,
    *,
    trigger: Trigger,
    by: Author,
    reason: str | None = None,
    until: datetime | None = None,
    words: AlertDetail | None = None,
    alert_id: str | None = None,
) -> None:
    """Silence the bot, and alert the agents unless one of them did it.

    A session already paused stays as it is, except that a given `until` replaces the end (a note tells who did that), and
    that a turn which runs is void from now on: whoever pauses is promised a silent bot. What the bot said before and a
    vendor has not taken yet never goes out, unless the bot itself pauses. `words` are the alert's; None gives the usual
    ones. The reason is cut to one line of 200 characters. Raises Malformed for an `until` that is not aware, not in the
    future, or more than a year away, since no pause may last for ever.
    """
    if until is not None and (until.tzinfo is None or not draft.now < until <= draft.now + LONGEST):
        raise Malformed("until: must be aware (with a time zone), in the future, and within a year")
    reason = None if reason is None else clean_name(reason, REASON_LIMIT)
    standing = draft.after.pause
    if trigger != "bot":
        mute(draft)
    if standing is not None:
        if trigger != "bot":
            _void(draft)
            standing = standing.but(draining_until=draining_until(draft.after))
            draft.set(pause=standing)
        if until is not None and (until != standing.until or not standing.fixed):
            draft.add("note", by, Text(f"The pause now ends on {until.astimezone(UTC):%Y-%m-%d at %H:%M} UTC."))
            draft.set(pause=standing.but(until=until, fixed=True))
        return
    ends = until if until is not None else draft.now + draft.policy.pause_lasts
    told = draft.after.handled if draft.after.turn is None else draft.after.turn.entry
    draft.add("paused", by, PauseDetail(trigger, reason=reason, until=ends))
    draft.set(
        pause=Pause(
            trigger=trigger,
            by=by,
            at=draft.now,
            until=ends,
            reason=reason,
            fixed=until is not None,
            draining_until=draining_until(draft.after) if trigger != "bot" else None,
        ),
        human_from=told if draft.after.human_from is None else draft.after.human_from,
    )
    if trigger != "bot":
        _leave_to_human(draft)
    start_waiting(draft, draft.now)
    if trigger != "agent":
        raise_alert(draft, words or pause_words(draft.after, trigger), entry_id=alert_id)


def unpause(draft: Draft, *, by: Author, trigger: Trigger) -> None:
    """Let the bot speak again from the next event on; a no-op when not paused."""
    if draft.after.pause is not None:
        _end(draft, by, PauseDetail(trigger), draft.now)


def may_withdraw(session: Session) -> bool:
    """Whether the user may still go back to the bot: help was called for them, and nobody has come."""
    return session.pause is not None and session.assignee is None and session.pause.trigger not in HUMANS_OWN


def withdraw(draft: Draft, *, by: Author) -> None:
    """The user would rather have the bot after all; a no-op when not paused. Raises AlreadyClaimed when a human is on it."""
    if draft.after.paused and not may_withdraw(draft.after):
        owner = draft.after.assignee
        raise AlreadyClaimed(f"{owner.name} has joined." if owner is not None else "A human is about to answer.")
    unpause(draft, by=by, trigger="user")


def end_expired(draft: Draft) -> None:
    """Write down the end of a pause whose time has passed, as of that time."""
    standing = draft.after.pause
    if standing is not None and standing.until <= draft.now:
        _end(draft, SYSTEM, PauseDetail("expired"), standing.until)


def renew(draft: Draft) -> None:
    """A human wrote: the pause lasts its full time from now, unless its end was set by hand."""
    standing = draft.after.pause
    if standing is not None and not standing.fixed:
        draft.set(pause=standing.but(until=draft.now + draft.policy.pause_lasts))


def _end(draft: Draft, by: Author, detail: PauseDetail, at: datetime) -> None:
    draft.add("unpaused", by, detail, at=at)
    draft.set(pause=None, assignee=None)
    if draft.after.channel in draft.policy.vendors:
        draft.set(unpaused_at=at)
    stop_waiting(draft)
    if detail.trigger != "bot":
        _leave_to_human(draft)


def _leave_to_human(draft: Draft) -> None:
    """Void the running turn; what was said up to now never reaches the bot as an event of its own."""
    draft.set(handled=draft.after.seq)
    _void(draft)


def _void(draft: Draft) -> None:
    """Nothing the running turn produces reaches the user any more."""
    turn = draft.after.turn
    if turn is not None and not turn.void:
        draft.set(turn=turn.but(void=True))
