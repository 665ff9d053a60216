"""Who may settle a message, when several are at it, come late, or change it meanwhile; and what waits out of turn."""

from datetime import timedelta

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.desk.tools import Tools
from chalicelib.errors import NothingToRetry, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.policy import Policy
from chalicelib.model.sending import AGAIN, CUT_SHORT, ONLY_BEGUN
from chalicelib.model.session import Again, Sending
from chalicelib.model.turning import Say
from tests.desk.vendors import Abroad
from tests.fakes.channel import CHATTER
from tests.fakes.faults import Fault
from tests.fakes.tools import FakeClock, fake_tools
from tests.fakes.world import BEN

LATER = SendFailed("later", "Facebook is busy.")
FAILED = SendFailed("failed", "The user cannot be reached.")
UNKNOWN = SendFailed("unknown", "No answer came.")


class TickingClock(FakeClock):
    """Never shows the same time twice."""

    def __call__(self):
        self.now += timedelta(microseconds=1)
        return self.now


@pytest.fixture
def world() -> Abroad:
    world = Abroad()
    world.writes()
    return world


def retries(world: Abroad, seq: int, *, again: bool = False) -> None:
    world.desk.commands.retry(CHATTER, seq, again=again)


def test_a_late_answer_settles_what_had_been_given_up(world: Abroad):
    world.channel.meanwhile = [lambda: (world.clock.pass_by(seconds=6), world.sweep())]
    world.agent_says("Hi")

    assert world.states() == ["sent"]
    assert world.ours()[0].vendor_id == "m_1"
    assert len(world.log("amended")) == 2, "readers were told that it was unknown, and that it is not"


def test_a_late_answer_for_one_part_has_the_rest_sent(world: Abroad):
    world.channel.meanwhile = [lambda: (world.clock.pass_by(seconds=6), world.sweep())]
    world.agent_says("One|Two")
    world.sweep()

    assert world.channel.texts == ["One", "Two"]
    assert world.states() == ["sent"]


@pytest.mark.parametrize("late", [LATER, FAILED, UNKNOWN], ids=lambda late: late.outcome)
def test_a_late_refusal_leaves_alone_what_a_person_asked_for_meanwhile(world: Abroad, late: SendFailed):
    sent = world.agent_says("Hi")
    old = Sending(seq=sent.seq, send_by=world.clock() - timedelta(seconds=1), by="given up")
    new = old.but(send_by=world.clock() + timedelta(seconds=4), by="asked again", asked=True)
    draft = Draft(world.head.but(sending=new), now=world.clock(), request="late", policy=Policy())
    settle = world.desk.sweeper._vendors._sender._refused(world.channel, world.head, old, sent, late)
    settle(draft, sent)

    assert not draft.changed


def test_a_retry_does_not_lose_what_waits_already(world: Abroad):
    world.channel.refusals = [FAILED, LATER]
    failed = world.agent_says("One")
    world.agent_says("Two")
    retries(world, failed.seq)
    assert world.states() == ["pending", "pending"], "the vendor said to wait"
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["Two", "One"]
    assert world.states() == ["sent", "sent"]


def test_so_many_wait_out_of_turn_and_no_more(world: Abroad):
    world.channel.refusals = [FAILED] * (AGAIN + 1) + [LATER]
    failed = [world.agent_says(f"Number {number}") for number in range(AGAIN + 1)]
    world.agent_says("Next")
    for entry in failed[: AGAIN - 1]:
        retries(world, entry.seq)
    with pytest.raises(NothingToRetry, match="Too many"):
        retries(world, failed[-1].seq)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert len(world.channel.texts) == AGAIN
    assert world.channel.texts[:2] == ["Next", "Number 0"]


def test_an_echo_of_a_beginning_adds_nothing_to_what_waits_when_too_much_does(world: Abroad):
    world.channel.refusals = [UNKNOWN]
    lost = world.agent_says("One|Two")
    head = world.head
    waiting = tuple(Again(seq=lost.seq + 100 + number) for number in range(AGAIN))
    later = world.clock() + timedelta(hours=1)
    world.memory.commit(head, head.but(rev=head.rev + 1, attempt="x", again=waiting, send_at=later))
    world.own_echo(f"hitl:{lost.seq}.0")

    assert world.head.again == waiting
    assert (world.ours()[0].fate, world.ours()[0].failure, world.ours()[0].part) == ("failed", ONLY_BEGUN, 1)


def test_an_echo_does_not_lift_what_the_vendor_asked_for(world: Abroad):
    world.channel.refusals = [UNKNOWN, SendFailed("later", "Too many messages.", retry_after_seconds=600)]
    lost = world.agent_says("One")
    world.agent_says("Two")
    world.own_echo(f"hitl:{lost.seq}.0")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.states() == ["sent", "pending"]


def test_a_bots_message_that_a_person_wants_goes_out_whole_whatever_the_bot_may(world: Abroad):
    world.channel.refusals = [FAILED]
    world.bot.then(Say(Text("One|Two")))
    world.writes(mid="m2")
    said = world.ours()[0]
    world.agent_pauses()
    world.channel.refusals = [LATER]
    retries(world, said.seq)
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["One", "Two"]
    assert world.states() == ["sent"]


def test_the_rest_of_a_bots_message_does_not_follow_a_late_echo_into_a_pause(world: Abroad):
    world.channel.refusals = [UNKNOWN]
    world.bot.then(Say(Text("One|Two")))
    world.writes(mid="m2")
    world.agent_pauses()
    world.own_echo(f"hitl:{world.ours()[0].seq}.0")
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["One"]
    assert (world.ours()[0].fate, world.ours()[0].failure) == ("failed", CUT_SHORT)


