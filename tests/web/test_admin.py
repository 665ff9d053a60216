"""The agents' page: signing in, the list, alerts and the connection, against the real server."""

import json

import pytest
from playwright.sync_api import expect

from tests.web.conftest import poke
from tests.web.server import ADMIN_TOKEN

LIST = "**/api/botpress-hitl/sessions?*"


def rows(page):
    return page.locator(".session")


def test_a_token_in_the_link_is_out_of_the_address_at_once_and_kept_for_the_tab_only(opens_admin, server):
    page = opens_admin()

    assert page.url == f"{server.url}/admin"
    assert page.evaluate("sessionStorage.getItem('hitl.token')") == json.dumps(ADMIN_TOKEN)
    assert ADMIN_TOKEN not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.usefixtures("refusals")
def test_a_wrong_token_is_refused_in_words(opens, server):
    page = opens(f"{server.url}/admin")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text("This token is not valid, or not any more.")


@pytest.mark.usefixtures("refusals")
@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda route: route.abort(), "The server could not be reached. Trying again…"),
        (
            lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"),
            "The server answered 502. Trying again…",
        ),
    ],
    ids=["away", "502"],
)
def test_a_server_that_has_trouble_while_the_page_opens_is_asked_again_and_nobody_is_signed_out(
    opens_admin, server, trouble, words
):
    visitor = server.visitor("Opal", "HITL_START")
    page = opens_admin(at=f"&session={visitor.session.replace(':', '%3A')}")
    page.route("**/api/**", trouble)
    page.reload()
    expect(page.get_by_role("status")).to_have_text(words)
    expect(page.get_by_label("Token")).to_have_count(0)

    page.unroute("**/api/**")
    expect(page.get_by_role("heading", name="Opal")).to_be_visible()


@pytest.mark.usefixtures("refusals")
def test_who_does_not_want_to_wait_for_the_server_can_give_another_token(opens_admin):
    page = opens_admin()
    page.route("**/api/botpress-hitl/me", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Sign in anew").click()
    page.unroute("**/api/botpress-hitl/me")
    page.get_by_label("Token").fill(ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("searchbox")).to_be_visible()


@pytest.mark.usefixtures("refusals")
def test_a_token_given_while_an_older_one_is_still_asked_about_is_the_one_that_counts(opens_admin, server):
    page = opens_admin()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/api/botpress-hitl/me", hold, times=1)
    page.reload()
    expect(page.get_by_text("Signing in…")).to_be_visible()
    page.evaluate("token => { location.hash = 'token=' + token }", server.hire("Newer"))
    expect(page.get_by_text("Newer")).to_be_visible()
    held[0].fulfill(status=401, body='{"Code":"Unauthorized","Message":"No."}')
    poke(page)

    expect(page.get_by_text("Newer")).to_be_visible()


def test_a_link_to_a_session_leads_there_after_signing_in(opens, server):
    visitor = server.visitor("Linda", "Hello from Linda")
    page = opens(f"{server.url}/admin#session={visitor.session.replace(':', '%3A')}")
    page.get_by_label("Token").fill(ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Linda")).to_be_visible()
    expect(page.get_by_role("log").get_by_text("Hello from Linda", exact=True)).to_be_visible()


def test_signing_out_forgets_the_token_and_what_was_shown(opens_admin, server):
    server.visitor("Sigrid", "HITL_START")
    page = opens_admin()
    page.get_by_role("link", name="Sigrid").wait_for()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_label("Token")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('hitl.token')") is None
    page.reload()
    expect(page.get_by_label("Token")).to_be_visible()


def test_the_longest_waiting_is_first_and_a_filter_shows_only_mine(opens_admin, server):
    first = server.visitor("Early Earl", "HITL_START")
    second = server.visitor("Late Leo", "HITL_START")
    page = opens_admin(server.hire("Filterer"))
    names = page.locator(".session strong")
    page.get_by_role("link", name="Late Leo").wait_for()
    shown = names.all_text_contents()
    assert shown.index("Early Earl") < shown.index("Late Leo")

    page.get_by_role("link", name="Late Leo").click()
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name="Mine").click()
    expect(names).to_have_text(["Late Leo"])
    assert first.session != second.session


def test_search_finds_by_the_beginning_of_a_name_and_by_an_exact_id(opens_admin, server):
    visitor = server.visitor("Quentin", "Hello")
    page = opens_admin()
    box = page.get_by_role("searchbox")
    box.fill("quen")
    expect(page.locator(".session strong")).to_have_text(["Quentin"])

    box.fill(visitor.session)
    expect(page.locator(".session strong")).to_have_text(["Quentin"])
    box.fill("Nobody is called so")
    expect(page.get_by_text("Nobody's name begins with")).to_be_visible()


@pytest.mark.usefixtures("refusals")
def test_a_list_that_does_not_load_says_so_and_can_be_asked_for_again(opens, server):
    page = opens("about:blank")
    page.route(
        LIST,
        lambda route: route.fulfill(
            status=503, headers={"Retry-After": "60"}, body='{"Code":"StoreBusy","Message":"The store is busy."}'
        ),
    )
    page.goto(f"{server.url}/admin#token={ADMIN_TOKEN}")
    expect(page.get_by_text("The list did not load: The store is busy.")).to_be_visible()

    page.unroute(LIST)
    server.visitor("Tracy", "HITL_START")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Tracy")).to_be_visible()


def test_the_focus_stays_on_its_row_when_the_list_is_sorted_anew(opens_admin, server):
    people = [server.visitor(f"Sorted {name}", "Hello") for name in ("Ann", "Ben", "Cem", "Dot")]
    listed = [server.agent(visitor.session, "read", seq=1) for visitor in people]
    orders = [listed, [listed[3], listed[1], listed[0], listed[2]], listed[::-1], listed[1:] + listed[:1]]
    page = opens_admin()
    turn = {"at": 0}
    page.route(LIST, lambda route: route.fulfill(json={"sessions": orders[turn["at"]], "cursor": None}))
    page.get_by_role("button", name="Unassigned").click()

    for focused in ("Sorted Ann", "Sorted Dot", "Sorted Ben"):
        page.get_by_role("link", name=focused).focus()
        for at in range(4):
            turn["at"] = at
            poke(page)
            expect(page.locator(".session strong")).to_have_text([session["user"]["name"] for session in orders[at]])
            expect(page.get_by_role("link", name=focused)).to_be_focused()


def test_the_badge_says_what_it_counts(opens_admin, server):
    server.visitor("Counted", "HITL_START")
    page = opens_admin()
    poke(page)
    badge = page.get_by_role("button", name="Paused").get_by_title("waiting")
    expect(badge).to_be_visible()

    assert badge.text_content() == badge.get_attribute("title")
    assert badge.get_attribute("title").split()[0].strip("+").isdecimal()


def test_arrow_keys_move_through_the_list(opens_admin, server):
    server.visitor("Arrow One", "HITL_START")
    server.visitor("Arrow Two", "HITL_START")
    page = opens_admin()
    page.get_by_role("link", name="Arrow One").focus()
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("link", name="Arrow Two")).to_be_focused()


