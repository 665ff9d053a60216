"""Alerts: one for each pause that is not an agent's own, published until every alerter has taken it."""

from datetime import timedelta

import pytest

from chalicelib.model.entry import AlertDetail, Trigger
from chalicelib.model.turning import Notify, PauseIt
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import PROGRAM, SESSION, World


@pytest.fixture
def world() -> World:
    world = World()
    world.user_says(name="Zoe")
    return world


def next_minutes(world: World, minutes: int) -> list[int]:
    """After which of the next minutes, each with a sweep, the alerter was tried."""
    tried = []
    for minute in range(1, minutes + 1):
        before = world.alerter.tried
        world.clock.pass_by(minutes=1)
        world.sweep()
        if world.alerter.tried > before:
            tried.append(minute)
    return tried


@pytest.mark.parametrize("trigger", ["api", "user", "rule"])
def test_a_pause_makes_one_alert_and_publishes_it_at_once(world: World, trigger: Trigger):
    world.desk.commands.pause(SESSION, trigger=trigger, by=PROGRAM)

    (entry,) = world.log("alert")
    assert entry.content == AlertDetail("Zoe wants to talk to a human")
    (alert,) = world.alerter.published
    assert (alert.text, alert.level, alert.why, alert.seq) == (entry.content.text, "info", "paused", entry.seq)
    assert alert.url == "https://chat.example/admin#session=webchat%3Azoe"
    assert world.head.publications == ()


def test_an_agents_own_pause_alerts_nobody(world: World):
    world.agent_pauses()

    assert world.log("alert") == []
    assert world.alerter.published == []


def test_pausing_twice_alerts_once(world: World):
    world.user_wants_a_human()
    world.user_wants_a_human()

    assert len(world.log("alert")) == 1
    assert len(world.alerter.published) == 1


def test_notify_gives_the_words_of_the_pause_in_the_same_turn(world: World):
    world.bot.then(Notify("Zoe is angry", "warning"), PauseIt())
    world.user_says()

    assert [entry.content for entry in world.log("alert")] == [AlertDetail("Zoe is angry", level="warning")]
    assert world.alerter.words == ["Zoe is angry"]


def test_notify_may_come_after_the_pause_in_its_turn(world: World):
    world.bot.then(PauseIt(), Notify("Zoe is angry"))
    world.user_says()

    assert world.alerter.words == ["Zoe is angry"]


def test_a_bot_that_pauses_without_words_gets_the_usual_ones(world: World):
    world.bot.then(PauseIt())
    world.user_says()

    assert world.alerter.words == ["Zoe wants to talk to a human"]


def test_notify_alone_is_an_alert_of_its_own(world: World):
    world.bot.then(Notify("Zoe has paid", "info"))
    world.user_says()

    (alert,) = world.alerter.published
    assert (alert.text, alert.why) == ("Zoe has paid", "notify")
    assert not world.head.paused


def test_the_second_notify_beside_a_pause_is_an_alert_of_its_own(world: World):
    world.bot.then(Notify("one"), Notify("two"), PauseIt())
    world.user_says()

    assert [(alert.text, alert.why) for alert in world.alerter.published] == [("one", "paused"), ("two", "notify")]


def test_empty_words_still_say_something(world: World):
    world.bot.then(Notify(" \n "))
    world.user_says()

    assert world.alerter.words == ["The bot asks for attention"]


def test_an_alert_is_one_line_of_at_most_300_characters(world: World):
    world.bot.then(Notify("one\ntwo\x00 " + "x" * 500))
    world.user_says()

    assert world.alerter.words[0].startswith("one two x")
    assert len(world.alerter.words[0]) == 300


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "Visitor B85C on the web chat"),
        ("x" * 80, "x" * 39 + "…"),
        ("Zoe\r\nSubject: hi", "Zoe Subject: hi"),
        ("https://evil.example", "Visitor B85C on the web chat"),
        ("Zoe www.evil.example", "Zoe"),
        ("evil.example", "evil example"),
        ("\u202eeoZ", "eoZ"),
    ],
)
def test_a_name_in_an_alert_is_short_and_no_link(name: str, shown: str):
    world = World()
    world.user_says(name=name)
    world.user_wants_a_human()

    assert world.alerter.words == [f"{shown} wants to talk to a human"]


def test_every_alerter_publishes_every_alert():
    mail, hook = RecordingAlerter("mail"), RecordingAlerter("hook")
    world = World(alerters=(mail, hook))
    world.user_wants_a_human()

    assert len(mail.published) == len(hook.published) == 1


def test_without_alerters_an_alert_is_a_notification_only():
    world = World(alerters=())
    world.user_wants_a_human()

    assert len(world.memory.notifications(limit=5).items) == 1
    assert world.head.publications == ()


@pytest.mark.parametrize("how", ["failing", "broken"])
def test_an_alerter_that_fails_never_undoes_the_pause(world: World, how: str):
    setattr(world.alerter, how, True)

    assert world.user_wants_a_human().paused
    assert world.head.paused


