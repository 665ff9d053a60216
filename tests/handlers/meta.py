"""The platform as our webhook meets it: deliveries, signed as theirs are, and the settings of an installation."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.desk.inbox import Delivery, Inbox
from chalicelib.errors import StoreBusy
from tests.channels.deliveries import OURS, PAGE, delivery, entry
from tests.handlers.api import Answer, Api
from tests.handlers.table import WEBHOOK

APP_SECRET = "unit-test-secret"
OLDER_SECRET = "an-older-app-secret"
VERIFY_TOKEN = "the-verify-token-of-the-tests"
PAGE_TOKEN = "the-page-token-of-the-tests"
OTHER_TOKEN = "the-other-pages-token-of-the-tests"
OTHER_PAGE = "1002003005"
NOWHERE = "http://127.0.0.1:1"

INSTALLED = {
    "MESSENGER_APP_SECRETS": f"{APP_SECRET},{OLDER_SECRET}",
    "MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
    "MESSENGER_PAGES": json.dumps({PAGE: PAGE_TOKEN, OTHER_PAGE: OTHER_TOKEN}),
    "MESSENGER_APP_IDS": OURS,
    "GRAPH_URL": NOWHERE,
}
"""Settings, by name without `HITL_`; nobody answers at the Graph API's address."""

SIGNATURE = "X-Hub-Signature-256"


def signature(body: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Meta:
    """Calls the webhook."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def verifies(self, query: Mapping[str, str | list[str]] | None) -> Answer:
        return self._api.get(WEBHOOK, query=query)

    def posts(self, body: bytes, given: str | None = None, **more: Any) -> Answer:
        """These bytes, with this signature, by default the right one."""
        headers = {SIGNATURE: signature(body) if given is None else given}
        return self._api.post(WEBHOOK, raw=body, headers=headers | more.pop("headers", {}), **more)

    def delivers(self, body: Any) -> Answer:
        """A whole delivery, as JSON."""
        return self.posts(json.dumps(body).encode())

    def tells(self, *events: Any, standby: Sequence[Any] = (), **of: Any) -> None:
        """Events of one Page in one delivery, which is taken."""
        answer = self.delivers(delivery(entry(*events, standby=standby, **of)))
        assert (answer.status, answer.text) == (200, "EVENT_RECEIVED")


class RecordingInbox(Inbox):
    """Keeps deliveries in a list, or is as busy as it is told to be."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.busy = False

    def put(self, delivery: Delivery) -> None:
        if self.busy:
            raise StoreBusy("The inbox is busy.")
        self.deliveries.append(delivery)
