"""The use cases, put together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.alerts.base import Alerter
from chalicelib.bots.base import Bot
from chalicelib.channels.base import Channel
from chalicelib.desk.accounts import Accounts
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.calling import Caller, ThreadCaller
from chalicelib.desk.commands import Commands
from chalicelib.desk.eraser import Eraser, Receipt
from chalicelib.desk.exporter import MOST, Export, Exporter
from chalicelib.desk.intake import Intake
from chalicelib.desk.line import Line
from chalicelib.desk.personas import Personas
from chalicelib.desk.profiles import Profiles
from chalicelib.desk.publisher import Publisher
from chalicelib.desk.reader import Reader
from chalicelib.desk.sender import Sender
from chalicelib.desk.sweeper import Sweeper
from chalicelib.desk.tools import Tools
from chalicelib.desk.transactor import Transactor
from chalicelib.desk.turns import Turns
from chalicelib.desk.vendors import Vendors
from chalicelib.errors import Malformed, SessionNotFound
from chalicelib.model.entry import SYSTEM, Author
from chalicelib.model.policy import Policy
from chalicelib.model.session import NAMELESS, Session
from chalicelib.model.text import USER_ID, outside_id
from chalicelib.queue.base import Queue
from chalicelib.store.base import Store

if TYPE_CHECKING:
    from chalicelib.desk.inbox import Inbox, InlineInbox
    from chalicelib.desk.parking import Parking
    from chalicelib.desk.receiver import Receiver
    from chalicelib.desk.worker import Worker


class Desk:
    """Everything that happens to sessions, by its parts, and some calls for programs.

    What takes deliveries is loaded when it is first asked for: no visitor's request and no sweep needs it.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        *,
        alerters: Sequence[Alerter] = (),
        policy: Policy | None = None,
        public_url: str = "",
        tools: Tools | None = None,
        caller: Caller | None = None,
        line: Line | None = None,
        channels: Sequence[Channel] = (),
        picture_url: str = "",
        queue: Queue | None = None,
    ) -> None:
        """`channels`: those that a vendor carries; `picture_url`: what users there see of an agent without a picture.

        `queue`: where webhooks put what happened, for the worker; None: it is taken at once.
        """
        self.store = store
        self.alerters = tuple(alerters)
        self.channels = {channel.name: channel for channel in channels}
        tools = tools or Tools()
        names = tuple(alerter.name for alerter in alerters)
        policy = replace(policy or Policy(), alerters=names, vendors=frozenset(self.channels))
        self._transactor = transactor = Transactor(store, policy, tools, line)
        publisher = Publisher(transactor, alerters, public_url)
        self.accounts = Accounts(transactor, publisher, self.channels)
        sender = Sender(transactor, self.channels, self.accounts, Personas(transactor, picture_url))
        self._aftermath = aftermath = Aftermath(publisher, sender)
        turns = Turns(transactor, bot, caller or ThreadCaller(), aftermath)
        self.reader = Reader(store, tools)
        self.exporter = Exporter(self.reader, store)
        self.eraser = Eraser(transactor)
        vendors = Vendors(sender, aftermath, self.accounts, Profiles(transactor, self.channels, self.accounts))
        self.sweeper = Sweeper(transactor, turns, publisher, self.eraser, vendors)
        self.intake = Intake(transactor, turns, self.sweeper, aftermath)
        self.commands = Commands(transactor, aftermath, self.channels, self.accounts)
        self._queue = queue

    @cached_property
    def receiver(self) -> "Receiver":
        from chalicelib.desk.receiver import Receiver

        return Receiver(self._transactor, self.intake, self.accounts, self._aftermath, self.channels)

    @cached_property
    def parking(self) -> "Parking":
        from chalicelib.desk.parking import Parking

        return Parking(self._transactor)

    @cached_property
    def inline(self) -> "InlineInbox":
        from chalicelib.desk.inbox import InlineInbox

        return InlineInbox(self.receiver, self.parking)

    @cached_property
    def inbox(self) -> "Inbox":
        """Where webhooks put what they were given."""
        if self._queue is None:
            return self.inline
        from chalicelib.desk.queued import QueuedInbox

        return QueuedInbox(self._queue, self.parking)

    @cached_property
    def worker(self) -> "Worker":
        from chalicelib.desk.worker import Worker

        return Worker(self._transactor, self.receiver, self.parking, self._queue)

    def pause(
        self,
        channel: str,
        user_id: str,
        *,
        reason: str | None = None,
        until: datetime | None = None,
        by: Author = SYSTEM,
    ) -> Session:
        """Silence the bot for a user and alert the agents; a user who is unknown so far gets a session.

        Twice is once. `until` is aware; None: the usual time. Raises Malformed for an unknown channel.
        """
        return self.commands.pause(
            session_id(channel, user_id), trigger="api", by=by, reason=reason, until=until, create=True
        )

    def unpause(self, channel: str, user_id: str, *, by: Author = SYSTEM) -> Session | None:
        """Let the bot speak again; None for an unknown user, a no-op when not paused."""
        try:
            return self.commands.unpause(session_id(channel, user_id), trigger="api", by=by)
        except SessionNotFound:
            return None

    def is_paused(self, channel: str, user_id: str) -> bool:
        """Whether a human has the conversation; an unknown user is not paused."""
        head = self.store.load(session_id(channel, user_id))
        return head is not None and head.paused_at(self.reader.now)

    def erase(self, session_id: str, *, by: Author = SYSTEM) -> Receipt:
        """Forget all about a person: at once for everybody who reads, and for good soon after.

        Twice gives the same receipt for a week, unless the user has come back. Raises SessionNotFound.
        """
        return self.eraser.erase(session_id, by=by)

    def export(self, session_id: str, *, after: int = 0, limit: int = MOST) -> Export:
        """What is kept about a person, from the entry after `after` on. Raises SessionNotFound."""
        return self.exporter.export(session_id, after=after, limit=limit)


def session_id(channel: str, user_id: str) -> str:
    """The id of a user's session. Raises Malformed for an unknown channel or an empty user id."""
    if channel not in NAMELESS:
        raise Malformed(f"channel: one of {', '.join(NAMELESS)}")
    if not user_id:
        raise Malformed("user id: must not be empty")
    return f"{channel}:{outside_id(user_id, USER_ID)}"
