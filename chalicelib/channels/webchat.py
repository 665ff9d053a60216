"""The web chat: what a visitor sends, as events. Their own ids make a retry safe, so each commits in its request."""

from datetime import datetime

from chalicelib.errors import Malformed
from chalicelib.model.content import Audio, Content, File, Image, Location, Text, Video
from chalicelib.model.event import Event
from chalicelib.model.session import User

FROM_VISITORS = (Text, Image, Audio, Video, File, Location)


def message(visitor_id: str, name: str, client_id: str, content: Content, at: datetime) -> Event:
    """A visitor's message. Raises Malformed for content that only our side sends, such as buttons."""
    if not isinstance(content, FROM_VISITORS):
        raise Malformed(f"content: a visitor cannot send {content.type}")
    return Event(f"u:{client_id}", f"webchat:{visitor_id}", content, at, User(name=name) if name else None)


def postback(visitor_id: str, name: str, client_id: str, payload: str, title: str | None, at: datetime) -> Event:
    """A pressed button: the log shows its title, the bot hears its payload."""
    return message(visitor_id, name, client_id, Text(title or payload, payload=payload), at)
