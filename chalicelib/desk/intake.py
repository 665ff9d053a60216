"""An event comes in: it is stored once, and the bot gets its turn."""

from contextlib import suppress
from datetime import datetime

from chalicelib.bots.base import bot_event
from chalicelib.desk.sweeper import Sweeper
from chalicelib.desk.transactor import Transactor
from chalicelib.desk.turns import Turns
from chalicelib.errors import Duplicate, IdReused, SessionNotFound, TooFast
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry
from chalicelib.model.erasing import is_forgotten
from chalicelib.model.event import Event
from chalicelib.model.talking import spend, user_said


class Intake:
    """Receives what channels deliver."""

    def __init__(self, transactor: Transactor, turns: Turns, sweeper: Sweeper) -> None:
        self._transactor = transactor
        self._turns = turns
        self._sweeper = sweeper

    def receive(self, event: Event, *, limited: bool = False) -> Entry | None:
        """Store the event and run the bot's turn for it if there is one; returns the stored entry.

        The same event again is answered as the first time, after finishing what was left undone. None: its user was erased
        after they said it, so that it was dropped, and whoever delivers it is done with it. `limited`: it counts
        against a visitor's allowance. Raises IdReused for the id with another content, TooFast, TooLarge, StoreBusy.
        """
        request = self._transactor.tools.new_id()
        since = self._transactor.tools.clock()

        def decide(draft: Draft) -> None:
            if is_forgotten(draft.after, event):
                return
            if limited:
                spend(draft)
            user_said(draft, event, wanted=self._turns.wanted(bot_event(event, draft.after)))

        try:
            draft = self._transactor.run(event.session_id, decide, create=True, request=request)
        except Duplicate as duplicate:
            return self._again(event, duplicate.entry)
        except TooFast:
            stored = self._transactor.store.find(event.session_id, event.id)
            if stored is None:
                raise
            return self._again(event, stored)
        return self._go_on(event, draft, request, since)

    def _go_on(self, event: Event, draft: Draft, request: str, since: datetime) -> Entry | None:
        entry = next((entry for entry in draft.entries if entry.id == event.id), None)
        if entry is None:
            stored = self._transactor.store.find(event.session_id, event.id)
            return None if stored is None or is_forgotten(draft.after, event) else self._again(event, stored)
        turn = draft.after.turn
        if turn is not None and turn.by == request:
            self._sweeper.serve_queue(self._turns.take(draft.after, entry), since=since)
        else:
            self._sweeper.serve_queue(draft.after, since=since)
        return entry

    def _again(self, event: Event, stored: object) -> Entry:
        if not isinstance(stored, Entry) or stored.content != event.content or not stored.from_user():
            raise IdReused("This id was used before for another message.")
        with suppress(SessionNotFound):  # the user was erased meanwhile
            self._sweeper.catch_up(event.session_id)
        return stored
