"""The numbers that a commit makes."""

from chalicelib.metrics import Meter
from chalicelib.model.draft import Draft
from chalicelib.model.entry import PauseDetail


def measure(draft: Draft, meter: Meter) -> None:
    """Count what was committed just now."""
    if not meter.on:
        return
    if draft.entries:
        meter.count("EntriesCommitted", len(draft.entries))
    for entry in draft.entries:
        if entry.from_user():
            meter.count("EventsReceived", by=draft.after.channel)
        elif entry.kind == "paused" and isinstance(entry.content, PauseDetail):
            meter.count("Pauses", by=entry.content.trigger)
    waited = _until_first_answer(draft)
    if waited is not None:
        meter.count("TimeToFirstHumanAnswer", waited)


def _until_first_answer(draft: Draft) -> float | None:
    """Seconds from the beginning of the pause to this commit, if with it a human answers for the first time.

    Whoever has been answered waits anew only from what they say next on: later than the pause began.
    """
    pause, since = draft.before.pause, draft.before.waiting_since
    answered = any(entry.kind == "message" and entry.author.kind == "agent" for entry in draft.entries)
    if pause is None or since != pause.at or not answered or draft.after.waiting_since is not None:
        return None
    return max(0.0, (draft.now - pause.at).total_seconds())
