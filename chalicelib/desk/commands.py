"""What agents and programs do to a session."""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.channels.base import Action, Channel
from chalicelib.desk.accounts import Accounts
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import Duplicate, EntryNotFound, IdReused, NothingToRetry, SessionNotFound
from chalicelib.model.claiming import claim, release
from chalicelib.model.content import Content, Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author, Entry, EntryKind, Trigger
from chalicelib.model.pausing import pause, unpause, withdraw
from chalicelib.model.saying import say
from chalicelib.model.sending import is_carried, send_again
from chalicelib.model.session import Session
from chalicelib.model.talking import agent_said, agents_read, meet, note, spend, typing, user_read
from chalicelib.model.window import refusal

UNREAD_COUNTED = 500
"""Entries looked at to count what is unread after an agent has read only a part."""


class Commands:
    """Commands on one session. All raise SessionNotFound and StoreBusy, and return the session as it is then."""

    def __init__(
        self, transactor: Transactor, aftermath: Aftermath, channels: Mapping[str, Channel], accounts: Accounts
    ) -> None:
        self._transactor = transactor
        self._aftermath = aftermath
        self._channels = channels
        self._accounts = accounts

    def pause(
        self,
        session_id: str,
        *,
        trigger: Trigger,
        by: Author,
        reason: str | None = None,
        until: datetime | None = None,
        create: bool = False,
    ) -> Session:
        """Silence the bot and alert the agents; twice is once. `create`: also for a user who has said nothing yet.

        A user's own wish counts against their allowance: raises TooFast.
        """

        def decide(draft: Draft) -> None:
            if by.kind == "user":
                meet(draft, by.name)
                if not draft.after.paused:
                    spend(draft)
            pause(draft, trigger=trigger, by=by, reason=reason, until=until)

        return self._aftermath.of(self._run(session_id, decide, create=create))

    def unpause(self, session_id: str, *, trigger: Trigger, by: Author) -> Session:
        """Let the bot speak again; a no-op when not paused."""
        return self._run(session_id, lambda draft: unpause(draft, by=by, trigger=trigger)).after

    def withdraw(self, session_id: str, *, by: Author) -> Session:
        """The user goes back to the bot before anybody has come. Raises AlreadyClaimed when a human is on it."""
        return self._run(session_id, lambda draft: withdraw(draft, by=by)).after

    def claim(self, session_id: str, *, by: Author, force: bool = False) -> Session:
        """Assign to the agent, pausing if needed. Raises AlreadyClaimed unless `force`."""
        return self._run(session_id, lambda draft: claim(draft, by, force=force)).after

    def release(self, session_id: str, *, by: Author, force: bool = False) -> Session:
        """Give back to all agents. Raises AlreadyClaimed for another's session unless `force`."""
        return self._run(session_id, lambda draft: release(draft, by, force=force)).after

    def say(
        self, session_id: str, content: Content, *, by: Author, client_id: str | None = None
    ) -> tuple[Entry, Session]:
        """Say something as an agent, or as the bot, whose words are suppressed while paused.

        The same `client_id` and content again is answered as the first time. Raises IdReused for other content, TooLarge.
        """
        entry_id = self._entry_id(by, client_id)

        def decide(draft: Draft) -> None:
            if by.kind == "bot":
                say(draft, by, content, entry_id=entry_id, suppressed=draft.after.paused)
            else:
                agent_said(draft, by, content, entry_id=entry_id)

        return self._write(session_id, decide, "message", content, entry_id)

    def note(self, session_id: str, text: str, *, by: Author, client_id: str | None = None) -> tuple[Entry, Session]:
        """Leave a note that the user never sees; ids as in `say`."""
        entry_id = self._entry_id(by, client_id)
        return self._write(
            session_id, lambda draft: note(draft, by, text, entry_id=entry_id), "note", Text(text), entry_id
        )

    def retry(self, session_id: str, seq: int, *, again: bool) -> tuple[Entry, Session]:
        """Send a message that failed, or, with `again`, one of which it is not known whether it arrived.

        Raises NothingToRetry for any other, EntryNotFound.
        """

        def decide(draft: Draft) -> None:
            stored = self._transactor.store.numbered(session_id, seq)
            if stored is None or seq <= draft.after.cut:
                raise EntryNotFound("There is no such message.")
            if stored.fate == "unknown" and not again:
                raise NothingToRetry("It may have arrived. Ask for it again only if it may arrive twice.")
            if not is_carried(stored) or stored.fate not in ("failed", "unknown"):
                raise NothingToRetry("Only a message that was not delivered can be sent again.")
            send_again(draft, stored, lambda seq: self._transactor.store.numbered(session_id, seq))

        draft = self._run(session_id, decide)
        head = self._aftermath.of(draft)
        return self._transactor.store.numbered(session_id, seq) or draft.amends[0], head

    def typing(self, session_id: str, *, who: str) -> Session:
        """The user or an agent is typing; an agent's is shown where the user is."""
        draft = self._run(session_id, lambda draft: typing(draft, who=who, now=draft.now))
        if who != "user" and draft.changed:
            self._act(draft, "typing")
        return draft.after

    def read(self, session_id: str, seq: int) -> Session:
        """The agents have read up to `seq`, which the user is shown where their channel can."""
        after = self._transactor.store.entries(session_id, after=seq, limit=UNREAD_COUNTED)
        seen = after[-1].seq if after else seq
        unread = sum(entry.from_user() for entry in after)

        def decide(draft: Draft) -> None:
            agents_read(draft, seq, unread=unread + (1 if draft.after.user_seq > seen else 0))

        draft = self._run(session_id, decide)
        if draft.changed and not draft.after.unread:
            self._act(draft, "seen")
        return draft.after

    def user_read(self, session_id: str, seq: int) -> Session:
        """The user has read up to `seq`."""
        return self._run(session_id, lambda draft: user_read(draft, seq)).after

    def _run(self, session_id: str, decide: Callable[[Draft], object], *, create: bool = False) -> Draft:
        """As the transactor's; an account's own log is no conversation."""
        if Session(id=session_id).of_account:
            raise SessionNotFound("This is no conversation.")
        return self._transactor.run(session_id, decide, create=create)

    def _act(self, draft: Draft, action: Action) -> None:
        """Show it where the user is, unless nothing may be sent there now."""
        session = draft.after
        channel = self._channels.get(session.channel)
        if channel is not None and not refusal(session, draft.now, bot=False) and not self._accounts.refusal(session):
            channel.act(session.id, action)

    def _entry_id(self, by: Author, client_id: str | None) -> str:
        return f"a:{by.id}:{client_id or self._transactor.tools.new_id()}"

    def _write(
        self, session_id: str, decide: Callable[[Draft], object], kind: EntryKind, content: Content, entry_id: str
    ) -> tuple[Entry, Session]:
        """Commit one entry under its id, or find that it was committed before; and send it where a vendor has to."""
        try:
            draft = self._run(session_id, decide)
        except Duplicate:
            draft = self._run(session_id, lambda _: None)
        written = next((entry for entry in draft.entries if entry.id == entry_id), None)
        head = self._aftermath.of(draft)
        moved = head.rev != draft.after.rev
        stored = None if written is None or moved else written
        stored = stored or self._transactor.store.find(session_id, entry_id) or written  # its user may have been erased
        if stored is None or (stored.kind, stored.content) != (kind, content):
            raise IdReused("This id was used before for another message.")
        return stored, head
