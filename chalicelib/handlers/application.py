"""The Chalice app made safe for threads, and for events that are not as API Gateway makes them."""

import re
import secrets
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from chalice import Chalice
from chalice.app import Request

from chalicelib.errors import RouteNotFound
from chalicelib.handlers.logs import about
from chalicelib.handlers.responses import JSON_HEADERS, refusal
from chalicelib.model.session import is_session_id

OPTIONAL = ("multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
"""What Chalice expects in every event, if only as null."""


REQUEST_ID = "X-Request-Id"
"""The header by which every answer tells under which id its request is in the log."""

_ROOT = re.compile(r"(?:.*;)?Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;.*)?")
"""What AWS calls a trace, in the header that it puts on each request and passes on from whoever is before it."""


class Application(Chalice):
    """A Chalice app whose current request belongs to the thread that serves it.

    Chalice keeps one current request for the whole process, which is right on Lambda; a local server with threads would
    answer one caller with another's credentials.
    """

    def __init__(self, **options: Any) -> None:
        self._serving = threading.local()
        super().__init__(configure_logs=False, **options)  # its own would print an error's words
        self.api.binary_types = []  # as `responses.Binary` says

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """The answer to an event of API Gateway, whatever it left out."""
        asked = event.get("requestContext") or {}
        request = str(asked.get("requestId") or getattr(context, "aws_request_id", None) or secrets.token_hex(8))
        told = self._answer(event, context, asked, request)
        told["headers"][REQUEST_ID] = request
        return told

    def _answer(self, event: Any, context: Any, asked: Any, request: str) -> dict[str, Any]:
        route, method = asked.get("resourcePath"), asked.get("httpMethod")
        if route not in self.routes or not isinstance(method, str):
            return refusal(RouteNotFound("Nothing answers at this path.")).to_dict()
        entry, given = self.routes[route].get(method), event.get("pathParameters") or {}
        if entry is not None and not all(isinstance(given.get(name), str) for name in entry.view_args):
            return refusal(RouteNotFound("Nothing answers at this path.")).to_dict()
        headers = {name: value for name, value in (event.get("headers") or {}).items() if isinstance(value, str)}
        trace = _trace(headers) or request
        with about(request=request, trace=trace, route=f"{method} {route}", session=_session(given.get("session"))):
            told = super().__call__({**dict.fromkeys(OPTIONAL), **event, "headers": headers}, context)
        if "Content-Type" not in told["headers"]:  # an error of the framework's own
            told["headers"].update(JSON_HEADERS)
        return told

    @property
    def current_request(self) -> Request | None:
        """The request that this thread serves, None outside a request."""
        return getattr(self._serving, "request", None)

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._serving.request = request


def _trace(headers: Mapping[str, str]) -> str | None:
    """The trace that the request is a part of; None for none, and for what AWS would not call so: anybody may send it."""
    told = next((value for name, value in headers.items() if name.lower() == "x-amzn-trace-id"), "")
    found = _ROOT.fullmatch(told)
    return found and found[1]


def _session(given: str | None) -> str | None:
    """The session's id in a path; None for what can be none: it may hold anything."""
    plain = unquote(given or "")
    return plain if is_session_id(plain) else None
