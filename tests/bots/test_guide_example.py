"""The guide's example, as it is shipped: HITL_START asks for a human, HITL_STOP goes back to the bot."""

import pytest

from chalicelib.bot import bot
from chalicelib.model.content import Buttons, Postback, Text
from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    return World(bot=bot)


def test_hitl_start_answers_alerts_and_pauses(world: World):
    world.user_says("HITL_START", name="Zoe Smith")

    assert world.log("message")[-1].content == Buttons(
        "Bot paused, a human will get in touch very soon.", [Postback("Cancel request", "HITL_STOP")]
    )
    assert world.head.pause.trigger == "bot"
    (alert,) = world.alerter.published
    assert (alert.text, alert.level, alert.why) == ("Zoe wants to talk to a human", "info", "paused")


def test_a_nameless_visitor_is_called_a_visitor(world: World):
    world.user_says("HITL_START")

    assert world.alerter.words == ["Visitor B85C on the web chat wants to talk to a human"]


def test_someone_on_messenger_is_called_so(world: World):
    world.user_says("HITL_START", session="messenger:1.2")

    assert world.alerter.words == ["Someone (0B52) on Messenger wants to talk to a human"]


def test_the_bot_is_silent_while_paused(world: World):
    world.user_says("HITL_START")
    world.user_says("Anybody?")
    world.user_says("HITL_START")

    assert [entry.author.kind for entry in world.log("message")] == ["user", "bot", "user", "user"]
    assert len(world.alerter.published) == 1


@pytest.mark.parametrize("stop", [Text("HITL_STOP"), Text("Cancel request", payload="HITL_STOP")])
def test_hitl_stop_by_text_or_button_brings_the_bot_back(world: World, stop: Text):
    world.user_says("HITL_START")
    world.user_says(stop)

    assert not world.head.paused
    assert world.read_by_user()[-1] == "Human in the loop disabled. Bot resumed."
    assert world.log("unpaused")[0].author.kind == "bot"


def test_afterwards_the_bot_talks_again(world: World):
    world.user_says("HITL_START")
    world.user_says("HITL_STOP")
    world.user_says("Hello")

    assert world.read_by_user()[-1] == "You said: Hello\nSay HITL_START to talk to a human."


def test_an_agent_who_answers_ends_nothing_for_the_user_who_cancels(world: World):
    world.user_says("HITL_START")
    world.agent_says("I am here.")
    world.user_says("HITL_STOP")

    assert (world.head.paused, world.head.assignee) == (False, None)
