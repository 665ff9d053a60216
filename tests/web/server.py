"""The real server in a process of its own, as `make run` starts it, and what tests arrange by its HTTP interface."""

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.store.base import Token
from chalicelib.wiring import build_store

ROOT = Path(__file__).parents[2]
ADMIN_TOKEN = "a-supervisor-s-token-for-tests"


@dataclass(frozen=True)
class Server:
    """A running server, its address and its data."""

    url: str
    data: Path

    def call(self, method: str, path: str, token: str = "", **body: Any) -> Any:
        """The JSON answer of a request. Raises HTTPError for a refusal."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.url}/api/{path}", data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def visitor(self, name: str, *texts: str) -> "Visitor":
        """Somebody new on the web chat, who says these things."""
        answer = self.call("POST", "webchat/visitors", name=name)
        visitor = Visitor(self, answer["visitor"]["id"], answer["token"])
        for text in texts:
            visitor.say(text)
        return visitor

    def agent(self, session: str, command: str, token: str = ADMIN_TOKEN, **body: Any) -> Any:
        """An agent's command by the interface, as another agent at another screen gives it."""
        return self.call("POST", f"botpress-hitl/sessions/{session.replace(':', '%3A')}/{command}", token, **body)

    def hire(self, name: str) -> str:
        """A new agent's token."""
        token = uuid.uuid4().hex
        store = build_store(f"sqlite:///{self.data}/hitl.db")
        kept = Token(id=name.lower(), name=name, role="agent", created_at=datetime.now(UTC))
        store.add_token(hashlib.sha256(token.encode()).hexdigest(), kept)
        store.close()
        return token


@dataclass(frozen=True)
class Visitor:
    """Somebody on the web chat, by the interface instead of the page."""

    server: Server
    id: str
    token: str

    @property
    def session(self) -> str:
        return f"webchat:{self.id}"

    def say(self, text: str) -> None:
        self.server.call("POST", "webchat/messages", self.token, id=uuid.uuid4().hex, text=text)

    def heard(self) -> list[dict[str, Any]]:
        """What the visitor can read."""
        entries: list[dict[str, Any]] = self.server.call("GET", "webchat/messages?after=0&limit=500", self.token)[
            "entries"
        ]
        return entries


def start(data: Path, **variables: str) -> tuple[Server, "subprocess.Popen[str]"]:
    """Start the server on a free port, with these variables besides, and wait until it says where it listens."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HITL_")}
    environment |= {
        "PORT": "0",
        "STORY": "0",
        "HITL_DATA": str(data),
        "HITL_ADMIN_TOKEN": ADMIN_TOKEN,
        "HITL_BOT": "tests.web.bots:bot",
        "PYTHONUNBUFFERED": "1",
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Web chat:"):
            return Server(line.split()[-1].removesuffix("/webchat"), data), process
    raise AssertionError("the server did not start:\n" + "".join(said))
