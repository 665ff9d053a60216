"""What a handler hears: the patterns of `hear`."""

import re
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from chalicelib.bots.base import BotEvent, BotUser
from chalicelib.bots.script import Hitl, Pattern, ScriptBot
from chalicelib.model.content import Buttons, Image, Postback, Text
from chalicelib.model.turning import Notify, PauseIt, Remember, Say, UnpauseIt

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(text: str = "Hello", *, paused: bool = False, **user: object) -> BotEvent:
    who = BotUser(id="zoe", name="Zoe Smith", known=True, **{"facts": {"city": "Graz"}, **user})
    return BotEvent(
        id="u:1",
        session_id="webchat:zoe",
        platform="webchat",
        user=who,
        content=Text(text),
        text=text,
        at=NOW,
        paused=paused,
    )


def hears(pattern: Pattern, said: BotEvent) -> bool:
    bot = ScriptBot()
    bot.hear(pattern)(lambda event, hitl: hitl.send("heard"))
    heard = bot.turn(said) != []
    assert bot.wants(said) == heard
    return heard


@pytest.mark.parametrize(
    ("pattern", "text", "heard"),
    [
        ("HELP", "HELP", True),
        ("HELP", "HELP me", False),
        ("HELP", "help", False),
        (re.compile("HELP"), "please HELP me", True),
        (re.compile("^HELP$"), "please HELP me", False),
        (re.compile("help", re.IGNORECASE), "HELP", True),
        (lambda text: len(text) > 3, "help", True),
        (lambda text: len(text) > 3, "hi", False),
        (["HELP", re.compile("human")], "a human!", True),
        (["HELP", re.compile("human")], "a bot!", False),
        (["HELP", [{"platform": "messenger"}, re.compile("hum")]], "a human!", True),
        ([], "anything", False),
        ({}, "anything", True),
    ],
)
def test_a_pattern_fits_the_text(pattern: Pattern, text: str, heard: bool):
    assert hears(pattern, event(text)) == heard


@pytest.mark.parametrize(
    ("pattern", "heard"),
    [
        ({"platform": "webchat"}, True),
        ({"platform": "webchat", "text": re.compile("ell")}, True),
        ({"platform": "messenger", "text": re.compile("ell")}, False),
        ({"user.id": "zoe"}, True),
        ({"user.first_name": "Zoe"}, True),
        ({"user.facts.city": "Graz"}, True),
        ({"user.facts.country": "AT"}, False),
        ({"user.nothing.at.all": lambda value: value is None}, True),
        ({"content.type": "text"}, True),
        ({"at": re.compile("2026")}, False),
        ({"at": lambda at: at.year == 2026}, True),
        ({"paused": lambda paused: not paused}, True),
    ],
)
def test_a_mapping_fits_when_every_path_fits(pattern: Pattern, heard: bool):
    assert hears(pattern, event()) == heard


def test_the_first_handler_that_fits_answers_alone():
    bot = ScriptBot()
    bot.hear(re.compile("a"))(lambda event, hitl: hitl.send("first"))
    bot.hear(re.compile("b"))(lambda event, hitl: hitl.send("second"))

    assert bot.turn(event("ab")) == [Say(Text("first"))]
    assert bot.turn(event("b")) == [Say(Text("second"))]


def test_without_a_fitting_handler_the_event_is_not_wanted():
    bot = ScriptBot()
    bot.hear("HELP")(lambda event, hitl: hitl.send("heard"))

    assert not bot.wants(event())
    assert bot.turn(event()) == []


def test_otherwise_answers_what_nothing_else_hears():
    bot = ScriptBot()
    bot.otherwise(lambda event, hitl: hitl.send("otherwise"))
    bot.hear("HELP")(lambda event, hitl: hitl.send("heard"))

    assert bot.turn(event()) == [Say(Text("otherwise"))]
    assert bot.turn(event("HELP")) == [Say(Text("heard"))]


def test_during_a_pause_only_while_paused_handlers_hear():
    bot = ScriptBot()
    bot.otherwise(lambda event, hitl: hitl.send("otherwise"))
    bot.hear("HELP")(lambda event, hitl: hitl.send("heard"))
    bot.hear("STOP", while_paused=True)(lambda event, hitl: hitl.send("stopped"))

    assert not bot.wants(event("HELP", paused=True))
    assert not bot.wants(event("anything", paused=True))
    assert bot.turn(event("STOP", paused=True)) == [Say(Text("stopped"))]
    assert bot.turn(event("STOP")) == [Say(Text("stopped"))]


def test_a_handler_is_still_a_function_of_its_own():
    bot = ScriptBot()

    def handler(event: BotEvent, hitl: Hitl) -> None:
        hitl.send("direct")

    assert bot.hear("x")(handler) is handler
    assert bot.otherwise(handler) is handler


def test_a_handler_has_everything_done_in_its_order():
    until = datetime(2030, 1, 1, tzinfo=UTC)
    buttons = Buttons("Sure?", [Postback("Yes", "YES")])
    hitl = Hitl()
    hitl.send("Hi!")
    hitl.send(buttons)
    hitl.notify("Look here", level="warning")
    hitl.pause("asked for", until)
    hitl.unpause()
    hitl.remember(city="Graz")

    assert hitl.actions == [
        Say(Text("Hi!")),
        Say(buttons),
        Notify("Look here", "warning"),
        PauseIt("asked for", until),
        UnpauseIt(),
        Remember({"city": "Graz"}),
    ]


@pytest.mark.parametrize("content", ["", 7, None, {"type": "text"}, {"type": "hologram"}])
def test_sending_what_is_no_content_fails_where_it_is_sent(content: object):
    with pytest.raises(ValidationError):
        Hitl().send(content)  # type: ignore[arg-type] # that is the point


def test_content_may_be_sent_as_plain_data():
    hitl = Hitl()
    hitl.send({"type": "image", "url": "https://x.example/cat.png"})  # type: ignore[arg-type] # JSON is taken, too

    assert hitl.actions == [Say(Image("https://x.example/cat.png"))]
