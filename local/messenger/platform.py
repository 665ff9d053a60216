"""A Messenger platform that fits into a process: it refuses what the real one refuses, and tells our webhook what happens."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Literal

from local.messenger import faults
from local.messenger.courier import DEADLINE_SECONDS, Courier, Deliver, Delivery, Place, over_http
from local.messenger.errors import GraphError
from local.messenger.faults import Edge, Fault, Faults, Reply
from local.messenger.graph import Graph, parse
from local.messenger.people import Inbox, Person
from local.messenger.state import APP_ID, PAGE_ID, PSID, Accepted, Clock, Page, Thread, World
from local.messenger.webhooks import Webhooks

Ask = Callable[[str], tuple[int, bytes]]
"""Sends a GET with this query to the callback: status and body."""

Echo = Literal["in turn", "before", "after"]
"""When the echo of a send comes: before its HTTP answer, after it, or by turns."""

JSON = {"Content-Type": "application/json; charset=UTF-8"}
PAUSE_SECONDS = 0.05
"""How long a delivery is on its way when a thread delivers, so that answers are there before echoes of afterwards."""


class Platform:
    """One Page, one user and our app, until more are added. `deliver` takes what goes to the webhook, else `callback` does.

    Nothing is delivered before `pump`, except an echo that overtakes its answer; `accepted` is all that was taken, in order.
    """

    def __init__(
        self,
        *,
        callback: str = "",
        deliver: Deliver | None = None,
        app_id: str = APP_ID,
        app_secret: str = "simulated-app-secret",  # noqa: S107 - of a platform that is none
        verify_token: str = "simulated-verify-token",  # noqa: S107 - as above
        page_token: str = "simulated-page-token",  # noqa: S107 - as above
        clock: Clock | None = None,
        echo: Echo = "in turn",
    ) -> None:
        self.clock = clock or Clock()
        self.world = World(clock=self.clock, app_id=app_id, app_secret=app_secret)
        self.courier = Courier(self.world, deliver or over_http(callback))
        self.faults = Faults()
        self.callback = callback
        self.verify_token = verify_token
        self.echo: Echo = echo
        self._webhooks = Webhooks(self.world, self.courier)
        self._graph = Graph(self.world, self._webhooks)
        self._sends = 0
        self.add_page(PAGE_ID, "Lamp Shop", page_token)
        self.add_user("Ann", "Lee", psid=PSID)

    @property
    def accepted(self) -> list[Accepted]:
        """All that was taken from our side, in order."""
        return self.world.accepted

    def sent(self, psid: str = PSID) -> list[Accepted]:
        """The messages that were taken for a user, in order."""
        return [one for one in self.accepted if one.kind == "message" and one.psid == psid]

    def page(self, page_id: str = PAGE_ID) -> Page:
        """A Page, to be looked at and changed."""
        return self.world.pages[page_id]

    def add_page(self, page_id: str, name: str, token: str) -> Page:
        """One more Page of our app."""
        self.world.pages[page_id] = Page(page_id, name, token)
        self.world.changed()
        return self.world.pages[page_id]

    def add_user(self, first_name: str, last_name: str = "", *, psid: str = "", page_id: str = PAGE_ID) -> Person:
        """Somebody who has not written to the Page yet."""
        known = psid or self.world.id()
        self.world.threads[known] = Thread(known, page_id, first_name, last_name)
        self.world.changed()
        return self.user(known)

    def user(self, psid: str = PSID) -> Person:
        """A user, who can do things. Raises KeyError."""
        return Person(self.world, self._webhooks, self.world.threads[psid])

    def inbox(self, psid: str = PSID) -> Inbox:
        """The Page's inbox, at a user's thread. Raises KeyError."""
        return Inbox(self.world, self._webhooks, self.world.threads[psid])

    def handle(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """A call of the Graph API: `path` as `/v25.0/<page id>/messages`, `query` still encoded.

        Raises TimeoutError or ConnectionResetError for a call whose answer was to be lost.
        """
        try:
            call = parse(method, path, query, headers, body)
        except GraphError as refused:
            return self._refusal(refused, f"{method} {path}")
        with self.world.lock, self.courier.parked() as events:
            fault = self.faults.next(self._graph.edge(call))
            echo: Delivery | None = None
            reply: Reply = (500, {}, b"")
            try:
                if fault is None or fault.accepting:
                    answer, echo = self._graph.do(call)
                    reply = (200, dict(JSON), json.dumps(answer).encode())
            except GraphError as refused:
                fault, reply = None, self._refusal(refused, call.name)
            else:
                self.world.log("in", call.name, fault.words if fault else "200", fine=fault is None)
        self._overtake(echo, events)
        self.courier.unpark(events)
        return fault.answer() if fault else reply

    def pump(self) -> list[Delivery]:
        """Deliver what is due, each at most once; those that were tried."""
        return self.courier.pump()

    def start_pumping(self) -> Callable[[], None]:
        """Deliver in a thread from now on; what comes back ends that."""
        over = threading.Event()
        thread = threading.Thread(target=self._pump_until, args=(over,), name="messenger", daemon=True)
        thread.start()

        def stop() -> None:
            over.set()
            self.courier.woken.set()
            thread.join(2 * DEADLINE_SECONDS)

        return stop

    def fail_next(
        self,
        code: int,
        subcode: int | None = None,
        *,
        http_status: int | None = None,
        times: int = 1,
        of: Edge = "messages",
        accepting: bool | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse the next calls with this error; `accepting`: after doing their work, as 1/1357046 does by itself."""
        fault = faults.refusal(
            code, subcode, of=of, http_status=http_status, accepting=accepting, headers=headers or {}
        )
        self._plan(fault, times)

    def limit_next(self, minutes: int = 5, *, code: int = 80006, times: int = 1, of: Edge = "messages") -> None:
        """Refuse the next calls for their rate, and say in the header for how long."""
        self.fail_next(code, times=times, of=of, headers=faults.usage(PAGE_ID, minutes))

    def lose_next(
        self,
        how: Literal["timeout", "reset"] = "timeout",
        *,
        times: int = 1,
        of: Edge = "messages",
        accepting: bool = True,
    ) -> None:
        """Take the next calls and never answer them."""
        self._plan(Fault(of, accepting, lose=how, words=f"answer lost ({how})"), times)

    def break_next(self, status: int = 503, *, times: int = 1, of: Edge = "messages", accepting: bool = False) -> None:
        """Answer the next calls with an HTTP error that has no body."""
        self._plan(faults.broken(status, of=of, accepting=accepting), times)

    def garble_next(self, *, times: int = 1, of: Edge = "messages") -> None:
        """Take the next calls and answer them with a 200 that nobody can read."""
        self._plan(faults.garbled(of=of), times)

    def kill_token(self, page_id: str = PAGE_ID, *, dead: bool = True) -> None:
        """Let a Page's token die, or live again."""
        self.world.pages[page_id].token_alive = not dead
        self.world.changed()

    def block(self, page_id: str = PAGE_ID, *, reason: str = "Too many messages") -> None:
        """Forbid a Page to send, and tell our app."""
        self.world.pages[page_id].blocked = True
        self._webhooks.policy(page_id, "block", reason)

    def unblock(self, page_id: str = PAGE_ID) -> None:
        """Let the Page send again, and tell our app."""
        self.world.pages[page_id].blocked = False
        self._webhooks.policy(page_id, "unblock", "")

    def tell(self, event: dict[str, Any], *, page_id: str = PAGE_ID, place: Place = "messaging") -> Delivery:
        """Put any event at all on its way."""
        return self.courier.put(page_id, "custom", event, place)

    def verify_callback(self, ask: Ask | None = None) -> bool:
        """Whether the webhook answers the platform's question as it should, to the byte."""
        challenge = str(secrets.randbelow(10**10))
        query = urllib.parse.urlencode(
            {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": self.verify_token}
        )
        try:
            status, body = (ask or self._ask)(query)
        except OSError:
            status, body = 0, b""
        good = status == 200 and body == challenge.encode()  # noqa: PLR2004 - as HTTP has it
        self.world.log("out", "verification", str(status or "no answer"), fine=good)
        return good

    def _refusal(self, refused: GraphError, what: str) -> Reply:
        self.world.log("in", what, refused.pair, fine=False)
        return refused.status, dict(JSON), refused.body()

    def _plan(self, fault: Fault, times: int) -> None:
        with self.world.lock:
            self.faults.add(fault, times)
            self.world.changed()

    def _overtake(self, echo: Delivery | None, events: list[Delivery]) -> None:
        """Deliver the echo of a send before the answer, when it is its turn and nothing holds deliveries back."""
        if echo is None:
            return
        with self.world.lock:
            self._sends += 1
            first = self.echo == "before" or (self.echo == "in turn" and self._sends % 2 == 0)
        if first and self.courier.prompt:
            events[:] = [event for event in events if event is not echo]
            self.courier.attempt([echo])

    def _pump_until(self, over: threading.Event) -> None:
        """A look each second finds what is due by the clock alone."""
        while not over.is_set():
            self.courier.woken.wait(timeout=1)
            self.courier.woken.clear()
            time.sleep(PAUSE_SECONDS)
            self.courier.pump()

    def _ask(self, query: str) -> tuple[int, bytes]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.callback}?{query}", timeout=DEADLINE_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, b""