def test_a_new_alert_shows_in_the_title_and_opens_its_conversation(opens_admin, server):
    page = opens_admin()
    expect(page).to_have_title("hitl")
    server.visitor("Alma", "HITL_START")
    poke(page)
    expect(page).to_have_title("(1) hitl")

    page.get_by_role("button", name="Alerts, 1 unread").click()
    page.get_by_role("link", name="Alma wants to talk to a human").click()
    expect(page.get_by_role("heading", name="Alma")).to_be_visible()
    expect(page).to_have_title("hitl")


def test_an_alert_can_be_archived_and_escape_closes_the_list_of_alerts(opens_admin, server):
    server.visitor("Archibald", "HITL_START")
    page = opens_admin()
    page.get_by_role("button", name="Alerts, 1 unread").click()
    page.get_by_role("button", name="Archive: Archibald wants to talk to a human").click()
    expect(page.get_by_role("link", name="Archibald wants to talk to a human")).to_have_count(0)

    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Alerts")).to_have_count(0)
    expect(page.get_by_role("button", name="Alerts")).to_be_focused()


def test_a_desktop_notification_tells_of_an_alert_once_it_was_allowed_by_a_click(opens_admin, server):
    page = opens_admin(permissions=["notifications"])
    page.evaluate(
        """() => { window.Notification = class { static permission = 'granted';
           constructor(title) { console.info(title); } }; document.hasFocus = () => false; }"""
    )
    page.get_by_role("button", name="Sound and desktop notifications").click()
    with page.expect_console_message(lambda told: told.text == "Nora wants to talk to a human"):
        server.visitor("Nora", "HITL_START")
        poke(page)


@pytest.mark.usefixtures("refusals")
def test_a_lost_network_is_said_and_its_return_too(opens_admin):
    page = opens_admin()
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline. What you see may be old, and nothing is sent.")).to_be_visible()

    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_have_count(0)


@pytest.mark.usefixtures("refusals")
def test_a_revoked_sign_in_ends_at_the_sign_in_page(opens_admin):
    page = opens_admin()
    page.evaluate("sessionStorage.setItem('hitl.token', '\"revoked\"')")
    poke(page)

    expect(page.get_by_role("alert")).to_have_text("Your sign-in is not valid any more.")


def test_a_phone_shows_the_list_or_the_conversation(opens_admin, server):
    server.visitor("Phoebe", "HITL_START")
    page = opens_admin(viewport={"width": 390, "height": 780})
    page.get_by_role("link", name="Phoebe").click()
    expect(page.get_by_role("heading", name="Phoebe")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.get_by_role("link", name="Phoebe")).to_be_focused()


@pytest.mark.parametrize("width", [320, 360])
def test_on_a_small_phone_a_supervisor_reaches_every_button_of_a_colleagues_conversation(opens_admin, server, width):
    visitor = server.visitor(f"Petra {width}", "HITL_START")
    server.agent(visitor.session, "claim", server.hire("Bartholomew"))
    page = opens_admin(viewport={"width": width, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name=f"Petra {width}").click()
    button = page.get_by_role("button", name="Take over from Bartholomew")
    expect(button).to_be_visible()

    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert button.evaluate("b => b.scrollWidth <= b.clientWidth")
