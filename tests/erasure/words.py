"""Words that occur nowhere else, one for each way in which a text gets into the store."""

import re

FOUND = re.compile(rb"zanzibar(\d\d)", re.IGNORECASE)

WAYS = (
    "visitor's name", "message", "message's id", "image", "pressed payload", "pressed title", "picture",
    "bot's message", "bot's reason", "alert beside a pause", "alert", "buttons", "button", "payload", "link",
    "name the bot learned", "fact", "nested fact",
    "agent's reason", "agent's message", "agent's id", "agent's button", "note", "suppressed", "program's reason", "last message",
    "parked delivery", "parked id",
)  # fmt: skip


def word(way: str) -> str:
    """The word that this way puts in."""
    return f"zanzibar{WAYS.index(way):02d}"


def ways(*places: bytes) -> set[str]:
    """The ways whose words are found in these places."""
    return {WAYS[int(number)] for place in places for number in FOUND.findall(place)}
