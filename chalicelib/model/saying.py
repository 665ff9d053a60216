"""What our side says: the bot and the agents."""

from chalicelib.model.content import Content, said
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author, Entry
from chalicelib.model.session import preview


def say(draft: Draft, author: Author, content: Content, *, entry_id: str | None, suppressed: bool = False) -> Entry:
    """Append a message of our side; a suppressed one is seen by agents only. On web chat, what is committed is sent."""
    entry = draft.add("message", author, content, entry_id=entry_id, suppressed=suppressed)
    if not suppressed:
        draft.set(last_message=preview(said(content), author.kind, entry.at), sent_to=entry.seq)
    return entry
