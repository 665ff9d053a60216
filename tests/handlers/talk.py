"""A conversation on Messenger: the simulated platform on one side, our agents' interface on the other."""

from typing import Any
from urllib.parse import quote

from chalicelib import wiring
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from local.messenger.people import Inbox, Person
from local.messenger.platform import Platform
from local.messenger.state import Accepted
from tests.channels.deliveries import SESSION, USER
from tests.handlers.api import Answer, Api
from tests.handlers.meta import OTHER_PAGE, Meta
from tests.handlers.people import NOTIFICATIONS, SESSIONS, hire
from tests.handlers.whole import whole

OTHER_USER = "8008008008"
OTHER_SESSION = f"messenger:{OTHER_PAGE}.{OTHER_USER}"


class Talk:
    """User, platform, and an agent of ours."""

    def __init__(self, api: Api, meta: Meta, platform: Platform) -> None:
        self._api, self.meta, self.platform = api, meta, platform
        self.ann: Person = platform.user(USER)
        self.inbox: Inbox = platform.inbox(USER)
        self.token = hire(wiring.desk(), "bob", "agent")

    def pump(self) -> None:
        """The platform tells what it has to tell, until nothing follows any more."""
        while self.platform.pump():
            pass

    def user_says(self, text: str = "Hello", *, hours_ago: float = 0) -> str:
        """A message that was written so long ago, and comes now."""
        self.platform.clock.move(hours=-hours_ago)
        mid = self.ann.says(text)
        self.platform.clock.move(hours=hours_ago)
        self.pump()
        return mid

    def agent_says(self, text: str = "Bob here", session: str = SESSION) -> dict[str, Any]:
        answer = self._api.post(f"{SESSIONS}/{quote(session, safe='')}/message", {"text": text}, token=self.token)
        assert answer.status == 200, answer
        self.pump()
        told: dict[str, Any] = answer.json["entry"]
        return told

    def asks(self, method: str, what: str, body: Any) -> Answer:
        return self._api.call(method, f"{SESSIONS}/{quote(SESSION, safe='')}/{what}", body, token=self.token)

    def alerts(self) -> list[str]:
        return [one["text"] for one in self._api.get(NOTIFICATIONS, token=self.token).json["notifications"]]

    @property
    def head(self) -> Session:
        return wiring.desk().reader.session(SESSION)

    @property
    def log(self) -> list[Entry]:
        return whole(wiring.desk(), SESSION)

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Who said what."""
        return [(entry.author.kind, entry.said) for entry in self.log if entry.kind == "message"]

    @property
    def sent(self) -> list[Accepted]:
        return self.platform.sent(USER)

    def states(self, session: str = SESSION) -> list[str]:
        """Of our side's messages, as agents see them."""
        log = self._api.get(f"{SESSIONS}/{quote(session, safe='')}", token=self.token).json["entries"]
        return [one["status"] for one in log if one["kind"] == "message" and one["author"]["kind"] != "user"]
