"""An event loop, and the blocking work of its coroutines, by threads that take turns: Leader/Followers.

The thread that runs the loop leads. Work that a coroutine asks for is done by the same thread, while the loop stands still:
handing a quick request to another thread and back takes about as long as the request itself. Work that takes longer is left
behind with its thread, and a follower leads on.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

MOST = 120
"""Threads that may do work at once, whatever they wait for."""

PATIENCE_SECONDS = 0.005
"""How long the loop may stand still before a follower leads on."""

_BRISK = 0.2
"""The part of that patience that is left while work waits: where one piece has, others will."""

_BRISK_LOOKS = 100
"""How many looks long after the last piece of work that was left behind."""

_TURN_SECONDS = 0.01
"""For how long pieces of work are begun one after the other before sockets are looked at again."""

_SPARE = 2
"""Followers who are kept; others end with their work."""

_WAKE_SECONDS = 1
"""How often the thread that started it all looks up: on Windows a signal is heard only then."""


class Crew:
    """Runs one coroutine to its end, and the work it asks for. Threads are daemons: what they wait for ends with the process."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, most: int = MOST, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._loop = loop
        self._most = most
        self._patience_seconds = patience_seconds
        self._tasks: deque[_Task[Any]] = deque()
        self._halted = True  # the loop is asked to stop, or does not run
        self._lock = threading.Lock()
        self._busy = 0  # threads that do work
        self._away: _Task[Any] | None = None  # what the leader does while nobody runs the loop
        self._begun = 0  # pieces of work
        self._followers = 0
        self._lead = threading.Semaphore(0)  # what followers wait for
        self._stirred = threading.Event()  # something was begun; so that nobody looks while nothing is
        self._ended = False
        self._over = threading.Event()
        self._broken: BaseException | None = None

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """What the coroutine returns; what it raises. The calling thread only waits, and so is free for signals."""
        whole = self._loop.create_task(main)
        whole.add_done_callback(self._end)
        self._recruit()
        self._start(self._watch, "watch")
        self._promote()
        while not self._over.wait(_WAKE_SECONDS):
            pass
        if self._broken is not None and not whole.done():
            raise self._broken
        return whole.result()

    async def do(self, work: Callable[[], Result]) -> Result:
        """What the work returns, which may block; what it raises. For coroutines of the loop; cancels them after its end."""
        if self._ended:
            raise asyncio.CancelledError
        task = _Task(work, self._loop)
        self._tasks.append(task)
        self._halt()
        return await task.future

    def _end(self, _: object) -> None:
        self._ended = True
        self._halt()

    def _halt(self) -> None:
        """Stop the loop, which the caller runs; once, since uvloop would keep a second stop for the next run."""
        if not self._halted:
            self._halted = True
            self._loop.stop()

    def _start(self, part: Callable[[], None], name: str) -> None:
        threading.Thread(target=part, name=name, daemon=True).start()

    def _recruit(self) -> None:
        """See to it that a follower is there. Raises RuntimeError when there can be no more threads."""
        if not self._followers:
            self._start(self._take_part, "crew")
            with self._lock:
                self._followers += 1

    def _promote(self) -> None:
        self._followers -= 1
        self._lead.release()

    def _take_part(self) -> None:
        """Lead whenever it is this thread's turn."""
        try:
            while self._lead.acquire() and not self._over.is_set():
                if self._led_to_the_end():
                    break
                with self._lock:
                    if self._followers >= _SPARE:
                        return
                    self._followers += 1
        except BaseException as error:  # noqa: BLE001 - raised where the whole is waited for
            self._broken = error
            self._ended = self._halted = True  # whoever closes the loop runs it to their own end
        self._over.set()
        self._stirred.set()
        self._lead.release(MOST)  # whoever waits has nothing to wait for

    def _led_to_the_end(self) -> bool:
        """Run the loop and do its work, until the end or until left behind with a piece of it."""
        while self._run_until_asked():
            until = time.perf_counter() + _TURN_SECONDS
            while self._may_begin() and time.perf_counter() < until:
                if not self._did(self._tasks.popleft()):
                    return False
        return True

    def _run_until_asked(self) -> bool:
        """Whether there is work now that can be begun; the end has come otherwise."""
        while not self._ended:
            self._halted = False
            if self._may_begin():
                self._halt()  # one round for what has come meanwhile, without waiting
            self._loop.run_forever()
            if self._may_begin():
                break
        return not self._ended

    def _may_begin(self) -> bool:
        return bool(self._tasks) and self._busy < self._most

    def _did(self, task: "_Task[Any]") -> bool:
        """Do it; whether this thread still leads."""
        with self._lock:
            self._busy += 1
            self._begun += 1
            self._away = task
        if not self._stirred.is_set():
            self._stirred.set()
        task.do()
        with self._lock:
            self._busy -= 1
            leads = self._away is task
            if leads:
                self._away = None
        if leads:
            task.tell()
        else:
            self._tell_from_afar(task)
        return leads

    def _tell_from_afar(self, task: "_Task[Any]") -> None:
        """From a thread that does not lead; a loop that has ended wants nothing."""
        try:
            self._loop.call_soon_threadsafe(self._come_back, task)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _come_back(self, task: "_Task[Any]") -> None:
        task.tell()
        if self._may_begin():
            self._halt()

    def _watch(self) -> None:
        """Let a follower lead when the leader has been away for too long."""
        brisk = 0
        while not self._over.is_set():
            begun = self._begun
            self._over.wait(self._patience_seconds * (_BRISK if brisk else 1))
            brisk = _BRISK_LOOKS if self._passed_on(begun) else max(0, brisk - 1)
            if self._begun == begun and self._away is None:
                self._stirred.clear()
                if self._begun == begun and not self._over.is_set():
                    self._stirred.wait()

    def _passed_on(self, begun: int) -> bool:
        """Whether somebody else leads now, as the leader is still away with the piece of work that was begun last then."""
        if self._away is None or self._begun != begun:
            return False
        try:
            self._recruit()
        except RuntimeError:  # no more threads: whoever is away will come back
            return False
        with self._lock:
            stuck = self._away is not None and self._begun == begun
            if stuck:
                self._away = None
                self._promote()
            return stuck


class _Task(Generic[Result]):
    """A piece of work, and the future its result goes to."""

    def __init__(self, work: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Result] = loop.create_future()
        self._work = work
        self._result: Result | None = None
        self._error: BaseException | None = None

    def do(self) -> None:
        """Do the work in this thread."""
        try:
            self._result = self._work()
        except StopIteration as error:  # which no future takes, as it would end a coroutine
            self._error = RuntimeError("work ended an iteration that is not its own")
            self._error.__cause__ = error
        except BaseException as error:  # noqa: BLE001 - raised where the result is awaited
            self._error = error

    def tell(self) -> None:
        """Hand over what came of it, in the thread that leads."""
        if self.future.done():  # nobody waits for it any more
            return
        if self._error is not None:
            self.future.set_exception(self._error)
        else:
            self.future.set_result(self._result)  # type: ignore[arg-type] # it was set by the work
