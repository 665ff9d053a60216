"""What an agent wrote while it could not be sent: it goes out later, once, and what fails for good is told wherever they are."""

import json

import pytest
from playwright.sync_api import expect

from tests.web.conftest import answer, poke

API = "**/api/botpress-hitl/**"
MESSAGE = "**/api/botpress-hitl/sessions/*/message"

pytestmark = pytest.mark.usefixtures("refusals")


def holding(page):
    """The requests with what is said, held until the test answers them."""
    held = []

    def hold(route):
        held.append(route)

    page.route(MESSAGE, hold)
    return held


def heard(visitor):
    """What agents have said to the visitor."""
    return [
        entry["content"]["text"] for entry in visitor.heard() if entry["author"]["kind"] == "agent" and entry["content"]
    ]


def kept(page):
    return page.evaluate("sessionStorage.getItem('hitl.unsent')")


def arrived(page, *texts):
    """Wait until the log has these as sent, and nothing is left to send."""
    for text in texts:
        expect(page.locator(".said", has_text=text)).to_have_count(1)
    expect(page.locator(".said.waiting")).to_have_count(0)
    expect(page.locator(".said.out").last.get_by_text("Sent", exact=True)).to_be_attached()


def test_what_was_written_while_the_server_was_away_is_sent_in_order_when_it_is_back(opens_conversation, server):
    visitor = server.visitor("Awaya", "HITL_START")
    page = opens_conversation(visitor)
    page.route(API, lambda route: route.abort())
    answer(page, "first words")
    answer(page, "second words")
    expect(page.get_by_text("Not sent yet: The server could not be reached. Trying again…")).to_be_visible()
    expect(page.get_by_text("The server does not answer. Trying again…")).to_be_visible()
    assert heard(visitor) == []

    page.unroute(API)
    poke(page)
    arrived(page, "first words", "second words")
    assert heard(visitor) == ["first words", "second words"]
    assert kept(page) is None


def test_a_reload_loses_nothing_and_sends_nothing_twice(opens_conversation, server):
    visitor = server.visitor("Reloada", "HITL_START")
    page = opens_conversation(visitor)

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route(MESSAGE, lambda route: route.abort())
    page.route(MESSAGE, lose_the_answer, times=1)
    page.route(f"{API}?after=*", lambda route: route.abort())
    answer(page, "taken, but who knows")
    expect(page.get_by_text("Not sent yet: The server could not be reached.")).to_be_visible()
    answer(page, "never left")
    page.unroute(f"{API}?after=*")
    assert heard(visitor) == ["taken, but who knows"]

    page.reload()
    expect(page.get_by_text("never left")).to_be_visible()
    page.unroute(MESSAGE)
    arrived(page, "taken, but who knows", "never left")
    assert heard(visitor) == ["taken, but who knows", "never left"]
    assert kept(page) is None


def test_what_waits_is_sent_after_a_reload_though_another_conversation_is_open(opens_conversation, server):
    visitor, other = server.visitor("Closeda", "HITL_START"), server.visitor("Openo", "HITL_START")
    page = opens_conversation(visitor)
    page.route(MESSAGE, lambda route: route.abort())
    answer(page, "patience, Closeda")
    expect(page.get_by_text("Not sent yet:")).to_be_visible()
    page.get_by_role("link", name="Openo").click()
    page.get_by_role("heading", name="Openo").wait_for()
    page.reload()
    page.get_by_role("heading", name="Openo").wait_for()
    with page.expect_response(MESSAGE):
        page.unroute(MESSAGE)

    assert heard(visitor) == ["patience, Closeda"]
    assert heard(other) == []


