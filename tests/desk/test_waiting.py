"""No user waits unseen: since when they wait, and when agents are told again."""

from datetime import timedelta

import pytest

from chalicelib.model.entry import AlertDetail
from tests.fakes.world import SESSION, World


@pytest.fixture
def world() -> World:
    """A user has asked for a human."""
    world = World()
    world.user_says(name="Zoe")
    world.user_wants_a_human()
    return world


def escalations(world: World) -> list[AlertDetail]:
    return [entry.content for entry in world.log("alert") if entry.content.why == "waiting"]


def test_nobody_waits_while_the_bot_speaks():
    world = World()
    world.user_says()

    assert world.head.waiting_since is None


def test_a_user_waits_since_the_pause(world: World):
    assert world.head.waiting_since == world.clock()


def test_another_message_does_not_shorten_the_wait(world: World):
    since = world.clock()
    world.clock.pass_by(minutes=2)
    world.user_says("Anybody?")

    assert world.head.waiting_since == since


def test_an_agents_own_pause_makes_the_user_wait_too():
    world = World()
    world.user_says()
    world.agent_pauses()

    assert world.head.waiting_since == world.clock()


def test_an_answer_ends_the_wait(world: World):
    world.agent_says()

    assert world.head.waiting_since is None
    assert world.head.due_at == world.head.pause.until


def test_a_note_does_not_end_the_wait(world: World):
    world.desk.commands.note(SESSION, "Who takes this?", by=world.log("paused")[0].author)

    assert world.head.waiting_since is not None


def test_after_an_answer_the_next_message_begins_a_new_wait(world: World):
    world.agent_says()
    world.clock.pass_by(minutes=7)
    world.user_says("And?")

    assert world.head.waiting_since == world.clock()


def test_unpausing_ends_the_wait(world: World):
    world.agent_unpauses()

    assert world.head.waiting_since is None
    assert world.head.next_alert_at is None


def test_agents_are_told_again_after_5_15_and_60_minutes(world: World):
    told = []
    for minute in range(1, 120):
        world.clock.pass_by(minutes=1)
        world.sweep()
        if len(escalations(world)) > len(told):
            told.append(minute)

    assert told == [5, 15, 60]
    assert [alert.waiting_minutes for alert in escalations(world)] == [5, 15, 60]


def test_the_steps_are_a_setting():
    world = World(escalate_after=(timedelta(minutes=1),))
    world.user_says()
    world.user_wants_a_human()
    for _ in range(5):
        world.clock.pass_by(minutes=1)
        world.sweep()

    assert [alert.waiting_minutes for alert in escalations(world)] == [1]


def test_without_steps_nobody_is_told_again():
    world = World(escalate_after=())
    world.user_says()
    world.user_wants_a_human()
    world.clock.pass_by(hours=2)
    world.sweep()

    assert escalations(world) == []


def test_a_sweep_that_comes_late_tells_once_for_all_steps(world: World):
    world.clock.pass_by(minutes=61)
    world.sweep()
    world.sweep()

    assert [alert.text for alert in escalations(world)] == ["Zoe has been waiting for 1 hour 1 minute"]
    assert world.head.next_alert_at is None


def test_an_escalation_says_how_long_and_how_many_others_wait(world: World):
    for name in ("ada", "max"):
        world.desk.pause("webchat", name)
    world.clock.pass_by(minutes=5)
    world.sweep()

    alert = escalations(world)[0]
    assert alert.text == "Zoe has been waiting for 5 minutes; 2 others wait too"
    assert (alert.level, alert.others_waiting, alert.waiting_minutes) == ("warning", 2, 5)


def test_one_other_is_one(world: World):
    world.desk.pause("webchat", "ada")
    world.clock.pass_by(minutes=15)
    world.sweep()

    assert escalations(world)[0].text == "Zoe has been waiting for 15 minutes; 1 other waits too"


def test_more_than_a_hundred_others_are_not_counted(world: World):
    for number in range(101):
        world.desk.pause("webchat", f"visitor-{number}")
    world.clock.pass_by(hours=2)
    world.sweep()

    assert escalations(world)[0].text == "Zoe has been waiting for 2 hours; 100 or more others wait too"


def test_an_escalation_is_published(world: World):
    world.clock.pass_by(minutes=5)
    world.sweep()

    alert = world.alerter.published[-1]
    assert (alert.why, alert.waiting_minutes, alert.others_waiting) == ("waiting", 5, 0)


def test_two_sweepers_at_once_tell_once_per_step(world: World):
    world.clock.pass_by(minutes=5)
    world.faults.before("commit", world.sweep)
    world.sweep()

    assert len(escalations(world)) == 1
    assert [alert.why for alert in world.alerter.published] == ["paused", "waiting"]


def test_an_answer_that_comes_while_the_sweep_decides_spares_the_alert(world: World):
    world.clock.pass_by(minutes=5)
    world.faults.before("commit", world.agent_says)
    world.sweep()

    assert escalations(world) == []


def test_a_new_wait_begins_with_the_first_step(world: World):
    world.clock.pass_by(minutes=16)
    world.sweep()
    world.agent_says()
    world.user_says("And?")
    for _ in range(5):
        world.clock.pass_by(minutes=1)
        world.sweep()

    assert [alert.waiting_minutes for alert in escalations(world)] == [16, 5]


def test_a_pause_that_has_ended_is_not_told_of_again():
    world = World(pause_lasts=timedelta(minutes=4))
    world.user_says()
    world.user_wants_a_human()
    world.clock.pass_by(minutes=6)
    world.sweep()

    assert escalations(world) == []
    assert world.head.due_at is None
