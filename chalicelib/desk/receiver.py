"""Whatever a channel delivers, taken to what it changes. The same again is harmless, in whatever order it comes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from pydantic import JsonValue

from chalicelib.channels.base import METADATA_PREFIX, Channel
from chalicelib.desk.accounts import Accounts
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.intake import Intake, remember
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import Duplicate, SessionNotFound, TooLarge
from chalicelib.model.amending import AMENDED_AT_ONCE, acted, edit, react, taken_back_early, unsend
from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.elsewhere import answered_elsewhere, changed_hands
from chalicelib.model.entry import Entry, Unsent
from chalicelib.model.erasing import was_forgotten
from chalicelib.model.event import Event
from chalicelib.model.happening import (
    MOST_PARTS,
    Echo,
    Edit,
    Enforcement,
    Handover,
    Happening,
    Learned,
    Reaction,
    Unsend,
    Watermark,
)
from chalicelib.model.sending import confirm, is_foreign, seen_up_to

_OURS = re.compile(re.escape(METADATA_PREFIX) + r"(\d{1,15})\.(\d{1,4})")

_QUOTING = ("message", "alert", "paused")
"""Kinds of the entries in which a bot may repeat what it was told."""

LOOKED_BACK = 200
"""Entries among which a message of our side is looked for by the vendor's id: only reactions need it."""

ANSWERS_READ = 200
"""Entries after a message among which the bot's answers to it are looked for."""


