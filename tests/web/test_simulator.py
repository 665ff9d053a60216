"""The Messenger simulator's page, in a browser, with a webhook of the test's own behind it."""

import threading

import pytest
from playwright.sync_api import expect

from local.messenger import start
from local.server import LocalServer
from tests.simulator.conftest import Client, Webhook
from tests.web.conftest import poke
from tests.web.test_accessibility import WAYS, findings

PERSON = {"content_type": "text", "title": "A person", "payload": "HUMAN_PLEASE"}
BUTTONS = {
    "template_type": "button",
    "text": "Bot paused.",
    "buttons": [{"type": "postback", "title": "Cancel request", "payload": "HITL_STOP"}],
}

AT_ONCE = """async (button) => {
  button.click();
  for (let step = 0; step < 20; step += 1) await null;
  return document.activeElement.getAttribute("aria-label");
}"""
"""What has the focus once the page has drawn what a click asks for, and before the browser paints: keys go there."""


class Scene:
    """A local server with the simulator, whose deliveries go to a webhook that remembers them."""

    def __init__(self):
        self._server = LocalServer(0, sweep_seconds=3600)
        self.url = f"{self._server.url}/simulator"
        self.platform, simulator = start.set_up(self._server.url, {})
        self.platform.echo = "after"
        self.webhook = Webhook()
        self.platform.courier.deliver = self.webhook
        self.client = Client(self.platform, self.platform.page().token)
        self._server.serve_also(simulator.handle)
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    def sends(self, text="", **more):
        """Let the Page say something."""
        status, answer = self.client.send(text, **more)
        assert status == 200, answer

    def heard(self, key):
        """What the webhook was told last of this kind."""
        self.platform.pump()
        return self.webhook.events(key)[-1][key]

    def cards(self, *titles):
        """Cards with a picture and a button each."""
        picture = f"{self.url}/media/lamp.png"
        button = {"type": "postback", "title": "I take it", "payload": "BUY"}
        elements = [{"title": title, "image_url": picture, "buttons": [button]} for title in titles]
        return {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": elements}}}

    def close(self):
        self._server.stop()
        self._thread.join(10)


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.close()


@pytest.fixture
def page(opens, scene):
    """The page, after Get started."""
    page = opens(scene.url)
    page.get_by_role("button", name="Get started").click()
    expect(page.get_by_label("Message", exact=True)).to_be_visible()
    return page


def bubble(page, text):
    return page.get_by_role("log").locator("li", has_text=text)


def test_a_new_user_is_greeted_and_starts(opens, scene):
    page = opens(scene.url)
    expect(page.get_by_text("Hi Ann! Ask us anything about lamps.")).to_be_visible()
    page.get_by_role("button", name="Come by link").click()
    expect(page.get_by_text("ref=flyer")).to_be_visible()

    page.get_by_role("button", name="Get started").click()

    expect(bubble(page, "Get started")).to_be_visible()
    told = scene.heard("postback")
    assert (told["payload"], told["referral"]["ref"]) == ("GET_STARTED", "flyer")


def test_what_is_written_arrives_and_what_is_answered_shows(page, scene):
    message = page.get_by_label("Message", exact=True)
    message.fill("<b>Hello</b> & so on")
    message.press("Enter")
    expect(bubble(page, "<b>Hello</b> & so on")).to_be_visible()
    assert scene.heard("message")["text"] == "<b>Hello</b> & so on"

    _, made = scene.client.post("1002003004/personas", name="Dana", profile_picture_url="https://files.example/d.png")
    scene.client.post("1002003004/messages", recipient={"id": "7007007007"}, sender_action="mark_seen")
    scene.sends("Dana here", persona_id=made["id"])
    poke(page)

    expect(bubble(page, "Dana here")).to_contain_text("Dana · Lamp Shop")
    expect(bubble(page, "so on")).to_contain_text("Seen")
    assert scene.heard("read")["watermark"] > 0


def test_buttons_cards_menu_and_quick_replies_are_pressed(page, scene):
    scene.sends(message={"attachment": {"type": "template", "payload": BUTTONS}})
    scene.sends(message=scene.cards("Reading lamp", "Floor lamp"))
    scene.sends(message={"text": "Who shall answer?", "quick_replies": [PERSON]})
    poke(page)

    page.get_by_role("button", name="A person").click()
    expect(page.get_by_role("group", name="Quick replies")).to_have_count(0)
    assert scene.heard("message")["quick_reply"] == {"payload": "HUMAN_PLEASE"}

    page.get_by_role("button", name="Cancel request").click()
    expect(page.get_by_role("log").get_by_text("Cancel request")).to_have_count(2)
    assert scene.heard("postback")["payload"] == "HITL_STOP"

    expect(page.get_by_role("img", name="Picture")).to_have_count(2)
    page.get_by_role("button", name="I take it").first.click()
    expect(page.get_by_role("log").get_by_text("I take it")).to_have_count(3)
    assert scene.heard("postback")["payload"] == "BUY"

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Talk to a human").click()
    expect(bubble(page, "Talk to a human")).to_be_visible()
    assert scene.heard("postback")["payload"] == "HITL_HUMAN"


def test_a_message_is_reacted_to_answered_edited_and_unsent_by_keyboard(page, scene):
    scene.sends("How are you?")
    poke(page)
    message = page.get_by_label("Message", exact=True)

    more = bubble(page, "How are you?").get_by_role("button", name="React, reply and more")
    more.press("Enter")
    page.get_by_role("button", name="React with 😆").press("Enter")
    expect(bubble(page, "How are you?").get_by_role("img", name="Reactions: 😆")).to_be_visible()
    assert scene.heard("reaction")["reaction"] == "smile"

    more.press("Enter")
    page.get_by_role("button", name="Reply", exact=True).press("Enter")
    expect(message).to_be_focused()
    message.fill("Fine")
    message.press("Enter")
    expect(bubble(page, "Fine")).to_contain_text("How are you?")
    assert scene.heard("message")["reply_to"]["is_self_reply"] is False

    own = bubble(page, "Fine").get_by_role("button", name="React, reply and more")
    own.press("Enter")
    page.get_by_role("button", name="Edit").press("Enter")
    expect(message).to_have_value("Fine")
    message.fill("Very fine")
    message.press("Enter")
    expect(bubble(page, "Very fine")).to_contain_text("Edited")
    assert scene.heard("message_edit")["text"] == "Very fine"

    bubble(page, "Very fine").get_by_role("button", name="React, reply and more").press("Enter")
    page.get_by_role("button", name="Unsend").press("Enter")
    expect(bubble(page, "You unsent a message")).to_be_visible()
    assert scene.heard("message")["is_deleted"] is True


def test_the_focus_moves_with_what_is_drawn_and_not_a_moment_later(page, scene):
    scene.sends("How are you?")
    poke(page)

    more = bubble(page, "How are you?").get_by_role("button", name="React, reply and more")
    assert more.evaluate(AT_ONCE).startswith("React with")

    assert page.get_by_role("button", name="Reply", exact=True).evaluate(AT_ONCE) == "Message"


def test_a_picture_a_thumb_and_typing_are_shown(page, scene):
    page.get_by_role("button", name="Send a picture").click()
    expect(page.get_by_role("img", name="Picture")).to_be_visible()
    page.get_by_role("button", name="Send a thumbs-up").click()
    expect(page.get_by_role("img", name="Sticker")).to_be_visible()
    assert scene.heard("message")["attachments"][0]["payload"]["sticker_id"] == 369239263222822

    scene.client.post("1002003004/messages", recipient={"id": "7007007007"}, sender_action="typing_on")
    poke(page)

    expect(page.get_by_text("The Page is typing")).to_be_attached()


def test_switches_are_thrown_and_the_log_tells(page, scene):
    page.get_by_role("button", name="Hold back").click()
    page.get_by_role("button", name="Let them go, last first").click()
    page.get_by_role("button", name="Deliver the last again").click()
    page.get_by_label("Each is late by").select_option("3 s")
    page.get_by_role("button", name="+25 hours").click()
    expect(page.get_by_text("1 d 1 h ahead")).to_be_visible()
    page.get_by_label("What goes wrong with it").select_option("Outside the window (10/2018278)")
    page.get_by_role("button", name="Arm", exact=True).click()
    expect(page.get_by_text("1 armed")).to_be_visible()
    page.get_by_label("Answer from the inbox").fill("A person here")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(bubble(page, "A person here")).to_contain_text("Page inbox")
    page.get_by_role("button", name="Pass the thread back").click()
    expect(page.get_by_text("our app has the thread")).to_be_visible()
    page.get_by_text("It is blocked").click()
    expect(page.get_by_role("switch", name="It is blocked")).to_be_checked()

    scene.client.send()
    poke(page)

    expect(page.get_by_label("Calls and deliveries").get_by_role("listitem").first).to_contain_text("10/2018278")


def test_somebody_else_is_added_and_has_a_thread_of_their_own(page, scene):
    page.get_by_label("Name of a new user").fill("Bob Ross")
    page.get_by_role("button", name="Add").click()

    expect(page.get_by_text("You are Bob Ross")).to_be_visible()
    page.get_by_role("button", name="Get started").click()
    expect(bubble(page, "Get started")).to_be_visible()
    page.get_by_role("button", name="Ann Lee").click()
    expect(page.get_by_text("You are Ann Lee")).to_be_visible()


@WAYS
def test_the_simulator_is_accessible_and_fits_its_screen(way, opens, scene):
    page = opens(scene.url, **way)
    page.get_by_role("button", name="Get started").click()
    expect(bubble(page, "Get started")).to_be_visible()
    scene.sends(message=scene.cards("Reading lamp"))
    scene.sends(message={"text": "Who shall answer?", "quick_replies": [PERSON]})
    poke(page)
    expect(page.get_by_role("button", name="A person")).to_be_visible()
    bubble(page, "Who shall answer?").get_by_role("button", name="React, reply and more").click()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    if way["viewport"]["width"] < 760:
        page.get_by_role("button", name="Behind the scenes").click()
        expect(page.get_by_role("button", name="Hold back")).to_be_visible()
        assert findings(page) == []
