"""Humans who answer elsewhere, in the Page's inbox or another app, and who has the conversation."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.model.content import Text, said
from chalicelib.model.draft import Draft
from chalicelib.model.entry import SYSTEM, Author
from chalicelib.model.pausing import pause, renew, unpause
from chalicelib.model.sending import mark_foreign
from chalicelib.model.session import Elsewhere, preview
from chalicelib.model.waiting import stop_waiting

if TYPE_CHECKING:
    from chalicelib.model.happening import Echo, Handover


def answered_elsewhere(draft: Draft, echo: "Echo") -> None:
    """Somebody else of our side wrote: a human silences the bot and ends the user's waiting, another program does neither.

    An echo that comes late undoes nothing: whoever wrote after it still waits, and a bot that was let speak after it speaks.
    """
    session = draft.after
    human = echo.by == "human"
    answers = human and (session.last_user_at is None or echo.at >= session.last_user_at)
    author = Author(kind="agent" if human else "bot", name=echo.who)
    if human and not session.paused and (session.unpaused_at is None or echo.at > session.unpaused_at):
        pause(draft, trigger="echo", by=author)
    if answers:
        renew(draft)
        stop_waiting(draft)
    entry = draft.add("message", author, echo.content, entry_id=echo.id, at=min(echo.at, draft.now))
    draft.rewrite(entry.but(vendor_id=echo.vendor_id))
    draft.set(last_message=preview(said(echo.content), author.kind, entry.at, entry.seq))
    if answers:
        draft.set(read_seq=entry.seq, unread=0)
    mark_foreign(draft, entry.seq, entry.at)


def changed_hands(draft: Draft, handover: "Handover") -> None:
    """Note who has the conversation now; a word that is older than the last one changes nothing else.

    Given to another app, or taken or asked for by one, the bot is silent; given back to us, it speaks again unless an agent
    of ours has the conversation.
    """
    draft.add("note", SYSTEM, Text(_words(handover)), entry_id=handover.id, at=min(handover.at, draft.now))
    if draft.after.handed_at is not None and handover.at < draft.after.handed_at:
        return
    draft.set(handed_at=handover.at)
    by = Author(kind="agent", name=handover.who)
    if handover.to_us and handover.kind != "passed":
        draft.set(elsewhere=None)
        return
    if handover.to_us:
        draft.set(elsewhere=None)
        standing = draft.after.pause
        if standing is not None and standing.trigger == "echo" and draft.after.assignee is None:
            unpause(draft, by=by, trigger="echo")
        return
    draft.set(elsewhere=Elsewhere(who=handover.who, at=min(handover.at, draft.now)))
    if not draft.after.paused:
        pause(draft, trigger="echo", by=by)
        stop_waiting(draft)


def overheard(draft: Draft, at: datetime, *, standby: bool) -> None:
    """A user's message tells who has the conversation: another app where it came by standby, else we."""
    held = draft.after.elsewhere
    if standby and held is None:
        draft.set(elsewhere=Elsewhere(who="Another app", at=min(at, draft.now)))
    elif not standby and held is not None and at > held.at:
        draft.set(elsewhere=None)


def _words(handover: "Handover") -> str:
    if handover.to_us and handover.kind != "passed":
        return "We have this conversation."
    if handover.kind == "requested":
        return f"{handover.who} asked for this conversation and was given it."
    if handover.kind == "passed" and handover.to_us:
        return f"{handover.who} gave this conversation back."
    return f"{handover.who} has this conversation now."
