"""Messages go out to vendors: claimed by a commit, sent, settled by a commit that claims the next one."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from chalicelib.channels.base import METADATA_PREFIX, Channel, Outgoing, SendFailed
from chalicelib.desk.accounts import Accounts
from chalicelib.desk.personas import Personas
from chalicelib.desk.steps import SENT, step
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import HitlError, SessionNotFound
from chalicelib.model.alerting import name_for_alert, notify_words, raise_alert
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry
from chalicelib.model.sending import (
    BEGIN_WITHIN,
    SEND_WITHIN,
    claim_next,
    confirm,
    drop,
    failed,
    got_lost,
    put_back,
)
from chalicelib.model.session import Elsewhere, Sending, Session
from chalicelib.model.window import is_late

log = logging.getLogger(__name__)

SEND_FOR = timedelta(seconds=10)
"""How long a request goes on with what else is to be sent; the rest is due, so that the sweep does it."""

MARGIN = timedelta(seconds=0.5)
"""A call is over so long before its claim is."""

HOLD = timedelta(minutes=1)
"""What an account may not send now is looked at again after this."""

REST = timedelta(seconds=30)
SLOW = timedelta(seconds=3)
"""An account whose call took this long to fail rests: nobody else's work must wait behind it."""

AFTER = timedelta(seconds=15)
LONGEST = timedelta(hours=1)
"""A vendor that refuses for the moment is asked again after 15 s, 30 s, 1 min … and never rarer than every hour."""

READ = 50
"""Entries looked at in one go for the next message."""

NO_ANSWER = "No answer came: it is not known whether this arrived."

Settle = Callable[[Draft, Entry], object]
"""What a call's end does to the session, given the entry as it is stored."""


