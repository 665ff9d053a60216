"""What users say, parsed, by whatever channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from chalicelib.model.content import Content, heard
from chalicelib.model.session import User


@dataclass(frozen=True)
class Event:
    """What the user said. `id` is the entry id it gets (`in:<mid>`, `u:<client id>`); `at` is the platform's time.

    `facts`: what it tells about the user beside. `edits`: it was edited so many times before it reached us. `standby`: another
    app has the conversation, so that it is recorded and never answered. `part_of`: the id of the message's first event, where
    it has several and this is a later one.
    """

    id: str
    session_id: str
    content: Content
    at: datetime
    user: User | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    edits: int = 0
    standby: bool = False
    part_of: str | None = None

    @property
    def text(self) -> str:
        """The text, or the payload of a postback or quick reply."""
        return heard(self.content)
