"""How long after the user's last action a channel lets us answer.

Messenger: anybody up to 24 h after the user's last action; a human, marked as one, up to 7 days after the user's last
message; nobody later (Messenger Platform policy, "standard messaging window" and tag HUMAN_AGENT).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.model.session import Session

MARGIN = timedelta(minutes=5)
"""We stop so long before the platform does: clocks differ, and a message takes its time."""

ANYBODY = timedelta(hours=24) - MARGIN
HUMAN = timedelta(days=7) - MARGIN

ELSEWHERE_LASTS = timedelta(hours=24)
"""Another app's hold on a conversation lapses after so long without activity."""

TOO_LATE = "The user last wrote more than 7 days ago: Messenger takes no answers any more, until they write again."
TOO_LATE_FOR_BOT = "The user was last active more than 24 hours ago: only a human may answer now."
NEVER_WROTE = "The user has not written yet: Messenger takes nothing before they do."


class Window(NamedTuple):
    """Until when the bot, and a human, may answer; None: for ever."""

    closes_at: datetime | None
    human_closes_at: datetime | None


def window(session: Session) -> Window | None:
    """None where the channel has no limit, or where the user has yet to write."""
    acted_at = session.acted_at or session.last_user_at
    if session.channel != "messenger" or acted_at is None:
        return None
    closes_at = acted_at + ANYBODY
    wrote = closes_at if session.last_user_at is None else session.last_user_at + HUMAN
    return Window(closes_at, max(closes_at, wrote))


def refusal(session: Session, now: datetime, *, bot: bool) -> str | None:
    """Why nothing of the bot's, or of a human's, goes out now; None: it does."""
    if session.channel != "messenger":
        return None
    open_until = window(session)
    if open_until is None:
        return NEVER_WROTE
    closes_at = open_until.closes_at if bot else open_until.human_closes_at
    if closes_at is None or now < closes_at:
        return held_elsewhere(session, now)
    human = open_until.human_closes_at
    return TOO_LATE_FOR_BOT if bot and human is not None and now < human else TOO_LATE


def is_late(session: Session, now: datetime) -> bool:
    """Whether a human's message needs to be marked as one, which it must not be a moment earlier: there is no margin."""
    open_until = window(session)
    return open_until is not None and open_until.closes_at is not None and now >= open_until.closes_at + MARGIN


def held_elsewhere(session: Session, now: datetime) -> str | None:
    """That another app has the conversation, in words; None: it has not, or its hold has lapsed."""
    held = session.elsewhere
    if held is None or now - max(held.at, session.last_user_at or held.at) >= ELSEWHERE_LASTS:
        return None
    return f"{held.who} has this conversation. It can be answered here once it is passed back."
