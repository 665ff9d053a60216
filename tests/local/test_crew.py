"""The threads that run the local server's loop, and do its work."""

import asyncio
import threading

import pytest
import uvicorn

from local.crew import Crew

LONG = 10
"""Seconds after which what is waited for will not come."""


@pytest.fixture(params=["asyncio", "as served"])
def loops(request: pytest.FixtureRequest):
    """What makes an event loop: Python's own, and the server's where it is another."""
    return None if request.param == "asyncio" else uvicorn.Config("").get_loop_factory()


def run(loops, *works, **options):
    """All results, in order; what was raised in place of a result."""
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop(), **options)

        async def gather():
            return await asyncio.gather(*(crew.do(work) for work in works), return_exceptions=True)

        return crew.run(gather())


def test_quick_work_is_done_by_the_thread_that_runs_the_loop(loops):
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop(), patience_seconds=3600)

        async def scenario():
            return threading.current_thread(), await crew.do(threading.current_thread), threading.current_thread()

        before, there, after = crew.run(scenario())

    assert before is there is after is not threading.current_thread()


def test_what_the_work_raises_is_raised_where_it_is_awaited(loops):
    def broken():
        raise LookupError("gone")

    (raised,) = run(loops, broken)

    assert isinstance(raised, LookupError)


def test_what_the_whole_raises_is_raised_where_it_was_run(loops):
    async def broken():
        raise LookupError("gone")

    with asyncio.Runner(loop_factory=loops) as runner, pytest.raises(LookupError, match="gone"):
        Crew(runner.get_loop()).run(broken())


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_a_program_ends_the_crew(loops, error):
    def ends():
        raise error

    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())
        with pytest.raises(error):
            crew.run(crew.do(ends))


def test_the_loop_goes_on_while_work_waits(loops):
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())
        ticked = threading.Event()

        async def scenario():
            runner.get_loop().call_later(0, ticked.set)
            return await crew.do(lambda: ticked.wait(LONG))

        assert crew.run(scenario())


def test_work_that_waits_for_other_work_behind_it_does_not_stop_the_crew(loops):
    last_one_ran = threading.Event()

    def waits():
        return last_one_ran.wait(LONG)

    results = run(loops, *[waits] * 10, last_one_ran.set)

    assert results == [True] * 10 + [None]


class Looked(Crew):
    """Tells when a follower has looked twice in vain since all its threads were busy."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.full, self.in_vain = threading.Event(), threading.Semaphore(0)

    def _took_over(self, begun):
        full = self.full.is_set()
        took = super()._took_over(begun)
        if full and not took:
            self.in_vain.release()
        return took


def test_no_more_threads_than_the_most_are_busy_at_once(loops):
    busy: list[str] = []
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Looked(runner.get_loop(), most=3)
        release = threading.Event()

        def waits():
            busy.append(threading.current_thread().name)
            if len(busy) == 3:
                crew.full.set()
            assert release.wait(LONG)
            return len(busy)

        def look():
            for _ in range(2):
                assert crew.in_vain.acquire(timeout=LONG)
            seen.append(len(busy))
            release.set()

        async def scenario():
            await asyncio.gather(*(crew.do(waits) for _ in range(6)))

        seen: list[int] = []
        outside = threading.Thread(target=look)
        outside.start()
        crew.run(scenario())
        outside.join(LONG)

    assert seen == [3]
    assert len(busy) == 6


def test_after_a_rush_those_who_were_left_behind_end(loops):
    gate, rushed = threading.Barrier(5), []

    def waits():
        rushed.append(threading.current_thread())
        gate.wait(LONG)

    def others_end():
        others = set(rushed) - {threading.current_thread()}
        for thread in others:
            thread.join(LONG)
        return [thread for thread in others if thread.is_alive()]

    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())

        async def scenario():
            await asyncio.gather(*(crew.do(waits) for _ in range(5)))
            return await crew.do(others_end)

        assert crew.run(scenario()) == []
    assert len(set(rushed)) == 5


@pytest.fixture
def waits():
    """Work that has begun, and ends when it is released; with the thread that does it."""
    return Waits()


class Waits:
    def __init__(self):
        self.begun, self.release = threading.Event(), threading.Event()

    def __call__(self):
        self.thread = threading.current_thread()
        self.begun.set()
        return self.release.wait(LONG)


def test_who_no_longer_waits_gets_nothing(loops, waits):
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())

        async def scenario():
            waiting = asyncio.ensure_future(crew.do(waits))
            assert await crew.do(lambda: waits.begun.wait(LONG))
            waiting.cancel()
            waits.release.set()
            return await crew.do(lambda: "the next")

        assert crew.run(scenario()) == "the next"


def test_work_that_ends_after_the_loop_is_nobodys(loops, waits):
    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())

        async def scenario():
            waiting = asyncio.ensure_future(crew.do(waits))
            assert await crew.do(lambda: waits.begun.wait(LONG))
            return waiting

        crew.run(scenario())
    waits.release.set()
    waits.thread.join(LONG)

    assert not waits.thread.is_alive()  # and it raised nothing, which would fail the test
