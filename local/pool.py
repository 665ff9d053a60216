"""Threads for requests: few while they get on, more while they wait for slow bots."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")

FEW = 2
"""Threads for quick work; more would only take turns holding the interpreter's lock."""

MOST = 120
PATIENCE_SECONDS = 0.02
"""How long a request may wait for a thread before another one is made."""


class Pool:
    """Runs blocking work for an event loop. Its threads are daemons: whatever they wait for ends with the process."""

    def __init__(self, *, few: int = FEW, most: int = MOST, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._few = few
        self._most = most
        self._patience_seconds = patience_seconds
        self._tasks: queue.SimpleQueue[_Task[object]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """What the work returns; what it raises."""
        loop = asyncio.get_running_loop()
        task = _Task(work, loop)
        self._tasks.put(task)  # type: ignore[arg-type] # a task of any result
        self._add_thread(self._few)
        waiting = loop.call_later(self._patience_seconds, self._help, task)
        try:
            return await task.result
        finally:
            waiting.cancel()

    def _help(self, task: "_Task[Result]") -> None:
        if not task.begun:
            self._add_thread(self._most)
            if not task.result.done():
                task.result.get_loop().call_later(self._patience_seconds, self._help, task)

    def _add_thread(self, up_to: int) -> None:
        with self._lock:
            if self._threads >= up_to:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="request", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._tasks.get().do()
            with self._lock:
                if self._threads > self._few and self._tasks.empty():
                    self._threads -= 1
                    return


class _Task(Generic[Result]):
    """A piece of work, and the future its result goes to."""

    def __init__(self, work: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self.begun = False
        self.result: asyncio.Future[Result] = loop.create_future()
        self._work = work
        self._loop = loop

    def do(self) -> None:
        """Do the work in this thread and hand its result to the loop; a loop that has ended wants none."""
        self.begun = True
        try:
            done = self._work()
        except BaseException as error:  # noqa: BLE001 - raised where the result is awaited
            self._tell(self._fail, error)
        else:
            self._tell(self._succeed, done)

    def _tell(self, how: Callable[..., None], what: object) -> None:
        try:
            self._loop.call_soon_threadsafe(how, what)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _succeed(self, done: Result) -> None:
        if not self.result.done():
            self.result.set_result(done)

    def _fail(self, error: BaseException) -> None:
        if not self.result.done():
            self.result.set_exception(error)
