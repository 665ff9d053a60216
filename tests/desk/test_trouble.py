"""A store that is busy, loses answers or refuses: bounded retries, and one's own work recognised."""

from datetime import timedelta

import pytest

from chalicelib.errors import SessionNotFound, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.turning import Notify, Say
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import ANN, BEN, SESSION, World

HI = Say(Text("Hi!"))


def nothing() -> None:
    """For calls before the one that a test is about."""


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.CONFLICT, Fault.LOST])
def test_a_commit_that_fails_for_a_while_is_tried_again(world: World, fault: Fault):
    world.bot.then(HI)
    world.faults.plan("commit", fault, Fault.BUSY, fault)
    world.user_says()

    assert world.read_by_user() == ["Hello", "Hi!"]
    assert len(world.bot.heard) == 1


def test_a_load_that_fails_is_tried_again(world: World):
    world.faults.plan("load", Fault.BUSY, Fault.BUSY)
    world.user_says()

    assert world.read_by_user() == ["Hello"]


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.CONFLICT])
def test_a_request_gives_up_after_five_seconds(world: World, fault: Fault):
    began = world.clock()
    world.faults.plan("commit", *[fault] * 1000)

    with pytest.raises(StoreBusy):
        world.user_says()
    assert 5 <= (world.clock() - began).total_seconds() < 5.3


def test_the_waits_for_a_busy_store_grow_up_to_a_quarter_of_a_second(world: World):
    world.faults.plan("commit", *[Fault.BUSY] * 6)
    world.user_says()

    assert world.clock.naps == [0.02, 0.04, 0.08, 0.16, 0.25, 0.25]


def test_who_loses_one_race_after_the_other_tries_more_and_more_often(world: World):
    world.faults.plan("commit", *[Fault.CONFLICT] * 1000)
    with pytest.raises(StoreBusy):
        world.user_says()

    first, second, *later = world.clock.naps
    assert (first, second) == (0.02, 0.04)
    assert later[0] == pytest.approx(0.05, rel=0.02)
    assert later == sorted(later, reverse=True)
    assert min(later) == 0.01
    assert len(later) > 200


def test_an_event_that_was_not_acknowledged_may_be_stored_all_the_same(world: World):
    world.faults.plan("commit", Fault.LOST)
    world.faults.plan("load", Fault.NONE, *[Fault.BUSY] * 1000)
    with pytest.raises(StoreBusy):
        world.user_says("Hello", entry_id="u:x")
    world.faults.heal()
    world.clock.pass_by(minutes=1)
    world.bot.then(HI)
    world.user_says("Hello", entry_id="u:x")

    assert world.read_by_user() == ["Hello", "Hi!"]


def test_a_lost_answer_is_recognised_as_ones_own(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)
    world.user_wants_a_human()

    assert len(world.log("paused")) == 1
    assert len(world.alerter.published) == 1


def test_a_lost_answer_is_recognised_after_others_have_gone_on(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, lambda: world.agent_says("I am here."))
    world.user_wants_a_human()

    assert len(world.log("paused")) == 1
    assert len(world.log("alert")) == 1


def test_a_pause_whose_answer_was_lost_and_that_was_undone_is_not_made_again(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, world.agent_unpauses)
    head = world.user_wants_a_human()

    assert not head.paused
    assert len(world.log("paused")) == 1


def test_a_message_whose_answer_was_lost_and_overtaken_is_one_entry(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, lambda: world.user_says("You are there!"))
    entry = world.agent_says("I am here.")

    assert entry == world.log("message")[1]
    assert world.read_by_user() == ["Hello", "I am here.", "You are there!"]


def test_a_message_whose_answer_was_lost_before_an_unpause_is_one_entry(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, world.agent_unpauses)
    entry = world.agent_says("I am here.", client_id="1")

    assert entry.id == "a:ann:1"
    assert world.read_by_user() == ["Hello", "I am here."]
    assert not world.head.paused


def test_an_event_whose_answer_was_lost_and_overtaken_is_one_entry(world: World):
    world.user_says("zero")
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, lambda: world.user_says("two"))
    entry = world.user_says("one")

    assert (entry.seq, entry.said) == (2, "one")
    assert world.read_by_user() == ["zero", "one", "two"]


def test_an_event_stored_with_the_end_of_a_pause_is_found_though_its_answer_was_lost_and_overtaken(world: World):
    world.user_says("zero")
    world.agent_pauses()
    world.clock.pass_by(hours=25)
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, lambda: world.agent_pauses(by=BEN))
    entry = world.user_says("one")

    assert entry.said == "one"
    assert world.read_by_user() == ["zero", "one"]
    assert len(world.log("unpaused")) == 1