def test_what_fails_for_good_in_another_conversation_is_told_and_marked(opens_conversation, server):
    visitor = server.visitor("Farley", "HITL_START")
    server.visitor("Nearby", "HITL_START")
    page = opens_conversation(visitor)
    held = holding(page)
    answer(page, "too much")
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.get_by_role("link", name="Nearby").click()
    page.get_by_role("heading", name="Nearby").wait_for()
    held[0].fulfill(status=413, body='{"Code":"TooLarge","Message":"Too long."}')

    expect(
        page.get_by_role("status").get_by_text("Not sent in the conversation with Farley: Too long.")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Farley").get_by_text("Not sent")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Farley").get_by_text("Not sent")).to_be_visible()
    page.get_by_role("link", name="Farley").click()
    expect(page.get_by_text("Not sent: Too long.")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("link", name="Farley").get_by_text("Not sent")).to_have_count(0)
    assert kept(page) is None


def test_the_notice_goes_when_what_failed_is_opened_from_the_list(opens_conversation, server):
    visitor = server.visitor("Fenwick", "HITL_START")
    page = opens_conversation(visitor)
    held = holding(page)
    answer(page, "too much")
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.get_by_label("Reply", exact=True).press("Escape")
    held[0].fulfill(status=413, body='{"Code":"TooLarge","Message":"Too long."}')
    page.get_by_role("button", name="Open it").wait_for()
    page.get_by_role("link", name="Fenwick").click()

    expect(page.get_by_text("Not sent: Too long.")).to_be_visible()
    expect(page.get_by_role("button", name="Open it")).to_have_count(0)


def test_the_notice_leads_to_what_failed_and_waits_for_the_agent(opens_conversation, server):
    visitor = server.visitor("Ferris", "HITL_START")
    page = opens_conversation(visitor)
    held = holding(page)
    answer(page, "too much")
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.get_by_label("Reply", exact=True).press("Escape")
    page.clock.install()
    held[0].fulfill(status=413, body='{"Code":"TooLarge","Message":"Too long."}')
    page.get_by_role("button", name="Open it").wait_for()
    page.clock.run_for(60_000)
    page.get_by_role("button", name="Open it").click()

    expect(page.get_by_role("heading", name="Ferris")).to_be_visible()
    expect(page.get_by_text("Not sent: Too long.")).to_be_visible()


def test_signing_out_forgets_it_and_nobody_else_sends_it(opens_conversation, server):
    visitor = server.visitor("Oudine", "HITL_START")
    page = opens_conversation(visitor, token=server.hire("Outgoer"))
    page.route(MESSAGE, lambda route: route.abort())
    answer(page, "not yours")
    expect(page.get_by_text("Not sent yet:")).to_be_visible()
    assert "not yours" in kept(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Token").wait_for()
    assert kept(page) is None

    page.unroute(MESSAGE)
    page.get_by_label("Token").fill(server.hire("Incomer"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("searchbox").wait_for()
    assert heard(visitor) == []


@pytest.mark.parametrize(("again", "said"), [("Keeper", ["still mine"]), ("Stranger", [])])
def test_a_sign_in_that_ran_out_keeps_it_for_the_same_agent_alone(opens_conversation, server, again, said):
    visitor = server.visitor(f"Ranout {again}", "HITL_START")
    keeper = server.hire(f"Keeper{again}")
    tokens = {"Keeper": keeper, "Stranger": server.hire("Stranger")}
    page = opens_conversation(visitor, token=keeper)
    page.route(MESSAGE, lambda route: route.fulfill(status=401, body='{"Code":"Unauthorized","Message":"No."}'))
    answer(page, "still mine")
    expect(page.get_by_role("alert")).to_have_text("Your sign-in is not valid any more.")
    assert "still mine" in kept(page)
    page.unroute(MESSAGE)
    page.get_by_label("Token").fill(tokens[again])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("searchbox").wait_for()
    page.get_by_role("heading", name=f"Ranout {again}").wait_for()

    expect(page.locator(".said", has_text="still mine").get_by_text("Sent", exact=True)).to_have_count(len(said))
    assert heard(visitor) == said
    assert json.loads(kept(page) or "null") is None
