"""What has been kept for long enough is hidden and deleted, by the time at which it was committed."""

from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.desk.eraser import DELETED_AT_ONCE
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.turning import Remember
from tests.fakes.faults import Crash, Fault
from tests.fakes.tools import NOON, FakeClock, fake_tools
from tests.fakes.world import ANN, SESSION, World

LIMIT = timedelta(days=30)


@pytest.fixture
def world() -> World:
    return World(retention=LIMIT)


def other(world: World, retention: timedelta | None) -> World:
    """The same store and clock under another setting."""
    tools = fake_tools(FakeClock(world.clock()), first_id=1001)
    return World(memory=world.memory, tools=tools, retention=retention)


def texts(world: World) -> list[str]:
    return [entry.said for entry in world.log("message")]


def test_nothing_is_deleted_by_age_unless_it_is_set(world: World):
    for_ever = World()
    for_ever.user_says("first")
    for_ever.clock.pass_by(days=3650)
    for_ever.sweep()

    assert for_ever.head.due_at is None
    assert texts(for_ever) == ["first"]


def test_the_old_beginning_of_a_log_goes_and_the_rest_stays(world: World):
    world.user_says("old")
    world.clock.pass_by(days=1)
    world.user_says("older than the limit, too")
    world.clock.pass_by(days=20)
    world.user_says("young")
    world.clock.pass_by(days=10)
    world.sweep()

    assert texts(world) == ["young"]
    assert (world.head.cut, world.head.keep_until, world.head.cutting_at) == (2, NOON + timedelta(days=51), None)
    assert world.desk.reader.log(SESSION, after=None, before=None, limit=9).entries == world.log()
    assert not world.head.gone


def test_an_entry_is_kept_for_the_whole_time(world: World):
    world.user_says("first")
    world.clock.pass_by(days=1)
    world.user_says("second")
    world.clock.pass_by(days=29, seconds=-1)
    world.sweep()
    before = texts(world)
    world.clock.pass_by(seconds=1)
    world.sweep()

    assert (before, texts(world)) == (["first", "second"], ["second"])


def test_what_came_late_is_kept_by_the_time_it_came(world: World):
    world.user_says("first")
    world.clock.pass_by(days=5)
    came = world.clock()
    world.desk.intake.receive(Event("in:1", SESSION, Text("delayed"), NOON - timedelta(days=20)))
    world.clock.pass_by(days=25)
    world.sweep()

    assert [(entry.said, entry.committed_at) for entry in world.log()] == [("delayed", came)]
    assert world.head.keep_until == came + LIMIT


def test_what_came_at_once_costs_no_room_for_the_time_it_came(world: World):
    world.desk.intake.receive(Event("in:1", SESSION, Text("at once"), NOON - timedelta(seconds=59)))

    assert world.log()[0].committed_at is None


