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
    since = draft.before.waiting_since
    answered = any(entry.kind == "message" and entry.author.kind == "agent" for entry in draft.entries)
    if answered and since is not None and draft.after.waiting_since is None:
        meter.count("TimeToFirstHumanAnswer", max(0.0, (draft.now - since).total_seconds()))
