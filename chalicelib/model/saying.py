"""What our side says: the bot and the agents."""

from chalicelib.model.content import Content, said
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author, Entry
from chalicelib.model.sending import queue
from chalicelib.model.session import preview

CARRIED = frozenset({"messenger"})
"""Channels on which nothing arrives unless a vendor carries it."""

NOT_SET_UP = "This channel is not set up here, so that nothing can be sent."


def say(draft: Draft, author: Author, content: Content, *, entry_id: str | None, suppressed: bool = False) -> Entry:
    """Append a message of our side; a suppressed one is seen by agents only. Where no vendor carries it, it is sent by that."""
    entry = draft.add("message", author, content, entry_id=entry_id, suppressed=suppressed)
    if not suppressed:
        draft.set(last_message=preview(said(content), author.kind, entry.at, entry.seq))
        if draft.after.channel in draft.policy.vendors:
            queue(draft, entry)
        elif draft.after.channel in CARRIED:
            draft.amend(entry.but(fate="failed", failure=NOT_SET_UP))
        else:
            draft.set(sent_to=entry.seq)
    return entry
