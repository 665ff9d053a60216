"""Your bot. This one plays the guide's example: HITL_START asks for a human, HITL_STOP goes back to the bot.

Change it freely, or name another one: `HITL_BOT=package.module:name`.
"""

import re

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.model.content import Buttons, Postback

bot = ScriptBot()


@bot.hear(re.compile("HITL_START"))
def start(event: BotEvent, hitl: Hitl) -> None:
    """The user asks for a human."""
    hitl.send(
        Buttons("Bot paused, a human will get in touch very soon.", [Postback("Cancel request", "HITL_STOP")]),
    )
    hitl.notify(f"{event.user.first_name} wants to talk to a human", level="info")
    hitl.pause()


@bot.hear(re.compile("HITL_STOP"), while_paused=True)
def stop(event: BotEvent, hitl: Hitl) -> None:  # noqa: ARG001 - every handler has this shape
    """The user wants the bot back, by button or by typing it."""
    hitl.unpause()
    hitl.send("Human in the loop disabled. Bot resumed.")


@bot.otherwise
def echo(event: BotEvent, hitl: Hitl) -> None:
    """So that a newcomer sees a bot at work."""
    hitl.send(f"You said: {event.text or event.content.type}\nSay HITL_START to talk to a human.")
