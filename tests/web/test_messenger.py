"""A Messenger conversation on the agents' page: what can be answered, what was taken back, and whose pictures are shown."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import poke
from tests.web.messenger import BOT, PIXEL, USER, Talk, hence
from tests.web.server import ADMIN_TOKEN
from tests.web.test_accessibility import WAYS, findings

INBOX = {"kind": "agent", "id": "", "name": "Page inbox"}


@pytest.fixture
def talk(server):
    visitor = server.visitor("Somebody", "Hello")
    return Talk(server.agent(visitor.session, "read", seq=1), "Grace")


@pytest.fixture
def opens_talk(opens_admin, talk):
    """The agents' page with the talk open."""

    def open_talk(**options):
        page = opens_admin(**options)
        talk.play(page)
        poke(page)
        page.get_by_role("link", name="Grace").click()
        page.get_by_role("log").wait_for()
        expect(page.get_by_text("Loading messages…")).to_have_count(0)
        return page

    return open_talk


def said(page, text):
    return page.locator(".said", has_text=text)


SECOND_PRESS = (
    "(place) => place.dispatchEvent(new MouseEvent('mousedown', {detail: 2, bubbles: true, cancelable: true}))"
)
"""False: the browser does nothing for it."""


def test_the_time_left_is_said_before_anything_is_typed_and_a_refusal_closes_replies_but_not_notes(opens_talk, talk):
    talk.say("Is anybody there?")
    page = opens_talk()
    expect(page.get_by_text("Messenger takes answers for another 23 h")).to_be_visible()
    page.get_by_label("Reply", exact=True).fill("Half a sen")

    talk.session["reply_window"] = {
        "closes_at": hence(days=-8),
        "human_closes_at": hence(days=-1),
        "refused": "Too late.",
    }
    poke(page)
    expect(page.get_by_role("status").get_by_text("Too late.")).to_be_visible()
    reply = page.get_by_label("Reply", exact=True)
    expect(reply).not_to_be_editable()
    expect(reply).to_have_value("Half a sen")
    reply.press("Enter")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    assert [path for path, _ in talk.asked if path == "/message"] == []

    page.get_by_role("button", name="Note").click()
    expect(page.get_by_label("Note for agents")).to_be_editable()
    expect(page.get_by_text("Too late.")).to_have_count(0)


@pytest.mark.usefixtures("refusals")
def test_a_message_taken_back_vanishes_from_an_open_page_and_from_one_that_was_left(opens_talk, talk):
    first, second = talk.say("my secret number is 42"), talk.say("and my key is 43")
    page = opens_talk()
    expect(said(page, "secret number")).to_be_visible()
    talk.amend(first, content={"type": "unsent"})
    poke(page)
    expect(page.get_by_text("Message removed by the user")).to_be_visible()
    assert "secret number" not in page.content()

    page.get_by_label("Reply", exact=True).press("Escape")
    talk.amend(second, content={"type": "unsent"})
    log = "**/api/botpress-hitl/sessions/messenger*"
    page.route(log, lambda route: route.abort())
    page.get_by_role("link", name="Grace").click()
    expect(page.get_by_text("The messages did not load")).to_be_visible()
    assert "my key" not in page.content()


def test_an_amend_that_cannot_be_read_yet_is_read_later(opens_talk, talk, complaints):
    complaints.tolerate("Failed to load resource")
    first = talk.say("I live at number 7")
    page = opens_talk()
    again = "**/sessions/messenger*after=0&limit=1"
    page.route(again, lambda route: route.abort())
    talk.amend(first, content={"type": "text", "text": "I live at number 8"}, edited=True)
    with page.expect_event("requestfailed"):
        poke(page)
    page.unroute(again)
    poke(page)

    expect(said(page, "I live at number 8").get_by_text("Edited")).to_be_visible()
    expect(page.get_by_text("number 7")).to_have_count(0)


