"""An event comes in: it is stored once, and the bot gets its turn."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from pydantic import JsonValue

from chalicelib.bots.base import bot_event
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.sweeper import Sweeper
from chalicelib.desk.transactor import Transactor
from chalicelib.desk.turns import Turns
from chalicelib.errors import Duplicate, IdReused, SessionNotFound, TooFast
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry, Unsent
from chalicelib.model.erasing import is_forgotten
from chalicelib.model.event import Event
from chalicelib.model.talking import HUMAN_PAYLOAD, spend, user_said, wants_a_human
from chalicelib.model.value import stamp
from chalicelib.store.base import Store


class Intake:
    """Receives what channels deliver."""

    def __init__(self, transactor: Transactor, turns: Turns, sweeper: Sweeper, aftermath: Aftermath) -> None:
        self._transactor = transactor
        self._turns = turns
        self._sweeper = sweeper
        self._aftermath = aftermath

    def receive(self, event: Event, *, limited: bool = False, first_wins: bool = False) -> Entry | None:
        """Store the event and run the bot's turn for it if there is one; returns the stored entry.

        The same event again is answered as the first time, after finishing what was left undone. None: its user was erased
        after they said it, so that it was dropped, and whoever delivers it is done with it. `limited`: it counts
        against a visitor's allowance. `first_wins`: the id with another content is the first answer again, as platforms need
        it. Raises IdReused for that otherwise, TooFast, TooLarge, StoreBusy.
        """
        request = self._transactor.tools.new_id()
        since = self._transactor.tools.clock()

        def decide(draft: Draft) -> None:
            if is_forgotten(draft.after, event) or self._taken_back(event):
                return
            if limited:
                spend(draft)
            first = draft.after.seq == 0
            by_menu = getattr(event.content, "payload", None) == HUMAN_PAYLOAD
            user_said(draft, event, wanted=not by_menu and self._turns.wanted(bot_event(event, draft.after)))
            if by_menu:
                wants_a_human(draft)
            if event.session_id.partition(":")[0] in draft.policy.vendors:
                contact = {"first_contact": _contact(event)} if first else {}
                remember(draft, {**contact, **event.facts}, self._transactor.store)

        try:
            draft = self._transactor.run(event.session_id, decide, create=True, request=request)
        except Duplicate as duplicate:
            return self._again(event, duplicate.entry, first_wins=first_wins)
        except TooFast:
            stored = self._transactor.store.find(event.session_id, event.id)
            if stored is None:
                raise
            return self._again(event, stored)
        return self._go_on(event, draft, request, since, first_wins=first_wins)

    def _taken_back(self, event: Event) -> bool:
        """Whether it is a part of a message that was taken back before all of it came."""
        first = None if event.part_of is None else self._transactor.store.find(event.session_id, event.part_of)
        return first is not None and isinstance(first.content, Unsent)

    def _go_on(self, event: Event, draft: Draft, request: str, since: datetime, *, first_wins: bool) -> Entry | None:
        entry = next((entry for entry in draft.entries if entry.id == event.id), None)
        if entry is None:
            stored = self._transactor.store.find(event.session_id, event.id)
            if stored is None or is_forgotten(draft.after, event):
                return None
            return self._again(event, stored, first_wins=first_wins)
        head = self._aftermath.of(draft)
        turn = draft.after.turn
        if turn is not None and turn.by == request:
            self._sweeper.serve_queue(self._turns.take(head, entry), since=since)
        else:
            self._sweeper.serve_queue(head, since=since)
        return entry

    def _again(self, event: Event, stored: object, *, first_wins: bool = False) -> Entry:
        same = isinstance(stored, Entry) and stored.from_user() and (first_wins or stored.content == event.content)
        if not isinstance(stored, Entry) or not same:
            raise IdReused("This id was used before for another message.")
        with suppress(SessionNotFound):  # the user was erased meanwhile
            self._sweeper.catch_up(event.session_id)
        return stored


def remember(draft: Draft, facts: Mapping[str, JsonValue], store: Store) -> None:
    """Keep these facts about the user beside those that are known; none is a no-op. Raises TooLarge at the commit."""
    if facts:
        known = store.facts(draft.after.id) if draft.after.has_facts else {}
        draft.facts = {**known, **facts}
        draft.set(has_facts=True)


def _contact(event: Event) -> dict[str, JsonValue]:
    """How the user first came: when, and the payload of what they pressed, if they did."""
    payload = getattr(event.content, "payload", None)
    return {"at": stamp(event.at), **({"payload": payload} if payload else {})}
