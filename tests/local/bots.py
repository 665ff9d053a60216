"""A bot that answers when the test lets it; named in HITL_BOT."""

import threading

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from tests.local.people import WAIT_SECONDS

asked = threading.Event()
may_answer = threading.Event()
patient = ScriptBot()


@patient.otherwise
def answer(event: BotEvent, hitl: Hitl) -> None:
    asked.set()
    may_answer.wait(WAIT_SECONDS)
    hitl.send("What the bot had in mind before the pause.")


no_bot = "I am no bot"
