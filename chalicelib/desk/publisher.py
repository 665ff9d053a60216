"""Alerts on their way to the agents: published after the commit that made them, by whoever holds their lease."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.alerts.base import Alert, Alerter, alert_from
from chalicelib.desk.steps import PUBLISHED, step
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import AlertFailed, SessionNotFound
from chalicelib.model.alerting import drop_publication, lease_publication, settle_publication
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Entry
from chalicelib.model.session import Publication, Session

log = logging.getLogger(__name__)

SLOW = timedelta(seconds=1)
REST = timedelta(seconds=30)
"""An alerter that took this long to fail is not asked again for so long: others' alerts must not wait behind it."""


class Publisher:
    """Publishes alerts through every alerter that still owes them."""

    def __init__(self, transactor: Transactor, alerters: Sequence[Alerter], public_url: str) -> None:
        self._transactor = transactor
        self._alerters = {alerter.name: alerter for alerter in alerters}
        self._public_url = public_url
        self._resting: dict[str, datetime] = {}

    def publish_new(self, draft: Draft, head: Session | None = None) -> Session:
        """Publish the alerts of a commit just made, whose lease came with it; returns the head after that.

        `head`: as it is now, when this caller has committed more since. An alerter's failure is left to the sweep.
        """
        head = head or draft.after
        owed = {publication.seq: publication for publication in draft.after.publications}
        for entry in draft.entries:
            if entry.kind == "alert" and entry.seq in owed:
                head = self._publish(head, entry, owed[entry.seq])
        return head

    def publish_due(self, session: Session) -> None:
        """Publish, or give up, the first alert of the session that is due and that nobody else is at."""
        now = self._transactor.tools.clock()
        owed = next((publication for publication in session.publications if publication.at <= now), None)
        if owed is None:
            return
        taken: list[bool] = []
        draft = self._transactor.run(
            session.id, lambda draft: taken.append(lease_publication(draft, owed.seq)), known=session
        )
        if taken[-1:] == [True]:
            self._publish_stored(draft.after, owed)

    def _publish_stored(self, session: Session, publication: Publication) -> None:
        found = self._transactor.store.entries(session.id, after=publication.seq - 1, limit=1)
        too_old = bool(found) and (self._transactor.tools.clock() - found[0].at > self._transactor.policy.publish_for)
        if not found or found[0].seq != publication.seq or too_old:
            log.error("an alert was given up", extra={"session": session.id, "seq": publication.seq})
            self._settle(session, lambda draft: drop_publication(draft, publication.seq))
            return
        self._publish(session, found[0], publication)

    def _publish(self, session: Session, entry: Entry, publication: Publication) -> Session:
        alert = alert_from(entry, session, self._public_url)
        failed = tuple(name for name in publication.to if not self._sent(name, alert))
        return self._settle(session, lambda draft: settle_publication(draft, entry.seq, failed), known=session)

    def _settle(self, session: Session, decide: Callable[[Draft], object], *, known: Session | None = None) -> Session:
        """The head then. Nothing is owed of a user who was erased while their alert was on its way."""
        try:
            return self._transactor.run(session.id, decide, known=known).after
        except SessionNotFound:
            return session

    def _sent(self, name: str, alert: Alert) -> bool:
        alerter = self._alerters.get(name)
        if alerter is None:
            log.warning("an alerter is gone from the settings", extra={"alerter": name})
            return True
        clock = self._transactor.tools.clock
        begun, about = clock(), {"session": alert.session_id, "seq": alert.seq, "alerter": name}
        if name in self._resting and begun < self._resting[name]:
            return False
        try:
            alerter.publish(alert)
        except AlertFailed as failure:
            log.warning("an alert could not be published: %s", failure, extra=about)
        except Exception as error:  # noqa: BLE001 - an alerter's own bug must not undo the pause: it is retried
            log.error("an alerter broke: %s", traced(error), extra=about)  # noqa: TRY400 - no texts
        else:
            step(PUBLISHED, alert.session_id, alert.seq, alerter=name)
            self._transactor.tools.meter.count("AlertsPublished", by=name)
            return True
        self._transactor.tools.meter.count("AlertsFailed", by=name)
        if clock() - begun >= SLOW:
            self._resting[name] = clock() + REST
        return False
