"""The bot's turn: who runs it, in which order, what voids it, and how it lands."""

import pytest

from chalicelib.model.content import Text
from chalicelib.model.session import Session
from chalicelib.model.turning import Notify, PauseIt, Remember, Say, UnpauseIt
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import SESSION, World

HI = Say(Text("Hi!"))


def test_a_turns_messages_alerts_and_commands_land_in_one_commit():
    world = World(alerters=())
    world.bot.then(HI, Say(Text("A human will come.")), Notify("Look here"), Notify("And here"), PauseIt())
    world.user_says()

    assert [entry.kind for entry in world.log()] == ["message", "message", "message", "paused", "alert", "alert"]
    assert (world.head.rev, world.head.handled, world.head.turn) == (2, 1, None)


def test_a_bots_messages_are_named_after_the_entry_they_answer(world: World):
    world.bot.then(HI, HI)
    world.user_says()

    assert [entry.id for entry in world.log()] == ["u:1", "b:1:0", "b:1:1"]


def test_an_event_that_the_bot_does_not_want_takes_no_turn(world: World):
    world.bot.wanting = lambda event: False
    world.user_says()

    assert world.bot.heard == []
    assert (world.head.handled, world.head.turn, world.head.due_at) == (1, None, None)


def test_a_bot_that_cannot_tell_what_it_wants_gets_the_event(world: World):
    def wanting(event: object) -> bool:
        raise ZeroDivisionError

    world.bot.wanting = wanting
    world.bot.then(HI)
    world.user_says()

    assert world.read_by_user() == ["Hello", "Hi!"]


def test_what_is_said_while_a_turn_runs_gets_its_turn_afterwards_in_order(world: World):
    def say_more() -> None:
        world.user_says("two")
        world.user_says("three")

    world.bot.then_while(say_more, HI)
    world.bot.usually = lambda event: [Say(Text(f"You said {event.text}"))]
    world.user_says("one")

    assert [event.text for event in world.bot.heard] == ["one", "two", "three"]
    assert world.read_by_user() == ["one", "two", "three", "Hi!", "You said two", "You said three"]


def test_behind_a_running_turn_an_event_is_answered_at_once(world: World):
    seen: list[tuple[int, int]] = []
    world.bot.then_while(lambda: seen.append((world.user_says("two").seq, len(world.bot.heard))), HI)
    world.user_says("one")

    assert seen == [(2, 1)]


def test_what_nobody_wants_in_the_queue_is_passed_over(world: World):
    world.bot.wanting = lambda event: event.text != "no"

    def say_more() -> None:
        for text in ("no", "no", "yes", "no"):
            world.user_says(text)

    world.bot.then_while(say_more, HI)
    world.user_says("one")

    assert [event.text for event in world.bot.heard] == ["one", "yes"]
    assert world.head.handled == world.head.seq


def test_a_long_queue_is_looked_through_to_its_end(world: World):
    world.bot.wanting = lambda event: not event.text.startswith("no")

    def say_more() -> None:
        for number in range(250):
            world.user_says(f"no {number}")
        world.user_says("yes")

    world.bot.then_while(say_more, HI)
    world.user_says("one")

    assert [event.text for event in world.bot.heard] == ["one", "yes"]


def test_a_queue_is_served_for_as_long_as_one_turn_may_take_and_then_left_to_the_sweep(world: World):
    def say_more() -> None:
        world.user_says("two")
        world.user_says("three")

    world.bot.then_while(say_more)
    world.bot.then_while(lambda: world.clock.pass_by(seconds=9))
    world.user_says("one")
    assert [event.text for event in world.bot.heard] == ["one", "two"]

    world.sweep()
    assert [event.text for event in world.bot.heard] == ["one", "two", "three"]


def test_two_requests_that_find_a_queue_serve_it_once(world: World):
    def say_more() -> None:
        world.user_says("two")
        world.faults.before("entries", lambda: world.user_says("three"))

    world.bot.then_while(say_more)
    world.user_says("one")

    assert [event.text for event in world.bot.heard] == ["one", "two", "three"]


