"""The simulator in the local server: its page, the page's interface, and the Graph API, all below `/simulator`."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.handlers.pages import HEADERS, POLICY, TYPES
from local.gateway import Answer, Headers, refuse
from local.messenger.commands import COMMANDS, Refused, run
from local.messenger.platform import Platform
from local.messenger.view import view

ROOT = "/simulator"
GRAPH = f"{ROOT}/graph"
MEDIA = f"{ROOT}/media"
FOLDERS = ("web", "media")
_TYPES = {**TYPES, ".png": "image/png"}
_COMMAND = re.compile(rf"{ROOT}/api/([a-z-]+)")
_JSON: Headers = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class Simulator:
    """Answers what is its own. `url`: of the local server, whose page alone may command."""

    def __init__(self, platform: Platform, url: str) -> None:
        self._platform = platform
        self._url = url
        self._hosts = {urlsplit(url).netloc, urlsplit(url).netloc.replace("127.0.0.1", "localhost")}

    def handle(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Answer | None:
        """The answer, or None for what is somebody else's. `path` and `query` are still percent-encoded."""
        if path != ROOT and not path.startswith(f"{ROOT}/"):
            return None
        small = {name.lower(): value for name, value in headers}
        if path.startswith(f"{GRAPH}/"):
            return self._graph(method, path, query, small, body)
        if small.get("host") not in self._hosts:
            return refuse(403, "WrongHost", "The simulator answers on this machine only.")
        if path == f"{ROOT}/api/state":
            return self._state(query)
        command = _COMMAND.fullmatch(path)
        if command is not None and command[1] in COMMANDS:
            return self._command(method, command[1], small, body)
        if method not in ("GET", "HEAD"):
            return refuse(405, "MethodNotAllowed", "This path answers to GET.")
        name = "web/index.html" if path in (ROOT, f"{ROOT}/") else path.removeprefix(f"{ROOT}/")
        if path == f"{ROOT}/":
            return Answer(308, [("Location", ROOT)])
        file = _files().get(name)
        return refuse(404, "RouteNotFound", "There is no such page.") if file is None else _file(file)

    def _graph(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            status, given, answer = self._platform.handle(method, path.removeprefix(GRAPH), query, headers, body)
        except (TimeoutError, ConnectionResetError):
            # this server cannot leave a request without an answer; one that says nothing leaves as much open
            return Answer(502)
        return Answer(status, list(given.items()), answer)

    def _state(self, query: str) -> Answer:
        asked = parse_qs(query)
        after = asked.get("after", ["0"])[-1]
        psid = asked.get("psid", [""])[-1]
        return _json(view(self._platform, psid, int(after) if re.fullmatch(r"[0-9]{1,15}", after) else 0))

    def _command(self, method: str, name: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Only our page can send this: no other can claim JSON, or our origin."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        origin = headers.get("origin")
        if method != "POST":
            return refuse(405, "MethodNotAllowed", "This path answers to POST.")
        if kind != "application/json":
            return refuse(415, "NotJson", "The body must be application/json.")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
            origin is not None and urlsplit(origin).netloc not in self._hosts
        ):
            return refuse(403, "WrongOrigin", "Only the simulator's own page may do this.")
        given = _object(body)
        if given is None:
            return refuse(400, "Malformed", "The body must be a JSON object.")
        try:
            run(self._platform, name, given, self._url + MEDIA)
        except Refused as refused:
            return refuse(400, "Refused", str(refused))
        return _json({"cursor": self._platform.world.revision})


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


def _json(value: dict[str, Any]) -> Answer:
    return Answer(200, list(_JSON), json.dumps(value).encode())


@cache
def _files() -> dict[str, Path]:
    """What is served, by its name below the page; no other file is ever opened, whatever a request names."""
    here = Path(__file__).parent
    return {
        f"{folder}/{path.name}": path
        for folder in FOLDERS
        for path in (here / folder).iterdir()
        if path.suffix in _TYPES
    }


def _file(path: Path) -> Answer:
    headers = [(name, str(value)) for name, value in HEADERS.items()]
    headers += [("Content-Security-Policy", POLICY), ("Content-Type", _TYPES[path.suffix])]
    return Answer(200, headers, path.read_bytes())