def test_what_a_user_took_back_while_an_answer_was_on_the_wire_is_neither_said_again_nor_stored_again(world: Abroad):
    world.bot.then(Say(Text("Hm.")), Say(Text("You said: my secret")))
    world.channel.meanwhile = [lambda: world.unsends(mid="m2")]
    world.writes("my secret", mid="m2")

    assert world.channel.texts == ["Hm.", "You said: …"]
    assert "secret" not in "".join(entry.to_json() for entry in world.log())


def test_a_reaction_to_a_message_that_is_on_the_wire_stays(world: Abroad):
    world.channel.meanwhile = [
        lambda: (world.own_echo("hitl:4.0", mid="m_1"), world.reacts("❤️", mid="m_1")),
    ]
    world.agent_says("Hi")

    assert world.ours()[0].reaction == "❤️"


def test_a_store_that_fails_before_the_call_makes_the_message_wait_and_nothing_else(world: Abroad):
    world.agent_says("Zero")
    world.faults.plan("tokens", Fault.BUSY)
    world.agent_says("Hi", by=BEN)
    assert world.states() == ["sent", "pending"]
    world.clock.pass_by(seconds=15)
    world.sweep()

    assert world.channel.texts == ["Zero", "Hi"]
    assert world.states() == ["sent", "sent"]


def test_a_refusal_that_cannot_be_noted_still_puts_the_message_back(world: Abroad):
    world.agent_says("Zero")
    world.channel.refusals = [SendFailed("stopped", "The Page's token is not valid any more.")]
    heads = world.desk.accounts

    def refuse(account: str, reason: str, **more: object) -> None:
        raise StoreBusy("refused for load")

    stop, heads.stop = heads.stop, refuse  # type: ignore[method-assign,assignment] # the account's log alone fails
    world.agent_says("Hi")
    heads.stop = stop  # type: ignore[method-assign]
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["Zero", "Hi"]


def test_what_was_deleted_while_on_the_wire_holds_up_nothing(world: Abroad):
    def forget() -> None:
        head = world.head
        cut = head.but(rev=head.rev + 1, attempt="x", cut=head.seq)
        world.memory.commit(head, cut)
        world.memory.erase(CHATTER, through=head.seq, limit=100)

    world.channel.meanwhile = [forget]
    world.agent_says("Old")
    assert world.head.sending is None
    world.agent_says("New")

    assert world.channel.texts == ["Old", "New"]


def test_a_claim_whose_message_is_deleted_ends(world: Abroad):
    head = world.head
    world.channel.meanwhile = [lambda: world.faults.plan("commit", *[Fault.BUSY] * 100)]
    world.agent_says("Old")
    world.faults.heal()
    head = world.head
    assert head.sending is not None
    world.memory.commit(head, head.but(rev=head.rev + 1, attempt="x", cut=head.seq))
    world.memory.erase(CHATTER, through=head.seq, limit=100)
    world.clock.pass_by(seconds=10)
    world.sweep()

    assert world.head.sending is None
    world.agent_says("New")
    assert world.channel.texts == ["Old", "New"]


def test_an_echo_of_what_is_hidden_changes_nothing(world: Abroad):
    world.channel.refusals = [UNKNOWN]
    lost = world.agent_says("Hi")
    head = world.head
    world.memory.commit(head, head.but(rev=head.rev + 1, attempt="x", cut=head.seq))
    before = world.log()
    world.own_echo(f"hitl:{lost.seq}.0")

    assert world.log() == before


def test_messages_go_out_by_a_clock_that_never_shows_the_same_time_twice():
    clock = TickingClock()
    numbers = iter(range(1, 1000))
    tools = Tools(clock=clock, new_id=lambda: f"id{next(numbers)}", sleep=clock.sleep, jitter=lambda low, high: high)
    world = Abroad(tools=tools)
    world.bot.then(Say(Text("One|Two")), Say(Text("Three")))
    world.writes()
    world.channel.refusals = [LATER]
    world.agent_says("Four|Five")
    clock.pass_by(minutes=1)
    world.sweep()
    world.channel.meanwhile = [lambda: (clock.pass_by(seconds=6), world.sweep())]
    world.agent_says("Six")
    world.agent_says("Seven")

    assert world.channel.texts == ["One", "Two", "Three", "Four", "Five", "Six", "Seven"]
    assert world.states() == ["sent"] * 5
    assert world.channel.tried == 8


def test_nobody_else_sends_what_is_on_the_wire(world: Abroad):
    other = Abroad(memory=world.memory, channel=world.channel, tools=fake_tools(world.clock, first_id=1000))
    world.channel.meanwhile = [lambda: (other.sweep(), other.agent_says("Two", by=BEN))]
    world.agent_says("One")

    assert world.channel.texts == ["One", "Two"]
    assert world.channel.tried == 2


def test_no_call_begins_later_than_a_second_after_its_claim(world: Abroad):
    left: list[timedelta] = []
    world.faults.before("tokens", lambda: world.clock.pass_by(seconds=3))  # the face is looked for in between
    world.channel.meanwhile = [lambda: left.append(world.head.sending.send_by - world.clock())]
    world.agent_says("Hi")

    assert left == [timedelta(seconds=5)]


def test_a_bots_message_that_has_begun_to_arrive_is_never_shown_as_suppressed(world: Abroad):
    world.channel.refusals = [None, LATER]
    world.bot.then(Say(Text("One|Two")))
    world.writes(mid="m2")
    world.agent_pauses()
    assert world.states() == ["pending"]
    world.clock.pass_by(minutes=1)
    world.sweep()

    assert world.channel.texts == ["One"]
    assert world.states() == ["failed"]
