"""Bots that the tests name in HITL_BOT."""

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.model.content import Buttons, Postback

silent = ScriptBot()

failing = ScriptBot()
parrot = ScriptBot()
chatty = ScriptBot()


@failing.otherwise
def fail(event: BotEvent, hitl: Hitl) -> None:
    """As a careless bot does: the error's text repeats the user's."""
    raise ValueError(f"cannot make sense of {event.text}")


@parrot.otherwise
def repeat(event: BotEvent, hitl: Hitl) -> None:
    """Answer with the user's words."""
    hitl.send(f"You said: {event.text}")


@chatty.otherwise
def talk(event: BotEvent, hitl: Hitl) -> None:
    """A button's title that is longer than allowed: pydantic's error repeats it."""
    hitl.send(Buttons("Did you mean", [Postback(event.text * 50, "YES")]))


no_bot = "I am no bot"
