"""Sockets, by which pages learn at once what they now ask for."""

from typing import Any


def connect() -> dict[str, Any]:
    """The answer to a handshake: refused, whoever comes, since no tickets are given out yet that could let anybody in."""
    return {"statusCode": 403}
