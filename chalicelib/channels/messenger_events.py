"""What a delivery of the Messenger webhook tells: a list, in which nothing bad loses its neighbours."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.channels.messenger_keys import Json, items, mapping, moment, party, text
from chalicelib.channels.messenger_kinds import PARSERS, Apps, Seen, learned
from chalicelib.model.event import Event
from chalicelib.model.happening import Happening

_NAME = re.compile(r"[\w.:-]{1,60}")
_ENVELOPE = frozenset({"sender", "recipient", "timestamp", "prior_message"})
_FACTS = frozenset({"referral", "optin", "account_linking", "lead", "hop_context"})


@dataclass(frozen=True)
class Fault:
    """An event of this time that could not be read, as it came; `reason` names the error and its place, and quotes nothing.

    `session_id`: whose it is, so that it can be found when they are erased; None where that cannot be told.
    """

    event: Json
    page: str
    reason: str
    session_id: str | None
    at: datetime


@dataclass
class Parsed:
    """`counts`: how often something of a kind was ignored, by the kind's key."""

    happenings: list[Happening] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)


def parse(body: Json, *, own_apps: frozenset[str], automation_apps: frozenset[str], now: datetime) -> Parsed:
    """All that happened, in the order it came. Never raises, whatever JSON it is; `now` is when it arrived.

    `own_apps`: ids of the apps that this installation sends as; `automation_apps`: of those that never count as a human.
    """
    parsed = Parsed()
    delivery = mapping(body)
    if delivery.get("object") != "page":
        parsed.counts[_name(f"object:{text(delivery.get('object'))}")] += 1
        return parsed
    apps = Apps(own_apps, automation_apps)
    for entry in map(mapping, items(delivery.get("entry"))):
        parsed.counts.update("changes" for _ in items(entry.get("changes")))
        for kind in ("messaging", "standby"):
            for event in map(mapping, items(entry.get(kind))):
                at = moment(event.get("timestamp"), now) or moment(entry.get("time"), now) or now
                if page := _page(entry, event):
                    _add(parsed, Seen(event, page, at, now, kind == "standby", apps))
                else:
                    parsed.counts["no_page"] += 1
    return parsed


def _page(entry: Mapping[str, Json], event: Mapping[str, Json]) -> str | None:
    """The Page's id: of the entry, else of the Page's side of the event."""
    echo = mapping(event.get("message")).get("is_echo") is True
    return party(entry) or party(event.get("sender" if echo else "recipient"))


def _add(parsed: Parsed, seen: Seen) -> None:
    """Add what the event tells, or count its kinds: those that are not known, or from nobody, tell nothing."""
    try:
        found, ignored = _read(seen)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next event is read
        whose = seen.session if seen.user else None
        parsed.faults.append(Fault(seen.event, seen.page, _reason(error), whose, seen.at))
        return
    parsed.happenings.extend(found)
    parsed.counts.update(ignored)


def _read(seen: Seen) -> tuple[list[Happening], list[str]]:
    """What the event tells, and its kinds that tell nothing."""
    found: list[Happening] = []
    ignored: list[str] = []
    for kind in (name for name in seen.event if name not in _ENVELOPE | _FACTS):
        told = list(PARSERS[kind](seen)) if kind in PARSERS else []
        found += told
        ignored += [] if told else [_name(kind)]
    known = seen.event.keys() & _FACTS
    if known and not any(isinstance(happening, Event) for happening in found):  # an event takes its facts along
        told = list(learned(seen))
        found += told
        ignored += [] if told else sorted(known)
    return found, ignored if found or ignored else ["empty"]


def _name(kind: str) -> str:
    return kind if _NAME.fullmatch(kind) else "other"


def _reason(error: Exception) -> str:
    """The error's kind and where it was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return type(error).__name__ if place is None else f"{type(error).__name__} in {place.tb_frame.f_code.co_name}"
