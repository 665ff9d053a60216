"""Who a vendor says that a user is: asked by the sweep, so that no message waits for it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.channels.base import Channel, SendFailed
from chalicelib.desk.accounts import Accounts
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.model.session import Session, User
from chalicelib.model.talking import introduce

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
"""A vendor that cannot be asked now is asked again after this."""

REST = timedelta(minutes=10)
"""After a failure nobody of the same account is asked about for so long: a vendor that hangs must not hold up a sweep."""


class Profiles:
    """Fetches and keeps profiles."""

    def __init__(self, transactor: Transactor, channels: Mapping[str, Channel], accounts: Accounts) -> None:
        self._transactor = transactor
        self._channels = channels
        self._accounts = accounts
        self._resting: dict[str, datetime] = {}

    def fetch(self, head: Session) -> None:
        """Ask who the user of this session is. Raises StoreBusy."""
        now = self._transactor.tools.clock()
        channel = self._channels.get(head.channel)
        profile: User | None = None
        if channel is not None:
            account = channel.account(head.id)
            if now < self._resting.get(account, now) or self._accounts.stopped(account) is not None:
                self._later(head, now + AGAIN_AFTER)
                return
            try:
                profile = channel.profile(head.id)
            except SendFailed as refusal:
                log.warning("a profile did not come: %s", refusal, extra={"session": head.id})
                self._resting[account] = now + REST
                self._later(head, now + AGAIN_AFTER)
                return
            except Exception as error:  # noqa: BLE001 - a channel's own bug must not hold up the sweep
                log.error("a channel broke: %s", traced(error), extra={"session": head.id})  # noqa: TRY400 - no texts
        self._transactor.run(head.id, lambda draft: introduce(draft, profile), known=head)

    def _later(self, head: Session, at: datetime) -> None:
        self._transactor.run(head.id, lambda draft: draft.set(profile_at=at), known=head)
