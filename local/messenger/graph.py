"""The calls of the Graph API: who may make them, and what they do."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from local.messenger import calls
from local.messenger.courier import Delivery
from local.messenger.errors import GraphError, bad
from local.messenger.faults import Edge
from local.messenger.sends import Sends
from local.messenger.state import Page, World
from local.messenger.webhooks import Webhooks

_PATH = re.compile(r"/(?:v(?P<version>\d{1,3})\.\d/)?(?P<node>[\w.-]+)(?:/(?P<edge>\w+))?/?")
OLDEST_VERSION = 21
PROOF_SECONDS = 300

_CONTROL = ("pass_thread_control", "take_thread_control", "request_thread_control", "release_thread_control")
_EDGES: dict[str, Edge] = {
    "messages": "messages",
    "personas": "personas",
    "thread_owner": "thread",
    **dict.fromkeys(_CONTROL, "thread"),
}


@dataclass
class Call:
    """A request, taken apart. `parameters`: query and body as one."""

    method: str
    node: str
    edge: str
    parameters: dict[str, Any]
    token: str
    version: int | None

    @property
    def name(self) -> str:
        """What the log calls it, without anybody's words."""
        message = self.parameters.get("message")
        detail = self.parameters.get("sender_action") or (_kind(message) if isinstance(message, dict) else "")
        return f"{self.method} {self.edge or self.node}" + (f" ({str(detail)[:40]})" if detail else "")


class Graph:
    """Does what calls ask, and raises GraphError for those it refuses."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self.sends = Sends(world, webhooks)

    def edge(self, call: Call) -> Edge:
        """What a fault calls it."""
        if "sender_action" in call.parameters:
            return "actions"
        if not call.edge:
            return (
                "profile"
                if call.node in self._world.threads
                else ("personas" if call.node in self._world.personas else "page")
            )
        return _EDGES.get(call.edge, "page")

    def do(self, call: Call) -> tuple[dict[str, Any], Delivery | None]:
        """The answer, and the echo that is on its way because of it."""
        if call.version is not None and call.version < OLDEST_VERSION:
            raise GraphError(2635)
        page = self._page(call)
        self._check_proof(call)
        if call.node == "debug_token":
            return calls.debug_token(self._world, call.parameters), None
        if not call.edge:
            return self._node(call, page), None
        target = self._target(call, page)
        if call.edge == "messages" and call.method == "POST":
            return self.sends.send(target, call.parameters)
        return self._edge(call, target), None

    def _node(self, call: Call, page: Page) -> dict[str, Any]:
        """A call about something itself, not about what belongs to it."""
        world = self._world
        if call.node in world.personas:
            return calls.persona(world, page, call.node, call.method)
        if call.method != "GET":
            raise GraphError(100, 33)
        if call.node in world.threads:
            return calls.user_profile(world, page, call.node, call.parameters)
        return calls.page_fields(world, self._target(call, page), call.parameters)

    def _edge(self, call: Call, page: Page) -> dict[str, Any]:
        """A call about what belongs to a Page."""
        world, given = self._world, call.parameters
        match (call.method, call.edge):
            case (method, "subscribed_apps"):
                return calls.subscribed_apps(world, page, method, given)
            case (method, "messenger_profile"):
                return calls.messenger_profile(world, page, method, given)
            case ("POST", "custom_user_settings"):
                return calls.user_menu(world, page, given)
            case ("GET" | "POST" as method, "personas"):
                return calls.personas(world, page, method, given)
            case ("GET", "permissions"):
                return calls.permissions(page)
            case ("GET", "thread_owner"):
                return self.sends.thread_owner(page, given)
            case ("POST", edge) if edge in _CONTROL:
                return self.sends.control(page, edge, given)
        raise GraphError(100, 33)

    def _page(self, call: Call) -> Page:
        """The Page that the token is of."""
        if not call.token:
            raise GraphError(104)
        for page in self._world.pages.values():
            if hmac.compare_digest(page.token.encode(), call.token.encode("utf-8", "replace")):
                if not page.token_alive:
                    raise GraphError(190, 460)
                return page
        raise GraphError(190)

    def _target(self, call: Call, page: Page) -> Page:
        """The Page that the path names, which must be the token's."""
        if call.node in ("me", page.id):
            return page
        if call.node in self._world.pages:
            raise GraphError(190, None, "(#190) This method must be called with a Page Access Token of this Page")
        raise GraphError(100, 33)

    def _check_proof(self, call: Call) -> None:
        given, said = call.parameters.get("appsecret_proof"), call.parameters.get("appsecret_time")
        if given is None:
            if self._world.require_proof:
                raise bad("API calls from the server require an appsecret_proof argument")
            return
        signed = call.token if said is None else f"{call.token}|{said}"
        expected = hmac.new(self._world.app_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        now = self._world.clock.now() // 1000
        stale = said is not None and not (str(said).isdigit() and abs(int(said) - now) <= PROOF_SECONDS)
        if stale or not hmac.compare_digest(expected.encode(), str(given).encode("utf-8", "replace")):
            raise bad("Invalid appsecret_proof provided in the API argument")


def parse(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Take a request apart. Raises GraphError for what cannot be read."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise GraphError(2500, None, "Unknown path components: " + path, status=400)
    small = {name.lower(): value for name, value in headers.items()}
    parameters: dict[str, Any] = _unpacked(query)
    if body and "json" in small.get("content-type", ""):
        try:
            given = json.loads(body)
        except ValueError as error:
            raise bad("The body is no JSON") from error
        if not isinstance(given, dict):
            raise bad("The body is no object")
        parameters |= given
    elif body:
        parameters |= _unpacked(body.decode("utf-8", "replace"))
    scheme, _, bearer = small.get("authorization", "").partition(" ")
    asked = str(parameters.pop("access_token", ""))
    token = bearer.strip() if scheme.lower() == "bearer" else asked
    meant = str(parameters.pop("method", method)).upper() if method == "POST" else method
    version = found["version"]
    return Call(meant, found["node"], found["edge"] or "", parameters, token, int(version) if version else None)


def _unpacked(text: str) -> dict[str, Any]:
    """Parameters of a query or a form, where what looks like JSON is JSON."""
    parameters: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parameters[name] = value
        if value[:1] in ("{", "["):
            try:
                parameters[name] = json.loads(value)
            except ValueError:
                continue
    return parameters


def _kind(message: dict[str, Any]) -> str:
    """What a message is, in a word."""
    attachment = message.get("attachment")
    if not isinstance(attachment, dict):
        return "quick replies" if "quick_replies" in message else next(iter(message), "")
    payload = attachment.get("payload")
    template = payload.get("template_type") if isinstance(payload, dict) else None
    return f"{template} template" if template else str(attachment.get("type", ""))
