"""Brings events to the app's webhook: signed, escaped and tried again, as the platform does, or spoilt as a test asks."""

import hashlib
import hmac
import http.client
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from local.messenger.state import World

Deliver = Callable[[bytes, dict[str, str]], int]
"""Takes a body and its headers, and returns the HTTP status that came back. An OSError: nothing came."""

Place = Literal["messaging", "standby", "changes"]

RETRY_SECONDS = (0, 5, 30, 120, 600, 1800)
"""How long the platform waits before each further attempt, by its own clock. After the last it gives up."""

DEADLINE_SECONDS = 5
MOST = 1000
"""Attempts in one `pump`, lest two programs that answer each other go on for ever."""


@dataclass
class Delivery:
    """One event on its way to the webhook. `statuses`: what the attempts got; 0 is no answer. `busy`: not for a pump now."""

    page_id: str
    kind: str
    place: Place
    event: dict[str, Any]
    due: int
    statuses: list[int] = field(default_factory=list)
    busy: bool = False


class Courier:
    """Holds what is to be delivered. Nothing goes out before `pump`, but for an echo that overtakes its answer."""

    def __init__(self, world: World, deliver: Deliver) -> None:
        self._world = world
        self._queue: list[Delivery] = []
        self._held: list[Delivery] | None = None
        self._parking = False
        self.deliver = deliver
        self.delay_seconds = 0.0
        self.done: list[Delivery] = []
        """What was delivered or given up, in that order."""
        self.bodies: list[bytes] = []
        """Every body that was sent, as it was."""
        self.woken = threading.Event()

    @property
    def waiting(self) -> list[Delivery]:
        """What has not been delivered yet, held back or not."""
        with self._world.lock:
            return [*self._queue, *(self._held or [])]

    @property
    def holding(self) -> bool:
        """Whether new deliveries are held back."""
        return self._held is not None

    @property
    def prompt(self) -> bool:
        """Whether deliveries go out as soon as they can."""
        return self._held is None and not self.delay_seconds

    def put(self, page_id: str, kind: str, event: dict[str, Any], place: Place = "messaging") -> Delivery:
        """Take on an event."""
        with self._world.lock:
            due = self._world.clock.now() + int(self.delay_seconds * 1000)
            delivery = Delivery(page_id, kind, place, event, due, busy=self._parking)
            (self._queue if self._held is None else self._held).append(delivery)
        self._world.changed()
        self.woken.set()
        return delivery

    @contextmanager
    def parked(self) -> Iterator[list[Delivery]]:
        """What is put meanwhile waits for `unpark`. With the lock held, so that it is the caller's own: the list of it."""
        put: list[Delivery] = []
        before = len(self.waiting)
        self._parking = True
        try:
            yield put
        finally:
            self._parking = False
            put += self.waiting[before:]

    def unpark(self, deliveries: list[Delivery]) -> None:
        """Let these go when they are due."""
        with self._world.lock:
            for delivery in deliveries:
                delivery.busy = False
        self.woken.set()

    def pump(self) -> list[Delivery]:
        """Deliver what is due, and what becomes due by that, each at most once; those that were tried."""
        tried: list[Delivery] = []
        while len(tried) < MOST:
            delivery = self._next(tried)
            if delivery is None:
                break
            tried.append(delivery)
            self.attempt([delivery])
        return tried

    def pump_together(self) -> list[Delivery]:
        """Deliver what is due in one body, with an entry for each event."""
        with self._world.lock:
            due = [delivery for delivery in self._queue if self._is_due(delivery)]
            for delivery in due:
                delivery.busy = True
        if due:
            self.attempt(due)
        return due

    def attempt(self, deliveries: list[Delivery]) -> int:
        """One POST with these; its status. What has failed is due again later."""
        body = self.body(deliveries)
        self.bodies.append(body)
        try:
            status = self.deliver(body, headers(self._world.app_secret, body))
        except OSError:
            status = 0
        with self._world.lock:
            for delivery in deliveries:
                self._settle(delivery, status)
        kinds = ", ".join(delivery.kind for delivery in deliveries)
        again = f" (attempt {len(deliveries[0].statuses)})" if len(deliveries[0].statuses) > 1 else ""
        self._world.log("out", kinds + again, str(status or "no answer"), fine=_good(status))
        return status

    def hold(self) -> None:
        """Keep what comes from now on."""
        with self._world.lock:
            self._held = self._held or []
        self._world.changed()

    def release(self, *, reverse: bool = False) -> None:
        """Let go what was kept, in its order or the other way round."""
        with self._world.lock:
            held, self._held = self._held or [], None
            self._queue.extend(reversed(held) if reverse else held)
        self._world.changed()
        self.woken.set()

    def redeliver(self, count: int = 1) -> list[Delivery]:
        """Take on the last deliveries that succeeded once more, as the platform does without being asked."""
        with self._world.lock:
            last = [delivery for delivery in self.done if _good(delivery.statuses[-1])][-count:]
        return [self.put(delivery.page_id, delivery.kind, delivery.event, delivery.place) for delivery in last]

    def body(self, deliveries: Iterable[Delivery]) -> bytes:
        """The body of one POST. The time of its entries is now, also when the events are older."""
        now = self._world.clock.now()
        entries = [{"id": one.page_id, "time": now, one.place: [one.event]} for one in deliveries]
        return escaped({"object": "page", "entry": entries})

    def _next(self, tried: list[Delivery]) -> Delivery | None:
        with self._world.lock:
            for delivery in self._queue:
                if self._is_due(delivery) and not any(delivery is one for one in tried):
                    delivery.busy = True
                    return delivery
        return None

    def _is_due(self, delivery: Delivery) -> bool:
        return not delivery.busy and delivery.due <= self._world.clock.now()

    def _settle(self, delivery: Delivery, status: int) -> None:
        delivery.statuses.append(status)
        delivery.busy = False
        attempts = len(delivery.statuses)
        if not _good(status) and attempts <= len(RETRY_SECONDS):
            delivery.due = self._world.clock.now() + RETRY_SECONDS[attempts - 1] * 1000
            return
        self._queue = [waiting for waiting in self._queue if waiting is not delivery]
        self.done.append(delivery)


def escaped(value: Any) -> bytes:
    """JSON as the platform writes it, which no other library does: whoever writes it anew gets other bytes."""
    text = json.dumps(value, separators=(",", ":"))
    for plain, written in (("/", "\\/"), ("@", "\\u0040"), ("%", "\\u0025"), ("<", "\\u003C")):
        text = text.replace(plain, written)
    return text.encode("ascii")


def headers(app_secret: str, body: bytes) -> dict[str, str]:
    """What comes with a body: its signature, and the old one that nobody should look at."""
    key = app_secret.encode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }


def over_http(callback: str) -> Deliver:
    """Delivers to an address, past any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def deliver(body: bytes, given: dict[str, str]) -> int:
        request = urllib.request.Request(callback, data=body, headers=given, method="POST")  # noqa: S310 - set by a developer
        try:
            with opener.open(request, timeout=DEADLINE_SECONDS) as response:
                return int(response.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except http.client.HTTPException as error:
            raise ConnectionError("the answer was no HTTP") from error

    return deliver


def _good(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - as HTTP has it
