"""The function that runs every minute."""

from app import app, sweep
from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.people import Visitor, pause_that_ran_out

EVENT = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-03-01T12:00:00Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:events:eu-central-1:123456789012:rule/sweep"],
    "detail": {},
}


def test_the_scheduled_event_ends_a_pause_that_ran_out(api: Api, vera: Visitor, ann: str, desk: Desk):
    vera.says("Hello")
    pause_that_ran_out(desk, vera.session)

    sweep(EVENT, None)

    assert [entry["kind"] for entry in vera.reads().json["entries"]] == ["message", "paused", "unpaused"]
    head = desk.store.load(vera.session)
    assert head is not None
    assert not head.paused


def test_sweeping_again_changes_nothing(vera: Visitor, desk: Desk):
    vera.says("Hello")
    pause_that_ran_out(desk, vera.session)
    sweep(EVENT, None)
    head = desk.store.load(vera.session)

    sweep(EVENT, None)

    assert desk.store.load(vera.session) == head


def test_a_sweep_of_nothing_is_well(desk: Desk):
    assert sweep(EVENT, None) is None


def test_the_function_is_found_under_the_name_that_the_deployment_uses():
    assert "sweep" in app.handler_map
