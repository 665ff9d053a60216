"""A platform's delivery, read: what happened, what cannot be read, and what is of no interest."""

import json
from collections import Counter
from datetime import datetime

from chalicelib.channels.messenger_events import Fault, parse
from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.settings import MessengerSettings


def read_messenger(body: bytes, settings: MessengerSettings, now: datetime) -> tuple[Delivery, Counter[str]]:
    """What the body holds, and how often each kind of what it holds is ignored. Never raises."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        unread = Unread(body.decode("utf-8", "replace"), f"It is no JSON ({len(body)} bytes).")
        return Delivery("messenger", unread=[unread]), Counter()
    parsed = parse(envelope, own_apps=settings.app_ids, automation_apps=settings.automation_app_ids, now=now)
    unread_events = [
        Unread(
            _alone(fault) or body.decode("utf-8", "replace"),
            f"It could not be read: {fault.reason}.",
            fault.session_id,
            fault.at,
        )
        for fault in parsed.faults
    ]
    return Delivery("messenger", parsed.happenings, unread_events), parsed.counts


def _alone(fault: Fault) -> str | None:
    """A delivery of this event alone; None: it is nested so deep that it can be read, and not be written."""
    try:
        return json.dumps({"object": "page", "entry": [{"id": fault.page, "messaging": [fault.event]}]})
    except (ValueError, RecursionError):
        return None