def test_a_reaction_and_who_wrote_elsewhere_are_shown(opens_talk, talk):
    talk.say("Hello!", BOT)
    talk.add("paused", INBOX, {"type": "pause", "trigger": "echo"})
    answer = talk.say("I am from the Page", INBOX)
    talk.say("I am a newsletter", {**BOT, "name": "Another app"})
    page = opens_talk()
    expect(page.locator(".who")).to_have_text(["Bot", "Page inbox", "Another app"])
    expect(page.get_by_text("Paused: somebody answers in the Page inbox")).to_be_visible()

    talk.amend(answer, reaction="❤️")
    poke(page)
    expect(said(page, "I am from the Page").get_by_text("Grace reacted: ❤️")).to_be_visible()


def test_a_failed_message_is_sent_again_and_an_unknown_one_after_a_second_word_only(opens_talk, talk):
    failed = talk.say("first answer", BOT, status="failed", failure="The Page is rate-limited.")
    unknown = talk.say("second answer", BOT, status="unknown")
    page = opens_talk()
    expect(said(page, "first answer").get_by_text("Not delivered: The Page is rate-limited.")).to_be_visible()
    said(page, "first answer").get_by_role("button", name="Try again").click()
    expect(said(page, "first answer").get_by_role("button")).to_have_count(0)

    doubt = said(page, "second answer")
    doubt.get_by_role("button", name="Send again").dblclick()
    expect(doubt.get_by_text("It may have arrived. Send it again?")).to_be_visible()
    expect(doubt.get_by_role("button", name="No")).to_be_focused()
    # The second half of a double click may come when the question is there already: it must not take the focus.
    assert not doubt.get_by_role("group").evaluate(SECOND_PRESS)
    page.keyboard.press("Escape")
    expect(doubt.get_by_role("button", name="Send again")).to_be_focused()
    page.keyboard.press("Enter")
    doubt.get_by_role("button", name="Yes, send it again").click()
    expect(doubt.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("log")).to_be_focused()
    retries = [asked for asked in talk.asked if asked[0].endswith("/retry")]
    assert retries == [(f"/entries/{failed}/retry", {}), (f"/entries/{unknown}/retry", {"again": True})]

    expect(doubt.get_by_text("Not sent yet")).to_be_attached()
    talk.amend(unknown, status="sent")
    poke(page)
    expect(doubt.get_by_text("Sent", exact=True)).to_be_attached()


@pytest.mark.usefixtures("refusals")
def test_pictures_come_through_our_own_server_and_are_let_go_with_their_message(opens_talk, talk, server):
    talk.session["user"]["picture_url"] = "https://cdn.example/face.jpg"
    shown = talk.add("message", USER, {"type": "image", "url": "https://cdn.example/a.png"})
    card = {"title": "Room", "subtitle": None, "image_url": "https://cdn.example/r.png", "buttons": []}
    cards = talk.add("message", BOT, {"type": "cards", "cards": [card]})
    talk.add("message", BOT, {"type": "image", "url": "https://strange.example/b.png", "text": "A garden"})
    talk.media = {
        "/picture": PIXEL,
        f"/entries/{shown}/media/0": PIXEL,
        f"/entries/{cards}/media/0": PIXEL,
    }
    page = opens_talk()
    strangers = []
    page.on("request", lambda asked: asked.url.startswith((server.url, "blob:")) or strangers.append(asked.url))
    page.evaluate(
        "() => { window.freed = []; const free = URL.revokeObjectURL.bind(URL);"
        " URL.revokeObjectURL = (url) => { freed.push(url); free(url); }; }"
    )
    picture = page.locator(".said .media.image img")
    expect(picture).to_have_count(2)
    expect(page.locator(".avatar img")).to_have_count(2)
    link = page.get_by_role("link", name="Picture strange.example")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    fetched = {given for path, given in talk.asked if "/media/" in path or path == "/picture"}
    assert fetched == {f"Bearer {ADMIN_TOKEN}"}
    assert strangers == []

    page.get_by_role("button", name="Picture, large").first.click()
    expect(page.get_by_role("button", name="Picture, large").first).to_have_attribute("aria-pressed", "true")
    url = picture.first.get_attribute("src")
    assert url.startswith("blob:")
    talk.amend(shown, content={"type": "unsent"})
    poke(page)
    expect(picture).to_have_count(1)
    page.wait_for_function("(url) => freed.includes(url)", arg=url)


