"""Accounts with a vendor, each with a log of its own: whether anything may go out for one, and what to do when not.

An account's log is a session like any other, so that of many sends that are refused at once exactly one stops it and alerts.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.channels.base import Channel, SendFailed
from chalicelib.desk.publisher import Publisher
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import Duplicate, SessionNotFound
from chalicelib.model.alerting import ALERT_TEXT_LIMIT, raise_alert
from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import SYSTEM, AlertDetail, Author
from chalicelib.model.session import Session, Stop
from chalicelib.model.text import clean_name

if TYPE_CHECKING:
    from chalicelib.model.happening import Enforcement

log = logging.getLogger(__name__)

REMEMBERED = timedelta(seconds=5)
"""How long a process trusts what it knows of an account; a message that goes out wrongly is refused once more, that is all."""

PROBE_EVERY = timedelta(minutes=5)


class Accounts:
    """Stops and resumes what goes out."""

    def __init__(self, transactor: Transactor, publisher: Publisher, channels: Mapping[str, Channel]) -> None:
        self._transactor = transactor
        self._publisher = publisher
        self._channels = channels
        self._known: dict[str, tuple[datetime, Stop | None]] = {}
        self._trying: dict[str, datetime] = {}

    def stopped(self, account: str) -> Stop | None:
        """Why nothing goes out for the account, as it was known a few seconds ago; None: it does."""
        now = self._transactor.tools.clock()
        known = self._known.get(account)
        if known is None or not known[0] <= now < known[0] + REMEMBERED:
            head = self._transactor.store.load(account)
            known = self._known[account] = (now, None if head is None else head.stopped)
        return known[1]

    def refusal(self, session: Session) -> str | None:
        """Why nothing goes out for the account that a session belongs to, in words; None: it does."""
        channel = self._channels.get(session.channel)
        stop = None if channel is None or session.of_account else self.stopped(channel.account(session.id))
        return None if stop is None else f"{stop.reason} What is written now waits until that is mended."

    def may_send(self, account: str) -> bool:
        """Whether a message may be tried; while an account is on trial, one of all is. Raises StoreBusy."""
        stop = self.stopped(account)
        if stop is None:
            return True
        taken: list[bool] = []

        def take(draft: Draft) -> None:
            standing = draft.after.stopped
            taken.append(standing is None or standing.trial)
            if standing is not None and standing.trial:
                draft.set(stopped=standing.but(trial=False))
                self._trying[account] = standing.at

        if stop.trial:
            self._note(account, self._transactor.run(account, take).after)
            if not taken[-1]:
                self.gave_up(account)
        return taken[-1:] == [True]

    def worked(self, account: str) -> None:
        """A message has gone out; when that was a trial, all others follow."""
        stopped_at = self._trying.pop(account, None)
        if stopped_at is not None:
            self.resume(account, by=SYSTEM, stopped_before=stopped_at)

    def gave_up(self, account: str) -> None:
        """A message has not gone out, or may not have: if it was a trial, it proves nothing."""
        self._trying.pop(account, None)

    def stop(self, account: str, reason: str, *, policy: bool = False, alert_id: str | None = None) -> None:
        """Nothing goes out from now on; the first who says so alerts the agents, everybody else changes nothing."""
        self._trying.pop(account, None)

        def decide(draft: Draft) -> None:
            if draft.after.stopped is None:
                at = draft.now
                draft.set(stopped=Stop(reason=reason, at=at, probe_at=at + PROBE_EVERY, policy=policy))
                words = f"Nothing goes out for {draft.after.display_name}: {reason}"
                raise_alert(
                    draft, AlertDetail(clean_name(words, ALERT_TEXT_LIMIT), "error", "notify"), entry_id=alert_id
                )

        draft = self._transactor.run(account, decide, create=True)
        self._note(account, draft.after)
        if draft.changed:
            log.error("an account was stopped: %s", reason, extra={"session": account})
            self._publisher.publish_new(draft)

    def resume(self, account: str, *, by: Author, stopped_before: datetime | None = None, policy: bool = False) -> bool:
        """Let messages go out again; those that wait follow within a minute. False: nothing was stopped, or only later.

        `policy`: only if it was stopped for more than its token.
        """

        def decide(draft: Draft) -> None:
            standing = draft.after.stopped
            if standing is None or (policy and not standing.policy):
                return
            if stopped_before is None or standing.at <= stopped_before:
                draft.add("note", by, Text("Messages go out again."))
                draft.set(stopped=None)

        try:
            draft = self._transactor.run(account, decide)
        except SessionNotFound:
            return False
        self._note(account, draft.after)
        return draft.changed

    def enforce(self, told: "Enforcement") -> None:
        """The platform warns, blocks or lets go; the same word twice is once."""
        if told.action == "unblock":
            self.resume(told.account, by=SYSTEM, stopped_before=told.at, policy=True)
            return
        reason = clean_name(told.reason, 150) or "no reason was given"
        try:
            if told.action == "block":
                self.stop(told.account, f"Facebook blocked the Page ({reason}).", policy=True, alert_id=told.id)
            else:
                self._warn(told, f"Facebook warns this Page: {reason}")
        except Duplicate:
            log.info("a word of the platform's was known", extra={"session": told.account})

    def probe(self, head: Session) -> None:
        """See whether a stopped account is let in again: one probe every five minutes, whoever sweeps."""
        taken: list[Stop | None] = []

        def take(draft: Draft) -> None:
            stop = draft.after.stopped
            due = stop is not None and stop.probe_at <= draft.now
            taken.append(stop if due else None)
            if stop is not None and due:
                draft.set(stopped=stop.but(probe_at=draft.now + PROBE_EVERY))

        self._transactor.run(head.id, take, known=head)
        stop, channel = taken[-1], self._channels.get(head.channel)
        if stop is None or channel is None:
            return
        try:
            channel.check(head.id)
        except SendFailed as refusal:
            log.warning("an account is still stopped: %s", refusal, extra={"session": head.id})
            return
        except Exception as error:  # noqa: BLE001 - a channel's own bug must not hold up the sweep
            log.error("a channel broke: %s", traced(error), extra={"session": head.id})  # noqa: TRY400 - no texts
            return
        if stop.policy:
            self._transactor.run(head.id, _try_one)
        else:
            self.resume(head.id, by=SYSTEM)

    def _warn(self, told: "Enforcement", words: str) -> None:
        detail = AlertDetail(clean_name(words, ALERT_TEXT_LIMIT), "warning", "notify")
        draft = self._transactor.run(
            told.account, lambda draft: raise_alert(draft, detail, entry_id=told.id), create=True
        )
        self._publisher.publish_new(draft)

    def _note(self, account: str, head: Session) -> None:
        self._known[account] = (self._transactor.tools.clock(), head.stopped)


def _try_one(draft: Draft) -> None:
    if draft.after.stopped is not None:
        draft.set(stopped=draft.after.stopped.but(trial=True))
