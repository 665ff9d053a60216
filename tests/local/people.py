"""Visitors and agents at a running server, over HTTP."""

import ssl
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self
from urllib.parse import quote

import httpx

WAIT_SECONDS = 30
"""For what must come at all; a test that waits so long has failed."""


_TLS = ssl.create_default_context()
"""Not used on loopback, but making one for each client would take longer than most tests."""


class Person:
    """Somebody with a token."""

    def __init__(self, url: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=WAIT_SECONDS, trust_env=False, verify=_TLS)
        self.token = token

    def get(self, path: str) -> Any:
        return _json(self.http.get(path))

    def post(self, path: str, **body: Any) -> Any:
        return _json(self.http.post(path, json=body))

    def close(self) -> None:
        self.http.close()


class Visitor(Person):
    """A visitor of the web chat."""

    def __init__(self, url: str, visit: dict[str, Any]) -> None:
        super().__init__(url, visit["token"])
        self.id = visit["visitor"]["id"]
        self.path = f"/api/botpress-hitl/sessions/{quote(f'webchat:{self.id}', safe='')}"

    def says(self, text: str, message_id: str) -> Any:
        return self.post("/api/webchat/messages", id=message_id, text=text)

    def reads(self, after: int = 0) -> list[dict[str, Any]]:
        """Everything the visitor can read, to the end."""
        entries: list[dict[str, Any]] = []
        while True:
            told = self.get(f"/api/webchat/messages?after={after}&limit=500")
            if told["cursor"] == after:
                return entries
            entries += told["entries"]
            after = told["cursor"]


class Office:
    """The server at an address, an agent with the supervisor's token, and visitors as they come."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.agent = Person(url, token)
        self._people: list[Person] = [self.agent]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self._people:
            person.close()

    def visitor(self, name: str = "") -> Visitor:
        """A new one."""
        stranger = Person(self.url)
        visitor = Visitor(self.url, stranger.post("/api/webchat/visitors", name=name))
        stranger.close()
        self._people.append(visitor)
        return visitor

    def log(self, visitor: Visitor) -> list[dict[str, Any]]:
        """All entries of the visitor's session, as an agent reads them."""
        entries: list[dict[str, Any]] = []
        while True:
            after = entries[-1]["seq"] if entries else 0
            more = self.agent.get(f"{visitor.path}?after={after}&limit=500")["entries"]
            if not more:
                return entries
            entries += more


def at_once(tasks: Iterable[Callable[[], Any]]) -> list[Any]:
    """The results of all tasks, started together in a thread each; raises what one of them raised."""
    todo = list(tasks)
    start = threading.Barrier(len(todo))

    def run(task: Callable[[], Any]) -> Any:
        start.wait(WAIT_SECONDS)
        return task()

    with ThreadPoolExecutor(len(todo)) as pool:
        return list(pool.map(run, todo))


def _json(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, (answer.request.url, answer.status_code, answer.text)
    return answer.json()
