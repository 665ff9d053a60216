"""What is due of the channels that a vendor carries: messages, profiles, accounts that are stopped."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.desk.accounts import Accounts
from chalicelib.desk.aftermath import Aftermath
from chalicelib.desk.profiles import Profiles
from chalicelib.desk.sender import Sender
from chalicelib.model.session import Session


class Vendors:
    """Finds the work that is due of a session, for the sweep."""

    def __init__(self, sender: Sender, aftermath: Aftermath, accounts: Accounts, profiles: Profiles) -> None:
        self._sender = sender
        self._aftermath = aftermath
        self._accounts = accounts
        self._profiles = profiles

    def due(self, head: Session, now: datetime) -> Callable[[Session], object] | None:
        """What to do with the session next; None: nothing."""
        if head.sending is not None and head.sending.send_by <= now:
            return lambda head: self._aftermath.of(self._sender.expire(head))
        if head.unsent and (head.send_at is None or head.send_at <= now):
            return lambda head: self._aftermath.of(self._sender.begin(head))
        if head.stopped is not None and head.stopped.probe_at <= now:
            return self._accounts.probe
        if head.profile_at is not None and head.profile_at <= now:
            return self._profiles.fetch
        return None
