"""Alerts: entries that agents are told of, published until every alerter has taken them."""

from datetime import timedelta

from chalicelib.model.draft import Draft
from chalicelib.model.entry import BOT, SYSTEM, AlertDetail, Level, Trigger
from chalicelib.model.session import Publication, Session
from chalicelib.model.text import alert_name, clean_name
from chalicelib.model.waiting import plan_next_alert

ALERT_TEXT_LIMIT = 300
"""Characters of an alert's text."""

OWED_LIMIT = 20
"""Alerts of one session still to be published; with more, the oldest are given up, so that the head stays small."""

COUNTED = 100
"""Where stores stop counting those who wait."""


def name_for_alert(session: Session) -> str:
    """The user as alerts call them: at most 40 characters, nothing a mail program would act on."""
    return alert_name(session.user.name) or alert_name(session.but(user=type(session.user)()).display_name)


def pause_words(session: Session, trigger: Trigger) -> AlertDetail:
    """What agents read when a pause gives no words of its own."""
    name = name_for_alert(session)
    if trigger == "failure":
        return AlertDetail(f"The bot failed, and {name} needs a human", level="error")
    if trigger == "echo":
        return AlertDetail(f"Somebody answers {name} elsewhere, and the bot is paused")
    return AlertDetail(f"{name} wants to talk to a human")


def notify_words(text: str, level: Level) -> AlertDetail:
    """What agents read when the bot notifies them: one line, cut."""
    return AlertDetail(clean_name(text, ALERT_TEXT_LIMIT) or "The bot asks for attention", level=level, why="notify")


def raise_alert(draft: Draft, detail: AlertDetail, *, entry_id: str | None = None) -> None:
    """Append the alert; whoever commits has a short while to publish it, then the sweep does."""
    author = BOT if detail.why == "notify" else SYSTEM
    entry = draft.add("alert", author, detail, entry_id=entry_id)
    if draft.policy.alerters:
        owed = Publication(seq=entry.seq, to=draft.policy.alerters, at=draft.now + draft.policy.publish_lease)
        draft.set(publications=(*draft.after.publications, owed)[-OWED_LIMIT:])


def escalate(draft: Draft, *, others_waiting: int) -> None:
    """Alert again, once, about a user who has waited past the next step; a no-op when none is reached."""
    session, steps = draft.after, draft.policy.escalate_after
    if session.pause is None or session.waiting_since is None:
        draft.set(next_alert_at=None)
        return
    waited = draft.now - session.waiting_since
    reached = sum(1 for step in steps if step <= waited)
    if reached <= session.escalations:
        plan_next_alert(draft)
        return
    minutes = int(waited / timedelta(minutes=1))
    text = f"{name_for_alert(session)} has been waiting for {_duration(minutes)}"
    if others_waiting:
        text += f"; {_others(others_waiting)} too"
    raise_alert(
        draft,
        AlertDetail(text, level="warning", why="waiting", waiting_minutes=minutes, others_waiting=others_waiting),
    )
    draft.set(escalations=reached)
    plan_next_alert(draft)


def lease_publication(draft: Draft, seq: int) -> bool:
    """Take the alert for publishing, if it is due; False if it is not owed or somebody else is at it."""
    owed = _owed(draft.after, seq)
    if owed is None or owed.at > draft.now:
        return False
    _replace(draft, owed.but(at=draft.now + draft.policy.publish_lease))
    return True


def settle_publication(draft: Draft, seq: int, failed: tuple[str, ...]) -> None:
    """Note which alerters have still not taken the alert: they are tried again after 1, 2, 4 … 60 minutes, for three days."""
    owed = _owed(draft.after, seq)
    if owed is None:
        return
    left = tuple(name for name in owed.to if name in failed)
    delay = timedelta(minutes=min(60, 2**owed.tries))
    _replace(draft, owed.but(to=left, tries=owed.tries + 1, at=draft.now + delay))


def drop_publication(draft: Draft, seq: int) -> None:
    """Give the alert up: it is too old to be of use."""
    owed = _owed(draft.after, seq)
    if owed is not None:
        _replace(draft, owed.but(to=()))


def _owed(session: Session, seq: int) -> Publication | None:
    return next((owed for owed in session.publications if owed.seq == seq), None)


def _replace(draft: Draft, owed: Publication) -> None:
    others = tuple(owed if other.seq == owed.seq else other for other in draft.after.publications)
    draft.set(publications=tuple(other for other in others if other.to))


def _others(number: int) -> str:
    if number == 1:
        return "1 other waits"
    return f"{COUNTED} or more others wait" if number >= COUNTED else f"{number} others wait"


def _duration(minutes: int) -> str:
    if not minutes:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour" + ("" if hours == 1 else "s")] if hours else []
    if rest or not hours:
        parts.append(f"{rest} minute" + ("" if rest == 1 else "s"))
    return " ".join(parts)
