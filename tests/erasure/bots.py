"""A bot that puts a word of its own into everything a bot can say or keep."""

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.model.content import Buttons, Link, Postback
from tests.erasure.words import word

talkative = ScriptBot()


@talkative.hear("pause")
def pause(event: BotEvent, hitl: Hitl) -> None:
    hitl.notify(word("alert beside a pause"))
    hitl.pause(reason=word("bot's reason"))
    hitl.send(word("bot's message"))


@talkative.hear("late", while_paused=True)
def late(event: BotEvent, hitl: Hitl) -> None:
    hitl.remember(name=word("name the bot learned"), city=word("fact"), nested={"of": [word("nested fact")]})
    hitl.send(
        Buttons(
            word("buttons"),
            [Postback(word("button"), word("payload")), Link("See", f"https://x.example/{word('link')}")],
        )
    )
    hitl.notify(word("alert"))


@talkative.otherwise
def otherwise(event: BotEvent, hitl: Hitl) -> None:
    """Nothing: what the user says is the point."""


echoing = ScriptBot()


@echoing.otherwise
def repeat(event: BotEvent, hitl: Hitl) -> None:
    """What it hears, in a message, on buttons, or to agents."""
    heard = event.text
    if heard.startswith("press"):
        hitl.send(Buttons(heard, [Postback(heard[:200], heard[:1000])]))
    elif heard.startswith("tell"):
        hitl.notify(f"They say: {heard}")
    elif heard.startswith("rest"):
        hitl.notify(heard)
        hitl.pause(reason=f"Because of: {heard}")
    else:
        hitl.send(f"You said: {heard}")