def test_old_entries_are_hidden_before_they_are_deleted(world: World):
    world.user_says("old")
    world.clock.pass_by(days=20)
    world.user_says("young")
    world.clock.pass_by(days=10)
    world.faults.plan("erase", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        world.sweep()
    seen = world.desk.reader.log(SESSION, after=None, before=None, limit=9).entries
    followed = world.desk.reader.follow(SESSION, after=0, limit=9).entries
    kept = texts(world)
    world.sweep()

    assert [entry.said for entry in seen] == [entry.said for entry in followed] == ["young"]
    assert (kept, texts(world)) == (["old", "young"], ["young"])


def test_a_session_of_which_nothing_is_left_is_erased_with_its_name_and_facts(world: World):
    world.bot.then(Remember({"city": "Lyon"}))
    world.user_says("old", name="Zoe")
    world.clock.pass_by(days=30)
    world.sweep()

    assert (world.head.gone, world.head.erased_by, world.head.user.name) == (True, "", "")
    assert (world.log(), world.memory.facts(SESSION)) == ([], {})
    assert "scrub" not in world.faults.calls

    world.clock.pass_by(days=7)
    world.sweep()
    assert world.memory.load(SESSION) is None


def test_what_is_said_while_the_old_goes_is_kept(world: World):
    world.user_says("old")
    world.clock.pass_by(days=30)
    world.faults.before("commit", lambda: world.user_says("young"))
    world.sweep()

    assert texts(world) == ["young"]
    assert not world.head.gone
    assert world.head.keep_until is not None


def test_a_paused_session_loses_its_old_entries_and_stays_paused(world: World):
    world.user_says("old")
    world.agent_pauses(until=world.clock() + timedelta(days=60))
    world.agent_says("old, too")
    world.clock.pass_by(days=31)
    world.sweep()
    paused = world.head
    world.clock.pass_by(days=29)
    world.sweep()
    ended = world.log()
    world.clock.pass_by(days=30)
    world.sweep()

    assert (paused.paused, paused.gone, paused.cut, paused.last_message) == (True, False, paused.seq, None)
    assert [entry.kind for entry in ended] == ["unpaused"]
    assert world.head.gone


def test_what_the_bot_has_yet_to_answer_is_not_deleted(world: World):
    def meanwhile() -> None:
        world.user_says("queued")
        world.clock.pass_by(days=31)
        world.desk.eraser.cut(world.head)

    world.bot.then_while(meanwhile)
    world.user_says("running")
    kept = texts(world)
    world.sweep()

    assert kept == ["running", "queued"]
    assert [event.text for event in world.bot.heard] == ["running", "queued"]


def test_the_shown_last_message_goes_with_the_log(world: World):
    world.user_says("old")
    world.clock.pass_by(days=29)
    world.desk.commands.note(SESSION, "A regular", by=ANN)
    world.clock.pass_by(days=1)
    world.sweep()

    assert world.head.last_message is None
    assert [entry.said for entry in world.log()] == ["A regular"]


def test_unread_is_never_more_than_what_is_left(world: World):
    for _ in range(5):
        world.user_says("old")
    world.clock.pass_by(days=20)
    world.user_says("young")
    world.clock.pass_by(days=10)
    world.sweep()

    assert (world.head.unread, world.head.read_seq) == (1, 5)


def test_a_log_of_thousands_is_cut_a_part_at_a_time(world: World):
    last = 0
    while last <= 2 * DELETED_AT_ONCE:
        world.bot.wanting = lambda event: False
        last = world.user_says("old").seq
    world.clock.pass_by(days=20)
    world.user_says("young")
    world.clock.pass_by(days=10)
    world.faults.calls.clear()
    world.sweep()

    assert texts(world) == ["young"]
    assert world.faults.calls.count("erase") >= 3


@pytest.mark.parametrize("retention", [None, timedelta(days=300)], ids=["off", "longer"])
def test_a_limit_that_was_lifted_deletes_nothing(world: World, retention: timedelta | None):
    world.user_says("old")
    world.clock.pass_by(days=31)
    changed = other(world, retention)
    changed.sweep()

    assert texts(changed) == ["old"]
    assert changed.head.keep_until == (None if retention is None else NOON + retention)


def test_retain_brings_in_sessions_from_before_the_limit_and_under_a_longer_one(world: World):
    before = World()
    before.user_says("old")
    before.clock.pass_by(days=25)
    before.user_says("young")
    before.clock.pass_by(days=6)
    now = other(before, LIMIT)
    swept = now.sweep()
    counted = now.desk.eraser.retain()
    again = now.desk.eraser.retain()
    now.sweep()

    assert (swept, counted, again) == (0, 1, 1)
    assert texts(now) == ["young"]
    assert now.head.keep_until == NOON + timedelta(days=55)


def test_retain_leaves_alone_what_is_planned_already(world: World):
    world.user_says("old")
    head = world.head
    world.desk.eraser.retain()

    assert world.head == head


def test_retain_brings_in_sessions_under_a_limit_that_was_longer(world: World):
    world.user_says("old")
    world.clock.pass_by(days=5)
    shorter = other(world, timedelta(days=10))
    shorter.desk.eraser.retain()

    assert shorter.head.keep_until == NOON + timedelta(days=10)


def test_retain_spares_somebody_who_is_erased_right_now(world: World):
    before = World()
    before.user_says("old")
    now = other(before, LIMIT)
    now.faults.before("commit", lambda: now.desk.erase(SESSION))
    now.desk.eraser.retain()

    assert now.head.gone
    assert now.head.keep_until is None


@pytest.mark.parametrize("name", ["load", "entries", "commit", "erase"])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.BUSY, Fault.LOST])
def test_a_cut_that_breaks_off_is_made_by_the_next_sweep(world: World, name: str, fault: Fault):
    world.user_says("old")
    world.clock.pass_by(days=20)
    world.user_says("young")
    world.clock.pass_by(days=10)
    world.faults.plan(name, fault)
    with suppress(Crash):
        world.sweep()
    world.sweep()

    assert texts(world) == ["young"]
    assert world.head.cutting_at is None
