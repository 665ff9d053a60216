"""The guide's story, played through the HTTP interface: to see whether this code does its job here."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any


class StoryFailed(Exception):
    """A step did not read back what it should."""


class Client:
    """Speaks JSON with the server as one person."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._token = token

    def post(self, path: str, **body: Any) -> Any:
        """POST the body. Raises StoryFailed for any refusal."""
        return self._ask("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        """GET. Raises StoryFailed for any refusal."""
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._url + path, data=body, headers=headers, method=method)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - our own address
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise StoryFailed(f"{method} {path} was refused: {error.code} {error.read().decode()}") from error
        except OSError as error:
            raise StoryFailed(f"{method} {path} got no answer: {error}") from error


def play(url: str, admin_token: str, tell: Callable[[str], None]) -> None:
    """Play the story against the server at `url`, one line a step. Raises StoryFailed at the first step that fails."""
    visitor = Client(url, Client(url).post("/api/webchat/visitors")["token"])
    agent = Client(url, admin_token)

    visitor.post("/api/webchat/messages", id="story-1", text="HITL_START")
    heard = visitor.get("/api/webchat/messages?after=0")
    offer = _last(heard, "buttons")
    _check(heard["state"]["paused"], "the bot is paused")
    button = offer["buttons"][0]
    tell(f'A user says HITL_START; the bot answers "{offer["text"]}" with the button "{button["title"]}"')

    waiting = agent.get("/api/botpress-hitl/sessions?paused=true")["sessions"]
    alerts = agent.get("/api/botpress-hitl/notifications")["notifications"]
    _check(len(waiting) == 1, "one session waits")
    _check(len(alerts) == 1, "there is one alert")
    tell(f'Agents are alerted: "{alerts[0]["text"]}"')

    session = "/api/botpress-hitl/sessions/" + waiting[0]["id"].replace(":", "%3A")
    agent.post(f"{session}/message", id="story-2", text="Hello, a human here. How can I help?")
    heard = visitor.get(f"/api/webchat/messages?after={heard['cursor']}")
    name = heard["state"]["agent"]["name"]
    tell(f'{name} takes over and answers; the user reads "{_last(heard, "text")["text"]}"')

    visitor.post("/api/webchat/postback", id="story-3", payload=button["payload"], title=button["title"])
    heard = visitor.get(f"/api/webchat/messages?after={heard['cursor']}")
    _check(not heard["state"]["paused"], "the bot is back")
    tell(f'The user presses "{button["title"]}"; the bot says "{_last(heard, "text")["text"]}"')

    visitor.post("/api/webchat/messages", id="story-4", text="Are you there?")
    heard = visitor.get(f"/api/webchat/messages?after={heard['cursor']}")
    _check(heard["entries"][-1]["author"]["kind"] == "bot", "the bot answers")
    tell(f'The user asks "Are you there?"; the bot answers "{_last(heard, "text")["text"]}"')


def _last(heard: dict[str, Any], kind: str) -> dict[str, Any]:
    """The last message of our side, which must be of this kind."""
    said = [e for e in heard["entries"] if e["kind"] == "message" and e["author"]["kind"] in ("bot", "agent")]
    _check(bool(said) and said[-1]["content"]["type"] == kind, f"an answer of the kind {kind}")
    content: dict[str, Any] = said[-1]["content"]
    return {**content, "text": " ".join(content["text"].split())}


def _check(holds: object, what: str) -> None:
    if not holds:
        raise StoryFailed(f"expected: {what}")
