"""Calling a bot that may take too long."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import copy_context


class Caller(ABC):
    """Runs a piece of work and waits for it only so long."""

    @abstractmethod
    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        """Whether the work ended in time; late work goes on by itself. Raises what the work raised in time."""


MOST_AT_ONCE = 200
"""Pieces of work at once, late ones included: a bot that hangs for ever must not use up the process' threads."""


class ThreadCaller(Caller):
    """A thread for each piece of work. A late one ends with the process (on Lambda it is frozen with it).

    With too many still at it, work is not begun and counts as late.
    """

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(most)

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        """See `Caller`."""
        if not self._free.acquire(blocking=False):
            return False
        raised: list[BaseException] = []

        def body() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - handed to the waiting thread
                raised.append(error)
            finally:
                self._free.release()

        context = copy_context()  # so that what the work logs says for which request
        thread = threading.Thread(target=context.run, args=(body,), name="turn", daemon=True)
        thread.start()
        thread.join(timeout_seconds)
        if thread.is_alive():
            return False
        if raised:
            raise raised[0]
        return True


class InlineCaller(Caller):
    """Runs the work where it is called, without a limit: for tests that decide themselves what happens when."""

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:  # noqa: ARG002 - the interface
        """See `Caller`."""
        work()
        return True
