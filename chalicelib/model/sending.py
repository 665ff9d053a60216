"""Messages on their way to a vendor: one part at a time, in order, each at most once unless a person asks again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from chalicelib.errors import NothingToRetry
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry
from chalicelib.model.session import Again, Mark, Sending, Session
from chalicelib.model.window import refusal

SEND_WITHIN = timedelta(seconds=5)
"""From its claim, a call is over after this; so long a pause may have to wait for a message on the wire."""

BEGIN_WITHIN = timedelta(seconds=1)
"""No call begins later than this after its claim."""

TRIES = 3
"""Of a message that the vendor refuses for the moment."""

AGAIN = 20
"""Messages that wait to go out out of turn; more would not fit the head."""

MARKS = 10
"""Messages that are remembered until they are read; of more, the oldest count as read with the next one."""

CUT_SHORT = "Only its beginning went out: the bot was paused."
ONLY_BEGUN = "Only its beginning went out: too much else waits to be sent."

Find = Callable[[int], Entry | None]
"""The stored entry with this number."""


def is_foreign(entry_id: str) -> bool:
    """Whether the entry with this id is a message of our side that was sent elsewhere, and came back as an echo."""
    return entry_id.startswith("echo:")


def is_carried(entry: Entry) -> bool:
    """Whether a vendor is to carry the entry: a message of our side that did not come from there."""
    return entry.kind == "message" and entry.author.kind != "user" and not is_foreign(entry.id)


def queue(draft: Draft, entry: Entry) -> None:
    """The message, just appended, is to go out; it is claimed at once when nothing is before it."""
    first = draft.after.sending is None and not draft.after.unsent
    draft.set(outgoing=entry.seq)
    if first:
        draft.set(send_at=None)
        claim_next(draft, [entry])


def claim_next(draft: Draft, following: Iterable[Entry], find: Find | None = None) -> None:
    """Take the next message that may go out now, if nobody is at one.

    `following`: the entries after `sent_to`, ascending, as far as they were read, all of them up to the one that is taken.
    What must not go out any more is settled on the way: the bot's from before a pause, and what the channel would refuse.
    Without `find` nothing is taken that waits out of turn.
    """
    while find is not None and draft.after.sending is None and not _held(draft) and draft.after.again:
        first, *rest = draft.after.again
        draft.set(again=tuple(rest))
        entry = None if first.seq <= draft.after.cut else find(first.seq)
        if entry is not None and entry.fate is None:
            _claim(draft, entry, part=first.part, asked=first.asked)
    for entry in following:
        if draft.after.sending is not None or _held(draft) or draft.after.again:
            return
        if entry.seq > draft.after.sent_to:
            if is_carried(entry) and entry.fate is None:
                _claim(draft, entry, part=0)
            if draft.after.sending is None:
                draft.set(sent_to=entry.seq)


def went_out(draft: Draft, entry: Entry, part: int, *, parts: int, vendor_id: str) -> bool:
    """The vendor took the part that was on the wire; False: it was settled before. The next part is claimed at once."""
    sending = draft.after.sending
    if sending is None or (sending.seq, sending.part) != (entry.seq, part):
        return False
    if part + 1 < parts:
        if _muted(draft.after, entry) and not sending.asked:
            _settle(draft, entry.but(fate="failed", failure=CUT_SHORT, part=part + 1, vendor_id=vendor_id))
        else:
            draft.set(sending=_sending(draft, entry, part + 1, asked=sending.asked), send_tries=0)
        return True
    _tell(draft, entry.but(vendor_id=vendor_id, part=0))
    _done(draft, entry.seq)
    _mark(draft, entry.seq, sending.send_by - SEND_WITHIN)
    return True


def confirm(draft: Draft, entry: Entry, part: int, *, parts: int, vendor_id: str, at: datetime) -> None:
    """The vendor tells of our own message: whatever was thought of it, this part went out. Twice is a no-op.

    It tells by an echo, or by an answer that comes when nobody waits for it any more.
    """
    if entry.seq <= draft.after.cut:
        return
    if went_out(draft, entry, part, parts=parts, vendor_id=vendor_id):
        return
    waiting = next((again for again in draft.after.again if again.seq == entry.seq), None)
    lost = entry.fate in ("unknown", "failed") and entry.part == part
    if not lost and (waiting is None or waiting.part != part):
        return
    rest = tuple(again for again in draft.after.again if again.seq != entry.seq)
    mended = entry.but(fate=None, failure=None, vendor_id=vendor_id, part=0)
    if part + 1 < parts and len(rest) < AGAIN:
        asked = waiting is not None and waiting.asked
        rest = (Again(seq=entry.seq, part=part + 1, asked=asked), *rest)
    elif part + 1 < parts:
        mended = entry.but(fate="failed", failure=ONLY_BEGUN, vendor_id=vendor_id, part=part + 1)
    draft.amend(mended)
    draft.set(again=rest, send_at=draft.after.send_at if rest else None)
    if part + 1 >= parts:
        _mark(draft, entry.seq, min(at, draft.now))


def failed(draft: Draft, entry: Entry, claim: Sending, words: str) -> None:
    """The part will never go out, nor what is left of its message. A no-op when the claim is over."""
    if draft.after.sending == claim:
        _settle(draft, entry.but(fate="failed", failure=words, part=claim.part))


def got_lost(draft: Draft, entry: Entry, claim: Sending, words: str) -> None:
    """Nobody knows whether the part went out; an echo may tell. A no-op when the claim is over."""
    if draft.after.sending == claim:
        _settle(draft, entry.but(fate="unknown", failure=words, part=claim.part))


def drop(draft: Draft, claim: Sending) -> None:
    """What was on the wire has been deleted, so that there is nothing to be told of it."""
    if draft.after.sending == claim:
        _done(draft, claim.seq)


def put_back(
    draft: Draft,
    entry: Entry,
    claim: Sending,
    *,
    delay: timedelta,
    tried: bool = False,
    limited: bool = False,
    words: str = "",
) -> None:
    """Nothing went out: the part is the next one again, after the delay. A no-op when the claim is over.

    `tried`: the vendor refused it; a `limited` one has failed for good after three such tries, with these words.
    """
    if draft.after.sending != claim:
        return
    tries = draft.after.send_tries + tried
    if limited and tries >= TRIES:
        _settle(draft, entry.but(fate="failed", failure=words, part=claim.part))
        return
    if entry.seq > draft.after.sent_to:
        draft.amend(entry)  # the watermark passes it now, though it has yet to go out
    _done(draft, entry.seq)
    draft.set(
        again=(Again(seq=entry.seq, part=claim.part, asked=claim.asked), *draft.after.again),
        send_at=draft.now + delay if delay else None,
        send_tries=tries,
    )


def send_again(draft: Draft, entry: Entry, find: Find) -> None:
    """A person asks for another try of a message that failed or got lost; what is left of it goes out of turn.

    It goes behind what waits out of turn already, and waits with it where the vendor said to. `find` is as in `claim_next`.
    Raises NothingToRetry where too many wait.
    """
    waiting = draft.after.again
    if len(waiting) >= AGAIN:
        raise NothingToRetry("Too many messages wait to be sent again. Please try once they have gone out.")
    mended = entry.but(fate=None, failure=None, resent=True)
    draft.amend(mended)
    draft.set(again=(*waiting, Again(seq=entry.seq, part=entry.part, asked=True)))
    if not waiting:
        draft.set(send_at=None, send_tries=0)
    claim_next(draft, (), lambda seq: mended if seq == mended.seq else find(seq))


def mute(draft: Draft) -> None:
    """What the bot has said and a vendor has not taken yet never goes out; what is on the wire may still arrive.

    Nor does the rest of a message of which only later is known that its beginning arrived.
    """
    if draft.after.channel in draft.policy.vendors:
        draft.set(muted=draft.after.seq)


def draining_until(session: Session) -> datetime | None:
    """Until when a message of the bot's that is on the wire may still arrive."""
    return session.sending.send_by if session.sending is not None and session.sending.bot else None


