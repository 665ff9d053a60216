"""Requests of one process that want the same session line up, rather than spoil each other's commits.

Nothing relies on it: what keeps a session right is the conditional commit, which other processes meet as well.
"""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

PATIENCE_SECONDS = 2.5
"""How long somebody lets others go first; then they take their chance, lest one that hangs hold up all."""


class Line(ABC):
    """Where requests wait until those before them are done with a session."""

    @abstractmethod
    def first(self, session_id: str, *, patience_seconds: float = PATIENCE_SECONDS) -> AbstractContextManager[bool]:
        """A block to be in when it is this request's turn, or its patience is over. It is told whether it had to wait.

        Not for use inside itself: the inner block would wait until its patience is over.
        """


class FairLine(Line):
    """First come, first served, for each session; one that nobody wants takes no memory."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._places: dict[str, deque[threading.Lock]] = {}

    @contextmanager
    def first(self, session_id: str, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[bool]:
        """See `Line`."""
        place = self._join(session_id)
        waits = place.locked()
        try:
            place.acquire(timeout=patience_seconds)
            yield waits
        finally:
            self._leave(session_id, place)

    @property
    def wanted(self) -> dict[str, int]:
        """How many stand in each line, whoever is first included."""
        with self._guard:
            return {session_id: len(line) for session_id, line in self._places.items()}

    def _join(self, session_id: str) -> "threading.Lock":
        """A place at the end of the line; it is released when it has come first."""
        place = threading.Lock()
        with self._guard:
            line = self._places.setdefault(session_id, deque())
            if line:
                place.acquire()
            line.append(place)
        return place

    def _leave(self, session_id: str, place: "threading.Lock") -> None:
        with self._guard:
            line = self._places[session_id]
            was_first = line[0] is place
            line.remove(place)
            if not line:
                del self._places[session_id]
            elif was_first:
                line[0].release()


class NoLine(Line):
    """Nobody waits: for tests in which one request happens in the middle of another."""

    @contextmanager
    def first(self, session_id: str, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[bool]:  # noqa: ARG002 - the interface
        """See `Line`."""
        yield False
