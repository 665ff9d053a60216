"""What an operator's commands ask of, and set for, a Page: its subscription, its menu, its token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import JsonValue

from chalicelib.channels.messenger_graph import Graph
from chalicelib.channels.messenger_keys import Json, items, mapping, text
from chalicelib.channels.messenger_text import clip

FIELDS = (
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_reads",
    "message_deliveries",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
)
"""Of the webhook, all that is read here."""

PERMISSIONS = ("pages_messaging", "pages_manage_metadata")

GREETING_UNITS = 160
MENU_TITLE_UNITS = 30
_PROFILE = ("get_started", "greeting", "persistent_menu")


@dataclass(frozen=True)
class Token:
    """What Meta says of an access token. `scopes`: its permissions; `expires_at`: Unix seconds, 0 for never."""

    valid: bool
    app_id: str
    scopes: tuple[str, ...]
    expires_at: int


class MessengerSetup:
    """One Page; all calls raise SendFailed."""

    def __init__(self, graph: Graph, page: str, token: str, *, seconds: float = 10.0) -> None:
        self._graph = graph
        self._page = quote(page, safe="")
        self._token = token
        self._seconds = seconds

    def page_name(self) -> str:
        return text(self._get(self._page, fields="name").get("name"))

    def subscribe(self, fields: Sequence[str] = FIELDS) -> None:
        """Have these deliveries sent to the app that the token is of; twice is once."""
        self._post("subscribed_apps", {"subscribed_fields": ",".join(fields)})

    def subscriptions(self) -> dict[str, tuple[str, ...]]:
        """The fields that each app is sent, by the app's id."""
        apps = [mapping(app) for app in items(self._get(f"{self._page}/subscribed_apps").get("data"))]
        return {text(app.get("id")): tuple(map(text, items(app.get("subscribed_fields")))) for app in apps}

    def profile(self) -> Mapping[str, Json]:
        """What the Page shows of `get_started`, `greeting` and `persistent_menu`, as Meta has it."""
        found = items(self._get(f"{self._page}/messenger_profile", fields=",".join(_PROFILE)).get("data"))
        return mapping(found[0]) if found else {}

    def set_profile(
        self, *, get_started: str | None = None, greeting: str | None = None, menu: Mapping[str, str] | None = None
    ) -> None:
        """Set what is given and leave the rest. `menu`: the payload of each title; it needs a `get_started` payload first."""
        body: dict[str, JsonValue] = {}
        if get_started is not None:
            body["get_started"] = {"payload": get_started}
        if greeting is not None:
            body["greeting"] = [{"locale": "default", "text": clip(greeting, GREETING_UNITS)}]
        if menu is not None:
            body["persistent_menu"] = [_menu(menu)]
        self._post("messenger_profile", body)

    def token(self) -> Token:
        """What Meta says of the Page's token, asked with that token."""
        answer = self._graph.get_hidden("debug_token", self._token, seconds=self._seconds, input_token=self._token)
        told = mapping(answer.get("data"))
        expires_at = told.get("expires_at")
        return Token(
            told.get("is_valid") is True,
            text(told.get("app_id")),
            tuple(map(text, items(told.get("scopes")))),
            expires_at if isinstance(expires_at, int) else 0,
        )

    def _get(self, path: str, **fields: str) -> Mapping[str, Json]:
        return self._graph.get(path, self._token, seconds=self._seconds, **fields)

    def _post(self, path: str, body: Mapping[str, JsonValue]) -> None:
        self._graph.post(f"{self._page}/{path}", self._token, body, seconds=self._seconds)


def _menu(menu: Mapping[str, str]) -> JsonValue:
    return {
        "locale": "default",
        "composer_input_disabled": False,
        "call_to_actions": [
            {"type": "postback", "title": clip(title, MENU_TITLE_UNITS), "payload": payload}
            for title, payload in menu.items()
        ],
    }