def seen_up_to(draft: Draft, at: datetime, *, read: bool) -> None:
    """All that went out up to `at` was delivered, or read. Never moves back; a late word changes nothing."""
    field = "seen_at" if read else "arrived_at"
    known = getattr(draft.after, field)
    if known is not None and at <= known:
        return
    draft.set(**{field: at})
    _move(draft)


def _claim(draft: Draft, entry: Entry, *, part: int, asked: bool = False) -> None:
    """Put the part on the wire, unless it must not go out any more."""
    if _muted(draft.after, entry) and not asked:
        if part:
            draft.amend(entry.but(fate="failed", failure=CUT_SHORT, part=part))
        else:
            draft.amend(entry.but(fate="suppressed"))
        return
    refused = refusal(draft.after, draft.now, bot=entry.author.kind == "bot")
    if refused is not None:
        draft.amend(entry.but(fate="failed", failure=refused, part=part))
        return
    draft.set(sending=_sending(draft, entry, part, asked=asked))


def _sending(draft: Draft, entry: Entry, part: int, *, asked: bool) -> Sending:
    send_by, by_bot = draft.now + SEND_WITHIN, entry.author.kind == "bot"
    return Sending(seq=entry.seq, part=part, send_by=send_by, by=draft.request, bot=by_bot, asked=asked)


def _muted(session: Session, entry: Entry) -> bool:
    return entry.author.kind == "bot" and entry.seq <= session.muted


def _held(draft: Draft) -> bool:
    return draft.after.send_at is not None and draft.after.send_at > draft.now


def _tell(draft: Draft, entry: Entry) -> None:
    """Rewrite what went out; readers are told where the watermark, which is past it already, cannot tell them."""
    if entry.seq <= draft.after.sent_to:
        draft.amend(entry)
    else:
        draft.rewrite(entry)


def _settle(draft: Draft, entry: Entry) -> None:
    draft.amend(entry)
    _done(draft, entry.seq)


def _done(draft: Draft, seq: int) -> None:
    """Nothing is on the wire."""
    pause = draft.after.pause
    if pause is not None and pause.draining_until is not None:
        draft.set(pause=pause.but(draining_until=None))
    draft.set(sending=None, send_at=None, send_tries=0, sent_to=max(draft.after.sent_to, seq))


def _mark(draft: Draft, seq: int, at: datetime) -> None:
    draft.set(marks=(*draft.after.marks, Mark(seq=seq, at=at))[-MARKS:])
    _move(draft)


def mark_foreign(draft: Draft, seq: int, at: datetime) -> None:
    """A message of our side that went out elsewhere."""
    if draft.after.sending is None and not draft.after.unsent:
        draft.set(sent_to=seq, outgoing=seq)
    _mark(draft, seq, at)


def _move(draft: Draft) -> None:
    """Take the watermarks to where the platform's times put them."""
    session = draft.after
    for field, at in (("delivered_to", session.arrived_at), ("read_to", session.seen_at)):
        reached = max((mark.seq for mark in session.marks if at is not None and mark.at <= at), default=0)
        if reached > getattr(draft.after, field):
            draft.set(**{field: reached})
    read_to = draft.after.read_to
    draft.set(
        delivered_to=max(draft.after.delivered_to, read_to),
        marks=tuple(mark for mark in session.marks if mark.seq > read_to),
    )
