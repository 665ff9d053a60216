"""The app called in this process, by events as API Gateway makes them for Lambda."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalice import Chalice

HITL = "/api/botpress-hitl"
CHAT = "/api/webchat"
ADMIN_TOKEN = "the-admin-token-of-the-bench"  # noqa: S105 - opens nothing outside this process
SETTINGS = {
    "HITL_SECRET": "the-signing-secret-of-the-bench",
    "HITL_BOT": "bench.bot:bot",
    "HITL_VISITOR_BURST": "1000000",
    "HITL_VISITOR_RATE": "1000000",
}


@dataclass(frozen=True)
class Call:
    """A request, ready to be sent any number of times."""

    app: Chalice
    event: Mapping[str, Any]

    def __call__(self) -> Any:
        """The answer's body. Raises AssertionError for anything but 200."""
        told = self.app(dict(self.event), None)
        if told["statusCode"] != 200:
            raise AssertionError(f"{self.event['requestContext']['resourcePath']}: {told}")
        return json.loads(told["body"])


def call(app: Chalice, method: str, route: str, token: str = "", *, body: Any = None, **given: object) -> Call:
    """A call of `route`; of `given`, what stands in the route's braces fills them, and the rest is the query."""
    return Call(app, event(method, route, token, body=body, **given))


def event(method: str, route: str, token: str = "", *, body: Any = None, **given: object) -> dict[str, Any]:
    """The same as the event that a function gets."""
    inside = {name: quote(str(value), safe="") for name, value in given.items() if f"{{{name}}}" in route}
    query = {name: [str(value)] for name, value in given.items() if name not in inside}
    path = route
    for name, value in inside.items():
        path = path.replace(f"{{{name}}}", value)
    return {
        "requestContext": {"httpMethod": method, "resourcePath": route, "path": path},
        "headers": {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        "pathParameters": inside or None,
        "multiValueQueryStringParameters": query or None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
