"""Words that occur nowhere else, one for each way in which a text gets into the store."""

import re

FOUND = re.compile(rb"zanzibar(\d\d)", re.IGNORECASE)

WEBCHAT = (
    "visitor's name", "message", "message's id", "image", "pressed payload", "pressed title", "picture",
    "bot's message", "bot's reason", "alert beside a pause", "alert", "buttons", "button", "payload", "link",
    "name the bot learned", "fact", "nested fact",
    "agent's reason", "agent's message", "agent's id", "agent's button", "note", "suppressed", "program's reason", "last message",
    "parked delivery", "parked id",
)  # fmt: skip
"""By the web chat, by agents and by the bot."""

MESSENGER = (
    "first payload", "first title", "quotation", "id of a message", "edited text", "edit that came first",
    "reaction", "quick reply", "quick reply's payload", "standby",
    "referral", "advert", "opt-in", "lead", "hop context",
    "picture's address", "file's address", "shared link", "shared title", "place", "card", "card's picture", "strange attachment",
    "unsupported message", "told in an alert", "told in a reason",
    "echo of a human", "echo's attachment", "profile's name", "profile's picture",
    "answer by the API", "failure words", "words that may have arrived", "parked event", "parked for its size", "unread event",
)  # fmt: skip
"""By Messenger's platform, in whatever it delivers or answers."""

WAYS = WEBCHAT + MESSENGER


def word(way: str) -> str:
    """The word that this way puts in."""
    return f"zanzibar{WAYS.index(way):02d}"


def ways(*places: bytes) -> set[str]:
    """The ways whose words are found in these places."""
    return {WAYS[int(number)] for place in places for number in FOUND.findall(place)}
