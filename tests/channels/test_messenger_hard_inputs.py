"""Whatever is delivered, it is read without an exception, and what comes of it can be kept."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chalicelib.channels.messenger_kinds import PARSERS
from chalicelib.model.entry import Author, Entry, encode
from chalicelib.model.event import Event
from chalicelib.model.facts import encode_facts
from chalicelib.model.happening import Echo, Happening
from chalicelib.model.session import is_session_id
from tests.channels.deliveries import AT, PAGE, USER, delivery, read

PAYLOADS = Path(__file__).parents[3] / "shared" / "fixtures" / "messenger"

KEYS = st.sampled_from(
    [
        *PARSERS,
        *("sender", "recipient", "timestamp", "id", "user_ref", "mid", "text", "is_echo", "is_deleted", "app_id"),
        *(
            "metadata",
            "attachments",
            "type",
            "payload",
            "url",
            "URL",
            "title",
            "sticker_id",
            "coordinates",
            "lat",
            "long",
        ),
        *(
            "product",
            "elements",
            "quick_reply",
            "referral",
            "ref",
            "optin",
            "account_linking",
            "status",
            "lead",
            "data",
        ),
        *("question", "answer", "hop_context", "watermark", "mids", "action", "emoji", "num_edit", "new_owner_app_id"),
        *("previous_owner_app_id", "requested_owner_app_id", "reason", "is_unsupported", "start_time", "timezone"),
    ]
)
WORDS = st.sampled_from(
    [
        *(PAGE, USER, "image", "sticker", "fallback", "location", "template", "appointment_booking", "reel", "block"),
        *(
            "react",
            "unreact",
            "linked",
            "https://x.example/[",
            "https://[::1",
            "/a",
            "\ud800",
            "1790000000",
            "Europe/Paris",
        ),
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(st.characters(codec=None), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=8),
    max_leaves=8,
)
PARTIES = st.sampled_from([{"id": PAGE}, {"id": USER}, {"id": 5}, {"id": "a.b"}]) | VALUES
KINDS = st.sampled_from([*PARSERS, "referral", "optin", "account_linking", "lead", "hop_context", "brand_new"])
BODIES = st.dictionaries(KEYS, VALUES, max_size=6) | VALUES
EVENTS = st.builds(
    lambda told, sender, recipient, timestamp: {
        **told,
        "sender": sender,
        "recipient": recipient,
        "timestamp": timestamp,
    },
    st.dictionaries(KINDS, BODIES, min_size=1, max_size=2),
    PARTIES,
    PARTIES,
    SCALARS,
)
ENTRY_KEYS = st.sampled_from(["id", "time", "messaging", "standby", "changes"])
KEEPER = TypeAdapter(list[Happening])


def check(body):
    """The delivery's happenings, each of which the desk and every store can take."""
    parsed = read(body)
    assert parsed.faults == []
    KEEPER.dump_json(parsed.happenings)
    for happening in parsed.happenings:
        session = getattr(happening, "session_id", None) or happening.account
        assert is_session_id(session)
        assert len(getattr(happening, "id", "")) < 120
        json.dumps(getattr(happening, "id", "")).encode()
        encode_facts(getattr(happening, "facts", {}))
        if isinstance(happening, Event | Echo):
            author = Author(kind="user")
            encode(Entry(seq=1, id=happening.id, kind="message", author=author, at=AT, content=happening.content))
    return parsed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES | st.builds(lambda entry: {"object": "page", "entry": [entry]}, st.dictionaries(ENTRY_KEYS, VALUES)))
def test_no_delivery_however_odd_raises(body):
    check(body)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_no_event_however_odd_takes_its_neighbour_along(odd):
    fine = {"sender": {"id": USER}, "recipient": {"id": PAGE}, "message": {"mid": "a neighbour", "text": "Hi"}}

    told = check(delivery({"id": PAGE, "messaging": [odd, fine]})).happenings

    assert told[-1].content.text == "Hi"


def payloads():
    return sorted(PAYLOADS.glob("*.json"))


@pytest.mark.skipif(not payloads(), reason="there is no folder of other projects' payloads beside this one")
def test_every_payload_that_other_projects_know_is_read():
    kinds = set()
    for path in payloads():
        told = check(json.loads(path.read_text(encoding="utf-8"))).happenings
        assert bool(told) <= path.name.startswith("fb_"), path.name
        kinds |= {type(one).__name__ for one in told}

    assert kinds == {"Event", "Echo", "Learned", "Watermark", "Reaction", "Handover", "Enforcement"}
