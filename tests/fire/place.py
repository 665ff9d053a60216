"""A local server in a process of its own with everybody who may call it, and a look into its database."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from chalicelib.desk.desk import Desk
from chalicelib.wiring import build_store
from tests.handlers.bots import silent
from tests.handlers.people import hire
from tests.handlers.table import Caller, Route
from tests.local.process import ROOT, environment

LOOKS = 600
"""How often something that must come is looked for, 0.05 s apart."""

WAIT_SECONDS = 30
"""For what must come at all; a test that waits so long has failed."""


@dataclass(frozen=True)
class Talk:
    """A paused session with an alert, and what its visitor may present."""

    session: str
    token: str
    notification: str

    def path(self, route: Route) -> str:
        """The route's path, filled with what belongs to this session."""
        return route.filled(session=quote(self.session, safe=""), notification=self.notification)


class Place:
    """The server at `url`, its database and what it printed."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.host = urlsplit(url).hostname or ""
        self.port = urlsplit(url).port or 0
        self.database = folder / "hitl.db"
        self.output = folder / "output"
        self._read_to = 0
        self.http = httpx.Client(base_url=url, timeout=WAIT_SECONDS, trust_env=False)
        with closing(build_store(f"sqlite:///{self.database}")) as store:
            desk = Desk(store, silent)
            self.tokens = {role: hire(desk, role, role) for role in ("supervisor", "agent", "bot")}
            self.revoked = hire(desk, "gone", "supervisor")
            store.revoke_token("gone")

    def token(self, caller: Caller, talk: Talk | None = None) -> str | None:
        """The caller's token; a visitor's is that of the talk."""
        if caller == "visitor":
            return (talk or self.talk()).token
        return self.tokens.get(caller)

    def talk(self, name: str = "Vera") -> Talk:
        """A new visitor who has written and waits for a human."""
        told = self._done(self.http.post("/api/webchat/visitors", json={"name": name}))
        bearer = {"Authorization": f"Bearer {told['token']}"}
        self._done(self.http.post("/api/webchat/messages", json={"id": "m1", "text": "Hello"}, headers=bearer))
        self._done(self.http.post("/api/webchat/human", headers=bearer))
        agent = {"Authorization": f"Bearer {self.tokens['agent']}"}
        listed = self._done(self.http.get("/api/botpress-hitl/notifications?limit=1", headers=agent))
        session = f"webchat:{told['visitor']['id']}"
        alert = listed["notifications"][0]
        assert alert["session_id"] == session
        return Talk(session, told["token"], alert["id"])

    def is_well(self) -> None:
        """Fails unless a client that behaves is answered from the store, and no error was printed since the last look.

        That a delivery is parked, since it is none, is as it should be.
        """
        agent = {"Authorization": f"Bearer {self.tokens['agent']}"}
        assert self._done(self.http.get("/api/botpress-hitl/sessions", headers=agent))["sessions"]
        said = self.output.read_bytes()[self._read_to :]
        self._read_to += len(said)
        said = re.sub(rb".*an event was parked: It is no JSON.*", b"", said)
        for sign in (b"Traceback", b" broke", b"ERROR"):
            assert sign not in said, said[-3000:].decode(errors="replace")

    def ask(
        self,
        method: str,
        path: str,
        token: str,
        body: bytes = b"",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """The answer's JSON; None where it is none."""
        bearer = {"Content-Type": "application/json", "Authorization": f"Bearer {token}".strip()}
        answer = self.http.request(
            method, f"{path}?{query}" if query else path, content=body, headers=bearer | (headers or {})
        )
        return answer.json() if answer.headers.get("content-type") == "application/json" else None

    def _done(self, answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


class Watch:
    """Tells whether anything was committed to the database since the last look."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._seen = self._version()

    def changed(self) -> bool:
        """Whether any other connection has changed anything since this was asked last."""
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


@contextmanager
def burning(folder: Path, **variables: str) -> Iterator[Place]:
    """The server on data in the folder, until the block ends. What it prints goes to a file, which no flood fills.

    It tells nobody again of those who wait, so that its database changes by requests alone, however long a run takes.
    """
    settings = {
        "DATA": str(folder),
        "STORE": f"sqlite:///{folder}/hitl.db",
        "VISITOR_BURST": "1000000",
        "ESCALATE_AFTER": "off",
        **variables,
    }
    given = {f"HITL_{name}": value for name, value in settings.items()}
    output = folder / "output"
    with output.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env=environment(STORY="0", **given),
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    place: Place | None = None
    try:
        place = Place(_url(output, process), folder)
        yield place
    finally:
        if place is not None:
            place.http.close()
        process.terminate()
        try:
            process.wait(WAIT_SECONDS)
        finally:
            process.kill()
            process.wait(WAIT_SECONDS)


def _url(output: Path, process: subprocess.Popen[bytes]) -> str:
    for _ in range(LOOKS):
        for line in output.read_text(encoding="utf-8").splitlines():
            if line.startswith("Data:"):  # the last thing it prints before it serves
                return next(
                    word.removesuffix("/webchat")
                    for word in output.read_text(encoding="utf-8").split()
                    if word.endswith("/webchat")
                )
        assert process.poll() is None, output.read_text(encoding="utf-8")
        time.sleep(0.05)
    raise AssertionError(output.read_text(encoding="utf-8"))


def is_refusal(kind: str, body: str) -> bool:
    """Whether an error has the shape that all of ours have."""
    said = json.loads(body) if kind == "application/json" else {}
    return set(said) == {"Code", "Message"} and all(isinstance(value, str) and value for value in said.values())
