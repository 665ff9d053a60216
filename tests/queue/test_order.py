"""Many workers at once on a real database: each session's order is kept, also when some die with their work done."""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk.desk import Desk
from chalicelib.desk.inbox import Delivery
from chalicelib.desk.worker import Worker
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.store.sql import SQLStore
from tests.fakes.bot import ScriptedBot
from tests.fakes.fifo import FifoQueue
from tests.fakes.tools import FakeClock
from tests.queue.pumping import nothing

SESSIONS, EACH, WORKERS = 1000, 3, 8
DYING = 0.05
MOST_ROUNDS = 20_000


@pytest.mark.uncounted
def test_the_order_of_a_session_holds_with_eight_workers_and_a_thousand_sessions(tmp_path):
    clock, chance = FakeClock(), random.Random(11)  # noqa: S311 - the same deaths in every run
    queue = FifoQueue(clock, visibility_seconds=10**9)
    store = SQLStore(f"sqlite:///{tmp_path}/hitl.db")
    store.prepare()
    bot = ScriptedBot()
    bot.wanting = lambda _: False
    desk = Desk(store, bot, queue=queue)
    sessions = [f"messenger:1002003004.{number}" for number in range(SESSIONS)]
    for number in range(EACH):
        for session in sessions:
            event = Event(f"in:{number}", session, Text(str(number)), clock() + timedelta(seconds=number))
            desk.inbox.put(Delivery("messenger", [event]))
    broken: list[BaseException] = []

    def serve() -> None:
        try:
            _serve(desk.worker, queue, clock, chance)
        except BaseException as error:
            broken.append(error)
            raise

    workers = [threading.Thread(target=serve) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    logs = {session: [entry.said for entry in store.entries(session, limit=50)] for session in sessions}
    parked = store.parked(limit=5).items
    store.close()

    assert broken == []
    assert [session for session, log in logs.items() if log != [str(number) for number in range(EACH)]] == []
    assert (parked, queue.dead, len(queue)) == ([], [], 0)


def _serve(worker: Worker, queue: FifoQueue, clock: FakeClock, chance: random.Random) -> None:
    """Batches until the queue is empty; now and then one is done and its end never told, so that it comes again."""
    for _ in range(MOST_ROUNDS):
        batch = queue.receive()
        if not batch:
            if not len(queue):
                return
            clock.pass_by(seconds=1)
            continue
        again = worker.work(batch, until=datetime.now(UTC) + timedelta(minutes=5), around=nothing)
        if chance.random() < DYING:
            queue.put_off({record.receipt: 1 for record in batch})
        else:
            queue.delete([record for record in batch if record.id not in again])