def test_a_failed_alert_is_tried_again_with_growing_pauses_of_at_most_an_hour(world: World):
    world.alerter.failing = True
    world.desk.commands.pause(SESSION, trigger="user", by=PROGRAM)
    world.agent_says()

    assert next_minutes(world, 250) == [1, 3, 7, 15, 31, 63, 123, 183, 243]


def test_a_retry_that_succeeds_is_the_last(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.agent_says()
    world.alerter.failing = False

    assert next_minutes(world, 60) == [1]
    assert world.alerter.words == ["Zoe wants to talk to a human"]
    assert world.head.publications == ()


def test_only_the_alerter_that_failed_is_tried_again():
    mail, hook = RecordingAlerter("mail"), RecordingAlerter("hook")
    world = World(alerters=(mail, hook))
    hook.failing = True
    world.user_wants_a_human()
    hook.failing = False
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert (len(mail.published), len(hook.published)) == (1, 1)


def test_an_alert_published_again_after_a_crash_has_the_same_id(world: World):
    world.faults.plan("commit", Fault.NONE, Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        world.user_wants_a_human()
    world.clock.pass_by(minutes=1)
    world.sweep()

    first, again = world.alerter.published
    assert first.id == again.id == f"webchat%3Azoe.{first.seq}"


def test_an_alert_is_given_up_after_three_days(world: World):
    world.alerter.failing = True
    world.desk.commands.pause(SESSION, trigger="user", by=PROGRAM, until=world.clock() + timedelta(days=30))
    world.agent_says()
    world.clock.pass_by(days=3, minutes=1)
    world.sweep()

    assert world.head.publications == ()
    assert world.alerter.published == []


def test_two_sweepers_at_once_give_an_alert_up_once(world: World):
    def another_sweep_a_lease_later() -> None:
        world.clock.pass_by(seconds=31)
        world.sweep()

    world.alerter.failing = True
    world.desk.commands.pause(SESSION, trigger="user", by=PROGRAM, until=world.clock() + timedelta(days=30))
    world.agent_says()
    world.clock.pass_by(days=3, minutes=1)
    world.faults.before("entries", another_sweep_a_lease_later)
    world.sweep()

    assert world.head.publications == ()
    assert world.head.due_at == world.head.pause.until


def test_a_crash_between_the_pause_and_its_alert_is_made_good_by_the_sweep(world: World):
    world.faults.plan("commit", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        world.user_wants_a_human()
    world.clock.pass_by(seconds=31)
    world.sweep()

    assert world.alerter.words == ["Zoe wants to talk to a human"]


def test_while_somebody_publishes_nobody_else_does(world: World):
    world.alerter.meanwhile = world.desk.sweeper.sweep
    world.user_wants_a_human()

    assert len(world.alerter.published) == 1


def test_two_sweepers_at_once_publish_once(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.alerter.failing = False
    world.clock.pass_by(minutes=1)
    world.faults.before("commit", world.sweep)
    world.sweep()

    assert len(world.alerter.published) == 1


def test_an_alert_that_another_sweeper_took_meanwhile_is_left_to_it(world: World):
    def die() -> None:
        raise Crash

    def another_takes_it_and_dies() -> None:
        world.alerter.meanwhile = die
        with pytest.raises(Crash):
            world.sweep()
        world.alerter.meanwhile = lambda: None

    world.alerter.failing = True
    world.user_wants_a_human()
    world.alerter.failing = False
    world.clock.pass_by(minutes=1)
    world.faults.before("commit", another_takes_it_and_dies)
    world.sweep()

    assert world.alerter.published == []


def test_a_publisher_that_takes_too_long_is_overtaken_and_the_alert_is_settled_once(world: World):
    def linger() -> None:
        world.alerter.meanwhile = lambda: None
        world.clock.pass_by(seconds=31)
        world.sweep()

    world.alerter.meanwhile = linger
    world.user_wants_a_human()

    assert len(world.alerter.published) == 2
    assert world.head.publications == ()


def test_an_alerter_that_left_the_settings_is_owed_nothing(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    later = World(memory=world.memory, alerters=())
    later.clock.now = world.clock() + timedelta(minutes=1)
    later.sweep()

    assert world.head.publications == ()


def test_two_alerts_of_which_one_is_due_are_published_each_at_its_time(world: World):
    world.alerter.failing = True
    world.bot.then(Notify("one"))
    world.user_says()
    world.clock.pass_by(seconds=30)
    world.bot.then(Notify("two"))
    world.user_says()
    world.alerter.failing = False
    world.clock.pass_by(seconds=30)
    world.sweep()
    assert world.alerter.words == ["one"]

    world.clock.pass_by(seconds=30)
    world.sweep()
    assert world.alerter.words == ["one", "two"]


def test_an_alert_whose_entry_is_gone_is_owed_no_more(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.memory.erase(SESSION, through=99, limit=99)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.head.publications == ()


def test_an_alert_that_was_settled_meanwhile_is_not_published_again(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.alerter.failing = False
    world.clock.pass_by(minutes=1)
    world.faults.before("load", world.sweep)
    world.sweep()

    assert len(world.alerter.published) == 1
