"""The HTTP interface as API Gateway calls it; every answer is held against the description before a test sees it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice import Chalice

from chalicelib.handlers.openapi import describe
from tests.handlers.schema import complaints

GATEWAY_ONLY = (405, 415)
"""Statuses that the framework answers by itself, for any route."""

UNSAID = object()
"""No body at all, where None is the body `null`."""


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str
    encoded: bool = False

    @property
    def bytes(self) -> bytes:
        """The body as it goes over the wire."""
        return base64.b64decode(self.text) if self.encoded else self.text.encode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The error's name; empty for an answer that is none."""
        return "" if self.status < 400 else str(self.json["Code"])

    @property
    def said(self) -> tuple[int, str]:
        """Status and error's name."""
        return self.status, self.code


class Api:
    """Calls the app with events as API Gateway makes them: path parameters still percent-encoded, queries decoded."""

    def __init__(self, app: Chalice) -> None:
        self._app = app

    def get(self, path: str, **given: Any) -> Answer:
        return self.call("GET", path, **given)

    def post(self, path: str, body: Any = UNSAID, **given: Any) -> Answer:
        return self.call("POST", path, body, **given)

    def call(
        self,
        method: str,
        path: str,
        body: Any = UNSAID,
        *,
        token: str | None = None,
        raw: str | bytes | None = None,
        query: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        base64: bool = False,
    ) -> Answer:
        """One request. `raw` is a body as it stands; `body` is made JSON. Raises LookupError where nothing is routed."""
        template, captured = self._route(path)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        event = {
            "requestContext": {"httpMethod": method, "resourcePath": template, "path": path},
            "headers": sent,
            "pathParameters": captured or None,
            "multiValueQueryStringParameters": _listed(query),
            "stageVariables": None,
            "body": raw if body is UNSAID else json.dumps(body),
            "isBase64Encoded": base64,
        }
        told = self._app(event, None)
        headers_told = {name.lower(): value for name, value in told["headers"].items()}
        answer = Answer(told["statusCode"], headers_told, told["body"], told.get("isBase64Encoded", False))
        check(method, template, answer)
        return answer

    def _route(self, path: str) -> tuple[str, dict[str, str]]:
        parts = path.split("/")
        for template in self._app.routes:
            names = template.split("/")
            if len(names) == len(parts) and all(_fits(*pair) for pair in zip(names, parts, strict=True)):
                captured = zip(names, parts, strict=True)
                return template, {name[1:-1]: part for name, part in captured if name.startswith("{")}
        raise LookupError(path)


def check(method: str, template: str, answer: Answer) -> None:
    """What holds for every answer: no 5xx but a 503 that says when to come back, and the shape that is described."""
    assert answer.status < 500 or answer.status == 503, answer
    assert (answer.status in (429, 503)) == ("retry-after" in answer.headers), answer
    if answer.status >= 400:
        assert answer.json.keys() == {"Code", "Message"}, answer
        assert all(isinstance(value, str) and value for value in answer.json.values()), answer
    document = describe()
    operation = document["paths"].get(template, {}).get(method.lower())
    if operation is None or answer.status in GATEWAY_ONLY:
        return
    assert str(answer.status) in operation["responses"], (method, template, answer)
    content = operation["responses"][str(answer.status)]["content"]
    if "application/json" not in content:
        assert not {answer.headers["content-type"].partition(";")[0], "*/*"}.isdisjoint(content), (template, answer)
        return
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    schema = content["application/json"]["schema"]
    assert not list(complaints(answer.json, schema, document["components"]["schemas"])), (method, template, answer)


def _fits(name: str, part: str) -> bool:
    return bool(part) if name.startswith("{") else name == part


def _listed(query: Mapping[str, str | list[str]] | None) -> dict[str, list[str]] | None:
    if not query:
        return None
    return {name: value if isinstance(value, list) else [value] for name, value in query.items()}
