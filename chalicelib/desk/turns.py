"""Running the bot's turn: call it once, land its result in one commit, give the user a human when it fails."""

import logging
import threading
from dataclasses import replace

from chalicelib.bots.base import Bot, BotEvent, checked, stored_event
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.calling import Caller
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import Duplicate, Malformed, SessionNotFound, TooLarge
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry, Unsent
from chalicelib.model.session import Session
from chalicelib.model.turning import Remember, finish, give_up

log = logging.getLogger(__name__)

WHATEVER_A_BOT_RAISES = (Exception, SystemExit, KeyboardInterrupt)
"""It is the user's own code: even one that calls `sys.exit()` must hand the user to a human, and end nothing else."""

HANDOFF_LIMIT = 200
"""Messages of a human stretch that a bot is told of, the latest ones."""


class Turns:
    """Asks the bot, and takes its turns."""

    def __init__(self, transactor: Transactor, bot: Bot, caller: Caller, aftermath: Aftermath) -> None:
        self._transactor = transactor
        self._bot = bot
        self._caller = caller
        self._aftermath = aftermath

    def wanted(self, event: BotEvent) -> bool:
        """Whether the bot wants the event. A bot that cannot tell gets it, and its turn shows what is wrong."""
        try:
            return self._bot.wants(event)
        except WHATEVER_A_BOT_RAISES as error:
            log.error("the bot cannot say what it wants: %s", traced(error), extra={"session": event.session_id})  # noqa: TRY400 - no texts
            return True

    def take(self, session: Session, entry: Entry) -> Session:
        """Run the turn that `session.turn` gave to this request, and wait for it at most the bot's time limit.

        Returns the head as this left it, or as it was before where somebody else has moved on.
        """
        timeout = self._transactor.policy.bot_timeout.total_seconds()
        landed: list[Draft | None] = []
        late = threading.Event()

        def call() -> None:
            landed.append(self._call(session, entry))
            if late.is_set():
                self._follow_up(landed, session)

        if not self._caller.run(call, timeout):
            late.set()
            log.warning("the bot did not answer in time", extra={"session": session.id, "seq": entry.seq})
            given_up = self._give_up(session, entry.seq, f"The bot did not answer within {timeout:g} seconds.")
            if given_up is not None and given_up.changed:
                return self._aftermath.of(given_up)
            session = session if given_up is None else given_up.after
        return self._follow_up(landed, session)

    def _follow_up(self, landed: list[Draft | None], session: Session) -> Session:
        """Do what follows from what the call has landed, once: by whoever takes it, the request or the late call."""
        try:
            draft = landed.pop()
        except IndexError:
            return session
        return session if draft is None else self._aftermath.of(draft)

    def _call(self, session: Session, entry: Entry) -> Draft | None:
        """Ask the bot and commit what it wants; None when there is nothing left to be done."""
        event = self._told(stored_event(entry, session), session, entry)
        try:
            actions = checked(self._bot.turn(event))
        except WHATEVER_A_BOT_RAISES as error:
            log.error("the bot failed: %s", traced(error), extra={"session": session.id, "seq": entry.seq})  # noqa: TRY400 - no texts
            return self._give_up(session, entry.seq, "The bot failed.")
        remembers = any(isinstance(action, Remember) for action in actions)

        def decide(draft: Draft) -> None:
            known = self._transactor.store.facts(session.id) if remembers and draft.after.has_facts else {}
            taken_back = draft.before.rev != session.rev and self._taken_back(session, entry)
            finish(draft, entry.seq, actions, known, taken_back=taken_back)

        try:
            return self._transactor.run(session.id, decide, known=session)
        except (TooLarge, Malformed) as refusal:
            log.warning("the bot's turn cannot land: %s", refusal, extra={"session": session.id, "seq": entry.seq})
            return self._give_up(session, entry.seq, "The bot failed.")
        except Duplicate:
            log.info("the turn's result is there already", extra={"session": session.id, "seq": entry.seq})
            return None
        except SessionNotFound:
            return None  # the user was erased meanwhile, and what the turn says about them with it

    def _taken_back(self, session: Session, entry: Entry) -> bool:
        """Whether the user took the message back while the bot was at it."""
        stored = self._transactor.store.find(session.id, entry.id)
        return isinstance(stored, Entry) and isinstance(stored.content, Unsent)

    def _told(self, event: BotEvent, session: Session, entry: Entry) -> BotEvent:
        """The event with what it costs a read to know: facts about the user, and the human stretch before it."""
        store = self._transactor.store
        if session.has_facts:
            event = replace(event, user=replace(event.user, facts=store.facts(session.id)))
        if session.human_from is not None and session.human_from < entry.seq and not session.paused:
            since = max(session.human_from, session.cut)
            stretch = store.entries(session.id, after=since, before=entry.seq, limit=2 * HANDOFF_LIMIT)
            words = [said for said in stretch if said.kind == "message" and said.author.kind in ("user", "agent")]
            words = [said for said in words if not isinstance(said.content, Unsent)]
            event = replace(event, handoff=tuple(words[-HANDOFF_LIMIT:]))
        return event

    def _give_up(self, session: Session, seq: int, reason: str) -> Draft | None:
        """None when the user was erased meanwhile."""
        try:
            return self._transactor.run(session.id, lambda draft: give_up(draft, seq, reason), known=session)
        except SessionNotFound:
            return None
