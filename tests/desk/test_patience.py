"""How long anybody waits: for a hanging alerter, a queue, a flood, a bot that never returns."""

import threading
from datetime import datetime, timedelta

import pytest

from chalicelib.desk.calling import InlineCaller, ThreadCaller
from chalicelib.desk.desk import Desk
from chalicelib.errors import Malformed, TooFast
from chalicelib.model.alerting import OWED_LIMIT
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from chalicelib.model.turning import Notify, PauseIt, Remember, Say
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.bot import ScriptedBot
from tests.fakes.faults import Fault
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import fake_tools
from tests.fakes.world import SESSION, VISITOR, World

HI = Say(Text("Hi!"))


def hang(world: World, alerter: RecordingAlerter) -> None:
    """The alerter fails from now on, three seconds after it was asked."""
    alerter.failing = True
    alerter.meanwhile = lambda: world.clock.pass_by(seconds=3)


def ask_for_a_human(world: World, number: int) -> None:
    world.desk.commands.pause(f"webchat:v{number}", trigger="user", by=VISITOR, create=True)


def test_an_alerter_that_hangs_is_let_rest_so_that_others_alerts_do_not_wait_behind_it(world: World):
    hang(world, world.alerter)
    for number in range(10):
        ask_for_a_human(world, number)

    assert world.alerter.tried == 1


def test_an_alerter_that_hung_is_asked_again_after_its_rest(world: World):
    hang(world, world.alerter)
    ask_for_a_human(world, 1)
    world.alerter.failing = False
    world.alerter.meanwhile = lambda: None
    world.clock.pass_by(minutes=2)
    world.sweep()

    assert len(world.alerter.published) == 1


def test_an_alerter_that_fails_quickly_is_asked_for_every_alert(world: World):
    world.alerter.failing = True
    for number in range(3):
        ask_for_a_human(world, number)

    assert world.alerter.tried == 3


def test_a_sweep_reaches_everybody_though_an_alerter_hangs():
    hanging, well = RecordingAlerter("hanging"), RecordingAlerter("well")
    world = World(alerters=(hanging, well))
    hang(world, hanging)
    for number in range(50):
        ask_for_a_human(world, number)
    well.published.clear()
    world.clock.pass_by(minutes=6)
    world.sweep()

    assert len([alert for alert in well.published if alert.why == "waiting"]) == 50


def test_a_session_owes_only_its_latest_alerts(world: World):
    world.alerter.failing = True
    world.bot.usually = lambda event: [Notify(event.text)]
    for number in range(OWED_LIMIT + 5):
        world.user_says(f"number {number}")
    world.alerter.failing = False
    for _ in range(3):
        world.clock.pass_by(hours=1)
        world.sweep()

    assert world.head.publications == ()
    assert world.alerter.words == [f"number {number}" for number in range(5, OWED_LIMIT + 5)]
    assert len(world.log("alert")) == OWED_LIMIT + 5


def test_a_redelivered_event_does_not_wait_for_owed_alerts(world: World):
    world.alerter.failing = True
    world.bot.usually = lambda event: [Notify(event.text)]
    for number in range(10):
        world.user_says(f"number {number}", entry_id=f"u:n{number}")
    world.clock.pass_by(hours=1)
    before = world.alerter.tried
    world.user_says("number 3", entry_id="u:n3")

    assert world.alerter.tried == before


def test_what_is_queued_late_in_a_request_is_left_to_the_sweep(world: World):
    def turn(event):
        if event.text == "first":
            world.user_says("second")
            world.user_says("third")
        world.clock.pass_by(seconds=5)
        return [Say(Text(f"to the {event.text}"))]

    world.bot.usually = turn
    begun = world.clock()
    world.user_says("first")

    assert world.clock() - begun < timedelta(seconds=6)
    world.sweep()
    assert [said for said in world.read_by_user() if said.startswith("to")] == [
        "to the first",
        "to the second",
        "to the third",
    ]


def test_a_store_that_is_busy_with_the_queue_fails_nobodys_request(world: World):
    def turn(event):
        if event.text == "first":
            world.user_says("second")
        return [Say(Text(f"to the {event.text}"))]

    world.bot.usually = turn
    world.faults.before("entries", lambda: world.faults.plan("entries", *[Fault.BUSY] * 1))
    entry = world.user_says("first")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert entry.seq == 1
    assert world.read_by_user()[-1] == "to the second"


def test_a_stored_message_is_answered_as_the_first_time_though_the_allowance_is_used_up():
    world = World(visitor_burst=1)
    first = world.user_says("Hello", entry_id="u:x", limited=True)

    assert world.user_says("Hello", entry_id="u:x", limited=True) == first
    with pytest.raises(TooFast):
        world.user_says("Hello again", limited=True)


