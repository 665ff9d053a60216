"""What the simulated platform knows: Pages, people, their threads, its own time, and all that it accepted."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

PAGE_ID = "1002003004"
APP_ID = "555000111"
PSID = "7007007007"
INBOX_APP_ID = 263902037430900
"""The app id of the Page's own inbox, where people answer by hand."""

FIELDS = (
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_reads",
    "message_deliveries",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
)
"""What a Page tells an app when it subscribes to all that there is here."""

SCOPES = ("pages_messaging", "pages_manage_metadata", "pages_show_list")
"""What a Page's token may do unless something else is said."""

HOUR_MS = 3_600_000
WINDOW_MS = 24 * HOUR_MS
HUMAN_WINDOW_MS = 7 * WINDOW_MS
TYPING_MS = 20_000


class Clock:
    """The platform's own time, which can be moved. `read`: the real one, in seconds."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read
        self.moved_ms = 0

    def now(self) -> int:
        """In ms since 1970."""
        return int(self._read() * 1000) + self.moved_ms

    def move(self, *, hours: float = 0, seconds: float = 0) -> None:
        """Forwards, or backwards with numbers below zero."""
        self.moved_ms += int(hours * HOUR_MS + seconds * 1000)


@dataclass
class Page:
    """A Page. `subscribed`: the fields whose events our app is told; `profile`: greeting, menu and so on, as they were set.

    `token_ends_at`: Unix seconds, 0 for never.
    """

    id: str
    name: str
    token: str
    token_alive: bool = True
    token_ends_at: int = 0
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    blocked: bool = False
    profiles_readable: bool = True
    subscribed: set[str] = field(default_factory=lambda: set(FIELDS))
    profile: dict[str, Any] = field(default_factory=dict)
    profile_calls: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Persona:
    """A face that messages of a Page may show."""

    id: str
    page_id: str
    name: str
    picture_url: str


@dataclass
class Message:
    """A message of a thread, by the user or by the Page. `content`: the `message` of the API, or of the webhook."""

    mid: str
    side: Literal["user", "page"]
    at: int
    content: dict[str, Any]
    app_id: int | None = None
    persona: Persona | None = None
    reply_to: str | None = None
    edits: int = 0
    deleted: bool = False
    reactions: dict[str, str] = field(default_factory=dict)


@dataclass
class Thread:
    """A user of a Page, and what was said. Times are in ms. `owner`: the app in control; None: idle."""

    psid: str
    page_id: str
    first_name: str
    last_name: str
    picture_url: str = ""
    started: bool = False
    ref: str | None = None
    menu: list[dict[str, Any]] | None = None
    looking: bool = False
    messages: list[Message] = field(default_factory=list)
    owner: str | None = None
    last_user_at: int | None = None
    last_active_at: int = 0
    typing_until: int = 0
    read_to: int = 0
    seen_to: int = 0

    def message(self, mid: str) -> Message | None:
        """The message with this id."""
        return next((message for message in self.messages if message.mid == mid), None)


@dataclass(frozen=True)
class Accepted:
    """Something that the platform took from our side. `kind`: `message`, or the name of a sender action or of a call."""

    kind: str
    page_id: str
    psid: str
    body: dict[str, Any]
    message_id: str = ""
    at: int = 0


@dataclass(frozen=True)
class Line:
    """A line of the log that the page shows: a call that came in, or a delivery that went out."""

    number: int
    way: Literal["in", "out"]
    what: str
    status: str
    fine: bool
    at: int


class World:
    """All of it. `lock` is held while something is read and changed, never while a delivery is under way."""

    def __init__(self, *, clock: Clock, app_id: str, app_secret: str) -> None:
        self.clock = clock
        self.app_id = app_id
        self.app_secret = app_secret
        self.lock = threading.RLock()
        self.pages: dict[str, Page] = {}
        self.threads: dict[str, Thread] = {}
        self.personas: dict[str, Persona] = {}
        self.accepted: list[Accepted] = []
        self.lines: list[Line] = []
        self.routing = True
        self.require_proof = False
        self.revision = 1
        self._numbers = 0

    def number(self) -> int:
        """The next of all numbers."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def id(self) -> str:
        """A new id of somebody; never one of an earlier run, which programs may remember."""
        return str(10**15 + secrets.randbelow(9 * 10**15))

    def mid(self) -> str:
        """A new message's id."""
        return f"m_{secrets.token_urlsafe(12)}{self.number()}"

    def changed(self) -> None:
        """Whoever looks should look again."""
        with self.lock:
            self.revision += 1

    def accept(
        self, kind: str, thread: Thread | None, page_id: str, body: dict[str, Any], message_id: str = ""
    ) -> None:
        """Note what was taken."""
        psid = thread.psid if thread else ""
        self.accepted.append(Accepted(kind, page_id, psid, body, message_id, self.clock.now()))
        self.changed()

    def log(self, way: Literal["in", "out"], what: str, status: str, *, fine: bool) -> None:
        """Note a call or a delivery."""
        with self.lock:
            self.lines.append(Line(self.number(), way, what, status, fine, self.clock.now()))
            del self.lines[:-500]
            self.changed()

    def owner(self, thread: Thread) -> str | None:
        """The app that controls the thread now; control lapses after a day without activity."""
        if self.clock.now() - thread.last_active_at > WINDOW_MS:
            return None
        return thread.owner
