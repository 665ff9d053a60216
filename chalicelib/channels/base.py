"""The interface of a channel whose messages a vendor carries: how content is shown there, and how one message is sent.

A channel that needs no vendor, as the web chat, has none: what is committed is sent.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import JsonValue

from chalicelib.model.content import Content
from chalicelib.model.session import User

Part = Mapping[str, JsonValue]
"""One call's worth of a message, as the vendor has it, without recipient and metadata."""

Outcome = Literal["failed", "later", "unknown", "stopped"]
Action = Literal["typing", "seen"]

METADATA_PREFIX = "hitl:"
"""What the metadata of all that we send begins with, so that its echo is known as ours."""


class Outgoing(NamedTuple):
    """One part of one message on its way. `metadata` comes back with its echo. `late`: by a human, outside the usual window."""

    session_id: str
    part: Part
    metadata: str
    late: bool = False
    persona: str | None = None


class SendFailed(Exception):
    """A message did not go out, or may not have.

    `outcome`: `failed`, for good; `later`, nothing was sent and it may be tried again (after `retry_after_seconds`, if the
    vendor says so; `limited`: only a few times); `unknown`, it may have gone out, and an echo will tell; `stopped`, nothing
    goes out for this account until something is done. `words`: for agents and operators, without codes alone, texts or
    tokens. `alert`: an operator should know. `elsewhere`: another app has the conversation. `persona`: it was refused
    because of its persona, and may go without. `policy`: it is `stopped` for more than its token, so that only a message
    proves it mended.
    """

    def __init__(
        self,
        outcome: Outcome,
        words: str,
        *,
        retry_after_seconds: float | None = None,
        limited: bool = False,
        alert: bool = False,
        elsewhere: bool = False,
        persona: bool = False,
        policy: bool = False,
    ) -> None:
        super().__init__(words)
        self.outcome = outcome
        self.words = words
        self.retry_after_seconds = retry_after_seconds
        self.limited = limited
        self.alert = alert
        self.elsewhere = elsewhere
        self.persona = persona
        self.policy = policy


class Channel(ABC):
    """A vendor's side of sessions. One instance serves all threads."""

    name: str

    @abstractmethod
    def parts(self, content: Content) -> list[Part]:
        """The content as this channel can show it, in calls: pure, the same each time, never empty.

        What cannot be shown becomes something that can, such as numbered text for buttons; nothing is dropped.
        """

    @abstractmethod
    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        """Send one part, once, within the seconds; the vendor's id for it. Raises SendFailed."""

    @abstractmethod
    def act(self, session_id: str, action: Action) -> None:
        """Show the user that somebody types, or has seen what they wrote. Failing is logged and goes no further."""

    @abstractmethod
    def profile(self, session_id: str) -> User | None:
        """What the vendor knows of the user; None: it does not say. Raises SendFailed when it cannot be asked now."""

    @abstractmethod
    def create_persona(self, account: str, name: str, picture_url: str) -> str:
        """The vendor's id of a new face that messages of our side may show. Raises SendFailed."""

    @abstractmethod
    def give(self, session_id: str, app_id: str) -> None:
        """Let another app of the account have the conversation. Failing is logged and goes no further."""

    @abstractmethod
    def check(self, account: str) -> None:
        """Ask whether the vendor lets the account in. Raises SendFailed."""

    @abstractmethod
    def entry_id(self, vendor_id: str) -> str:
        """The id that the entry of a user's message has, from the vendor's id."""

    @abstractmethod
    def account(self, session_id: str) -> str:
        """The session id of the log of the account that the session belongs to, such as `messenger:<page id>`."""


class Media(ABC):
    """Fetches pictures and attachments from a vendor's hosts, so that the agents' page need not."""

    @abstractmethod
    def fetch(self, url: str) -> "Fetched":
        """What is at the address. Raises MediaRefused for a host that is none of the vendor's, and when it does not come."""


class Fetched(NamedTuple):
    """A picture or an attachment; `kind` is its media type, one that a browser may show, or `application/octet-stream`."""

    body: bytes
    kind: str
