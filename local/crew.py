"""An event loop, and the blocking work of its coroutines, by threads that take turns: Leader/Followers.

The thread that runs the loop leads. Work that a coroutine asks for is done by the same thread, while the loop stands still:
handing a quick request to another thread and back takes about as long as the request itself. Work that takes longer is left
behind with its thread, and a follower leads on.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

MOST = 120
"""Threads that may be busy at once, whatever they wait for."""

PATIENCE_SECONDS = 0.01
"""How long the loop may stand still before a follower takes the lead."""

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
        self._lock = threading.Lock()
        self._threads = 1  # that lead, or were left behind
        self._away: _Task[Any] | None = None  # what the leader does while nobody runs the loop
        self._begun = 0
        self._stirred = threading.Event()  # something was begun; so that a follower sleeps while nothing is
        self._ended = False
        self._over = threading.Event()
        self._broken: BaseException | None = None

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """What the coroutine returns; what it raises. The calling thread only waits, and so is free for signals."""
        whole = self._loop.create_task(main)
        whole.add_done_callback(self._end)
        self._start(self._lead, "leader")
        self._start(self._follow, "follower")
        while not self._over.wait(_WAKE_SECONDS):
            pass
        if self._broken is not None:
            raise self._broken
        return whole.result()

    async def do(self, work: Callable[[], Result]) -> Result:
        """What the work returns, which may block; what it raises. For coroutines of the loop."""
        task = _Task(work, self._loop)
        self._tasks.append(task)
        self._loop.stop()
        return await task.future

    def _start(self, part: Callable[[], None], name: str) -> None:
        threading.Thread(target=part, name=name, daemon=True).start()

    def _end(self, _: object) -> None:
        self._ended = True
        self._loop.stop()

    def _lead(self) -> None:
        """Run the loop and do its work, to the end or until left behind."""
        try:
            while self._run_until_asked():
                if not self._did(self._tasks.popleft()):
                    return
        except BaseException as error:  # noqa: BLE001 - raised where the whole is waited for
            self._broken = error
        self._over.set()
        self._stirred.set()

    def _run_until_asked(self) -> bool:
        """Whether there is work now; the end has come otherwise."""
        if self._tasks:
            self._loop.stop()  # one round for what has come meanwhile, without waiting
        self._loop.run_forever()
        while not self._tasks and not self._ended:
            self._loop.run_forever()
        return not self._ended

    def _did(self, task: "_Task[Any]") -> bool:
        """Do it; whether this thread still leads."""
        self._begun += 1
        self._away = task
        if not self._stirred.is_set():
            self._stirred.set()
        task.do()
        with self._lock:
            leads = self._away is task
            if leads:
                self._away = None
            else:
                self._threads -= 1
        if leads:
            task.tell()
        else:
            task.tell_from_afar()
        return leads

    def _follow(self) -> None:
        """Take the lead from whoever is away for too long."""
        while not self._over.is_set():
            begun = self._begun
            self._over.wait(self._patience_seconds)
            if self._took_over(begun):
                self._start(self._follow, "follower")
                self._lead()
                return
            if self._begun == begun and self._away is None:
                self._stirred.clear()
                if self._begun == begun and not self._over.is_set():
                    self._stirred.wait()

    def _took_over(self, begun: int) -> bool:
        with self._lock:
            stuck = self._away is not None and self._begun == begun and self._threads < self._most
            if stuck:
                self._away = None
                self._threads += 1
            return stuck


class _Task(Generic[Result]):
    """A piece of work, and the future its result goes to."""

    def __init__(self, work: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Result] = loop.create_future()
        self._loop = loop
        self._work = work
        self._result: Result | None = None
        self._error: BaseException | None = None

    def do(self) -> None:
        """Do the work in this thread."""
        try:
            self._result = self._work()
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

    def tell_from_afar(self) -> None:
        """The same in any other thread; a loop that has ended wants nothing."""
        try:
            self._loop.call_soon_threadsafe(self.tell)
        except RuntimeError:
            if not self._loop.is_closed():
                raise
