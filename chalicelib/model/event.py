"""Something a channel delivered, parsed."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from chalicelib.model.content import Content, heard
from chalicelib.model.session import User


@dataclass(frozen=True)
class Event:
    """What the user did. `id` is the entry id it gets (`in:<mid>`, `u:<client id>`); `at` is the platform's time."""

    id: str
    session_id: str
    content: Content
    at: datetime
    user: User | None = None

    @property
    def text(self) -> str:
        """The text, or the payload of a postback or quick reply."""
        return heard(self.content)