def test_pictures_of_the_web_chat_stay_links(opens_admin, server):
    visitor = server.visitor("Roomy", "rooms")
    page = opens_admin(at=f"&session={visitor.session.replace(':', '%3A')}")
    expect(page.get_by_role("link", name="Picture example.com")).to_be_visible()
    expect(page.locator(".media")).to_have_count(0)
    expect(page.locator(".reach p")).to_have_count(0)


def test_a_warning_that_comes_up_while_the_page_is_open_is_shown(opens_admin, server):
    page = opens_admin()
    me = server.call("GET", "botpress-hitl/me", ADMIN_TOKEN)
    page.route(
        "**/api/botpress-hitl/me", lambda route: route.fulfill(json=me | {"warnings": ["The Page's token has ended."]})
    )
    poke(page)

    expect(page.get_by_text("The Page's token has ended.")).to_be_visible()


def test_an_alert_about_a_page_itself_opens_no_conversation(opens_admin):
    page = opens_admin(at="&session=messenger%3A100")
    expect(page.get_by_role("heading", name="waiting")).to_be_visible()
    alert = {
        "id": "n1",
        "session_id": "messenger:100",
        "text": "Meta has blocked this Page",
        "level": "error",
        "why": "notify",
    }
    alerts = {"notifications": [alert | {"at": hence(), "read": False, "archived": False}], "unread": 1, "waiting": 0}
    page.route("**/api/botpress-hitl/notifications?*", lambda route: route.fulfill(json=alerts | {"cursor": None}))
    poke(page)
    page.get_by_role("button", name="Alerts, 1 unread").click()
    listed = page.get_by_role("region", name="Alerts")

    expect(listed.get_by_text("Meta has blocked this Page")).to_be_visible()
    expect(listed.get_by_role("link")).to_have_count(0)
    expect(listed.get_by_role("button", name="Archive: Meta has blocked this Page")).to_be_visible()


def test_a_message_taken_back_is_said_on_the_web_chat(opens_chat):
    page = opens_chat()
    messages = "**/api/webchat/messages?*"

    def take_back(route):
        answer = route.fetch().json()
        for entry in answer["entries"]:
            if entry["author"]["kind"] == "bot":
                entry["content"] = {"type": "unsent"}
        route.fulfill(json=answer)

    page.route(messages, take_back)
    page.get_by_label("Your message").fill("Hello")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Message removed", exact=True)).to_be_visible()


@WAYS
def test_a_messenger_conversation_is_accessible(way, opens_talk, talk):
    talk.media["/entries/1/media/0"] = PIXEL
    talk.add("message", USER, {"type": "image", "url": "https://cdn.example/a.png"})
    talk.say("I live at number 8", edited=True, reaction="❤️")
    talk.add("message", USER, {"type": "unsent"})
    talk.add("paused", INBOX, {"type": "pause", "trigger": "echo"})
    talk.say("I am from the Page", INBOX, reaction="👍")
    talk.say("first answer", BOT, status="failed", failure="The Page is rate-limited.")
    talk.say("second answer", BOT, status="unknown")
    talk.session["reply_window"]["closes_at"] = hence(minutes=41)
    page = opens_talk(**way)
    page.get_by_role("log").evaluate("log => { log.scrollTop = 0 }")
    page.locator(".media img").wait_for()
    said(page, "second answer").get_by_role("button", name="Send again").click()
    assert findings(page) == []

    talk.session["reply_window"]["refused"] = "The Page inbox has this conversation."
    poke(page)
    expect(page.get_by_role("status").get_by_text("The Page inbox has this conversation.")).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
