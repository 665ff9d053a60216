"""What somebody else answers, kept for a while: asked for again when it is old or lacks something, and held through an outage."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from chalicelib.errors import IssuerBusy

log = logging.getLogger(__name__)

Value = TypeVar("Value")

RENEW_SECONDS = 300.0
"""After how long it is asked for again, while it still counts."""

FRESH_SECONDS = 600.0
"""How long it counts, unless nobody has answered lately: a key that was withdrawn counts no longer than that."""

HELD_SECONDS = 6 * 3600.0
"""How long it counts while nobody answers; agents can go on for a shift."""

AGAIN_SECONDS = 30.0
"""Between two questions at least, whatever is wanted: tokens with made-up keys cost the issuer two requests a minute."""

SOON_SECONDS = 2.0
"""The same while there is no answer that counts, and nobody can sign in."""

LATELY_SECONDS = 60.0
"""For so long a question without an answer is an outage, in which nobody waits for the next one."""


class Unanswered(Exception):
    """No answer of use came. The text is the kind of failure alone."""


class Kept(Generic[Value]):
    """One answer for all threads. Only one of them asks at a time; who can do with what is there does not wait for it."""

    def __init__(self, name: str, ask: Callable[[], Value], *, clock: Callable[[], float] = time.monotonic) -> None:
        """`name`: what logs call it. `ask` raises Unanswered. `clock`: seconds that only grow."""
        self._name = name
        self._ask = ask
        self._clock = clock
        self._asking = threading.Lock()
        self._held: tuple[Value, float] | None = None
        self._asked_at: float | None = None
        self._failed_at: float | None = None

    def get(self, suffices: Callable[[Value], bool] = lambda _: True) -> Value:
        """The answer; one that does not suffice is asked for again, unless that was done just now. Raises IssuerBusy."""
        if not self._is_new(suffices) and self._asking.acquire(blocking=self._has_to_wait(suffices)):
            try:
                self._renew(suffices)
            finally:
                self._asking.release()
        held = self._held
        if held is None or self._age(held) >= HELD_SECONDS:
            raise IssuerBusy("Who vouches for agents does not answer. Please try again.")
        return held[0]

    def _is_new(self, suffices: Callable[[Value], bool]) -> bool:
        held = self._held
        return held is not None and self._age(held) < RENEW_SECONDS and suffices(held[0])

    def _has_to_wait(self, suffices: Callable[[Value], bool]) -> bool:
        held = self._held
        if held is None or not suffices(held[0]):
            return True
        is_out = self._failed_at is not None and self._clock() - self._failed_at < LATELY_SECONDS
        return self._age(held) >= (HELD_SECONDS if is_out else FRESH_SECONDS)

    def _renew(self, suffices: Callable[[Value], bool]) -> None:
        if self._is_new(suffices):
            return  # somebody else has just asked
        counts = self._held is not None and self._age(self._held) < HELD_SECONDS
        pause = AGAIN_SECONDS if counts else SOON_SECONDS
        if self._asked_at is not None and self._clock() - self._asked_at < pause:
            return
        try:
            self._held = (self._ask(), self._clock())
        except Unanswered as failure:
            self._failed_at = self._clock()
            log.warning("%s did not come: %s", self._name, failure)
        finally:
            self._asked_at = self._clock()

    def _age(self, held: tuple[Value, float]) -> float:
        return self._clock() - held[1]
