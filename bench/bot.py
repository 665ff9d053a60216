"""The bot of the bench: it answers, asks for a human, or does not want to know."""

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot

HELLO = "Hello, where is my parcel?"
HUMAN = "I want to talk to a human."

bot = ScriptBot()


@bot.hear(HELLO)
def answer(event: BotEvent, hitl: Hitl) -> None:  # noqa: ARG001 - every handler has this shape
    """A turn with one message."""
    hitl.send("It is on its way, and will be with you tomorrow between nine and twelve.")


@bot.hear(HUMAN)
def hand_over(event: BotEvent, hitl: Hitl) -> None:
    """A turn that pauses, and alerts."""
    hitl.send("A colleague will be with you in a moment.")
    hitl.notify(f"{event.user.first_name} wants to talk to a human")
    hitl.pause()
