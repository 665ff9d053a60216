"""What API Gateway does on AWS: an HTTP request becomes an event, the app's answer a response."""

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

Headers = list[tuple[str, str]]
BODY_LIMIT = 10 * 1024 * 1024
"""Bytes; API Gateway's own limit."""


_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Answer:
    """A response to send."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""


class Gateway:
    """Finds the route of a request and calls the app as Lambda would."""

    def __init__(
        self, app: Callable[[dict[str, Any], Any], dict[str, Any]], routes: Iterable[str], methods: Any
    ) -> None:
        self._app = app
        paths = sorted(routes, key=_plain_first)
        self._pattern = re.compile("|".join(f"({_PARAMETER.sub('([^/]+)', path)})" for path in paths))
        self._groups = _groups(paths)
        self._methods = methods

    def handle(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Answer:
        """The app's answer, or 404 and 405 where no route fits. `path` and `query` are still percent-encoded.

        HEAD is answered as GET; leaving the body out is left to the server, which tells its length.
        """
        found = self._match(path)
        if found is None:
            return refuse(404, "RouteNotFound", "Nothing answers at this path.")
        route, parameters = found
        asked = "GET" if method == "HEAD" else method
        if asked not in self._methods[route]:
            allowed = ", ".join(sorted(self._methods[route]))
            refusal = refuse(405, "MethodNotAllowed", f"This path answers to {allowed}.")
            return replace(refusal, headers=[*refusal.headers, ("Allow", allowed)])
        return _answer(self._app(_event(asked, route, path, parameters, query, headers, body), None))

    def _match(self, path: str) -> tuple[str, dict[str, str]] | None:
        found = self._pattern.fullmatch(path.rstrip("/") or "/")
        if found is None or found.lastindex is None:
            return None
        route, names = self._groups[found.lastindex]
        return route, {name: found[found.lastindex + 1 + number] for number, name in enumerate(names)}


def refuse(status: int, code: str, message: str) -> Answer:
    """An error in the shape that all of ours have."""
    body = json.dumps({"Code": code, "Message": message}).encode()
    return Answer(status, [("Content-Type", "application/json"), ("X-Request-Id", secrets.token_hex(8))], body)


def _groups(paths: list[str]) -> dict[int, tuple[str, list[str]]]:
    """For the number of each path's group in the pattern: the path, and the names of its parameters, whose groups follow."""
    groups: dict[int, tuple[str, list[str]]] = {}
    number = 1
    for path in paths:
        names = _PARAMETER.findall(path)
        groups[number] = (path, names)
        number += 1 + len(names)
    return groups


def _plain_first(path: str) -> tuple[int, str]:
    return path.count("{"), path


def _event(
    method: str, route: str, path: str, parameters: dict[str, str], query: str, headers: Headers, body: bytes
) -> dict[str, Any]:
    values = _listed(parse_qsl(query, keep_blank_values=True, errors="replace"))
    return {
        "httpMethod": method,
        "path": path,
        "resource": route,
        "headers": dict(headers),
        "multiValueHeaders": _listed(headers),
        "pathParameters": parameters or None,
        "queryStringParameters": {name: given[-1] for name, given in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": route,
            "path": path,
            "requestId": secrets.token_hex(8),
            "identity": {},
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _listed(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of each name, in order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _answer(answer: dict[str, Any]) -> Answer:
    headers: Headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers.extend((name, str(value)) for value in values)
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode("utf-8", "replace")
    return Answer(int(answer["statusCode"]), headers, body)
