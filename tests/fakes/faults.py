"""Collaborators that fail on purpose."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from chalicelib.errors import Conflict, StoreBusy

REFUSED = "refused for load"
LOST = "the answer was lost"


class Crash(BaseException):
    """The process is gone: nothing that it would have done next happens."""


class Fault(Enum):
    """What happens to one call."""

    NONE = "it succeeds"
    CRASH_BEFORE = "the process dies before it"
    CRASH_AFTER = "the process dies after it"
    BUSY = "it is refused for load"
    LOST = "it succeeds, and the answer is lost"
    CONFLICT = "somebody else was faster; for anything but a commit, as BUSY"


class Faults:
    """A plan: which of the next calls of a name fail, and how. Without a plan all succeed."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.happened: list[Fault] = []
        self._plan: dict[str, list[Fault]] = {}
        self._meanwhile: dict[str, list[Callable[[], object]]] = {}

    def plan(self, name: str, *faults: Fault) -> None:
        """The next calls of `name` ("commit", "load" …) fail so, one after the other."""
        self._plan.setdefault(name, []).extend(faults)

    def before(self, name: str, *happenings: Callable[[], object]) -> None:
        """Something happens just before each of the next calls of `name`."""
        self._meanwhile.setdefault(name, []).extend(happenings)

    def heal(self) -> None:
        """All that was planned is off."""
        self._plan.clear()
        self._meanwhile.clear()

    def __call__(self, name: str) -> Fault:
        self.calls.append(name)
        happenings = self._meanwhile.get(name)
        if happenings:
            happenings.pop(0)()
        planned = self._plan.get(name)
        happened = planned.pop(0) if planned else Fault.NONE
        self.happened.append(happened)
        return happened


class Faulty:
    """Any collaborator of the desk. Before each call of one of its methods, `faults` says what is to happen to it.

    Every call that is let through is whole. `unwell`: what the caller is told when a call is refused, or its answer lost.
    """

    def __init__(
        self, inner: Any, faults: Callable[[str], Fault], unwell: Callable[[str], Exception] = StoreBusy
    ) -> None:
        self.inner = inner
        self._faults = faults
        self._unwell = unwell

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._call(name, lambda: found(*given, **named))

    def _call(self, name: str, work: Callable[[], object]) -> object:
        fault = self._faults(name)
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if fault is Fault.CONFLICT and name == "commit":
            raise Conflict("somebody else was faster")
        if fault in (Fault.BUSY, Fault.CONFLICT):
            raise self._unwell(REFUSED)
        result = work()
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.LOST:
            raise self._unwell(LOST)
        return result
