"""The numbers that decisions depend on, with the defaults of the design."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Policy:
    """What an operator may set; see `settings.py` for the variables."""

    pause_lasts: timedelta = timedelta(hours=24)
    escalate_after: tuple[timedelta, ...] = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
    bot_timeout: timedelta = timedelta(seconds=8)
    pause_on_failure: bool = True
    alerters: tuple[str, ...] = ()
    vendors: frozenset[str] = frozenset()
    """Channels whose messages a vendor carries; on any other, what is committed is sent."""

    human_text: str = "A human will be with you soon."
    """What the bot says last when a user asks for a human by a menu; empty: nothing."""

    visitor_burst: int = 60
    visitor_rate: float = 2.0
    """Messages a visitor regains per second."""

    retention: timedelta | None = None
    """How long entries are kept; None: for ever."""

    turn_margin: timedelta = timedelta(seconds=5)
    """How long after the bot's time limit a turn counts as running: time for its commit, which retries for 5 s."""

    publish_lease: timedelta = timedelta(seconds=30)
    """How long one process has for publishing an alert before the sweep may try."""

    publish_for: timedelta = timedelta(days=3)
    """How long an alert that cannot be published is tried again, with growing pauses of at most an hour."""
