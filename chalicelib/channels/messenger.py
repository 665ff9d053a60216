"""Facebook Messenger: what our side does for a Page, by the Graph API."""

import logging
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import JsonValue

from chalicelib.channels.base import Action, Channel, Outgoing, Part, SendFailed
from chalicelib.channels.messenger_errors import BAD_REQUEST, NO_PROFILE, NOT_ALLOWED_HERE, GraphRefused
from chalicelib.channels.messenger_graph import Graph
from chalicelib.channels.messenger_keys import Json, account_of, message_key, text
from chalicelib.channels.messenger_render import render
from chalicelib.channels.messenger_text import clip
from chalicelib.http import web_address
from chalicelib.model.content import Content
from chalicelib.model.session import User
from chalicelib.model.text import clean_name

log = logging.getLogger(__name__)

PERSONA_NAME = 50
_PICTURE_URL = 2000
_OF_A_PERSONA = (BAD_REQUEST, NOT_ALLOWED_HERE)
"""A deleted persona has no error of its own: what could be one is tried again without it."""

_ACTIONS: Mapping[Action, str] = {"typing": "typing_on", "seen": "mark_seen"}


class MessengerChannel(Channel):
    """`pages`: the access token of each Page. `seconds`: for each call but a send."""

    name = "messenger"

    def __init__(self, graph: Graph, pages: Mapping[str, str], *, seconds: float = 3.0) -> None:
        self._graph = graph
        self._pages = dict(pages)
        self._seconds = seconds

    def parts(self, content: Content) -> list[Part]:
        return render(content)

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        page, user = _parties(outgoing.session_id)
        body: dict[str, JsonValue] = {
            "recipient": {"id": user},
            "messaging_type": "MESSAGE_TAG" if outgoing.late else "RESPONSE",
            "message": {**outgoing.part, "metadata": outgoing.metadata},
        }
        if outgoing.late:
            body["tag"] = "HUMAN_AGENT"
        if outgoing.persona:
            body["persona_id"] = outgoing.persona
        try:
            answer = self._post(page, "messages", body, seconds)
        except GraphRefused as failure:
            failure.persona = outgoing.persona is not None and failure.meaning in _OF_A_PERSONA
            raise
        if message := text(answer.get("message_id")):
            return message
        raise SendFailed("unknown", "Messenger took the message without saying so: it may have been sent.")

    def act(self, session_id: str, action: Action) -> None:
        self._try(session_id, "messages", {"sender_action": _ACTIONS[action]}, action)

    def profile(self, session_id: str) -> User | None:
        page, user = _parties(session_id)
        fields = "first_name,last_name,profile_pic"
        try:
            told = self._graph.get(quote(user, safe=""), self._token(page), seconds=self._seconds, fields=fields)
        except GraphRefused as failure:
            if failure.meaning is NO_PROFILE:
                return None
            raise
        name = clean_name(f"{text(told.get('first_name'))} {text(told.get('last_name'))}")
        picture = _address(text(told.get("profile_pic")))
        return User(name=name, picture_url=picture) if name or picture else None

    def create_persona(self, account: str, name: str, picture_url: str) -> str:
        page = account.partition(":")[2]
        body: dict[str, JsonValue] = {"name": clip(name, PERSONA_NAME), "profile_picture_url": picture_url}
        answer = self._post(page, "personas", body, self._seconds)
        if persona := text(answer.get("id")):
            return persona
        raise SendFailed("failed", "Messenger made a persona and did not say which.")

    def give(self, session_id: str, app_id: str) -> None:
        self._try(session_id, "pass_thread_control", {"target_app_id": app_id}, "giving the conversation")

    def check(self, account: str) -> None:
        page = account.partition(":")[2]
        self._graph.get(quote(page, safe=""), self._token(page), seconds=self._seconds, fields="id")

    def entry_id(self, vendor_id: str) -> str:
        return message_key(vendor_id)

    def account(self, session_id: str) -> str:
        return account_of(_parties(session_id)[0])

    def _post(self, page: str, path: str, body: Mapping[str, JsonValue], seconds: float) -> Mapping[str, Json]:
        return self._graph.post(f"{quote(page, safe='')}/{path}", self._token(page), body, seconds=seconds)

    def _try(self, session_id: str, path: str, body: Mapping[str, JsonValue], what: str) -> None:
        """Do something that is only worth a line in the log when it fails."""
        page, user = _parties(session_id)
        try:
            self._post(page, path, {"recipient": {"id": user}, **body}, self._seconds)
        except SendFailed as failure:
            log.warning("Messenger: %s failed: %s", what, failure.words, extra={"session": session_id})

    def _token(self, page: str) -> str:
        token = self._pages.get(page)
        if not token:
            raise SendFailed("stopped", f"No access token is set for the Page {page}.", alert=True)
        return token


def _parties(session_id: str) -> tuple[str, str]:
    """The ids of Page and user."""
    page, _, user = session_id.partition(":")[2].partition(".")
    return page, user


def _address(url: str) -> str | None:
    try:
        web_address(url)
    except ValueError:
        return None
    return url if len(url) <= _PICTURE_URL else None
