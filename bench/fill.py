"""A store filled with sessions, written through the model's own decisions."""

from datetime import UTC, datetime

from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.model.talking import user_said
from chalicelib.wiring import build_store


def fill(url: str, count: int) -> None:
    """Write so many sessions with one message each."""
    store = build_store(url)
    policy = Policy()
    for number in range(count):
        now = datetime.now(UTC)
        head = Session(id=f"webchat:filled-{number}")
        draft = Draft(head, now=now, request=f"fill-{number}", policy=policy)
        user_said(draft, Event("u:1", head.id, Text(f"message {number}"), now), wanted=False)
        draft.set(rev=1, attempt=f"fill-{number}")
        store.commit(None, draft.after, draft.entries)
    store.close()
