"""Chalice keeps one current request for a process; ours keeps one for a thread."""

import threading

import pytest
from chalice import Chalice

from chalicelib.handlers.application import Application
from local.gateway import Gateway
from tests.local.people import WAIT_SECONDS, Person, at_once


def ask_two_at_once(app):
    """The credentials that two requests find when both are inside at the same moment."""
    both_are_inside = threading.Barrier(2)

    @app.route("/whoami")
    def whoami():
        both_are_inside.wait(WAIT_SECONDS)
        return app.current_request.headers["authorization"]

    gateway = Gateway(app, app.routes, app.routes)

    def ask(token):
        return gateway.handle("GET", "/whoami", "", [("authorization", token)], b"").body.decode()

    return at_once([lambda: ask("Ann's"), lambda: ask("Ben's")])


def test_each_of_two_requests_at_once_has_its_own_credentials():
    assert ask_two_at_once(Application(app_name="ours")) == ["Ann's", "Ben's"]


def test_chalice_itself_would_mix_them_up():
    """When this fails, Chalice has learned it and `Application` is not needed any more."""
    first, second = ask_two_at_once(Chalice(app_name="theirs"))

    assert first == second


def test_there_is_no_current_request_outside_of_one():
    assert Application(app_name="ours").current_request is None


@pytest.fixture
def people(opened):
    with opened() as office:
        visitors = [office.visitor(f"Visitor {number}") for number in range(6)]
        for visitor in visitors:
            visitor.says(f"I am {visitor.id}", "m1")
        strangers = [Person(office.url, f"wrong-token-{number}") for number in range(2)]
        yield visitors, strangers, office
        for stranger in strangers:
            stranger.close()


def test_visitors_agents_and_strangers_at_once_are_each_answered_as_themselves(people):
    visitors, strangers, office = people

    def look(visitor):
        return {visitor.reads()[0]["content"]["text"] for _ in range(25)} == {f"I am {visitor.id}"}

    def knock(stranger):
        return {stranger.http.get("/api/botpress-hitl/me").status_code for _ in range(25)} == {401}

    def work():
        return {office.agent.get("/api/botpress-hitl/me")["name"] for _ in range(25)} == {"Admin"}

    tasks = [lambda v=v: look(v) for v in visitors] + [lambda s=s: knock(s) for s in strangers] + [work]
    assert at_once(tasks) == [True] * 9
