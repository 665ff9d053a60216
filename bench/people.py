"""Conversations as the bench needs them, arranged through the app itself."""

import secrets
from dataclasses import dataclass
from typing import Any

from chalice import Chalice

from bench.bot import HELLO
from bench.calls import CHAT, HITL, Call, call

WORDS = "It was order 4711, and I need it before the weekend, since it is a present for my brother."
ANSWER = "Hello Maria, this is Ann. I have asked the carrier, and it will arrive on Friday."


@dataclass(frozen=True)
class Visitor:
    """A visitor and their conversation; `agent` is the token of the agent who looks after it."""

    app: Chalice
    id: str
    token: str
    agent: str

    @classmethod
    def arrives(cls, app: Chalice, agent: str) -> "Visitor":
        told = call(app, "POST", f"{CHAT}/visitors", body={"name": "Maria Schneider"})()
        return cls(app, told["visitor"]["id"], told["token"], agent)

    @property
    def session(self) -> str:
        return f"webchat:{self.id}"

    def saying(self, text: str) -> Call:
        """A new message, ready to be sent."""
        return call(self.app, "POST", f"{CHAT}/messages", self.token, body={"id": secrets.token_hex(8), "text": text})

    def polling(self, after: int) -> Call:
        return call(self.app, "GET", f"{CHAT}/messages", self.token, after=after, limit=200)

    def asking_for_a_human(self) -> Call:
        return call(self.app, "POST", f"{CHAT}/human", self.token)

    def commanding(self, what: str, **body: Any) -> Call:
        """What the agent does, ready to be sent."""
        return call(
            self.app, "POST", f"{HITL}/sessions/{{session}}/{what}", self.agent, body=body, session=self.session
        )

    def answering(self) -> Call:
        return self.commanding("message", id=secrets.token_hex(8), text=ANSWER)

    def reading(self, **query: int) -> Call:
        """The agent's look at the log."""
        return call(self.app, "GET", f"{HITL}/sessions/{{session}}", self.agent, session=self.session, **query)


def known(app: Chalice, agent: str) -> Visitor:
    """Somebody who has talked with the bot."""
    visitor = Visitor.arrives(app, agent)
    visitor.saying(HELLO)()
    return visitor


def waiting(app: Chalice, agent: str) -> Visitor:
    """Somebody who has asked for a human, whom nobody has answered."""
    visitor = known(app, agent)
    visitor.asking_for_a_human()()
    return visitor


def served(app: Chalice, agent: str) -> Visitor:
    """Somebody in an agent's hands, who has answered the agent."""
    visitor = waiting(app, agent)
    visitor.commanding("claim")()
    visitor.answering()()
    visitor.saying(WORDS)()
    return visitor


def handed_back(app: Chalice, agent: str) -> Visitor:
    """Somebody whom the agent has just handed back to the bot."""
    visitor = served(app, agent)
    visitor.commanding("unpause")()
    return visitor
