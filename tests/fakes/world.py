"""A desk with everything around it made of fakes, and short words for what happens there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.bots.base import Bot
from chalicelib.channels.base import Channel
from chalicelib.desk.calling import Caller, InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.desk.line import NoLine
from chalicelib.desk.tools import Tools
from chalicelib.model.content import Content, Text
from chalicelib.model.entry import Author, Entry, EntryKind
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session, User
from chalicelib.queue.base import Queue
from chalicelib.store.base import Store
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.bot import ScriptedBot
from tests.fakes.faults import Fault, Faults, Faulty
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import FakeClock, fake_tools

ANN = Author(kind="agent", id="ann", name="Ann")
BEN = Author(kind="agent", id="ben", name="Ben")
VISITOR = Author(kind="user", id="zoe")
PROGRAM = Author(kind="bot", id="crm", name="The CRM")
SESSION = "webchat:zoe"


class World:
    """One desk, one alerter (`alerters=…` for others), one user unless a test names another session."""

    def __init__(
        self,
        *,
        bot: Bot | None = None,
        alerters: tuple[RecordingAlerter, ...] | None = None,
        caller: Caller | None = None,
        memory: Store | None = None,
        tools: Tools | None = None,
        faults: Callable[[str], Fault] | None = None,
        channels: tuple[Channel, ...] = (),
        session: str = SESSION,
        queue: Callable[[Callable[[], datetime]], Queue] | None = None,
        **policy: Any,
    ) -> None:
        self.session = session
        self.clock = FakeClock() if tools is None else tools.clock
        self.memory = memory or MemoryStore()
        self.faults = faults or Faults()
        self.bot = ScriptedBot()
        self.alerter = RecordingAlerter()
        self.queue = None if queue is None else queue(self.clock)
        given = (self.alerter,) if alerters is None else alerters
        self.desk = Desk(
            Faulty(self.memory, self.faults),
            bot or self.bot,
            alerters=given,
            policy=replace(Policy(alerters=tuple(alerter.name for alerter in given)), **policy),
            public_url="https://chat.example",
            tools=tools or fake_tools(self.clock),
            caller=caller or InlineCaller(),
            line=NoLine(),
            channels=channels,
            picture_url="https://chat.example/agent.png",
            queue=self.queue,
        )
        self.caller = caller
        self._said = 0

    def user_says(
        self,
        said: str | Content = "Hello",
        *,
        entry_id: str | None = None,
        session: str | None = None,
        name: str | None = None,
        limited: bool = False,
    ) -> Entry:
        """The user says something, under an id of its own unless one is given."""
        self._said += 1
        content = Text(said) if isinstance(said, str) else said
        user = None if name is None else User(name=name)
        event = Event(entry_id or f"u:{self._said}", session or self.session, content, self.clock(), user=user)
        return self.desk.intake.receive(event, limited=limited)

    def agent_says(self, text: str = "How can I help?", *, by: Author = ANN, client_id: str | None = None) -> Entry:
        return self.desk.commands.say(self.session, Text(text), by=by, client_id=client_id)[0]

    def agent_pauses(self, *, by: Author = ANN, **how: Any) -> Session:
        return self.desk.commands.pause(self.session, trigger="agent", by=by, **how)

    def user_wants_a_human(self) -> Session:
        return self.desk.commands.pause(self.session, trigger="user", by=VISITOR, create=True)

    def user_withdraws(self) -> Session:
        return self.desk.commands.withdraw(self.session, by=VISITOR)

    def agent_unpauses(self, *, by: Author = ANN) -> Session:
        return self.desk.commands.unpause(self.session, trigger="agent", by=by)

    def agent_claims(self, *, by: Author = ANN, force: bool = False) -> Session:
        return self.desk.commands.claim(self.session, by=by, force=force)

    def sweep(self) -> int:
        return self.desk.sweeper.sweep()

    @property
    def head(self) -> Session:
        head = self.memory.load(self.session)
        assert head is not None
        return head

    def log(self, *kinds: EntryKind, session: str | None = None) -> list[Entry]:
        """The whole log, or what is of these kinds."""
        entries = self.memory.entries(session or self.session, limit=10_000)
        return [entry for entry in entries if not kinds or entry.kind in kinds]

    def read_by_user(self) -> list[str]:
        """What the user sees of all that was said, in order."""
        return [entry.said for entry in self.log("message") if entry.fate != "suppressed"]

    def suppressed(self) -> list[str]:
        return [entry.said for entry in self.log("message") if entry.fate == "suppressed"]