class Sender:
    """Sends what was claimed. Any number may be at it: each part has one claim, and is settled once."""

    def __init__(
        self, transactor: Transactor, channels: Mapping[str, Channel], accounts: Accounts, personas: Personas
    ) -> None:
        self._transactor = transactor
        self._channels = channels
        self._accounts = accounts
        self._personas = personas
        self._resting: dict[str, datetime] = {}

    def go_on(self, draft: Draft) -> Session:
        """Send what this commit claimed, and what each settlement claims; the head then.

        What fails is left to the sweep.
        """
        head, request = draft.after, draft.request
        known = {entry.seq: entry for entry in (*draft.entries, *draft.amends)}
        deadline = self._transactor.tools.clock() + SEND_FOR
        while head.sending is not None and head.sending.by == request:
            try:
                entry = known.get(head.sending.seq) or self._transactor.store.numbered(head.id, head.sending.seq)
                if entry is None:
                    break
                settled = self._send(head, head.sending, entry, known, deadline)
            except SessionNotFound:  # the user was erased meanwhile
                break
            except HitlError as error:
                log.warning("a message was left to the sweep: %s", error, extra={"session": head.id})
                break
            if settled.before.rev != head.rev:
                known = {}  # somebody else has been there, who may have changed what is said
            known |= {entry.seq: entry for entry in (*settled.entries, *settled.amends)}
            head, request = settled.after, settled.request
        return head

    def expire(self, head: Session) -> Draft:
        """Whoever sent the part on the wire is gone: it is not known whether it arrived. The next one is claimed."""
        sending = head.sending

        def decide(draft: Draft) -> None:
            stored = None if sending is None else self._transactor.store.numbered(head.id, sending.seq)
            if sending is None or sending.send_by > draft.now:
                return
            if stored is None:
                drop(draft, sending)
            else:
                got_lost(draft, stored, sending, NO_ANSWER)
            self._claim(draft)

        draft = self._transactor.run(head.id, decide, known=head)
        for lost in draft.amends:
            if sending is not None and lost.seq == sending.seq and lost.fate == "unknown":
                about = {"session": head.id, "seq": lost.seq, "result": "unknown"}
                log.warning("nobody knows whether a message went out", extra=about)
                self._count("unknown")
        return draft

    def begin(self, head: Session) -> Draft:
        """Claim the next message that waits, if it may go out now."""
        return self._transactor.run(head.id, self._claim, known=head)

    def _claim(self, draft: Draft, known: Mapping[int, Entry] | None = None) -> None:
        """Claim the next message, from what is `known` of the log where that holds all of it."""
        while draft.after.unsent:
            first, last = max(draft.after.sent_to, draft.after.cut) + 1, draft.after.outgoing
            if known is not None and all(seq in known for seq in range(first, last + 1)):
                following = [known[seq] for seq in range(first, last + 1)]
            else:
                following = self._transactor.store.entries(draft.after.id, after=first - 1, limit=READ)
            looked = draft.after
            claim_next(
                draft, following, lambda seq: draft.written(seq) or self._transactor.store.numbered(draft.after.id, seq)
            )
            if not following and draft.after.outgoing > draft.after.sent_to and not draft.after.again:
                draft.set(sent_to=draft.after.outgoing)  # what waited is deleted
            if draft.after == looked:
                return

    def _send(
        self, head: Session, sending: Sending, entry: Entry, known: Mapping[int, Entry], deadline: datetime
    ) -> Draft:
        settle = self._attempt(head, sending, entry)

        def decide(draft: Draft) -> None:
            untouched = draft.before.rev == head.rev
            stored = entry if untouched else self._transactor.store.numbered(head.id, entry.seq)
            if stored is None or stored.seq <= draft.after.cut:
                drop(draft, sending)
            else:
                settle(draft, stored)
            if self._transactor.tools.clock() < deadline:
                self._claim(draft, known if untouched else None)

        return self._transactor.run(head.id, decide, known=head)

    def _attempt(self, head: Session, sending: Sending, entry: Entry) -> Settle:
        """Try the part once; what is to be done about it."""
        channel = self._channels.get(head.channel)
        if channel is None:
            return lambda draft, stored: failed(draft, stored, sending, f"{head.channel} is not set up here any more.")
        account = channel.account(head.id)
        clock = self._transactor.tools.clock
        parts = channel.parts(entry.content)  # type: ignore[arg-type] # a message's
        try:
            may_send = not self._rests(account) and self._accounts.may_send(account)
            persona = self._personas.of(channel, head.id, entry.author) if may_send else None
        except HitlError as error:
            log.warning("a message has to wait: %s", error, extra={"session": head.id, "seq": entry.seq})
            return lambda draft, stored: put_back(draft, stored, sending, delay=AFTER)
        if not may_send:
            return lambda draft, stored: put_back(draft, stored, sending, delay=HOLD)
        begun = clock()
        if begun > sending.send_by - SEND_WITHIN + BEGIN_WITHIN:
            return lambda draft, stored: put_back(draft, stored, sending, delay=timedelta(0))
        late = is_late(head, begun) and entry.author.kind == "agent"
        part = sending.part
        outgoing = Outgoing(
            head.id, parts[min(part, len(parts) - 1)], f"{METADATA_PREFIX}{entry.seq}.{part}", late, persona
        )
        try:
            vendor_id = channel.send(outgoing, seconds=(sending.send_by - begun - MARGIN).total_seconds())
        except SendFailed as failure:
            self._count(failure.outcome)
            self._accounts.gave_up(account)
            if clock() - begun >= SLOW:
                self._resting[account] = clock() + REST
            return self._refused(channel, head, sending, entry, failure)
        except Exception as error:  # noqa: BLE001 - a channel's own bug: the message may have gone out
            about = {"session": head.id, "seq": entry.seq, "result": "unknown"}
            log.error("a channel broke: %s", traced(error), extra=about)  # noqa: TRY400 - no texts
            self._count("unknown")
            self._accounts.gave_up(account)
            return lambda draft, stored: got_lost(draft, stored, sending, NO_ANSWER)
        step(SENT, head.id, entry.seq, result="sent")
        self._count("sent")
        self._worked(account)
        return lambda draft, stored: confirm(draft, stored, part, parts=len(parts), vendor_id=vendor_id, at=begun)

    def _count(self, result: str) -> None:
        self._transactor.tools.meter.count("Sends", by=result)

    def _rests(self, account: str) -> bool:
        until = self._resting.get(account)
        return until is not None and self._transactor.tools.clock() < until

    def _worked(self, account: str) -> None:
        """What has gone out has, whatever becomes of the account's log: a trial that nobody noted is made again."""
        try:
            self._accounts.worked(account)
        except HitlError as error:
            log.warning("an account was not resumed: %s", error, extra={"session": account})

    def _refused(self, channel: Channel, head: Session, sending: Sending, entry: Entry, failure: SendFailed) -> Settle:
        about = {"session": head.id, "seq": entry.seq, "result": failure.outcome}
        log.warning("a message did not go out: %s", failure, extra=about)
        self._note(channel, head, entry, failure)

        def settle(draft: Draft, stored: Entry) -> None:
            if draft.after.sending != sending:
                return
            if failure.elsewhere:
                draft.set(elsewhere=Elsewhere(who="Another app", at=draft.now))
            if failure.persona:
                put_back(draft, stored, sending, delay=timedelta(0), tried=True, limited=True, words=failure.words)
            elif failure.outcome == "unknown":
                got_lost(draft, stored, sending, failure.words)
            elif failure.outcome == "failed":
                failed(draft, stored, sending, failure.words)
            elif failure.outcome == "stopped":
                put_back(draft, stored, sending, delay=HOLD)
            else:
                delay = _delay(failure, draft.after.send_tries)
                put_back(draft, stored, sending, delay=delay, tried=True, limited=failure.limited, words=failure.words)
            if failure.alert and failure.outcome == "failed" and not failure.persona:
                words = f"A message to {name_for_alert(draft.after)} was not sent: {failure.words}"
                alert_id = f"s:unsent:{entry.seq}:{sending.part}:{draft.after.rev}"
                raise_alert(draft, notify_words(words, "warning"), entry_id=alert_id)

        return settle

    def _note(self, channel: Channel, head: Session, entry: Entry, failure: SendFailed) -> None:
        """What the refusal says of the agent's face, or of the account; when that fails, the next message is refused too."""
        try:
            if failure.persona:
                self._personas.forget(channel, head.id, entry.author)
            if failure.outcome == "stopped":
                self._accounts.stop(channel.account(head.id), failure.words, policy=failure.policy)
        except HitlError as error:
            log.warning("a refusal was not noted: %s", error, extra={"session": head.id, "seq": entry.seq})


def _delay(failure: SendFailed, tries: int) -> timedelta:
    if failure.retry_after_seconds is not None:
        return min(timedelta(seconds=failure.retry_after_seconds), LONGEST * 24)
    doubled: timedelta = AFTER * 2 ** min(tries, 10)
    return min(doubled, LONGEST)
