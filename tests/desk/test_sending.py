"""Messages go out through a vendor: in order, once, and their state is told truthfully."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.desk.calling import Caller
from chalicelib.errors import NothingToRetry
from chalicelib.model.content import Buttons, Postback, Text
from chalicelib.model.turning import Notify, PauseIt, Say
from tests.desk.vendors import Abroad
from tests.fakes.channel import CHATTER
from tests.fakes.faults import Crash, Fault
from tests.fakes.tools import NOON
from tests.fakes.world import ANN, BEN

LATER = SendFailed("later", "Facebook is busy.")
FAILED = SendFailed("failed", "The user cannot be reached.")
UNKNOWN = SendFailed("unknown", "No answer came.")
STOPPED = SendFailed("stopped", "The Page's token is not valid any more.")


@pytest.fixture
def world() -> Abroad:
    return Abroad()


def test_a_bots_messages_go_out_in_order_right_after_its_turn(world: Abroad):
    world.bot.then(Say(Text("One")), Say(Text("Two")), Say(Text("Three")))
    world.writes()

    assert world.channel.texts == ["One", "Two", "Three"]
    assert world.states() == ["sent", "sent", "sent"]
    assert [outgoing.metadata for outgoing in world.channel.sent] == ["hitl:2.0", "hitl:3.0", "hitl:4.0"]
    assert world.head.due_at == world.head.profile_at  # nothing else is owed


def test_what_the_bot_says_before_it_pauses_reaches_the_user(world: Abroad):
    world.bot.then(Say(Buttons("Wait.", [Postback("Cancel", "STOP")])), Notify("Zoe"), PauseIt())
    world.writes()

    assert world.channel.texts == ["Wait. [Cancel]"]
    assert world.head.paused


def test_an_agents_message_goes_out_under_their_name(world: Abroad):
    world.writes()
    entry = world.agent_says("Hello from Ann")

    assert world.channel.texts == ["Hello from Ann"]
    assert world.channel.personas == [("messenger:1002003004", "Ann", "https://chat.example/agent.png")]
    assert world.channel.sent[0].persona == "persona1"
    assert entry.vendor_id == "m_1"


def test_a_face_is_made_once_for_each_agent_also_by_other_processes(world: Abroad):
    world.writes()
    world.agent_says("One")
    world.agent_says("Two", by=BEN)
    again = Abroad(memory=world.memory, channel=world.channel)
    again.agent_says("Three")

    assert [name for _, name, _ in world.channel.personas] == ["Ann", "Ben"]
    assert [outgoing.persona for outgoing in world.channel.sent] == ["persona1", "persona2", "persona1"]


def test_the_bot_writes_as_the_page(world: Abroad):
    world.bot.then(Say(Text("Hi")))
    world.writes()

    assert world.channel.sent[0].persona is None


def test_a_long_message_goes_out_part_by_part_each_with_a_mark_of_its_own(world: Abroad):
    world.writes()
    world.agent_says("One|Two|Three")

    assert world.channel.texts == ["One", "Two", "Three"]
    assert [outgoing.metadata for outgoing in world.channel.sent] == ["hitl:4.0", "hitl:4.1", "hitl:4.2"]
    assert world.states() == ["sent"]


def test_the_same_message_asked_for_twice_goes_out_once(world: Abroad):
    world.writes()
    world.agent_says("Hi", client_id="1")
    world.agent_says("Hi", client_id="1")

    assert world.channel.texts == ["Hi"]


def test_a_message_that_the_vendor_refuses_has_failed_with_its_words(world: Abroad):
    world.writes()
    world.channel.refusals = [FAILED]
    entry = world.agent_says("Hi")

    assert (entry.fate, entry.failure) == ("failed", "The user cannot be reached.")
    assert world.states() == ["failed"]
    world.agent_says("And?")
    assert world.channel.texts == ["And?"]


def test_a_message_without_an_answer_is_unknown_and_is_never_sent_again_by_itself(world: Abroad):
    world.writes()
    world.channel.refusals = [UNKNOWN]
    world.agent_says("Hi")
    world.clock.pass_by(days=1)
    world.sweep()

    assert world.states() == ["unknown"]
    assert world.channel.tried == 1


def test_an_echo_settles_what_nobody_answered(world: Abroad):
    world.writes()
    world.channel.refusals = [UNKNOWN]
    world.agent_says("Hi")
    world.own_echo("hitl:4.0")

    assert world.states() == ["sent"]
    assert world.ours()[0].vendor_id == "m_x"
    assert world.channel.tried == 1


def test_an_echo_before_the_answer_makes_it_one_message_sent_once(world: Abroad):
    world.writes()
    world.channel.meanwhile = [lambda: world.own_echo("hitl:4.0", mid="m_1")]
    world.agent_says("Hi")
    world.own_echo("hitl:4.0", mid="m_1")

    assert world.states() == ["sent"]
    assert len(world.ours()) == 1
    assert world.channel.tried == 1


def test_what_follows_an_echo_that_came_first_is_sent_too(world: Abroad):
    world.bot.then(Say(Text("One")), Say(Text("Two")))
    world.channel.meanwhile = [lambda: world.own_echo("hitl:2.0", mid="m_1")]
    world.writes()

    assert world.channel.texts == ["One", "Two"]


def test_a_process_that_dies_while_sending_leaves_an_unknown_message(world: Abroad):
    world.writes()

    def die() -> None:
        raise Crash

    world.channel.meanwhile = [die]
    with pytest.raises(Crash):
        world.agent_says("Hi")
    assert world.states() == ["pending"]
    world.clock.pass_by(seconds=5)
    world.sweep()

    assert world.states() == ["unknown"]
    assert world.channel.texts == []


def test_messages_behind_one_that_got_lost_go_out(world: Abroad):
    world.writes()
    world.bot.usually = lambda event: [Say(Text("One")), Say(Text("Two"))]

    def die() -> None:
        raise Crash

    world.channel.meanwhile = [die]
    with pytest.raises(Crash):
        world.writes(mid="m2")
    world.clock.pass_by(seconds=6)
    world.sweep()

    assert world.states() == ["unknown", "sent"]
    assert world.channel.texts == ["Two"]


def test_a_vendor_that_is_busy_is_asked_again_and_the_order_stays(world: Abroad):
    world.writes()
    world.channel.refusals = [LATER]
    world.agent_says("One")
    world.agent_says("Two")
    assert world.states() == ["pending", "pending"]
    assert world.channel.texts == []
    world.clock.pass_by(seconds=15)
    world.sweep()

    assert world.channel.texts == ["One", "Two"]
    assert world.states() == ["sent", "sent"]


def test_a_vendor_says_how_long_to_wait(world: Abroad):
    world.writes()
    world.channel.refusals = [SendFailed("later", "Too many messages.", retry_after_seconds=600)]
    world.agent_says("One")
    world.clock.pass_by(minutes=9)
    world.sweep()
    assert world.channel.texts == []
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["One"]


def test_a_limited_refusal_is_final_after_three_tries(world: Abroad):
    world.writes()
    world.channel.refusals = [SendFailed("later", "Facebook had a problem.", limited=True)] * 3
    world.agent_says("One")
    for _ in range(5):
        world.clock.pass_by(minutes=5)
        world.sweep()

    assert world.channel.tried == 3
    assert world.states() == ["failed"]
    assert world.ours()[0].failure == "Facebook had a problem."


def test_a_part_that_has_to_wait_does_not_make_the_parts_before_it_go_again(world: Abroad):
    world.writes()
    world.channel.refusals = [None, LATER]
    world.agent_says("One|Two|Three")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["One", "Two", "Three"]
    assert world.states() == ["sent"]


def test_an_agent_has_a_failed_message_sent_again(world: Abroad):
    world.writes()
    world.channel.refusals = [FAILED]
    failed = world.agent_says("Hi")
    entry, _ = world.desk.commands.retry(CHATTER, failed.seq, again=False)

    assert world.channel.texts == ["Hi"]
    assert (entry.fate, entry.failure) == (None, None)
    assert world.states() == ["sent"]


def test_an_unknown_message_is_sent_again_only_by_one_who_knows(world: Abroad):
    world.writes()
    world.channel.refusals = [UNKNOWN]
    lost = world.agent_says("Hi")
    with pytest.raises(NothingToRetry, match="may have arrived"):
        world.desk.commands.retry(CHATTER, lost.seq, again=False)
    world.desk.commands.retry(CHATTER, lost.seq, again=True)

    assert world.channel.texts == ["Hi", "Hi"]


def test_a_message_that_was_sent_is_not_sent_again(world: Abroad):
    world.writes()
    sent = world.agent_says("Hi")

    with pytest.raises(NothingToRetry):
        world.desk.commands.retry(CHATTER, sent.seq, again=True)


def test_a_retry_of_a_long_message_sends_what_is_left_of_it(world: Abroad):
    world.writes()
    world.channel.refusals = [None, FAILED]
    failed = world.agent_says("One|Two|Three")
    world.desk.commands.retry(CHATTER, failed.seq, again=False)

    assert world.channel.texts == ["One", "Two", "Three"]


def test_a_late_echo_of_a_part_has_the_rest_sent(world: Abroad):
    world.writes()
    world.channel.refusals = [None, UNKNOWN]
    world.agent_says("One|Two|Three")
    world.own_echo("hitl:4.1")
    world.sweep()

    assert world.channel.texts == ["One", "Two", "Three"]
    assert world.states() == ["sent"]


def test_a_pause_keeps_back_what_the_bot_has_said_and_nobody_has_carried_yet(world: Abroad):
    world.channel.refusals = [LATER]
    world.bot.then(Say(Text("One")), Say(Text("Two")))
    world.writes()
    world.agent_pauses()
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == []
    assert world.states() == ["suppressed", "suppressed"]


def test_a_pause_tells_until_when_a_message_on_the_wire_may_still_arrive(world: Abroad):
    paused = []
    world.bot.then(Say(Text("One")), Say(Text("Two")))
    world.channel.meanwhile = [lambda: paused.append(world.agent_pauses())]
    world.writes()

    assert paused[0].pause.draining_until == NOON + timedelta(seconds=5)
    assert world.channel.texts == ["One"]
    assert world.states() == ["sent", "suppressed"]
    assert world.head.pause.draining_until is None


def test_a_pause_does_not_keep_back_what_agents_say(world: Abroad):
    world.writes()
    world.channel.refusals = [LATER]
    world.agent_says("Hi")
    world.user_wants_a_human()
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["Hi"]


def test_a_claim_that_comes_late_to_its_call_is_made_anew(world: Abroad):
    world.writes()
    world.faults.before("tokens", lambda: world.clock.pass_by(seconds=3))  # the face is looked for in between
    world.agent_says("Hi")

    assert world.channel.texts == ["Hi"]
    assert world.head.sent_to == 4


def test_a_store_that_fails_after_the_call_leaves_the_message_unknown_and_never_doubled(world: Abroad):
    world.writes()
    world.agent_says("Zero")
    world.channel.meanwhile = [lambda: world.faults.plan("commit", *[Fault.BUSY] * 100)]
    world.agent_says("Hi")
    world.faults.heal()
    world.clock.pass_by(seconds=10)
    world.sweep()

    assert world.channel.texts == ["Zero", "Hi"]
    assert world.states() == ["sent", "unknown"]


def test_a_bug_of_the_channels_leaves_the_message_unknown(world: Abroad):
    world.writes()
    world.channel.refusals = [ZeroDivisionError("a bug")]
    world.agent_says("Hi")

    assert world.states() == ["unknown"]


def test_agents_typing_and_reading_show_where_the_user_is(world: Abroad):
    world.writes()
    world.desk.commands.typing(CHATTER, who="agent")
    world.desk.commands.typing(CHATTER, who="agent")
    world.desk.commands.read(CHATTER, world.head.seq)

    assert world.channel.acted == [(CHATTER, "typing"), (CHATTER, "seen")]


def test_agents_are_told_of_a_refusal_that_an_operator_must_know(world: Abroad):
    world.writes()
    world.channel.refusals = [SendFailed("failed", "This tag is retired.", alert=True)]
    world.agent_says("Hi")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.alerter.words[-1] == "A message to Someone (A939) on Messenger was not sent: This tag is retired."


def test_nothing_else_waits_in_a_stopped_accounts_way(world: Abroad):
    world.writes()
    world.channel.refusals = [STOPPED]
    world.agent_says("One", by=ANN)

    assert world.states() == ["pending"]
    assert world.page.stopped.reason == "The Page's token is not valid any more."


def test_a_face_that_the_vendor_refuses_does_not_cost_the_message(world: Abroad):
    world.writes()
    world.channel.refusals = [SendFailed("failed", "Bad request.", alert=True, persona=True)]
    world.agent_says("Hi")

    assert world.channel.texts == ["Hi"]
    assert world.channel.sent[0].persona is None
    assert world.states() == ["sent"]


def test_nothing_counts_as_sent_where_the_channel_is_not_set_up():
    world = Abroad(channels=())
    world.writes()
    entry = world.agent_says("Hi")

    assert (entry.fate, entry.failure) == ("failed", "This channel is not set up here, so that nothing can be sent.")


class LandsAtTheLastMoment(Caller):
    """The bot's answer is committed when its time is just over, and before anybody has given it up."""

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        work()
        return False


class LandsWhileItIsGivenUp(Caller):
    """The bot's answer is committed between the request's last look and its giving up."""

    def __init__(self) -> None:
        self.late: list[Callable[[], None]] = []

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        self.late.append(work)
        return False


def test_an_answer_that_lands_at_the_last_moment_goes_out():
    world = Abroad(caller=LandsAtTheLastMoment())
    world.bot.then(Say(Text("Just in time")))
    world.writes()

    assert world.channel.texts == ["Just in time"]
    assert not world.head.paused


def test_an_answer_that_lands_before_it_is_given_up_is_sent_by_the_late_call():
    caller = LandsWhileItIsGivenUp()
    world = Abroad(caller=caller)
    world.bot.then(Say(Text("Just in time")))

    def lands() -> None:
        caller.late.pop()()

    world.faults.before("commit", lambda: None, lands)
    world.writes()

    assert world.channel.texts == ["Just in time"]
    assert not world.head.paused
