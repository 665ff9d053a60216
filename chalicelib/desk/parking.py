"""What was delivered and signed, but cannot be processed: kept where an operator lists it and has it tried again."""

import hashlib
import json
import logging
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from chalicelib.desk.transactor import Transactor
from chalicelib.errors import TooLarge
from chalicelib.model.erasing import was_forgotten
from chalicelib.model.happening import Enforcement, Happening
from chalicelib.model.session import is_session_id
from chalicelib.store.base import Parked

log = logging.getLogger(__name__)

_KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Happening)}


UNKNOWN = "unknown"
"""In the place of a channel, where nobody can tell."""


class Parking:
    """Parks what failed. The same thing again is parked once; what an erased person did before their erasure is dropped."""

    def __init__(self, transactor: Transactor) -> None:
        self._transactor = transactor

    def park_happening(self, happening: Happening, reason: str) -> None:
        """Keep something that was understood and could not be taken. Raises StoreBusy."""
        session_id = whose(happening)
        self._park(session_id.partition(":")[0], encode(happening), reason, session_id, happening.at)

    def park_delivery(
        self, channel: str, body: str, reason: str, session_id: str | None = None, happened_at: datetime | None = None
    ) -> None:
        """Keep a delivery, or a part of one, that was not understood, as it came. Raises StoreBusy."""
        self._park(channel, json.dumps({"delivery": body}), reason, session_id, happened_at)

    def park_unknown(self, body: str, reason: str, happened_at: datetime) -> None:
        """Keep what another version may have encoded and this one cannot decode, as it came. Raises StoreBusy."""
        session_id = named_in(body)
        channel = (session_id or "").partition(":")[0] or UNKNOWN
        kept = body if _is_object(body) else json.dumps({"delivery": body})
        self._park(channel, kept, reason, session_id, happened_at)

    def _park(self, channel: str, body: str, reason: str, session_id: str | None, happened_at: datetime | None) -> None:
        if session_id is not None and happened_at is not None and self._forgotten(session_id, happened_at):
            return
        key = _key(body)
        at: datetime = self._transactor.tools.clock()
        log.error("an event was parked: %s (%d bytes, %s)", reason, len(body), key, extra={"session": session_id or ""})
        parked = Parked(id=key, at=at, channel=channel, reason=reason, body=body, session_id=session_id)
        try:
            self._transactor.store.park(parked)
        except TooLarge:
            cut = json.dumps({"too_large": len(body)})
            self._transactor.store.park(parked.but(reason=f"{reason} It was too large to keep.", body=cut))
        self._transactor.tools.meter.count("Parked")

    def _forgotten(self, session_id: str, at: datetime) -> bool:
        """Whether the person was erased after this: then it is dropped, as it is when it is taken."""
        head = self._transactor.store.load(session_id)
        return head is not None and was_forgotten(head, at)


def whose(happening: Happening) -> str:
    """The id of the session that it is about; of an enforcement, the Page's own."""
    return happening.account if isinstance(happening, Enforcement) else happening.session_id


def named_in(body: str) -> str | None:
    """The session that an encoded happening names, also one that cannot be decoded; None: it names none."""
    try:
        value = json.loads(body)["value"]
        named = value.get("session_id", value.get("account"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return named if isinstance(named, str) and is_session_id(named) else None


def _is_object(body: str) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def parking_id(happening: Happening) -> str:
    """The id that a happening is parked under."""
    return _key(encode(happening))


def _key(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def encode(happening: Happening) -> str:
    """The happening as JSON that `decode` reads; what is nested too deep for JSON leaves its name alone."""
    kind: Any = type(happening)
    try:
        return json.dumps({"kind": kind.__name__, "value": TypeAdapter(kind).dump_python(happening, mode="json")})
    except (ValueError, RecursionError):
        named = [kind.__name__, getattr(happening, "session_id", ""), getattr(happening, "id", "")]
        return json.dumps({"not_kept": named})


def read_back(body: str) -> Happening | None:
    """The happening that `encode` wrote; None for what is none, or not any more, or not yet."""
    try:
        found = decode(body)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return None if isinstance(found, str) else found


def decode(body: str) -> Happening | str | None:
    """What was parked: a happening, or a delivery's text as it came; None: it could not be kept."""
    kept = json.loads(body)
    if "kind" in kept:
        happening: Happening = TypeAdapter(_KINDS[kept["kind"]]).validate_python(kept["value"])
        return happening
    delivery: str | None = kept.get("delivery")
    return delivery
