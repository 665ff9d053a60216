"""The bot behind the browser tests: the guide's example, every kind of content, and one that thinks until it may answer."""

import os
import threading
from pathlib import Path

from chalicelib.bot import bot
from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl
from chalicelib.model.content import Card, Cards, Image, Link, Location, Postback, QuickReplies, QuickReply

__all__ = ["bot", "may_answer"]


def may_answer(folder: Path) -> Path:
    """The file whose being there lets the thinking bot answer."""
    return folder / "may-answer"


@bot.hear("menu")
def menu(event: BotEvent, hitl: Hitl) -> None:
    hitl.send(
        QuickReplies(
            "What do you want to know?", [QuickReply("Opening hours", "HOURS"), QuickReply("Prices", "PRICES")]
        )
    )


@bot.hear("rooms")
def rooms(event: BotEvent, hitl: Hitl) -> None:
    book, details = Postback("Book", "BOOK"), Link("Details", "https://example.com/rooms/1")
    hitl.send(Cards([Card("Room 1", "With a view", "https://example.com/1.png", [book, details])]))
    hitl.send(Image("https://example.com/garden.png", "The garden"))
    hitl.send(Location(52.5, 13.4, "Our house"))


@bot.hear("think")
def think(event: BotEvent, hitl: Hitl) -> None:
    asked = may_answer(Path(os.environ["HITL_DATA"]))
    for _ in range(350):
        if asked.exists():
            break
        threading.Event().wait(0.02)
    hitl.send("After long thought: 42.")
