"""The threads that serve requests on a laptop."""

import asyncio
import threading

from local.pool import Pool


def run(pool: Pool, *works):
    """All results, in order; what was raised in place of a result."""

    async def gather():
        return await asyncio.gather(*(pool.run(work) for work in works), return_exceptions=True)

    return asyncio.run(gather())


def test_work_is_done_in_another_thread_and_its_result_comes_back():
    here = threading.current_thread()

    (there,) = run(Pool(), threading.current_thread)

    assert there is not here


def test_what_the_work_raises_is_raised_where_it_is_awaited():
    def broken():
        raise LookupError("gone")

    (raised,) = run(Pool(), broken)

    assert isinstance(raised, LookupError)


def test_work_that_waits_for_other_work_behind_it_does_not_stop_the_pool():
    last_one_ran = threading.Event()

    def waits():
        return last_one_ran.wait(30)

    results = run(Pool(few=2), *[waits] * 10, last_one_ran.set)

    assert results == [True] * 10 + [None]


def test_no_more_threads_than_the_most_run_at_once():
    together, release = threading.Semaphore(0), threading.Event()
    running: list[str] = []

    def waits():
        running.append(threading.current_thread().name)
        together.release()
        release.wait(30)
        return len(running)

    async def scenario():
        pool = Pool(few=1, most=3)
        tasks = [asyncio.ensure_future(pool.run(waits)) for _ in range(6)]
        for _ in range(3):
            await asyncio.to_thread(together.acquire, timeout=30)
        at_most = len(running)
        release.set()
        await asyncio.gather(*tasks)
        return at_most

    assert asyncio.run(scenario()) == 3


def test_after_a_rush_the_pool_serves_on():
    pool = Pool(few=1, most=5)
    gate = threading.Barrier(5)

    run(pool, *[lambda: gate.wait(30)] * 5)

    assert run(pool, *[lambda number=number: number for number in range(20)]) == list(range(20))
