"""The threads that run the local server's loop, and do its work."""

import asyncio
import sys
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


@pytest.mark.parametrize("rounds", range(4))
def test_what_breaks_the_loop_is_raised_and_who_still_waits_is_cancelled_to_the_end(loops, rounds):
    """Who asks for work then, or takes some rounds of the loop to end, must not stop the loop of whoever closes it."""
    ended = []

    async def waits(crew):
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(rounds):
                await asyncio.sleep(0)
            with pytest.raises(asyncio.CancelledError):
                await crew.do(lambda: "done")
            ended.append("in its own way")

    async def scenario(crew):
        waiting = asyncio.ensure_future(waits(crew))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(sys.exit)
        await waiting

    def runs():
        with asyncio.Runner(loop_factory=loops) as runner:
            crew = Crew(runner.get_loop())
            crew.run(scenario(crew))

    with pytest.raises(SystemExit):
        runs()
    assert ended == ["in its own way"]


def test_where_nobody_can_watch_the_loop_is_not_run(loops, monkeypatch):
    """It would run on while whoever was told so closes it."""
    start, begun = threading.Thread.start, threading.Event()

    def start_others(thread):
        if thread.name == "watch":
            begun.wait(0.1)
            raise RuntimeError("can't start new thread")
        start(thread)

    async def scenario():
        begun.set()
        await asyncio.sleep(LONG)

    monkeypatch.setattr(threading.Thread, "start", start_others)
    with pytest.raises(RuntimeError, match="new thread"), asyncio.Runner(loop_factory=loops) as runner:
        Crew(runner.get_loop()).run(scenario())

    assert not begun.is_set()


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


def test_no_more_threads_than_the_most_are_busy_at_once_and_the_loop_goes_on_meanwhile(loops):
    busy, release = [], threading.Event()
    with asyncio.Runner(loop_factory=loops) as runner:
        crew, full = Crew(runner.get_loop(), most=3), asyncio.Event()

        def waits():
            busy.append(threading.current_thread())
            if len(busy) == 3:
                runner.get_loop().call_soon_threadsafe(full.set)
            return release.wait(LONG)

        async def scenario():
            works = asyncio.gather(*(crew.do(waits) for _ in range(6)))
            await full.wait()
            for _ in range(100):
                await asyncio.sleep(0)
            begun = len(busy)
            release.set()
            return begun, await works

        assert crew.run(scenario()) == (3, [True] * 6)


def test_after_a_rush_few_threads_are_left_and_none_after_the_end(loops):
    gate, rushed = threading.Barrier(9), []

    def waits():
        rushed.append(threading.current_thread())
        gate.wait(LONG)

    def most_end():
        """All but those who lead, follow, or ask this."""
        ending = set(rushed) - {threading.current_thread()}
        while len([thread for thread in ending if thread.is_alive()]) > 3:
            for thread in ending:
                thread.join(0.01)

    with asyncio.Runner(loop_factory=loops) as runner:
        crew = Crew(runner.get_loop())

        async def scenario():
            await asyncio.gather(*(crew.do(waits) for _ in range(9)))
            await crew.do(most_end)

        crew.run(scenario())
    for thread in rushed:
        thread.join(LONG)

    assert len(set(rushed)) == 9
    assert not any(thread.is_alive() for thread in rushed)


def test_where_there_can_be_no_more_threads_work_is_done_all_the_same(loops, monkeypatch):
    refused = threading.Event()

    def no_more(_):
        refused.set()
        raise RuntimeError("can't start new thread")

    def first():
        monkeypatch.setattr(threading.Thread, "start", no_more)
        assert refused.wait(LONG)
        monkeypatch.undo()
        return "the first"

    assert run(loops, first, lambda: "the next") == ["the first", "the next"]


@pytest.mark.parametrize("late", [1, 2, 3, 4, 8])
def test_work_that_is_asked_for_at_the_very_end_is_not_begun_and_ends_nothing(loops, late):
    """One that asks in each of the loop's last rounds; a loop may keep a second stop for whoever runs it next."""
    with asyncio.Runner(loop_factory=loops) as runner:
        crew, asking = Crew(runner.get_loop()), []

        async def asks(rounds):
            for _ in range(rounds):
                await asyncio.sleep(0)
            return await crew.do(lambda: "done")

        async def scenario():
            asking.extend(asyncio.ensure_future(asks(rounds)) for rounds in range(late))
            await asyncio.sleep(0)

        crew.run(scenario())
    assert all(one.cancelled() or one.result() == "done" for one in asking)


def test_work_that_ends_an_iteration_is_broken_and_nothing_else(loops):
    raised, done = run(loops, lambda: next(iter(())), lambda: "done")

    assert isinstance(raised, RuntimeError)
    assert isinstance(raised.__cause__, StopIteration)
    assert done == "done"


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
