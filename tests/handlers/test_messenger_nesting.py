"""What is nested as deep as can be just read, and not written again, is taken too."""

import json
import time

import pytest

from chalicelib import wiring
from tests.channels.deliveries import PAGE
from tests.handlers.api import Api
from tests.handlers.meta import Meta
from tests.handlers.people import ADMIN_TOKEN, SESSIONS

USER = "8008"
DEPTHS = range(850, 1001)
"""Around the depth at which JSON cannot be read any more, wherever the stack stands."""

KINDS = [
    '"message": {"text": "Hi", "x": NEST}',
    '"policy_enforcement": {"action": "block", "x": NEST}',
    '"referral": {"ref": "a"}, "x": NEST',
    '"something_new": {"x": NEST}',
]


def nested(kind: str, depth: int, opened: str = "[", closed: str = "]") -> bytes:
    told = kind.replace("NEST", opened * depth + "0" + closed * depth)
    parties = f'"sender": {{"id": "{USER}"}}, "recipient": {{"id": "{PAGE}"}}'
    return f'{{"object": "page", "entry": [{{"id": "{PAGE}", "messaging": [{{{parties}, {told}}}]}}]}}'.encode()


@pytest.mark.parametrize("kind", KINDS)
def test_no_depth_breaks_the_webhook(meta: Meta, kind: str):
    answers = {depth: meta.posts(nested(kind, depth)).status for depth in DEPTHS}

    assert set(answers.values()) == {200}, answers


def test_no_depth_of_objects_breaks_the_webhook(meta: Meta):
    answers = {depth: meta.posts(nested(KINDS[0], depth, '{"a": ', "}")).status for depth in DEPTHS}

    assert set(answers.values()) == {200}, answers


def test_what_was_read_and_cannot_be_written_is_parked_as_it_came(meta: Meta):
    bodies = [nested(KINDS[0], depth) for depth in DEPTHS]
    for body in bodies:
        meta.posts(body)

    found = wiring.desk().store.parked(limit=1000).items
    named = [one for one in found if one.session_id == f"messenger:{PAGE}.{USER}"]
    assert named
    assert all("RecursionError" in one.reason for one in named)
    assert {json.loads(one.body)["delivery"].encode() for one in named} <= set(bodies)


def test_what_was_read_and_cannot_be_written_is_not_parked_again_after_its_user_was_erased(api: Api, meta: Meta):
    session = f"messenger:{PAGE}.{USER}"
    said = f'"timestamp": {int(time.time() * 1000)}, {KINDS[0]}'
    bodies = [nested(said, depth) for depth in DEPTHS]
    for body in bodies:
        meta.posts(body)
    before = wiring.desk().store.parked_of(session, limit=1000)
    api.call("DELETE", f"{SESSIONS}/{session.replace(':', '%3A')}", token=ADMIN_TOKEN)
    for body in bodies:
        meta.posts(body)

    assert before
    assert wiring.desk().store.parked_of(session, limit=1000) == []
