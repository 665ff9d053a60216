"""What a program does outside a turn: pause, unpause, is_paused."""

from datetime import timedelta

import pytest

from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk, session_id
from chalicelib.errors import Malformed
from chalicelib.model.entry import SYSTEM
from tests.fakes.memory import MemoryStore
from tests.fakes.world import PROGRAM, World


def test_a_user_who_is_unknown_is_not_paused(world: World):
    assert not world.desk.is_paused("webchat", "nobody")


def test_pausing_a_user_who_is_unknown_begins_the_session(world: World):
    head = world.desk.pause("webchat", "zoe", reason="VIP")

    assert world.desk.is_paused("webchat", "zoe")
    assert (head.pause.trigger, head.pause.by, head.pause.reason) == ("api", SYSTEM, "VIP")
    world.user_says("Hello")
    assert world.bot.heard == []


def test_pausing_alerts_the_agents(world: World):
    world.desk.pause("webchat", "zoe")

    assert world.alerter.words == ["Visitor B85C on the web chat wants to talk to a human"]


def test_a_pause_may_have_an_end(world: World):
    world.desk.pause("messenger", "1.2", until=world.clock() + timedelta(minutes=1), by=PROGRAM)
    world.clock.pass_by(minutes=1)

    assert not world.desk.is_paused("messenger", "1.2")


def test_unpausing_lets_the_bot_go_on(world: World):
    world.desk.pause("webchat", "zoe")
    head = world.desk.unpause("webchat", "zoe")

    assert head is not None
    assert not world.desk.is_paused("webchat", "zoe")


def test_unpausing_a_user_who_is_unknown_does_nothing(world: World):
    assert world.desk.unpause("webchat", "nobody") is None
    assert world.memory.load("webchat:nobody") is None


@pytest.mark.parametrize(("channel", "user_id"), [("pigeon", "zoe"), ("", "zoe"), ("webchat", "")])
def test_who_cannot_be_is_malformed(world: World, channel: str, user_id: str):
    with pytest.raises(Malformed):
        world.desk.pause(channel, user_id)


def test_a_foreign_user_id_is_hashed():
    assert session_id("webchat", "zoe@x.example") == session_id("webchat", "zoe@x.example")
    assert len(session_id("webchat", "zoe@x.example")) == len("webchat:") + 64


def test_a_desk_works_with_nothing_but_a_store_and_a_bot():
    desk = Desk(MemoryStore(), ScriptBot())

    assert desk.pause("webchat", "zoe").paused
    assert desk.is_paused("webchat", "zoe")
