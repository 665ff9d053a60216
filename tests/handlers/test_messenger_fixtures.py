"""Payloads that the tests of other projects know, through the webhook: one by one, twice, shuffled, all in one delivery."""

import json
import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.channels.messenger_events import parse
from chalicelib.model.happening import Enforcement, Happening
from tests.channels.deliveries import OURS
from tests.channels.test_messenger_hard_inputs import PAYLOADS
from tests.handlers.meta import Meta
from tests.handlers.whole import whole

FILES = sorted(PAYLOADS.glob("*.json"))
pytestmark = pytest.mark.skipif(not FILES, reason="there is no folder of other projects' payloads beside this one")

Bodies = list[dict[str, Any]]


def read(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body


def once(bodies: Bodies) -> Bodies:
    return bodies


def twice(bodies: Bodies) -> Bodies:
    return [body for body in bodies for _ in range(2)]


def all_twice(bodies: Bodies) -> Bodies:
    return [*bodies, *bodies]


def backwards(bodies: Bodies) -> Bodies:
    return bodies[::-1]


def shuffled(seed: int) -> Callable[[Bodies], Bodies]:
    def shuffle(bodies: Bodies) -> Bodies:
        return random.Random(seed).sample([*bodies, *bodies], 2 * len(bodies))  # noqa: S311 - the same each time

    shuffle.__name__ = f"shuffled {seed}"
    return shuffle


def in_one(bodies: Bodies) -> Bodies:
    """All entries of one kind of object in one delivery."""
    kinds = sorted({body["object"] for body in bodies})
    merged = {kind: [entry for body in bodies if body["object"] == kind for entry in body["entry"]] for kind in kinds}
    return [{"object": kind, "entry": entries} for kind, entries in merged.items()]


def told(bodies: Bodies) -> list[Happening]:
    now = wiring.desk().reader.now
    parsed = [parse(body, own_apps=frozenset({OURS}), automation_apps=frozenset(), now=now) for body in bodies]
    assert [fault for one in parsed for fault in one.faults] == []
    return [happening for one in parsed for happening in one.happenings]


def sessions_of(happenings: list[Happening]) -> set[str]:
    return {one.account if isinstance(one, Enforcement) else one.session_id for one in happenings}


@pytest.mark.parametrize(
    "order", [once, twice, all_twice, backwards, shuffled(1), shuffled(2), in_one], ids=lambda order: order.__name__
)
def test_payloads_of_other_projects_are_taken_in_any_order_and_number(
    meta: Meta, caplog: pytest.LogCaptureFixture, order: Callable[[Bodies], Bodies]
):
    caplog.set_level(logging.DEBUG)
    bodies = [read(path) for path in FILES]

    statuses = [meta.delivers(body).status for body in order(bodies)]

    happenings = told(bodies)
    logs = {session: whole(wiring.desk(), session) for session in sessions_of(happenings)}
    ids = {entry.id for log in logs.values() for entry in log}
    said = {one.id for one in happenings if type(one).__name__ == "Event"}
    assert set(statuses) == {200}
    assert said <= ids
    assert len(said) > 20
    assert wiring.desk().store.parked(limit=100).items == []
    assert [
        record.getMessage() for record in caplog.records if record.exc_info or " broke" in record.getMessage()
    ] == []


def test_what_other_platforms_of_meta_tell_is_ignored(meta: Meta):
    others = [read(path) for path in FILES if not path.name.startswith("fb_")]

    assert {meta.delivers(body).status for body in others} == {200}

    assert len(others) > 10
    assert told(others) == []
