"""What the bot remembers about a user, as every store keeps it."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from chalicelib.errors import TooLarge

FACTS_LIMIT = 8 * 1024
"""Bytes of one user's facts as JSON: they are read for every turn, and must fit any store's item with room to spare."""


def encode_facts(facts: Mapping[str, JsonValue]) -> str:
    """The facts as the JSON a store keeps, ASCII only. Raises TooLarge over 8 kB."""
    body = json.dumps(dict(facts), separators=(",", ":"))
    if len(body) > FACTS_LIMIT:
        raise TooLarge(f"What the bot remembers about a user may have {FACTS_LIMIT} bytes as JSON.")
    return body