def test_an_event_is_found_though_the_pause_that_ended_with_it_was_followed_by_another_that_ended(world: World):
    def pause_for_a_second() -> None:
        world.agent_pauses(until=world.clock() + timedelta(seconds=1))
        world.clock.pass_by(seconds=2)

    world.user_says("zero")
    world.agent_pauses()
    world.clock.pass_by(hours=25)
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", nothing, pause_for_a_second)
    entry = world.user_says("one")

    assert entry.said == "one"
    assert world.read_by_user() == ["zero", "one"]


def test_a_turn_whose_answer_was_lost_and_overtaken_lands_once(world: World):
    world.bot.then_while(lambda: world.faults.plan("commit", Fault.LOST), HI, Notify("Look here"))
    world.faults.before("load", nothing, lambda: world.user_says("two"))
    world.user_says("one")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.read_by_user().count("Hi!") == 1
    assert world.suppressed() == []
    assert world.alerter.words == ["Look here"]


def test_a_turns_result_that_nobody_answered_for_is_landed_by_the_next_call(world: World):
    world.bot.then_while(lambda: world.faults.plan("commit", *[Fault.BUSY] * 1000), HI)
    with pytest.raises(StoreBusy):
        world.user_says()
    world.faults.heal()
    world.bot.then(HI)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.read_by_user() == ["Hello", "Hi!"]


def test_a_session_that_vanishes_under_a_request_is_told(world: World):
    world.user_says()
    world.faults.plan("commit", Fault.LOST)

    def vanish() -> None:
        world.agent_unpauses()
        world.faults.before("load", forget)

    def forget() -> None:
        world.memory._records.clear()

    world.faults.before("load", nothing, vanish)
    with pytest.raises(SessionNotFound):
        world.agent_pauses()


def test_one_sessions_broken_work_does_not_keep_the_others_waiting(world: World):
    for name in ("ada", "max", "zoe"):
        world.desk.commands.pause(f"webchat:{name}", trigger="agent", by=ANN, create=True)
    world.clock.pass_by(hours=25)
    world.faults.before("commit", lambda: world.clock.pass_by(seconds=6))
    world.faults.plan("commit", Fault.BUSY)
    world.sweep()

    assert [world.memory.load(f"webchat:{name}").paused for name in ("ada", "max", "zoe")] == [True, False, False]
    world.sweep()
    assert not world.memory.load("webchat:ada").paused


def test_a_bug_in_one_sessions_work_does_not_keep_the_others_waiting(world: World):
    for name in ("ada", "zoe"):
        world.desk.commands.pause(f"webchat:{name}", trigger="agent", by=ANN, create=True)

    def bug() -> None:
        raise ZeroDivisionError

    world.clock.pass_by(hours=25)
    world.faults.before("load", bug)
    world.sweep()

    assert [world.memory.load(f"webchat:{name}").paused for name in ("ada", "zoe")] == [True, False]


def test_a_sweep_ends_with_its_time_and_the_next_goes_on(world: World):
    names = [f"visitor{number}" for number in range(5)]
    for name in names:
        world.desk.commands.pause(f"webchat:{name}", trigger="agent", by=ANN, create=True)
    world.clock.pass_by(hours=25)
    world.faults.before("commit", *[lambda: world.clock.pass_by(seconds=20)] * 5)

    assert world.sweep() == 3
    assert world.sweep() == 2
    assert world.sweep() == 0


def test_a_sweep_finds_more_sessions_than_one_list_holds(world: World):
    for number in range(130):
        world.desk.commands.pause(f"webchat:v{number}", trigger="agent", by=ANN, create=True)
    world.clock.pass_by(hours=25)

    assert world.sweep() == 130
    assert world.memory.due(world.clock(), limit=10) == []


def test_attending_to_a_session_with_nothing_due_does_nothing(world: World):
    world.user_says()
    rev = world.head.rev
    soon = world.clock() + timedelta(minutes=1)
    world.desk.sweeper.attend(SESSION, soon)
    world.desk.sweeper.attend("webchat:nobody", soon)
    world.desk.sweeper.catch_up("webchat:nobody")

    assert world.head.rev == rev


def leave_thirty_in_the_queue(world: World) -> None:
    """A turn during which the user said very much, and whose process died."""

    def say_more() -> None:
        for number in range(30):
            world.user_says(str(number))
        raise Crash

    world.bot.then_while(say_more)
    with pytest.raises(Crash):
        world.user_says("first")
    world.clock.pass_by(seconds=14)


def test_a_session_with_very_much_to_do_is_finished_by_later_sweeps(world: World):
    leave_thirty_in_the_queue(world)
    world.sweep()
    assert world.head.queued

    world.sweep()
    assert [event.text for event in world.bot.heard] == ["first", "first", *map(str, range(30))]


def test_two_sweepers_at_once_serve_a_queue_once_and_in_order(world: World):
    leave_thirty_in_the_queue(world)
    world.faults.before("commit", nothing, nothing, world.sweep)
    world.sweep()

    assert [event.text for event in world.bot.heard] == ["first", "first", *map(str, range(30))]
