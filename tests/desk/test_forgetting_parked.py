"""What is parked of a person is erased with them, and whatever is parked is deleted after thirty days."""

import logging
from datetime import timedelta

import pytest

from chalicelib.desk.eraser import PARKED_AT_ONCE, PARKED_KEPT
from chalicelib.errors import SessionNotFound, StoreBusy
from chalicelib.model.entry import Author
from chalicelib.store.base import Parked
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import SESSION, World

SUE = Author(kind="agent", id="sue", name="Sue")
ANOTHER = "webchat:another"


def park(world: World, *ids: str, session_id: str | None = SESSION, age: timedelta = timedelta()) -> None:
    for parked_id in ids:
        world.memory.park(
            Parked(id=parked_id, at=world.clock() - age, channel="webchat", reason="", body="{}", session_id=session_id)
        )


def left(world: World) -> list[str]:
    return [parked.id for parked in world.memory.parked(limit=1000).items]


def test_what_is_parked_of_an_erased_person_goes_and_of_others_stays(world: World):
    world.user_says("Hello")
    park(world, "a", "b")
    park(world, "c", session_id=ANOTHER)
    park(world, "d", session_id=None)

    assert world.desk.erase(SESSION, by=SUE).done
    assert left(world) == ["c", "d"]


def test_what_is_parked_after_the_person_came_back_survives_the_rest_of_the_erasure(world: World):
    world.user_says("Hello")
    park(world, "old")
    world.faults.plan("erase", Fault.BUSY)
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    park(world, "new")
    world.sweep()

    assert left(world) == ["new"]
    assert world.head.cutting_at is None


def test_an_erasure_asked_for_again_deletes_what_was_parked_meanwhile(world: World):
    world.user_says("Hello")
    receipt = world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(hours=1)
    park(world, "late")

    assert world.desk.erase(SESSION, by=SUE) == receipt
    assert left(world) == []


def test_an_erasure_of_somebody_who_came_back_deletes_what_was_parked_of_them_since(world: World):
    world.user_says("Hello")
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    park(world, "new")
    world.desk.erase(SESSION, by=SUE)

    assert left(world) == []


def test_more_than_a_page_is_deleted_whole(world: World):
    world.user_says("Hello")
    park(world, *map(str, range(2 * PARKED_AT_ONCE + 1)))

    assert world.desk.erase(SESSION, by=SUE).done
    assert left(world) == []


def test_what_takes_too_long_is_left_to_the_sweep(world: World):
    world.user_says("Hello")
    park(world, *map(str, range(PARKED_AT_ONCE + 1)))
    world.faults.before("unpark", lambda: world.clock.pass_by(seconds=5))
    receipt = world.desk.erase(SESSION, by=SUE)
    some = len(left(world))
    world.sweep()

    assert (receipt.done, some, left(world)) == (False, 1, [])


def test_who_is_erased_by_age_is_erased_with_what_is_parked_of_them():
    world = World(retention=timedelta(days=1))
    world.user_says("Hello")
    park(world, "a")
    world.clock.pass_by(days=2)
    world.sweep()

    assert world.head.gone
    assert left(world) == []


def test_a_cut_by_age_spares_what_is_parked_of_a_person_who_goes_on():
    world = World(retention=timedelta(days=1))
    world.user_says("Hello")
    park(world, "a")
    world.clock.pass_by(hours=20)
    world.user_says("Hello again")
    world.clock.pass_by(hours=5)
    world.sweep()

    assert (world.head.cut, world.head.cutting_at) == (1, None)
    assert left(world) == ["a"]


def test_what_is_parked_of_somebody_unknown_is_erased_all_the_same(world: World):
    park(world, "a", "b")
    park(world, "c", session_id=ANOTHER)

    with pytest.raises(SessionNotFound):
        world.desk.erase(SESSION, by=SUE)
    assert left(world) == ["c"]
    assert world.faults.calls[-1] == "scrub"


def test_more_of_somebody_unknown_than_there_is_time_for_is_told(world: World):
    park(world, *map(str, range(PARKED_AT_ONCE + 1)))
    world.faults.before("unpark", lambda: world.clock.pass_by(seconds=5))

    with pytest.raises(StoreBusy):
        world.desk.erase(SESSION, by=SUE)
    with pytest.raises(SessionNotFound):
        world.desk.erase(SESSION, by=SUE)
    assert left(world) == []


def test_what_has_been_parked_for_thirty_days_is_deleted_by_a_sweep(world: World, caplog):
    park(world, "older", age=PARKED_KEPT + timedelta(days=1), session_id=None)
    park(world, "old", age=PARKED_KEPT)
    park(world, "young", age=PARKED_KEPT - timedelta(seconds=1))
    with caplog.at_level(logging.WARNING):
        assert world.sweep() == 0

    assert left(world) == ["young"]
    assert "2 parked deliveries were deleted for their age" in caplog.messages


def test_one_sweep_deletes_a_hundred_and_the_next_the_rest(world: World):
    park(world, *map(str, range(PARKED_AT_ONCE + 1)), age=PARKED_KEPT)
    world.sweep()
    some = len(left(world))
    world.sweep()

    assert (some, left(world)) == (1, [])


def test_a_sweep_that_finds_nothing_old_reads_one_row(world: World):
    park(world, "young", "younger")
    world.faults.calls.clear()
    world.sweep()

    assert world.faults.calls == ["due", "parked"]


def test_a_store_that_is_busy_leaves_what_is_old_to_the_next_sweep(world: World):
    park(world, "old", age=PARKED_KEPT)
    world.faults.plan("parked", Fault.BUSY)
    world.sweep()
    after_one = left(world)
    world.sweep()

    assert (after_one, left(world)) == (["old"], [])


def test_a_sweep_that_dies_among_them_is_made_good_by_the_next(world: World):
    park(world, "a", "b", age=PARKED_KEPT)
    world.faults.plan("unpark", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        world.sweep()
    after_one = left(world)
    world.sweep()

    assert (after_one, left(world)) == (["b"], [])


def test_sessions_come_before_what_is_parked(world: World):
    world.user_wants_a_human()
    park(world, "old", age=PARKED_KEPT)
    world.clock.pass_by(minutes=5)
    world.faults.calls.clear()
    world.sweep()

    calls = world.faults.calls
    assert calls.index("commit") < calls.index("parked") < calls.index("unpark")
