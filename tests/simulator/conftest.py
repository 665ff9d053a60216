"""The simulated platform in this process, with a clock that stands still and a webhook that remembers."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.messenger.platform import Platform
from local.messenger.state import Clock

START = 1_790_000_000
HOUR = 3600


@dataclass
class Webhook:
    """Takes deliveries. `answers`: the statuses of the next ones, then 200; `heard`: the bodies it said 2xx to, parsed."""

    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.bodies.append(body)
        self.headers.append(headers)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise ConnectionRefusedError
        if status == 200:
            self.heard.append(json.loads(body))
        return status

    def events(self, key: str = "", place: str = "messaging") -> list[dict[str, Any]]:
        """The events of one kind, or all, in the order they came."""
        found = [event for body in self.heard for entry in body["entry"] for event in entry.get(place, [])]
        return [event for event in found if key in event] if key else found


@dataclass
class Client:
    """Our side, calling the API in this process."""

    platform: Platform
    token: str = "simulated-page-token"

    def ask(self, method: str, path: str, body: Any = None, *, query: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.platform.handle(method, f"/v25.0/{path}", query, headers, data)
        return status, json.loads(answer)

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return self.ask("POST", path, body)

    def send(self, text: str = "Hello", **more: Any) -> tuple[int, Any]:
        """A plain answer to Ann; `more` replaces top-level fields, and None takes one away."""
        body = {"recipient": {"id": "7007007007"}, "messaging_type": "RESPONSE", "message": {"text": text}} | more
        return self.post("1002003004/messages", **{name: value for name, value in body.items() if value is not None})

    def refusal(self, text: str = "Hello", **more: Any) -> tuple[int, int | None]:
        """Code and subcode of the refusal of such an answer."""
        status, body = self.send(text, **more)
        assert status >= 400, body
        assert {"message", "type", "code", "fbtrace_id"} <= body["error"].keys()
        return body["error"]["code"], body["error"].get("error_subcode")


@pytest.fixture
def webhook():
    return Webhook()


@pytest.fixture
def platform(webhook):
    """A platform that stands still in time, and does not overtake its answers."""
    return Platform(deliver=webhook, clock=Clock(lambda: START), echo="after")


@pytest.fixture
def ann(platform):
    """A user who has just written; the webhook has heard of it."""
    user = platform.user()
    user.says("Hi")
    platform.pump()
    return user


@pytest.fixture
def client(platform, ann):
    return Client(platform)
