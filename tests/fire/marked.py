"""Good requests of which every value that is anybody's own has a marker in it."""

import json
from itertools import count
from typing import Any

from tests.channels.deliveries import PAGE, USER
from tests.handlers.api import UNSAID
from tests.handlers.meta import SIGNATURE, VERIFY_TOKEN, signature
from tests.handlers.table import CODE, WEBHOOK, Route

MARKER = "xyzzy"
"""In every text, name, title, reason, query, header, path and body that is sent. Only ids of ours do without."""

NONCE = f"{CODE['nonce']}-{MARKER}"
"""What the page made up for its sign-in, as `good` sends it."""

_AS_IT_IS = ("redirect_uri", "object")
"""Values that would not be good any more."""

_numbers = count(1)


def body(**said: Any) -> bytes:
    return json.dumps(said).encode()


def good(route: Route) -> tuple[bytes, str, dict[str, str]]:
    """Body, query and headers that the route accepts from those it is for; each time another message, with another id."""
    if route.path == WEBHOOK:
        query = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1" if route.method == "GET" else ""
        told, headers = delivered(message={"mid": f"m_{MARKER}{next(_numbers)}", "text": f"{MARKER} text"})
        return (told, query, headers) if route.method == "POST" else (b"", query, {})
    if route.body is UNSAID:
        return b"", "", {}
    return body(**{name: _marked(name, value) for name, value in route.body.items()}), "", {}


def delivered(*, at_ms: int | None = None, of: str = USER, **event: Any) -> tuple[bytes, dict[str, str]]:
    """A delivery of the platform's with one event, of this user unless it says else; its body and its headers."""
    whole = {"sender": {"id": of}, "recipient": {"id": PAGE}, "timestamp": at_ms, **event}
    raw = json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [whole]}]}).encode()
    return raw, {SIGNATURE: signature(raw)}


def _marked(name: str, value: Any) -> Any:
    """The value with the marker, if it is a text; the name stays."""
    if not isinstance(value, str) or name in _AS_IT_IS:
        return value
    return f"{value}-{MARKER}-{next(_numbers)}" if name == "id" else f"{value}-{MARKER}"
