"""The supervisors' page of what could not be processed, against the real server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from chalicelib.desk.parking import encode, parking_id
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.store.base import Parked
from chalicelib.wiring import build_store
from tests.web.server import ADMIN_TOKEN
from tests.web.test_accessibility import WAYS, findings

WORDS = "My card number is 4929"


@pytest.fixture
def store(server):
    """The server's store, with nothing parked before and after."""
    opened = build_store(f"sqlite:///{server.data}/hitl.db")
    yield opened
    for kept in opened.parked(limit=500).items:
        opened.unpark(kept.id)
    opened.close()


@pytest.fixture
def opens_parked(opens_admin, server):
    """Opens the page in the tab in which a supervisor is signed in."""

    def open_parked(**options):
        page = opens_admin(**options)
        page.goto(f"{server.url}/parked")
        return page

    return open_parked


def park(store, parked_id="a", body="{}", *, reason="It broke: KeyError.", session=None, hours=0):
    at = datetime.now(UTC) + timedelta(hours=hours)
    store.park(Parked(id=parked_id, at=at, channel="messenger", reason=reason, body=body, session_id=session))


def park_event(store, user="7007007007"):
    session = f"messenger:1002003004.{user}"
    event = Event(f"in:{user}", session, Text(WORDS), datetime.now(UTC))
    park(store, parking_id(event), encode(event), session=session)
    return session


def card(page, reason="It broke: KeyError."):
    return page.get_by_role("listitem", name=reason)


def test_a_supervisor_comes_from_the_agents_page_without_signing_in_again(opens_admin, server):
    page = opens_admin()
    page.get_by_role("link", name="Parked").click()

    expect(page.get_by_text("Nothing is parked.")).to_be_visible()
    assert page.url == f"{server.url}/parked"


def test_an_agent_is_shown_no_way_there_and_is_refused(opens_admin, opens, server, complaints):
    complaints.tolerate("Failed to load resource")
    page = opens_admin(token=server.hire("Piet"))
    expect(page.get_by_role("link", name="Parked")).to_have_count(0)
    page.goto(f"{server.url}/parked")

    expect(page.get_by_role("alert")).to_contain_text("supervisor")
    expect(page.get_by_label("Token")).to_be_visible()


def test_who_is_not_signed_in_signs_in_there_for_this_tab(opens, server):
    page = opens(f"{server.url}/parked")
    page.get_by_label("Token").fill(ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Nothing is parked.")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('hitl.token')") == json.dumps(ADMIN_TOKEN)
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


@pytest.mark.usefixtures("refusals")
def test_a_wrong_token_is_refused_in_words_and_forgotten(opens, server):
    page = opens(f"{server.url}/parked")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text("This token is not valid, or not any more.")
    assert page.evaluate("sessionStorage.getItem('hitl.token')") is None


def test_it_shows_why_and_of_whom_and_never_what_was_said(opens_parked, store):
    session = park_event(store)
    page = opens_parked()

    expect(card(page)).to_contain_text(session)
    expect(card(page)).to_contain_text("bytes")
    assert "4929" not in page.content()


def test_a_replay_that_is_taken_leaves_the_list(opens_parked, store, server):
    session = park_event(store, "7007007008")
    page = opens_parked()
    card(page).get_by_role("button", name="Try again").click()

    expect(page.get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("Tried again: it was taken.")
    log = server.call("GET", f"botpress-hitl/sessions/{session.replace(':', '%3A')}", ADMIN_TOKEN)["entries"]
    assert WORDS in json.dumps(log)


def test_a_replay_in_vain_stays_with_what_became_of_it(opens_parked, store):
    park(store, body="{no JSON")
    page = opens_parked()
    card(page).get_by_role("button", name="Try again").click()

    expect(card(page)).to_contain_text("Tried again: it cannot be read any more (JSONDecodeError).")
    expect(card(page)).to_contain_text("tried 1 time in vain")
    page.reload()
    expect(card(page)).to_contain_text("tried 1 time in vain")


def test_deleting_needs_a_second_word(opens_parked, store):
    park(store)
    page = opens_parked()
    card(page).get_by_role("button", name="Delete…").click()
    card(page).get_by_role("button", name="Keep it").click()
    assert store.find_parked("a") is not None
    card(page).get_by_role("button", name="Delete…").click()
    card(page).get_by_role("button", name="Delete for good").click()

    expect(page.get_by_text("Nothing is parked.")).to_be_visible()
    assert store.find_parked("a") is None


@pytest.mark.usefixtures("refusals")
def test_what_somebody_else_has_dealt_with_leaves_the_list(opens_parked, store):
    park(store)
    page = opens_parked()
    expect(card(page)).to_be_visible()
    store.unpark("a")
    card(page).get_by_role("button", name="Try again").click()

    expect(page.get_by_role("status")).to_have_text("Somebody else has dealt with it.")
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_a_long_list_is_read_a_page_at_a_time(opens_parked, store):
    for number in range(51):
        park(store, f"{number:03}", reason=f"Reason {number}.", hours=number / 100)
    page = opens_parked()
    expect(page.get_by_role("listitem")).to_have_count(50)
    page.get_by_role("button", name="Show more").click()

    expect(page.get_by_role("listitem")).to_have_count(51)
    expect(page.get_by_role("listitem").last).to_contain_text("Reason 50.")
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


@WAYS
def test_the_page_is_accessible(way, opens, opens_parked, store, server):
    gate = opens(f"{server.url}/parked", **way)
    expect(gate.get_by_role("button", name="Sign in")).to_be_visible()
    assert findings(gate) == []

    park(store, body="{no JSON", reason="It is no JSON (8 bytes).")
    park_event(store, "7007007009")
    page = opens_parked(**way)
    card(page, "It is no JSON (8 bytes).").get_by_role("button", name="Try again").click()
    expect(page.get_by_text("tried 1 time in vain")).to_be_visible()
    card(page).get_by_role("button", name="Delete…").click()
    assert findings(page) == []
