"""Pauses: who makes them, what they silence, how they end."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import Malformed, SessionNotFound
from chalicelib.model.content import Text
from chalicelib.model.entry import SYSTEM, PauseDetail, Trigger
from chalicelib.model.turning import PauseIt, Say, UnpauseIt
from tests.fakes.world import ANN, BEN, PROGRAM, SESSION, VISITOR, World

DAY = timedelta(hours=24)


@pytest.fixture
def world() -> World:
    """Somebody has said something already."""
    world = World()
    world.user_says()
    return world


@pytest.mark.parametrize("trigger", ["api", "user", "rule", "echo"])
def test_a_pause_keeps_who_made_it_why_and_how_it_came_to_be(world: World, trigger: Trigger):
    head = world.desk.commands.pause(SESSION, trigger=trigger, by=PROGRAM, reason="VIP")

    assert head.pause is not None
    assert (head.pause.trigger, head.pause.by, head.pause.reason) == (trigger, PROGRAM, "VIP")
    assert head.pause.at == world.clock()


def test_a_pause_is_an_entry_with_its_reason_and_its_end(world: World):
    world.agent_pauses(reason="VIP")

    (entry,) = world.log("paused")
    assert entry.author == ANN
    assert entry.content == PauseDetail("agent", reason="VIP", until=world.clock() + DAY)


def test_a_paused_bot_does_not_get_what_the_user_says(world: World):
    world.agent_pauses()
    world.user_says("Anybody?")

    assert [event.text for event in world.bot.heard] == ["Hello"]


def test_a_pause_lasts_24_hours_unless_told_otherwise(world: World):
    assert world.agent_pauses().pause.until == world.clock() + DAY


def test_how_long_a_pause_lasts_is_a_setting():
    world = World(pause_lasts=timedelta(hours=2))
    world.user_says()

    assert world.agent_pauses().pause.until == world.clock() + timedelta(hours=2)


def test_a_second_pause_changes_nothing(world: World):
    first = world.agent_pauses(reason="mine")
    second = world.desk.commands.pause(SESSION, trigger="user", by=VISITOR, reason="other")

    assert second == first
    assert len(world.log("paused")) == 1
    assert world.log("alert") == []


def test_a_second_pause_with_an_end_replaces_the_end(world: World):
    world.agent_pauses(reason="mine")
    until = world.clock() + timedelta(hours=1)
    head = world.agent_pauses(by=BEN, until=until)

    assert head.pause.until == until
    assert (head.pause.by, head.pause.reason) == (ANN, "mine")
    assert len(world.log("paused")) == 1


def test_an_end_set_by_hand_can_be_set_anew(world: World):
    until = world.clock() + timedelta(hours=2)
    world.agent_pauses(until=world.clock() + timedelta(hours=1))
    head = world.agent_pauses(until=until)

    assert (head.pause.until, head.pause.fixed) == (until, True)


def test_the_same_end_again_changes_nothing(world: World):
    until = world.clock() + timedelta(hours=1)
    first = world.agent_pauses(until=until)

    assert world.agent_pauses(until=until) == first


def test_the_usual_end_given_by_hand_is_fixed_from_then_on(world: World):
    until = world.agent_pauses().pause.until

    assert world.agent_pauses(until=until).pause.fixed


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_end_that_is_not_in_the_future_is_malformed(world: World, seconds: int):
    with pytest.raises(Malformed, match="until"):
        world.agent_pauses(until=world.clock() + timedelta(seconds=seconds))
    assert not world.head.paused


def test_an_agents_message_renews_the_pause(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=5)
    world.agent_says()

    assert world.head.pause.until == world.clock() + DAY


def test_an_agents_message_does_not_renew_an_end_set_by_hand(world: World):
    until = world.clock() + timedelta(hours=6)
    world.agent_pauses(until=until)
    world.clock.pass_by(hours=5)
    world.agent_says()

    assert world.head.pause.until == until


def test_a_users_message_does_not_renew_the_pause(world: World):
    until = world.agent_pauses().pause.until
    world.clock.pass_by(hours=5)
    world.user_says()

    assert world.head.pause.until == until


def test_reads_show_an_expired_pause_as_over_and_write_nothing(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=24)
    head = world.desk.reader.session(SESSION)

    assert not head.paused_at(world.clock())
    assert not world.desk.is_paused("webchat", "zoe")
    assert world.log("unpaused") == []


def test_the_next_commit_writes_the_end_of_an_expired_pause_before_anything_else(world: World):
    until = world.agent_pauses().pause.until
    world.clock.pass_by(hours=30)
    entry = world.user_says("Still there?")

    before = world.log()[entry.seq - 2]
    assert (before.kind, before.at, before.author) == ("unpaused", until, SYSTEM)
    assert before.content == PauseDetail("expired")
    assert world.bot.heard[-1].text == "Still there?"


def test_a_pause_is_over_at_its_very_end(world: World):
    until = world.agent_pauses().pause.until
    world.clock.now = until
    world.user_says("Still there?")

    assert not world.head.paused
    assert world.bot.heard[-1].text == "Still there?"


def test_the_sweep_writes_the_end_of_an_expired_pause(world: World):
    until = world.agent_pauses().pause.until
    world.clock.pass_by(hours=30)
    world.sweep()

    assert [entry.at for entry in world.log("unpaused")] == [until]
    assert not world.head.paused
    assert world.head.due_at is None


def test_the_sweep_writes_the_end_of_a_pause_in_which_nobody_waits(world: World):
    world.agent_says()
    until = world.head.pause.until
    world.clock.pass_by(hours=30)
    world.sweep()

    assert [entry.at for entry in world.log("unpaused")] == [until]


def test_the_sweep_writes_the_end_of_a_pause_once(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=30)
    world.sweep()
    world.sweep()

    assert len(world.log("unpaused")) == 1


def test_a_pause_after_an_expired_one_is_a_new_one(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=30)
    head = world.agent_pauses(by=BEN)

    assert head.pause.by == BEN
    assert [entry.kind for entry in world.log()[-3:]] == ["paused", "unpaused", "paused"]


def test_unpausing_lets_the_bot_speak_again(world: World):
    world.agent_pauses()
    head = world.agent_unpauses(by=BEN)
    world.user_says("Bot?")

    assert not head.paused
    assert world.log("unpaused")[0].author == BEN
    assert world.bot.heard[-1].text == "Bot?"


def test_unpausing_twice_is_unpausing_once(world: World):
    world.agent_pauses()
    first = world.agent_unpauses()

    assert world.agent_unpauses() == first
    assert len(world.log("unpaused")) == 1


def test_a_command_on_a_session_that_nobody_has_begun_is_told(world: World):
    with pytest.raises(SessionNotFound):
        world.desk.commands.pause("webchat:nobody", trigger="agent", by=ANN)
    with pytest.raises(SessionNotFound):
        world.desk.commands.unpause("webchat:nobody", trigger="agent", by=ANN)


def test_the_bot_pauses_by_its_turn_with_its_reason_and_end(world: World):
    until = world.clock() + timedelta(hours=1)
    world.bot.then(Say(Text("A human will come.")), PauseIt("asked for", until))
    world.user_says()

    pause = world.head.pause
    assert (pause.trigger, pause.reason, pause.until, pause.fixed) == ("bot", "asked for", until, True)
    assert world.read_by_user()[-1] == "A human will come."


def test_a_bots_long_reason_is_cut(world: World):
    world.bot.then(PauseIt("x" * 5000))
    world.user_says()

    assert len(world.head.pause.reason) == 200


def test_the_bot_may_replace_the_end_of_a_pause(world: World):
    world.agent_pauses()
    until = world.clock() + timedelta(hours=1)
    world.bot.wanting = lambda event: True
    world.bot.then(PauseIt(until=until))
    world.user_says()

    assert world.head.pause.until == until
    assert world.log("alert") == []


def test_the_bot_may_change_its_mind_in_one_turn(world: World):
    world.bot.then(PauseIt("one"), UnpauseIt(), PauseIt("two"))
    world.user_says()

    assert world.head.pause.reason == "two"
    assert [entry.kind for entry in world.log()[-5:]] == ["paused", "alert", "unpaused", "paused", "alert"]


def test_a_bot_unpauses_by_its_turn(world: World):
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.bot.then(UnpauseIt(), Say(Text("I am back.")))
    world.user_says("STOP")

    assert not world.head.paused
    assert world.log("unpaused")[0].content == PauseDetail("bot")
    assert world.read_by_user()[-1] == "I am back."


def test_who_changes_the_end_of_a_pause_is_told_in_a_note(world: World):
    world.user_says()
    world.agent_pauses()
    world.agent_pauses(by=BEN, until=datetime(2026, 3, 2, 15, 30, tzinfo=UTC))
    world.agent_pauses(by=BEN, until=datetime(2026, 3, 2, 15, 30, tzinfo=UTC))

    assert [(note.author, note.said) for note in world.log("note")] == [
        (BEN, "The pause now ends on 2026-03-02 at 15:30 UTC.")
    ]
