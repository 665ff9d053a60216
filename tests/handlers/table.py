"""Every route with who may call it: the contract, written down once more so that a change of either side is seen."""

from dataclasses import dataclass
from typing import Any, Literal

from tests.handlers.api import UNSAID

Caller = Literal["supervisor", "agent", "bot", "visitor", "nobody"]
CALLERS: tuple[Caller, ...] = ("supervisor", "agent", "bot", "visitor", "nobody")
AGENTS: tuple[Caller, ...] = ("supervisor", "agent")
SUPERVISORS: tuple[Caller, ...] = ("supervisor",)
OURS: tuple[Caller, ...] = ("supervisor", "agent", "bot")
VISITORS: tuple[Caller, ...] = ("visitor",)


@dataclass(frozen=True)
class Route:
    """A route, a body it accepts, who may call it, and whether `/openapi.json` describes it (pages are not)."""

    method: str
    path: str
    allowed: tuple[Caller, ...]
    body: Any = UNSAID
    described: bool = True
    stored: bool = True
    """Whether it asks the store for more than who is calling."""

    success: int = 200
    code: str = ""
    """The error's name, where the good request is refused: by the webhook, or since the web chat has no such thing."""

    @property
    def refusals(self) -> set[int]:
        """What a bad body is answered with."""
        return {403, 413} if self.path == WEBHOOK else {400, 413}

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, **given: str) -> str:
        """The path with these parts."""
        return self.path.format(
            **{"area": "shared", "name": "tokens.css", "seq": "1", "number": "0", "parked": "x"} | given
        )

    def refusal(self, caller: Caller) -> tuple[int, str]:
        """What a caller who is not allowed is told: agents' and visitors' tokens are nothing to each other."""
        known_here = caller in OURS and self.allowed != VISITORS
        return (403, "Forbidden") if known_here else (401, "NotSignedIn")


_SESSION = "/api/botpress-hitl/sessions/{session}"
WEBHOOK = "/api/webhooks/messenger"
"""It knows no callers but the platform, by what it signs with; all others are told the same."""

_NOTIFICATIONS = "/api/botpress-hitl/notifications"
_PARKED = "/api/botpress-hitl/parked"

CODE = {"code": "c", "verifier": "v" * 43, "nonce": "n" * 16, "redirect_uri": "https://chat.example.com/signin"}
"""A good body, where no issuer is set up: nobody can sign in so."""

ROUTES = (
    Route("GET", "/api/botpress-hitl/sessions", OURS),
    Route("GET", _SESSION, OURS),
    Route("POST", f"{_SESSION}/pause", OURS, {"reason": "asked", "until": None}),
    Route("POST", f"{_SESSION}/unpause", OURS),
    Route("POST", f"{_SESSION}/message", OURS, {"id": "1", "text": "Hello"}),
    Route("POST", f"{_SESSION}/claim", AGENTS),
    Route("POST", f"{_SESSION}/release", AGENTS),
    Route("POST", f"{_SESSION}/note", AGENTS, {"text": "A regular"}),
    Route("POST", f"{_SESSION}/typing", AGENTS),
    Route("POST", f"{_SESSION}/read", AGENTS, {"seq": 1}),
    Route("POST", f"{_SESSION}/entries/{{seq}}/retry", AGENTS, {"again": True}, success=409, code="NothingToRetry"),
    Route("GET", f"{_SESSION}/entries/{{seq}}/media/{{number}}", AGENTS, success=404, code="EntryNotFound"),
    Route("GET", f"{_SESSION}/picture", AGENTS, success=404, code="MediaRefused"),
    Route("GET", f"{_SESSION}/export", SUPERVISORS),
    Route("DELETE", _SESSION, SUPERVISORS, success=202),
    Route("GET", _NOTIFICATIONS, AGENTS),
    Route("POST", f"{_NOTIFICATIONS}/{{notification}}/read", AGENTS),
    Route("POST", f"{_NOTIFICATIONS}/{{notification}}/archive", AGENTS),
    Route("POST", f"{_NOTIFICATIONS}/read", AGENTS),
    Route("GET", _PARKED, SUPERVISORS),
    Route("POST", f"{_PARKED}/{{parked}}/replay", SUPERVISORS, success=404, code="ParkedNotFound"),
    Route("DELETE", f"{_PARKED}/{{parked}}", SUPERVISORS, success=404, code="ParkedNotFound"),
    Route("GET", "/api/botpress-hitl/me", OURS, stored=False),
    Route("POST", "/api/webchat/visitors", CALLERS, stored=False),
    Route("POST", "/api/webchat/messages", VISITORS, {"id": "m2", "text": "Are you there?"}),
    Route("GET", "/api/webchat/messages", VISITORS),
    Route("POST", "/api/webchat/postback", VISITORS, {"id": "m3", "payload": "YES", "title": "Yes"}),
    Route("POST", "/api/webchat/human", VISITORS),
    Route("POST", "/api/webchat/bot", VISITORS),
    Route("POST", "/api/webchat/typing", VISITORS),
    Route("POST", "/api/webchat/read", VISITORS, {"seq": 1}),
    Route("GET", WEBHOOK, CALLERS, stored=False, success=403, code="Forbidden"),
    Route("POST", WEBHOOK, CALLERS, {"object": "page", "entry": []}, stored=False, success=403, code="Forbidden"),
    Route("GET", "/api/signin", CALLERS, stored=False),
    Route("POST", "/api/signin/token", CALLERS, CODE, stored=False, success=404, code="RouteNotFound"),
    Route(
        "POST", "/api/signin/refresh", CALLERS, {"refresh_token": "r"}, stored=False, success=404, code="RouteNotFound"
    ),
    Route(
        "POST", "/api/signin/revoke", CALLERS, {"refresh_token": "r"}, stored=False, success=404, code="RouteNotFound"
    ),
    Route("GET", "/api/health", CALLERS, stored=False),
    Route("GET", "/openapi.json", CALLERS, described=False, stored=False),
    Route("GET", "/admin", CALLERS, described=False, stored=False),
    Route("GET", "/parked", CALLERS, described=False, stored=False),
    Route("GET", "/signin", CALLERS, described=False, stored=False),
    Route("GET", "/webchat", CALLERS, described=False, stored=False),
    Route("GET", "/assets/{area}/{name}", CALLERS, described=False, stored=False),
)
