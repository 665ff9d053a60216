"""The interface of every bot: it is asked whether it wants an event, and what it wants done."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from chalicelib.errors import BotFailed
from chalicelib.model.alerting import name_for_alert
from chalicelib.model.content import Content
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.session import Session
from chalicelib.model.text import alert_name
from chalicelib.model.turning import (
    COMMANDS_PER_TURN,
    MESSAGES_PER_TURN,
    Action,
    Notify,
    PauseIt,
    Remember,
    Say,
    UnpauseIt,
)


@dataclass(frozen=True)
class BotUser:
    """The person the bot talks with. `name` is never empty: a nameless visitor is "Visitor 3F2A on the web chat"."""

    id: str
    name: str
    known: bool
    picture_url: str | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def first_name(self) -> str:
        """The first word of the name, or what a nameless user of the channel is called."""
        return self.name.split()[0] if self.known else self.name


@dataclass(frozen=True)
class BotEvent:
    """What the user did, as the bot hears it.

    `text` is the text, or the payload of a pressed button or quick reply. `paused`: a human has the conversation.
    `handoff`: after a human stretch, what user and agents said during it (at most 200 messages); else None.
    """

    id: str
    session_id: str
    platform: str
    user: BotUser
    content: Content
    text: str
    at: datetime
    paused: bool = False
    handoff: tuple[Entry, ...] | None = None


class Bot(ABC):
    """A bot. Its instances are shared by all sessions and threads, so they keep nothing of a conversation."""

    @abstractmethod
    def wants(self, event: BotEvent) -> bool:
        """Whether the event is for the bot now. Quick and pure: it may be asked several times, and of a paused session."""

    @abstractmethod
    def turn(self, event: BotEvent) -> list[Action]:
        """What the bot wants done, in order. What it raises hands the user to a human."""


def bot_event(event: Event, session: Session) -> BotEvent:
    """The event as a bot hears it, without facts and handoff, which cost a read each."""
    user = event.user if event.user is not None and not session.user.name else session.user
    known = session.but(user=user)
    return BotEvent(
        id=event.id,
        session_id=session.id,
        platform=session.channel,
        user=BotUser(
            id=session.user_id,
            name=name_for_alert(known),
            known=bool(alert_name(user.name)),
            picture_url=session.user.picture_url,
        ),
        content=event.content,
        text=event.text,
        at=event.at,
        paused=session.paused,
    )


def stored_event(entry: Entry, session: Session) -> BotEvent:
    """The same, of an event that is in the log."""
    content = entry.content
    event = Event(id=entry.id, session_id=session.id, content=content, at=entry.at)  # type: ignore[arg-type] # a message
    return bot_event(event, session)


def checked(actions: object) -> list[Action]:
    """The bot's answer if it is a turn. Raises BotFailed for anything else, and for a turn that is far too long."""
    if not isinstance(actions, list):
        raise BotFailed(f"the bot returned {type(actions).__name__}, not a list of actions")
    for action in actions:
        if not isinstance(action, Say | Notify | PauseIt | UnpauseIt | Remember):
            raise BotFailed(f"the bot returned {type(action).__name__}, which is no action")
    messages = sum(isinstance(action, Say) for action in actions)
    if messages > MESSAGES_PER_TURN:
        raise BotFailed(f"the bot sent more than {MESSAGES_PER_TURN} messages in one turn")
    if len(actions) - messages > COMMANDS_PER_TURN:
        raise BotFailed(f"the bot wanted more than {COMMANDS_PER_TURN} things beside its messages in one turn")
    return actions