class Receiver:
    """Takes happenings of every kind."""

    def __init__(
        self,
        transactor: Transactor,
        intake: Intake,
        accounts: Accounts,
        aftermath: Aftermath,
        channels: Mapping[str, Channel],
    ) -> None:
        self._transactor = transactor
        self._store = transactor.store
        self._intake = intake
        self._accounts = accounts
        self._aftermath = aftermath
        self._channels = channels
        self._takers: dict[type, Callable[..., object]] = {
            Event: self._event,
            Echo: self._echo,
            Edit: self._edit,
            Unsend: self._unsend,
            Reaction: self._reaction,
            Watermark: self._watermark,
            Learned: self._learned,
            Handover: self._handover,
            Enforcement: accounts.enforce,
        }

    def receive(self, happening: Happening) -> None:
        """Store what it changes, and do what follows. Raises StoreBusy."""
        self._takers[type(happening)](happening)

    def _event(self, event: Event) -> None:
        try:
            self._intake.receive(event, first_wins=True)
        except TooLarge:
            self._intake.receive(replace(event, facts={}), first_wins=True)

    def _echo(self, echo: Echo) -> None:
        if echo.by == "us":
            self._confirm(echo)
            return

        def decide(draft: Draft) -> None:
            if not was_forgotten(draft.after, echo.at):
                answered_elsewhere(draft, echo)

        self._run(echo.session_id, decide, create=True)

    def _confirm(self, echo: Echo) -> None:
        found = _OURS.fullmatch(echo.metadata or "")
        channel = self._channels.get(echo.session_id.partition(":")[0])
        if found is None or channel is None:
            return
        seq, part = int(found[1]), int(found[2])

        def decide(draft: Draft) -> None:
            entry = self._store.numbered(echo.session_id, seq)
            if entry is not None and entry.kind == "message" and entry.author.kind != "user":
                parts = len(channel.parts(entry.content))  # type: ignore[arg-type] # a message's
                confirm(draft, entry, part, parts=parts, vendor_id=echo.vendor_id, at=echo.at)

        self._run(echo.session_id, decide)

    def _edit(self, change: Edit) -> None:
        stored: Entry | None = self._store.find(change.session_id, change.message)
        if stored is None:  # the edit came first: it says all that the message says
            event = Event(change.message, change.session_id, Text(change.text), change.at, edits=change.number)
            stored = self._intake.receive(event, first_wins=True)
        if stored is None or stored.edits >= change.number:
            return

        def decide(draft: Draft) -> None:
            entry = self._store.find(change.session_id, change.message)
            if entry is not None and not was_forgotten(draft.after, change.at):
                edit(draft, entry, change, self._answers(change.session_id, entry.seq)[0])

        self._run(change.session_id, decide)

    def _unsend(self, told: Unsend) -> None:
        while self._unsend_some(told):
            pass
        for parked in self._store.parked_of(told.session_id, limit=LOOKED_BACK):
            if _names(parked.body, told.vendor_id) or _names(parked.body, told.message):
                self._store.unpark(parked.id)

    def _unsend_some(self, told: Unsend) -> bool:
        """Erase as much of the message as one commit can; whether something is left, though it erased something."""

        def decide(draft: Draft) -> None:
            if was_forgotten(draft.after, told.at):
                return
            first, *parts = self._parts_of(told)
            if first is None and not is_foreign(told.message):
                taken_back_early(draft, told.message, told.at)
            for entry in filter(None, (first, *parts)):
                if len(draft.amends) < AMENDED_AT_ONCE and not isinstance(entry.content, Unsent):
                    unsend(draft, entry, *self._answers(told.session_id, entry.seq), self._facts(draft, entry))
            if draft.amends:
                draft.set(scrub_at=draft.now)

        draft = self._run(told.session_id, decide, create=True)
        return draft is not None and len(draft.amends) >= AMENDED_AT_ONCE

    def _parts_of(self, told: Unsend) -> list[Entry | None]:
        """What the message became, the first one first; None where one has not come, or is parked."""
        ids = [told.message, *(f"{told.message}:{number}" for number in range(1, MOST_PARTS))]
        return [self._store.find(told.session_id, id_) for id_ in ids]

    def _answers(self, session_id: str, seq: int) -> tuple[list[Entry], list[Entry]]:
        """What the bot's turn for entry `seq` said and told agents, and what was said and told for the bot after that.

        To the former count pauses that may be of this turn, since they do not tell of which one they are.
        """
        after = self._store.entries(session_id, after=seq, limit=ANSWERS_READ)
        turns = [entry for entry in after if entry.id.startswith(f"b:{seq}:")]
        commits = {entry.at for entry in turns}
        pauses = [entry for entry in after if entry.kind == "paused" and entry.author.kind == "bot"]
        answers = turns + [entry for entry in pauses if entry.at in commits or not turns]
        others = [entry for entry in after if entry.kind == "alert" or entry.author.kind == "bot"]
        return answers, [entry for entry in others if entry.kind in _QUOTING and entry not in answers]

    def _facts(self, draft: Draft, entry: Entry) -> dict[str, JsonValue]:
        """The facts about the user, without the payload by which they first came if they did so by this message."""
        if not draft.after.has_facts:
            return {}
        facts = self._store.facts(draft.after.id) if draft.facts is None else draft.facts
        payload = getattr(entry.content, "payload", None)
        contact = facts.get("first_contact")
        if payload and isinstance(contact, dict) and contact.get("payload") == payload:
            draft.facts = facts = {**facts, "first_contact": {"at": contact.get("at")}}
        return facts

    def _reaction(self, reaction: Reaction) -> None:
        def decide(draft: Draft) -> None:
            if was_forgotten(draft.after, reaction.at):
                return
            acted(draft, reaction.at)
            entry = self._by_vendor_id(draft, reaction.vendor_id)
            if entry is not None:
                react(draft, entry, reaction)

        self._run(reaction.session_id, decide)

    def _by_vendor_id(self, draft: Draft, vendor_id: str) -> Entry | None:
        session = draft.after
        channel = self._channels.get(session.channel)
        own = None if channel is None else self._store.find(session.id, channel.entry_id(vendor_id))
        if own is not None:
            return own
        latest = self._store.entries(session.id, after=session.cut, before=session.seq + 1, limit=LOOKED_BACK)
        return next((entry for entry in reversed(latest) if entry.vendor_id == vendor_id), None)

    def _watermark(self, mark: Watermark) -> None:
        self._run(mark.session_id, lambda draft: seen_up_to(draft, mark.at, read=mark.read))

    def _learned(self, learned: Learned) -> None:
        def decide(draft: Draft) -> None:
            if not was_forgotten(draft.after, learned.at):
                remember(draft, learned.facts, self._store)

        self._run(learned.session_id, decide, create=True)

    def _handover(self, handover: Handover) -> None:
        def decide(draft: Draft) -> None:
            if not was_forgotten(draft.after, handover.at):
                changed_hands(draft, handover)

        self._give(handover)
        self._run(handover.session_id, decide, create=True)

    def _give(self, handover: Handover) -> None:
        """Meet a request before it is noted, so that one that was noted is met: it is not met again when it comes again."""
        channel = self._channels.get(handover.session_id.partition(":")[0])
        if handover.kind != "requested" or handover.to_us or handover.app_id is None or channel is None:
            return
        if self._store.find(handover.session_id, handover.id) is None:
            channel.give(handover.session_id, handover.app_id)

    def _run(self, session_id: str, decide: Callable[[Draft], object], *, create: bool = False) -> Draft | None:
        """Commit and do what follows; None for what is known already, or of a user nobody knows."""
        try:
            draft = self._transactor.run(session_id, decide, create=create)
        except (Duplicate, SessionNotFound):
            return None
        self._aftermath.of(draft)
        return draft


def _names(body: str, message: str) -> bool:
    """Whether the body holds this id, and not as the beginning or end of another one."""
    return re.search(rf"(?<![\w$.-]){re.escape(message)}(?![\w$.-])", body) is not None
