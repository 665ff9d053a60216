"""Who uses the interface: agents with their tokens, and visitors."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.desk.desk import Desk
from chalicelib.handlers.auth import digest
from chalicelib.model import pausing
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author
from chalicelib.model.policy import Policy
from chalicelib.store.base import Role, Token
from tests.handlers.api import UNSAID, Answer, Api

ADMIN_TOKEN = "the-admin-token-of-the-tests"
SECRET = "the-signing-secret-of-the-tests"

SESSIONS = "/api/botpress-hitl/sessions"
NOTIFICATIONS = "/api/botpress-hitl/notifications"
CHAT = "/api/webchat"


def hire(desk: Desk, name: str, role: Role) -> str:
    """The token of a new agent, whose id is the name and whose name is the name with a capital."""
    secret = f"the-token-of-{name}"
    desk.store.add_token(digest(secret), Token(id=name, name=name.title(), role=role, created_at=datetime.now(UTC)))
    return secret


@dataclass(frozen=True)
class Visitor:
    """A visitor in their browser."""

    api: Api
    id: str
    token: str

    @classmethod
    def arrives(cls, api: Api, name: str = "") -> "Visitor":
        told = api.post(f"{CHAT}/visitors", {"name": name}).json
        return cls(api, told["visitor"]["id"], told["token"])

    @property
    def session(self) -> str:
        return f"webchat:{self.id}"

    @property
    def path(self) -> str:
        """Of their session, as agents ask for it."""
        return f"{SESSIONS}/webchat%3A{self.id}"

    def says(self, text: str, message_id: str = "m1") -> Answer:
        return self.post("messages", {"id": message_id, "text": text})

    def reads(self, after: int = 0, **given: Any) -> Answer:
        return self.api.get(f"{CHAT}/messages", token=self.token, query={"after": str(after)}, **given)

    def asks_for_a_human(self) -> Answer:
        return self.post("human")

    def goes_back_to_the_bot(self) -> Answer:
        return self.post("bot")

    def post(self, what: str, body: Any = UNSAID) -> Answer:
        return self.api.post(f"{CHAT}/{what}", body, token=self.token)


def sign(claims: Any, secret: str = SECRET) -> str:
    """A visitor's token made by hand: `<claims>.<HMAC>`, both in URL-safe base64."""
    said = json.dumps(claims).encode()
    return f"{_text(said)}.{_text(hmac.new(secret.encode(), b'visitor.' + said, hashlib.sha256).digest())}"


def issued(ago: timedelta, visitor_id: str = "vera", name: str = "Vera") -> str:
    """A visitor's token as it was given out so long ago."""
    return sign({"v": visitor_id, "n": name, "t": int((datetime.now(UTC) - ago).timestamp())})


def pause_that_ran_out(desk: Desk, session_id: str) -> None:
    """A pause by Ann that began an hour ago and ended a minute ago, which nobody has written down yet."""
    now = datetime.now(UTC)
    before = desk.store.load(session_id)
    draft = Draft(before or desk.reader.session(session_id), now=now - timedelta(hours=1), request="r", policy=Policy())
    ann = Author(kind="agent", id="ann", name="Ann")
    pausing.pause(draft, trigger="agent", by=ann, until=now - timedelta(minutes=1))
    draft.set(rev=draft.before.rev + 1, attempt="by hand")
    desk.store.commit(before, draft.after, draft.entries)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
