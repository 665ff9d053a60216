"""Requests for one session line up inside a process; nothing relies on it, and nobody waits for long."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from chalicelib.desk.line import FairLine
from chalicelib.desk.tools import Tools
from chalicelib.desk.transactor import DEADLINE, Transactor
from chalicelib.errors import AlreadyClaimed, Conflict, StoreBusy
from chalicelib.model.draft import Draft
from chalicelib.model.entry import SYSTEM
from chalicelib.model.policy import Policy
from chalicelib.model.talking import note
from tests.fakes.faults import Fault, Faults, Faulty
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import FakeClock, fake_tools

SESSION, OTHER = "webchat:zoe", "webchat:max"
LONG, NONE = 20.0, 0.0
"""Seconds of patience."""

LOOKS = 2_000


@pytest.fixture
def line() -> FairLine:
    return FairLine()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


def until(holds: Callable[[], bool]) -> None:
    """Look until it holds; a bounded number of times."""
    for _ in range(LOOKS):
        if holds():
            return
        threading.Event().wait(0.005)
    pytest.fail("it never came to hold")


def standing(line: FairLine, count: int) -> None:
    until(lambda: line.wanted.get(SESSION, 0) == count)


def test_those_who_wait_are_served_in_the_order_they_came(line: FairLine, pool: ThreadPoolExecutor):
    served: list[int] = []

    def be_served(number: int) -> None:
        with line.first(SESSION, patience_seconds=LONG):
            served.append(number)

    with line.first(SESSION, patience_seconds=LONG):
        for number in range(16):
            pool.submit(be_served, number)
            standing(line, number + 2)
    pool.shutdown()

    assert served == list(range(16))


def test_never_are_two_first_at_once(line: FairLine, pool: ThreadPoolExecutor):
    inside: list[str] = []
    most: list[int] = []

    def be_served() -> None:
        for _ in range(200):
            with line.first(SESSION, patience_seconds=LONG):
                inside.append("somebody")
                most.append(len(inside))
                inside.pop()

    for done in [pool.submit(be_served) for _ in range(8)]:
        done.result()

    assert most == [1] * 1600


def test_sessions_do_not_wait_for_each_other(line: FairLine):
    with line.first(SESSION, patience_seconds=LONG), line.first(OTHER, patience_seconds=LONG) as waited:
        assert not waited


def test_one_who_had_to_wait_is_told_so(line: FairLine, pool: ThreadPoolExecutor):
    def be_served() -> bool:
        with line.first(SESSION, patience_seconds=LONG) as waited:
            return waited

    with line.first(SESSION, patience_seconds=LONG) as first_waited:
        second = pool.submit(be_served)
        standing(line, 2)

    assert (first_waited, second.result()) == (False, True)


def test_an_error_inside_lets_the_next_one_in(line: FairLine):
    with pytest.raises(ZeroDivisionError), line.first(SESSION, patience_seconds=LONG):
        raise ZeroDivisionError

    with line.first(SESSION, patience_seconds=LONG) as waited:
        assert not waited


def test_one_whose_time_is_up_goes_on_and_leaves_the_order_to_the_others(line: FairLine, pool: ThreadPoolExecutor):
    served: list[str] = []

    def be_served() -> None:
        with line.first(SESSION, patience_seconds=LONG):
            served.append("patient")

    with line.first(SESSION, patience_seconds=LONG):
        patient = pool.submit(be_served)
        standing(line, 2)
        with line.first(SESSION, patience_seconds=NONE):
            served.append("impatient")
        assert line.wanted == {SESSION: 2}
        served.append("first")
    patient.result()

    assert served == ["impatient", "first", "patient"]


def test_one_whose_time_is_up_and_who_then_comes_first_lets_the_next_one_in(line: FairLine, pool: ThreadPoolExecutor):
    out = threading.Event()

    def hang() -> None:
        with line.first(SESSION, patience_seconds=LONG):
            out.wait(LONG)

    def be_served() -> bool:
        with line.first(SESSION, patience_seconds=LONG):
            return True

    hanging = pool.submit(hang)
    standing(line, 1)
    with line.first(SESSION, patience_seconds=NONE):
        patient = pool.submit(be_served)
        standing(line, 3)
        out.set()
        hanging.result()
        assert line.wanted == {SESSION: 2}

    assert patient.result()


def test_nothing_is_kept_of_sessions_that_nobody_wants(line: FairLine, pool: ThreadPoolExecutor):
    def be_served(number: int) -> None:
        with line.first(f"webchat:v{number % 50}", patience_seconds=NONE if number % 3 else LONG):
            pass

    for done in [pool.submit(be_served, number) for number in range(2_000)]:
        done.result()

    assert line.wanted == {}


class ImpatientLine(FairLine):
    """Where nobody waits to be first."""

    @contextmanager
    def first(self, session_id: str, *, patience_seconds: float = NONE) -> Iterator[bool]:
        with super().first(session_id, patience_seconds=patience_seconds) as waited:
            yield waited


class Office:
    """A transactor on a store that fails on purpose, with a line to look at."""

    def __init__(self, line: FairLine, tools: Tools) -> None:
        self.faults = Faults()
        self.memory = MemoryStore()
        self.line = line
        self.transactor = Transactor(Faulty(self.memory, self.faults), Policy(), tools, line)

    def write(self, decide: Callable[[Draft], object] | None = None) -> Draft:
        return self.transactor.run(
            SESSION, decide or (lambda draft: note(draft, SYSTEM, "n", entry_id=None)), create=True
        )


@pytest.fixture
def office(line: FairLine) -> Office:
    return Office(line, Tools())


def test_a_request_waits_for_the_one_before_it_and_meets_no_conflict(office: Office, pool: ThreadPoolExecutor):
    writing: list[Future[Draft]] = []

    def others_come() -> None:
        writing.extend(pool.submit(office.write) for _ in range(10))
        standing(office.line, 11)

    office.faults.before("commit", others_come)
    office.write()
    for done in writing:
        done.result()

    assert office.faults.calls.count("commit") == 11
    assert [entry.seq for entry in office.memory.entries(SESSION, limit=50)] == list(range(1, 12))


def test_a_head_known_from_before_the_line_is_loaded_anew_after_it(office: Office, pool: ThreadPoolExecutor):
    known = office.write().after
    waiting: list[Future[Draft]] = []

    def another_comes() -> None:
        add = lambda draft: note(draft, SYSTEM, "later", entry_id=None)  # noqa: E731 - a decision
        waiting.append(pool.submit(office.transactor.run, SESSION, add, known=known))
        standing(office.line, 2)

    office.faults.calls.clear()
    office.faults.before("commit", another_comes)
    office.write()

    assert waiting[0].result().after.seq == 3
    assert office.faults.calls.count("commit") == 2


def test_nobody_is_kept_waiting_by_one_who_waits_between_two_attempts(line: FairLine):
    clock = FakeClock()
    wanted: list[dict[str, int]] = []

    def sleep(seconds: float) -> None:
        wanted.append(line.wanted)
        clock.sleep(seconds)

    usual = fake_tools(clock)
    office = Office(line, Tools(clock=clock, new_id=usual.new_id, sleep=sleep, jitter=usual.jitter))
    office.faults.plan("commit", Fault.CONFLICT, Fault.BUSY)
    office.write()

    assert wanted == [{}, {}]


@pytest.mark.parametrize("error", [AlreadyClaimed("Ann has it."), ZeroDivisionError()])
def test_a_decision_that_raises_keeps_nobody_waiting(office: Office, error: Exception):
    def refuse(draft: Draft) -> None:
        raise error

    with pytest.raises(type(error)):
        office.write(refuse)

    assert office.line.wanted == {}


def test_a_request_behind_one_that_hangs_goes_on_by_itself():
    line = ImpatientLine()
    office = Office(line, Tools())

    with line.first(SESSION, patience_seconds=LONG):
        assert office.write().after.seq == 1


def test_a_request_in_the_line_whose_deadline_passes_is_told_that_the_store_is_busy():
    line, clock = ImpatientLine(), FakeClock()
    office = Office(line, fake_tools(clock))
    began = clock.now
    office.faults.plan("commit", *[Fault.CONFLICT] * 1_000)

    with line.first(SESSION, patience_seconds=LONG), pytest.raises(StoreBusy) as told:
        office.write()

    assert isinstance(told.value.__cause__, Conflict)
    assert clock.now - began >= DEADLINE
    assert line.wanted == {}
