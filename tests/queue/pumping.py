"""What Lambda does between the queue and the worker."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta

from chalicelib.desk.worker import Received
from tests.desk.vendors import Abroad
from tests.fakes.faults import Crash
from tests.fakes.fifo import FifoQueue

Around = Callable[[Received], AbstractContextManager[None]]


def nothing(_: Received) -> AbstractContextManager[None]:
    return nullcontext()


class Queued(Abroad):
    """A world whose webhooks put into a queue; `seconds`: what an invocation has."""

    def __init__(self, *, seconds: float = 118, **options: object) -> None:
        super().__init__(queue=FifoQueue, **options)
        self.seconds = seconds

    def invoke(self, around: Around = nothing) -> list[str]:
        """One batch: what is taken is deleted; a worker that dies deletes nothing. The ids of what comes again."""
        batch = self.queue.receive()
        until = self.clock() + timedelta(seconds=self.seconds)
        again = self.desk.worker.work(batch, until=until, around=around)
        self.queue.delete([record for record in batch if record.id not in again])
        return again

    def drain(self, around: Around = nothing) -> int:
        """Invocations until nothing is left, an hour of waiting between two of them at most; returns how many died."""
        deaths = 0
        for _ in range(100):
            if not len(self.queue):
                return deaths
            try:
                self.invoke(around)
            except Crash:
                deaths += 1
            self.clock.pass_by(minutes=13)
        raise AssertionError("the queue never empties")


@contextmanager
def dying(*, before: bool) -> Iterator[None]:
    """The process dies on the way into a record, or out of it."""
    if before:
        raise Crash
    yield
    raise Crash
