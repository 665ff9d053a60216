"""One line of the log for each step that a message makes, from its coming in to the answer's going out."""

import logging

from chalicelib.model.draft import Draft
from chalicelib.model.entry import PauseDetail

log = logging.getLogger(__name__)

RECEIVED = "an event was received"
QUEUED = "a delivery was queued"
TURN = "a turn of the bot ended"
PAUSED = "a pause began"
SENT = "a message went out"
PUBLISHED = "an alert was published"


def step(what: str, session: str | None = None, seq: int | None = None, **more: str | int) -> None:
    """Log that this was done to entry `seq` of the session. `more` are kinds and counts, never anybody's words."""
    ids = {"session": session, "seq": seq, **more}
    log.info(what, extra={name: value for name, value in ids.items() if value is not None})


def tell(draft: Draft) -> None:
    """Log the steps that this commit was. Ids of entries are their numbers: others may hold what their senders wrote."""
    if not log.isEnabledFor(logging.INFO):
        return
    session, ran = draft.after.id, draft.before.turn
    for entry in draft.entries:
        if entry.from_user():
            step(RECEIVED, session, entry.seq)
        elif entry.kind == "paused" and isinstance(entry.content, PauseDetail):
            step(PAUSED, session, entry.seq, trigger=entry.content.trigger)
    if ran is not None and (draft.after.turn is None or draft.after.turn.entry != ran.entry):
        said = sum(entry.kind == "message" and entry.author.kind == "bot" for entry in draft.entries)
        step(TURN, session, ran.entry, messages=said)
