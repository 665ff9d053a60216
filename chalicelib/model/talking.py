"""What people and bots say, and who has read it."""

from datetime import datetime, timedelta

from chalicelib.errors import TooFast
from chalicelib.model.amending import acted
from chalicelib.model.claiming import claim
from chalicelib.model.content import Content, Text, said
from chalicelib.model.draft import Draft
from chalicelib.model.elsewhere import overheard
from chalicelib.model.entry import BOT, Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.pausing import pause, renew
from chalicelib.model.saying import say
from chalicelib.model.session import Bucket, User, preview
from chalicelib.model.text import clean_name
from chalicelib.model.turning import take_or_pass
from chalicelib.model.waiting import start_waiting, stop_waiting

HUMAN_PAYLOAD = "HITL_HUMAN"
"""The payload of a channel's menu entry by which users ask for a human, whatever the bot thinks."""

PROFILE_LASTS = timedelta(days=7)
"""A vendor is asked again who the user is after this."""

TYPING_LASTS = timedelta(seconds=6)
"""How long one report of typing is shown."""


def user_said(draft: Draft, event: Event, *, wanted: bool) -> Entry:
    """Append the user's event and take the bot's turn for it if the bot wants it and none runs.

    One that another app is to answer is no event for the bot.
    """
    if event.user is not None:
        meet(draft, event.user.name, event.user.picture_url)
    session = draft.after
    at = min(event.at, draft.now)
    author = Author(kind="user", id=session.user_id, name=session.user.name)
    behind = session.queued
    entry = draft.add("message", author, event.content, entry_id=event.id, at=at)
    if event.edits:
        draft.rewrite(entry.but(edits=event.edits))
    if session.channel in draft.policy.vendors:
        acted(draft, event.at)
        overheard(draft, event.at, standby=event.standby)
        _ask_who_it_is(draft)
    draft.set(
        user_seq=entry.seq,
        unread=session.unread + 1,
        last_user_at=at if session.last_user_at is None else max(at, session.last_user_at),
        last_message=preview(said(event.content), "user", at, entry.seq),
        user_typing_until=None,
    )
    if draft.after.paused:
        start_waiting(draft, draft.now)
    take_or_pass(draft, entry, wanted=wanted and not event.standby, behind=behind)
    return entry


def wants_a_human(draft: Draft) -> None:
    """The user asked for a human by the channel's menu: the bot is silent, and what it says last is that one will come."""
    session = draft.after
    if session.paused:
        return
    pause(draft, trigger="user", by=Author(kind="user", id=session.user_id, name=session.user.name))
    if draft.policy.human_text:
        say(draft, BOT, Text(draft.policy.human_text), entry_id=None)


def introduce(draft: Draft, profile: User | None) -> None:
    """Keep who the vendor says the user is; a name that the bot learned stays."""
    known = draft.after.user
    draft.set(profile_at=None, profiled_at=draft.now)
    if profile is not None:
        name = known.name if known.given else clean_name(profile.name) or known.name
        draft.set(user=known.but(name=name, picture_url=profile.picture_url or known.picture_url))


def _ask_who_it_is(draft: Draft) -> None:
    asked_at = draft.after.profiled_at
    if draft.after.profile_at is None and (asked_at is None or draft.now - asked_at >= PROFILE_LASTS):
        draft.set(profile_at=draft.now)


def meet(draft: Draft, name: str, picture_url: str | None = None) -> None:
    """Keep what is newly known of the user. A name that is known stays: the bot may have learned a better one."""
    known = draft.after.user
    draft.set(user=known.but(name=known.name or clean_name(name), picture_url=picture_url or known.picture_url))


def agent_said(draft: Draft, agent: Author, content: Content, *, entry_id: str | None) -> Entry:
    """Append an agent's message; it pauses if needed, claims if unassigned, and ends the user's waiting."""
    if draft.after.assignee is None:
        claim(draft, agent)
    renew(draft)
    stop_waiting(draft)
    entry = say(draft, agent, content, entry_id=entry_id)
    draft.set(agent_typing_until=None, read_seq=entry.seq, unread=0)
    return entry


def note(draft: Draft, agent: Author, text: str, *, entry_id: str | None) -> Entry:
    """Append an agent's note, which the user never sees."""
    return draft.add("note", agent, Text(text), entry_id=entry_id)


def agents_read(draft: Draft, seq: int, *, unread: int) -> None:
    """The agents have read up to `seq`; `unread` user messages came after it. Never moves back."""
    seq = min(seq, draft.after.seq)
    if seq > draft.after.read_seq:
        draft.set(read_seq=seq, unread=unread)


def user_read(draft: Draft, seq: int) -> None:
    """The user has read up to `seq`. Never moves back."""
    seq = min(seq, draft.after.seq)
    if seq > draft.after.read_to:
        draft.set(read_to=seq, delivered_to=max(seq, draft.after.delivered_to))


def typing(draft: Draft, *, who: str, now: datetime) -> None:
    """The user or an agent is typing, shown for a few seconds; nothing is written while an earlier report is fresh."""
    field = "user_typing_until" if who == "user" else "agent_typing_until"
    standing = getattr(draft.after, field)
    if standing is None or standing - now < TYPING_LASTS / 2:
        draft.set(**{field: now + TYPING_LASTS})


def spend(draft: Draft) -> None:
    """Take one message from a visitor's allowance. Raises TooFast when it is used up."""
    burst, rate = draft.policy.visitor_burst, draft.policy.visitor_rate
    bucket = draft.after.bucket
    left = float(burst)
    if bucket is not None:
        left = min(left, bucket.left + max(0.0, (draft.now - bucket.at).total_seconds()) * rate)
    if left < 1:
        raise TooFast("You are writing faster than we can read. Please wait a moment.")
    draft.set(bucket=Bucket(left=round(left - 1, 3), at=draft.now))
