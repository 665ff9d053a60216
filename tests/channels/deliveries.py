"""Deliveries of the Messenger webhook, written by hand."""

from datetime import UTC, datetime

from chalicelib.channels.messenger_events import parse

PAGE = "1002003004"
USER = "7007007007"
OURS = "555000111"
INBOX = "263902037430900"
SESSION = f"messenger:{PAGE}.{USER}"
NOW = datetime(2026, 9, 21, 14, 13, 21, tzinfo=UTC)
AT_MS = 1790000000100
AT = datetime(2026, 9, 21, 14, 13, 20, 100_000, tzinfo=UTC)


def event(**of):
    """An event of the user's; None takes a part away."""
    whole = {"sender": {"id": USER}, "recipient": {"id": PAGE}, "timestamp": AT_MS, **of}
    return {name: value for name, value in whole.items() if value is not None}


def echo(**message):
    """A message of the Page's side."""
    return event(sender={"id": PAGE}, recipient={"id": USER}, message={"mid": "m_21", "is_echo": True, **message})


def said(text="Hi", mid="m_1", **more):
    return event(message={"mid": mid, "text": text, **more})


def entry(*events, standby=(), page=PAGE, **more):
    whole = {"id": page, "time": 1790000000123, "messaging": list(events), **more}
    return {**whole, "standby": list(standby)} if standby else whole


def delivery(*entries):
    return {"object": "page", "entry": list(entries)}


def read(body, own_apps=frozenset({OURS}), automation_apps=frozenset()):
    return parse(body, own_apps=own_apps, automation_apps=automation_apps, now=NOW)


def happenings(*events, **options):
    """What these events of one Page tell, none of them badly."""
    parsed = read(delivery(entry(*events)), **options)
    assert parsed.faults == []
    return parsed.happenings


def ignored(*events):
    """The kinds that are counted, where nothing happened."""
    parsed = read(delivery(entry(*events)))
    assert parsed.faults == []
    assert parsed.happenings == []
    return dict(parsed.counts)


def heard(**message):
    """What a message with the mid m_1 holds."""
    return [one.content for one in happenings(event(message={"mid": "m_1", **message}))]