def test_an_event_that_finds_a_queue_waits_behind_it(world: World):
    world.bot.then_while(lambda: world.user_says("two"))
    world.faults.plan("commit", Fault.NONE, Fault.NONE, Fault.NONE, Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        world.user_says("one")
    world.user_says("three")

    assert [event.text for event in world.bot.heard] == ["one", "two", "three"]


@pytest.mark.parametrize("foreign", ["pause", "pause and unpause", "claim", "message"])
def test_a_bot_reply_decided_before_a_pause_is_not_sent_after_it(world: World, foreign: str):
    def meanwhile() -> None:
        if foreign == "claim":
            world.agent_claims()
        elif foreign == "message":
            world.agent_says("I am here.")
        else:
            world.agent_pauses()
        if foreign == "pause and unpause":
            world.agent_unpauses()

    world.bot.then_while(meanwhile, HI, Say(Text("Bye!")))
    world.user_says()

    assert world.suppressed() == ["Hi!", "Bye!"]
    assert "Hi!" not in world.read_by_user()


def test_a_reply_decided_before_an_unpause_is_not_sent_after_it(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then_while(world.agent_unpauses, HI)
    world.user_says("STOP?")

    assert world.suppressed() == ["Hi!"]


def test_a_reply_decided_before_a_pause_expired_is_not_sent_after_it(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then_while(lambda: world.clock.pass_by(hours=25), HI)
    world.user_says("STOP?")

    assert world.suppressed() == ["Hi!"]
    assert not world.head.paused


def test_a_pause_between_a_turns_answer_and_its_commit_wins(world: World):
    world.bot.then_while(lambda: world.faults.before("commit", world.agent_pauses), HI)
    world.user_says()

    assert world.suppressed() == ["Hi!"]
    assert len(world.bot.heard) == 1


def test_what_was_committed_before_the_pause_stays_readable(world: World):
    world.bot.then(HI)
    world.user_says()
    world.agent_pauses()

    assert world.read_by_user() == ["Hello", "Hi!"]


def test_a_void_turns_own_pause_does_nothing(world: World):
    def meanwhile() -> None:
        world.agent_pauses()
        world.agent_unpauses()

    world.bot.then_while(meanwhile, PauseIt())
    world.user_says()

    assert not world.head.paused


def test_a_void_turns_own_unpause_does_nothing(world: World):
    world.bot.then_while(world.agent_pauses, UnpauseIt())
    world.user_says()

    assert world.head.paused


def test_a_void_turn_remembers_nothing(world: World):
    world.bot.then_while(world.agent_pauses, Remember({"name": "Zoe"}))
    world.user_says()

    assert (world.head.user.name, world.memory.facts(SESSION)) == ("", {})


def test_a_void_turns_alerts_stand(world: World):
    world.bot.then_while(world.agent_pauses, Notify("Look here"))
    world.user_says()

    assert world.alerter.words == ["Look here"]


def test_a_void_turn_is_handled(world: World):
    world.bot.then_while(world.agent_pauses, HI)
    world.user_says()

    assert (world.head.turn, world.head.queued) == (None, False)


def test_what_was_queued_behind_a_void_turn_never_reaches_the_bot_as_an_event(world: World):
    def meanwhile() -> None:
        world.user_says("two")
        world.agent_pauses()

    world.bot.then_while(meanwhile, HI)
    world.user_says("one")
    world.agent_unpauses()
    world.user_says("three")

    assert [event.text for event in world.bot.heard] == ["one", "three"]


def test_what_was_queued_before_a_pause_that_came_and_went_in_a_turn_never_reaches_the_bot(world: World):
    def meanwhile() -> None:
        world.user_says("two")
        world.agent_pauses()
        world.agent_unpauses()

    world.bot.then_while(meanwhile, HI)
    world.user_says("one")
    world.user_says("three")

    assert [event.text for event in world.bot.heard] == ["one", "three"]


def test_what_was_queued_behind_the_bots_own_unpause_reaches_it(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: not event.paused or event.text == "STOP"
    world.bot.then_while(lambda: world.user_says("hello again"), UnpauseIt())
    world.user_says("STOP")

    assert [event.text for event in world.bot.heard] == ["Hello", "STOP", "hello again"]


def test_a_conflict_commits_the_turns_result_again_and_does_not_call_the_bot_again(world: World):
    world.bot.then_while(lambda: world.faults.plan("commit", Fault.CONFLICT, Fault.CONFLICT), HI)
    world.user_says()

    assert len(world.bot.heard) == 1
    assert world.read_by_user() == ["Hello", "Hi!"]


def test_a_while_paused_turn_hears_and_answers_during_a_pause(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then(HI)
    world.user_says("How long?")

    assert world.bot.heard[-1].paused
    assert world.read_by_user()[-1] == "Hi!"


def test_a_turn_running_when_a_second_pause_is_acknowledged_is_void_too(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then_while(world.agent_pauses, HI)
    world.user_says("How long?")

    assert world.read_by_user()[-1] == "How long?"
    assert world.suppressed() == ["Hi!"]


def test_claiming_what_is_paused_already_leaves_a_running_turn_its_say(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then_while(world.agent_claims, HI)
    world.user_says("How long?")

    assert world.read_by_user()[-1] == "Hi!"


def test_a_pause_reads_as_true_to_whoever_asks_while_a_turn_runs(world: World):
    seen: list[Session] = []
    world.bot.then_while(lambda: seen.append(world.agent_pauses()))
    world.user_says()

    assert seen[0].turn is not None
    assert seen[0].turn.void
