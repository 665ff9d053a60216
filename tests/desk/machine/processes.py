"""Processes that run only when told to, from one call of the outside world to the next.

Each is a thread, but never do two run at once: whoever steps one waits until it stands at its next call, or has ended. So
every order of calls can be arranged, and arranged again.
"""

import threading
from collections.abc import Callable

from chalicelib.desk.calling import Caller
from tests.fakes.faults import Crash, Fault


class Process:
    """One request. `at` names the call it stands at: "commit", "publish", "turn" …; `error` is what it ended with."""

    def __init__(self, stage: "Stage", work: Callable[[], object]) -> None:
        self.at = ""
        self.ended = False
        self.result: object = None
        self.error: BaseException | None = None
        self.called: Process | None = None
        self._stage = stage
        self._work = work
        self._fault = Fault.NONE
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        threading.Thread(target=self._body, daemon=True).start()

    def step(self, fault: Fault = Fault.NONE) -> None:
        """Let the call that it stands at happen, with this fault, and what follows until the next call or the end.

        A process that waits for its bot steps the bot instead.
        """
        if self.called is not None and not self.called.ended:
            self.called.step(fault)
            if not self.called.ended:
                return
            fault = Fault.NONE
        self._resume(fault)

    def late(self) -> "Process":
        """It has waited long enough for its bot, which goes on by itself: as the process returned."""
        called = self.called
        assert called is not None
        self._resume(Fault.LOST)
        return called

    @property
    def waits(self) -> bool:
        """Whether it waits for its bot."""
        return self.at == "wait" and not self.ended

    def kill(self) -> None:
        """It dies where it stands, and its bot with it."""
        if self.called is not None and not self.called.ended:
            self.called.kill()
        if not self.ended:
            self._resume(Fault.CRASH_BEFORE)

    def stop_at(self, name: str) -> Fault:
        """Stand at a call; what shall happen to it."""
        self.at = name
        self._stopped.release()
        self._go.acquire()
        return self._fault

    def _resume(self, fault: Fault) -> None:
        self._fault = fault
        before, self._stage.running = self._stage.running, self
        self._go.release()
        self._stopped.acquire()
        self._stage.running = before

    def _begin(self) -> object:
        if self._fault is Fault.CRASH_BEFORE:
            raise Crash
        return self._work()

    def _body(self) -> None:
        self._go.acquire()
        try:
            self.result = self._begin()
        except BaseException as error:  # noqa: BLE001 - kept for whoever waits, as a Crash must be
            self.error = error
        self.ended = True
        self._stopped.release()


class Stage(Caller):
    """Where processes run. It is asked before every call, and it is how the desk waits for its bot."""

    def __init__(self) -> None:
        self.running: Process | None = None

    def start(self, work: Callable[[], object]) -> Process:
        """A process that stands before its beginning."""
        return Process(self, work)

    def __call__(self, name: str) -> Fault:
        """What shall happen to the call; outside all processes, nothing but the call itself."""
        return Fault.NONE if self.running is None else self.running.stop_at(name)

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        """See `Caller`."""
        caller = self.running
        assert caller is not None
        caller.called = self.start(work)
        verdict = caller.stop_at("wait")
        called, caller.called = caller.called, None
        if verdict is Fault.CRASH_BEFORE:
            raise Crash
        if not called.ended:
            return False
        if called.error is not None:
            raise called.error
        return True
