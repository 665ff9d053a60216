"""Agents' faces at a vendor: made when an agent first writes there, kept in the account's own log."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from chalicelib.channels.base import Channel, SendFailed
from chalicelib.desk.trace import traced
from chalicelib.desk.transactor import Transactor
from chalicelib.errors import HitlError
from chalicelib.model.draft import Draft
from chalicelib.model.entry import Author
from chalicelib.model.facts import FACTS_LIMIT

log = logging.getLogger(__name__)

MOST = 60
ROOM = FACTS_LIMIT * 7 // 8
"""Faces kept of an account, and their bytes as JSON; the latest ones: they must fit what a store keeps of one user."""

WITHOUT = timedelta(minutes=10)
"""How long an agent goes without a face that was refused, or could not be made."""


class Personas:
    """Finds or makes the face that an agent's messages show. Whatever fails but the store, they do without one."""

    def __init__(self, transactor: Transactor, default_picture: str) -> None:
        """`default_picture`: the address of a picture for agents who have none; empty: they have no face."""
        self._transactor = transactor
        self._default_picture = default_picture
        self._known: dict[tuple[str, str, str], str] = {}
        self._faceless: dict[tuple[str, str, str], datetime] = {}

    def of(self, channel: Channel, session_id: str, agent: Author) -> str | None:
        """The vendor's id of the agent's face; None: they write as the account. Raises StoreBusy."""
        account = channel.account(session_id)
        wanted = (account, agent.id, agent.name)
        if agent.kind != "agent" or not agent.id or not agent.name or self._is_faceless(wanted):
            return None
        if wanted not in self._known:
            found = self._kept(account).get(agent.id)
            if not isinstance(found, dict) or found.get("name") != agent.name:
                return self._make(channel, account, agent)
            self._known[wanted] = str(found["id"])
        return self._known[wanted]

    def forget(self, channel: Channel, session_id: str, agent: Author) -> None:
        """The vendor refuses the face: the agent goes without for a while, and gets a new one then."""
        account = channel.account(session_id)
        self._known.pop((account, agent.id, agent.name), None)
        self._faceless[account, agent.id, agent.name] = self._transactor.tools.clock() + WITHOUT
        self._keep(account, agent.id, None)

    def _is_faceless(self, wanted: tuple[str, str, str]) -> bool:
        until = self._faceless.get(wanted)
        return until is not None and self._transactor.tools.clock() < until

    def _make(self, channel: Channel, account: str, agent: Author) -> str | None:
        picture = self._picture(agent)
        if not picture:
            return None
        told = {"session": account, "by": agent.id}
        try:
            made = channel.create_persona(account, agent.name, picture)
        except Exception as error:  # noqa: BLE001 - a refusal, or a channel's own bug
            words = str(error) if isinstance(error, SendFailed) else traced(error)
            log.warning("an agent's face could not be made: %s", words, extra=told)
            self._faceless[account, agent.id, agent.name] = self._transactor.tools.clock() + WITHOUT
            return None
        self._known[account, agent.id, agent.name] = made  # before it is kept: it is never made again for that
        try:
            self._keep(account, agent.id, {"id": made, "name": agent.name})
        except HitlError as error:
            log.warning("an agent's face was not kept: %s", error, extra=told)
        return made

    def _picture(self, agent: Author) -> str:
        token = next((token for token in self._transactor.store.tokens() if token.id == agent.id), None)
        return (token.picture_url if token is not None else None) or self._default_picture

    def _kept(self, account: str) -> Mapping[str, JsonValue]:
        faces = self._transactor.store.facts(account).get("personas")
        return faces if isinstance(faces, dict) else {}

    def _keep(self, account: str, agent_id: str, face: dict[str, JsonValue] | None) -> None:
        def decide(draft: Draft) -> None:
            faces = {name: kept for name, kept in self._kept(account).items() if name != agent_id}
            if face is not None:
                faces[agent_id] = face
            draft.facts = {"personas": _fitting(faces)}
            draft.set(has_facts=True)

        self._transactor.run(account, decide, create=True)


def _fitting(faces: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The latest of them, as many as can be kept."""
    latest = list(faces.items())[-MOST:]
    while latest and len(json.dumps(latest)) > ROOM:
        latest.pop(0)
    return dict(latest)
