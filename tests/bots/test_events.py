"""What a bot is told of an event and its user, and what is taken for a turn."""

import pytest

from chalicelib.bots.base import BotEvent, BotUser, checked
from chalicelib.errors import BotFailed
from chalicelib.model.content import Image, Location, Text
from chalicelib.model.turning import Remember, Say
from tests.fakes.world import World


def heard(world: World) -> BotEvent:
    return world.bot.heard[-1]


def test_an_event_says_who_where_when_and_what(world: World):
    world.user_says("Hello", entry_id="u:x", name="Zoe Smith")

    event = heard(world)
    assert (event.id, event.session_id, event.platform) == ("u:x", "webchat:zoe", "webchat")
    assert (event.content, event.text, event.at) == (Text("Hello"), "Hello", world.clock())
    assert (event.paused, event.handoff) == (False, None)
    assert event.user == BotUser(id="zoe", name="Zoe Smith", known=True)


def test_the_text_of_a_pressed_button_is_its_payload(world: World):
    world.user_says(Text("Cancel request", payload="HITL_STOP"))

    assert heard(world).text == "HITL_STOP"


def test_the_text_of_a_picture_is_its_caption(world: World):
    world.user_says(Image("https://x.example/cat.png", "My cat"))

    assert heard(world).text == "My cat"


def test_the_text_of_what_has_none_is_empty(world: World):
    world.user_says(Location(47.0, 15.4))

    assert heard(world).text == ""


@pytest.mark.parametrize(
    ("name", "first", "known"),
    [
        ("Zoe Smith", "Zoe", True),
        ("", "Visitor B85C on the web chat", False),
        ("https://evil.example", "Visitor B85C on the web chat", False),
    ],
)
def test_a_user_has_a_first_name_or_is_called_a_visitor(name: str, first: str, known: bool):
    world = World()
    world.user_says(name=name)

    assert (heard(world).user.first_name, heard(world).user.known) == (first, known)


def test_facts_may_be_asked_for_by_path(world: World):
    world.bot.then(Remember({"city": "Graz"}))
    world.user_says()
    world.user_says()

    assert heard(world).user.facts["city"] == "Graz"


def test_a_list_of_actions_is_a_turn():
    actions = [Say(Text("Hi!"))]

    assert checked(actions) == actions
    assert checked([]) == []


@pytest.mark.parametrize("garbage", [None, "Hi!", {}, (), [None], ["Hi!"]], ids=repr)
def test_anything_else_is_none(garbage: object):
    with pytest.raises(BotFailed):
        checked(garbage)
