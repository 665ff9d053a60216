"""A bot that raises, returns garbage, is too slow or whose process dies: the user gets a human."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.desk.calling import InlineCaller, ThreadCaller
from chalicelib.model.content import Text
from chalicelib.model.text import TEXT_LIMIT
from chalicelib.model.turning import Notify, PauseIt, Remember, Say, UnpauseIt
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import World

HI = Say(Text("Hi!"))


def test_a_bot_that_raises_hands_the_user_to_a_human(world: World):
    world.bot.then_raise(ZeroDivisionError())
    world.user_says(name="Zoe")

    pause = world.head.pause
    assert (pause.trigger, pause.reason) == ("failure", "The bot failed.")
    assert world.alerter.words == ["The bot failed, and Zoe needs a human"]
    assert world.alerter.published[0].level == "error"
    assert (world.head.turn, world.head.queued) == (None, False)


def test_the_handing_over_can_be_switched_off():
    world = World(pause_on_failure=False)
    world.bot.then_raise(ZeroDivisionError())
    world.user_says()

    assert not world.head.paused
    assert world.head.turn is None
    world.bot.then(HI)
    world.user_says("Still there?")
    assert world.read_by_user()[-1] == "Hi!"


def test_a_turn_that_failed_is_not_tried_again():
    world = World(pause_on_failure=False)
    world.bot.then_raise(ZeroDivisionError())
    world.user_says()
    world.sweep()

    assert len(world.bot.heard) == 1


@pytest.mark.parametrize(
    "garbage",
    [None, "Hi!", {"say": "Hi!"}, (HI,), ["Hi!"], [HI, None], [Text("Hi!")]],
    ids=repr,
)
def test_garbage_hands_the_user_to_a_human(world: World, garbage: object):
    world.bot.script.append(lambda event: garbage)
    world.user_says()

    assert world.head.pause.trigger == "failure"
    assert world.read_by_user() == ["Hello"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Say("no content"),
        lambda: Say(Text("")),
        lambda: Notify("words", level="loud"),
        lambda: PauseIt(until=datetime(2030, 1, 1)),  # noqa: DTZ001 - naive is what is wrong with it
        lambda: Remember({"when": object()}),
    ],
)
def test_a_malformed_action_fails_where_the_bot_makes_it(world: World, make):
    world.bot.script.append(lambda event: [make()])
    world.user_says()

    assert world.head.pause.trigger == "failure"


def test_an_end_in_the_past_hands_the_user_to_a_human(world: World):
    world.bot.then(PauseIt(until=world.clock() - timedelta(minutes=1)))
    world.user_says()

    assert world.head.pause.trigger == "failure"
    assert world.head.turn is None


@pytest.mark.parametrize(
    ("actions", "taken"),
    [
        ([HI] * 20, True),
        ([HI] * 21, False),
        ([Notify("x")] * 10 + [HI] * 20, True),
        ([Notify("x")] * 11, False),
        ([PauseIt(), UnpauseIt()] * 6, False),
    ],
)
def test_a_turn_has_at_most_20_messages_and_10_other_things(world: World, actions: list[object], taken: bool):
    world.bot.then(*actions)
    world.user_says()

    assert world.head.paused != taken


def test_a_message_that_is_too_large_hands_the_user_to_a_human(world: World):
    world.bot.then(HI, Say(Text("x" * (TEXT_LIMIT + 1))))
    world.user_says()

    assert world.head.pause.trigger == "failure"
    assert world.read_by_user() == ["Hello"]


def test_a_failure_during_a_pause_changes_nothing_but_ends_the_turn(world: World):
    world.user_says()
    before = world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then_raise(ZeroDivisionError())
    world.user_says("STOP")

    assert world.head.pause == before.pause
    assert world.head.turn is None
    assert world.log("alert") == []


def test_a_failure_of_a_void_turn_pauses_nobody(world: World):
    def meanwhile() -> None:
        world.agent_pauses()
        world.agent_unpauses()
        raise ZeroDivisionError

    world.bot.then_while(meanwhile)
    world.user_says()

    assert not world.head.paused
    assert world.head.turn is None


def test_a_failure_leaves_what_is_queued_to_the_human(world: World):
    def meanwhile() -> None:
        world.user_says("two")
        raise ZeroDivisionError

    world.bot.then_while(meanwhile)
    world.user_says("one")

    assert len(world.bot.heard) == 1
    assert not world.head.queued


def test_a_turn_whose_process_died_is_called_once_more(world: World):
    world.bot.then_raise(Crash())
    world.bot.then(HI)
    with pytest.raises(Crash):
        world.user_says()
    world.sweep()
    assert len(world.bot.heard) == 1

    world.clock.pass_by(seconds=13)
    world.sweep()
    assert world.read_by_user() == ["Hello", "Hi!"]
    assert [event.id for event in world.bot.heard] == ["u:1", "u:1"]


def test_a_turn_that_ran_out_twice_hands_the_user_to_a_human(world: World):
    world.bot.then_raise(Crash())
    world.bot.then_raise(Crash())
    with pytest.raises(Crash):
        world.user_says()
    world.clock.pass_by(seconds=13)
    with pytest.raises(Crash):
        world.sweep()
    world.clock.pass_by(seconds=13)
    world.sweep()

    assert (world.head.pause.trigger, world.head.pause.reason) == ("failure", "The bot did not answer.")
    assert len(world.bot.heard) == 2


def test_of_two_calls_of_one_turn_the_first_commit_wins(world: World):
    def overtaken() -> None:
        world.clock.pass_by(seconds=13)
        world.sweep()

    world.bot.then_while(overtaken, Say(Text("late")))
    world.bot.then(Say(Text("first")))
    world.user_says()

    assert world.read_by_user() == ["Hello", "first"]
    assert "late" not in world.suppressed()
    assert len(world.bot.heard) == 2


@pytest.mark.parametrize("late", ["answers", "fails"])
def test_a_turn_that_was_given_up_does_nothing_to_the_one_that_runs_by_then(late: str):
    world = World(pause_on_failure=False)

    def meanwhile() -> None:
        world.clock.pass_by(seconds=14)
        world.bot.then_raise(ValueError())
        world.sweep()
        world.bot.then_raise(Crash())
        with pytest.raises(Crash):
            world.user_says("two")
        if late == "fails":
            raise ValueError

    world.bot.then_while(meanwhile, HI)
    world.user_says("one")

    assert world.head.turn.entry == world.head.user_seq
    assert "Hi!" not in world.read_by_user()


def test_two_sweepers_at_once_call_a_turn_that_ran_out_once(world: World):
    world.bot.then_raise(Crash())
    with pytest.raises(Crash):
        world.user_says()
    world.clock.pass_by(seconds=13)
    world.faults.before("commit", world.sweep)
    world.sweep()

    assert len(world.bot.heard) == 2


def test_a_turn_taken_over_by_a_sweep_whose_answer_was_lost_and_overtaken_is_still_run(world: World):
    world.bot.then_raise(Crash())
    with pytest.raises(Crash):
        world.user_says("one")
    world.clock.pass_by(seconds=13)
    world.bot.then(HI)
    world.faults.plan("commit", Fault.LOST)
    world.faults.before("load", lambda: None, lambda: None, lambda: world.user_says("two"))
    world.sweep()

    assert "Hi!" in world.read_by_user()


def test_the_request_stops_waiting_for_a_slow_bot_and_its_late_words_are_suppressed_once():
    answer, answered = threading.Event(), threading.Event()

    class Patient(ThreadCaller):
        """Tells when late work has ended."""

        def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
            return super().run(lambda: (work(), answered.set()), timeout_seconds)

    world = World(caller=Patient(), bot_timeout=timedelta(milliseconds=20))

    def turn(event: object) -> object:
        answer.wait(30)
        return [HI, Notify("late news")]

    world.bot.script.append(turn)
    world.user_says()
    assert (world.head.pause.trigger, world.suppressed()) == ("failure", [])
    assert world.head.pause.reason == "The bot did not answer within 0.02 seconds."

    answer.set()
    assert answered.wait(30)
    assert world.suppressed() == ["Hi!"]
    assert len(world.bot.heard) == 1
    world.clock.pass_by(minutes=1)
    world.sweep()
    assert world.alerter.words[-1] == "late news"


def test_a_bot_that_answers_just_as_the_request_gives_up_has_answered():
    class LateCaller(InlineCaller):
        def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
            super().run(work, timeout_seconds)
            return False

    world = World(caller=LateCaller())
    world.bot.then(HI)
    world.user_says()

    assert world.read_by_user() == ["Hello", "Hi!"]
    assert not world.head.paused


def test_a_thread_hands_on_what_its_work_raised():
    def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ThreadCaller().run(work, 30)


@pytest.mark.parametrize("caller", [ThreadCaller(), InlineCaller()])
def test_work_that_ends_in_time_is_waited_for(caller: ThreadCaller | InlineCaller):
    done: list[int] = []

    assert caller.run(lambda: done.append(1), 30)
    assert done == [1]