def test_asking_for_a_human_again_and_again_is_limited():
    world = World(visitor_burst=3)
    for _ in range(3):
        world.user_wants_a_human()
        world.agent_unpauses()

    with pytest.raises(TooFast):
        world.user_wants_a_human()


def test_asking_for_a_human_who_is_asked_for_already_costs_nothing():
    world = World(visitor_burst=1)
    for _ in range(5):
        world.user_wants_a_human()

    assert len(world.log("paused")) == 1


def test_a_name_that_the_bot_learned_stays_when_the_user_goes_on(world: World):
    world.user_says("Hello", name="guest")
    world.bot.then(Remember({"name": "Zoe Smith"}))
    world.user_says("I am Zoe Smith", name="guest")
    world.user_says("Hello?", name="guest")
    world.desk.commands.pause(SESSION, trigger="user", by=VISITOR.but(name="guest"))

    assert world.head.user.name == "Zoe Smith"
    assert world.bot.heard[-1].user.first_name == "Zoe"


def test_a_desk_alerts_by_the_alerters_it_is_given_whatever_its_policy_says(world: World):
    alerter = RecordingAlerter()
    desk = Desk(MemoryStore(), ScriptedBot(), alerters=[alerter], policy=Policy(), tools=fake_tools(world.clock))
    desk.pause("webchat", "zoe")

    assert len(alerter.published) == 1


def test_work_beyond_what_may_run_at_once_is_not_begun():
    caller = ThreadCaller(most=1)
    release, begun = threading.Event(), threading.Event()

    def hangs():
        begun.set()
        release.wait(30)

    assert not caller.run(hangs, 0)
    assert begun.wait(30)
    ran = []
    assert not caller.run(lambda: ran.append(1), 30)
    release.set()
    assert ran == []


def test_a_user_whose_bot_cannot_even_be_begun_gets_a_human():
    caller = ThreadCaller(most=1)
    release = threading.Event()
    caller.run(lambda: release.wait(30), 0)
    world = World(caller=caller)
    world.user_says("Hello")
    release.set()

    assert world.head.pause is not None
    assert world.head.pause.trigger == "failure"
    assert world.bot.heard == []


def test_a_bot_that_pauses_a_paused_session_again_leaves_it_as_it_is(world: World):
    world.user_says()
    world.agent_pauses()
    before = world.head.pause
    world.bot.wanting = lambda event: True
    world.bot.then(PauseIt(), HI)
    world.desk.intake.receive(Event("u:late", SESSION, Text("Hm"), world.clock()))

    assert world.head.pause == before
    assert world.read_by_user()[-1] == "Hi!"


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), RecursionError()])
def test_a_bot_that_wants_to_end_the_process_hands_its_user_to_a_human_and_ends_nothing(
    world: World, error: BaseException
):
    world.bot.then_raise(error)
    world.user_says()

    assert world.head.pause is not None
    assert world.head.pause.trigger == "failure"
    assert len(world.alerter.published) == 1


def test_a_hanging_alerter_is_not_charged_to_the_bot():
    class Strict(InlineCaller):
        """Work that takes longer than it may is late."""

        def run(self, work, timeout_seconds):
            begun = world.clock()
            work()
            return world.clock() - begun <= timedelta(seconds=timeout_seconds)

    world = World(caller=Strict(), bot_timeout=timedelta(seconds=2))
    hang(world, world.alerter)
    world.bot.then(PauseIt())
    world.user_says()

    assert world.head.pause is not None
    assert world.head.pause.trigger == "bot"
    assert world.alerter.tried == 1


def test_a_program_that_pauses_without_a_time_zone_or_for_longer_than_a_year_is_told(world: World):
    for until in (datetime(2030, 1, 1), world.clock() + timedelta(days=400)):  # noqa: DTZ001 - what is refused here
        with pytest.raises(Malformed):
            world.desk.pause("webchat", "zoe", until=until)


def test_a_reason_is_cut_to_one_short_line(world: World):
    world.desk.pause("webchat", "zoe", reason="first\nsecond " + "x" * 5000)

    assert world.head.pause is not None
    assert world.head.pause.reason.startswith("first second x")
    assert len(world.head.pause.reason) == 200


def test_an_alert_within_the_first_minute_says_so():
    world = World(escalate_after=(timedelta(seconds=20),))
    world.user_wants_a_human()
    world.clock.pass_by(seconds=30)
    world.sweep()

    assert world.alerter.words[-1] == "Visitor B85C on the web chat has been waiting for less than a minute"
