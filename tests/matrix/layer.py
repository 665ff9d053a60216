"""One layer around everything that a process asks of the outside world: it numbers the calls, and one of them fails."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.faults import Fault

READS = {
    "load",
    "entries",
    "numbered",
    "find",
    "facts",
    "sessions",
    "waiting",
    "due",
    "notifications",
    "unread",
    "alert_states",
    "parked",
    "parked_of",
    "find_parked",
    "token",
    "tokens",
    "check",
    "profile",
    "act",
    "give",
}
"""Calls that change nothing of ours."""

WRITES = {
    "commit",
    "erase",
    "forget",
    "scrub",
    "mark",
    "mark_all_read",
    "park",
    "count_try",
    "unpark",
    "add_token",
    "revoke_token",
    "secret",
    "prepare",
    "close",
    "publish",
    "send",
    "create_persona",
}
"""All others. What is in neither counts as one of them, and a test asks for its place."""


@dataclass(frozen=True)
class Blow:
    """How a call fails, and what becomes of all calls after it. `done`: whether what it asks for happens all the same."""

    name: str
    fault: Fault
    then: Fault = Fault.NONE
    done: bool = False


Arrange = Callable[[Blow], object]


def nothing(blow: Blow) -> None:
    """The blow is struck by the layer itself."""


WELL = Blow("nothing happens", Fault.NONE, done=True)
BLOWS = (
    Blow("the process dies before it", Fault.CRASH_BEFORE),
    Blow("the process dies after it", Fault.CRASH_AFTER, done=True),
    Blow("it is refused", Fault.BUSY),
    Blow("its answer is lost", Fault.LOST, done=True),
    Blow("it and all after it are refused", Fault.BUSY, then=Fault.BUSY),
    Blow("its answer is lost and all after it are refused", Fault.LOST, then=Fault.BUSY, done=True),
)


def blows(call: str) -> tuple[Blow, ...]:
    """All that differ: to die after a call that changes nothing is to die before the next, and its lost answer is a refusal."""
    return tuple(blow for blow in BLOWS if call not in READS or not blow.done)


def blows_after_writes(call: str) -> tuple[Blow, ...]:
    """Those that leave something behind in the store; all others are the same before any store."""
    return () if call in READS else tuple(blow for blow in BLOWS if blow.done)


@dataclass
class Layer:
    """Asked before each call of one process, by the `Faulty` around each of its collaborators.

    Call `number`, counted from 1, is struck; 0: none is.

    `calls`: what was asked so far. `written`: whether a call that changes something has taken place. `arrange` runs just
    before the call that is struck, for blows from elsewhere. A process that has died asks nothing more, whatever its
    code still tries.
    """

    number: int = 0
    blow: Blow = WELL
    arrange: Arrange = nothing
    calls: list[str] = field(default_factory=list)
    written: bool = False
    _dead: bool = False

    def __call__(self, name: str) -> Fault:
        self.calls.append(name)
        fault, done = self._struck()
        self._dead = self._dead or fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
        self.written = self.written or (done and name not in READS)
        return fault

    def _struck(self) -> tuple[Fault, bool]:
        """What happens to the latest call, and whether it is done."""
        if self._dead:
            return Fault.CRASH_BEFORE, False
        if not self.number or len(self.calls) < self.number:
            return Fault.NONE, True
        if len(self.calls) > self.number:
            return self.blow.then, self.blow.then is Fault.NONE
        self.arrange(self.blow)
        return self.blow.fault, self.blow.done
