"""The guide's story on Messenger, by two people in two windows: a user at the simulated phone, an agent at the admin page."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import poke
from tests.web.stage import staged

NAMELESS = re.compile(r"Someone \([0-9A-F]{4}\) on Messenger")

GREETED = "You said: GET_STARTED"
DOUBT = "It is not known whether this arrived."


@pytest.fixture(scope="module")
def theatre(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("HITL_")]:
            patch.delenv(name)
        with staged(tmp_path_factory.mktemp("stage"), patch) as running:
            yield running


@pytest.fixture
def stage(theatre):
    """The stage, with every alert of earlier scenes read; its users stay, so each scene has its own."""
    theatre.server.call("POST", "botpress-hitl/notifications/read", theatre.agent)
    return theatre


class Phone:
    """The simulator's page."""

    def __init__(self, page):
        self.page = page
        self.log = page.get_by_role("log")

    def write(self, text):
        message = self.page.get_by_label("Message", exact=True)
        message.fill(text)
        message.press("Enter")

    def press(self, button):
        self.page.get_by_role("button", name=button, exact=True).click()

    def shows(self, text):
        expect(self.log.get_by_text(text, exact=True).last).to_be_visible()

    def bubble(self, text):
        return self.log.get_by_role("listitem").filter(has_text=text)

    def do(self, deed, text):
        """Open what can be done with the first message that says this, and do it."""
        self.bubble(text).first.get_by_role("button", name="React, reply and more").click()
        self.press(deed)

    def flip(self, switch):
        self.page.get_by_text(switch).click()

    def goes_wrong(self, how):
        """Our side's next message meets with this."""
        self.page.get_by_label("What goes wrong with it").select_option(how)
        self.press("Arm")
        expect(self.page.get_by_text("1 armed")).to_be_visible()


class Desk:
    """The admin page, with a conversation open."""

    def __init__(self, page):
        self.page = page
        self.log = page.get_by_role("log")
        self.reach = page.locator("#reach")

    def say(self, text):
        reply = self.page.get_by_label("Reply", exact=True)
        reply.fill(text)
        reply.press("Enter")

    def said(self, text):
        return self.log.get_by_role("listitem").filter(has_text=text)

    def shows(self, text):
        poke(self.page)
        expect(self.log.get_by_text(text, exact=True)).to_be_visible()

    def mark(self, text, mark):
        """How far a message of ours has come."""
        expect(self.said(text).get_by_text(mark, exact=True)).to_be_attached()


@pytest.fixture
def picks_up(opens, stage):
    """The phone in a new user's hand, who has just met the Page; `hours_ago`: or has met it then."""

    def pick_up(name, hours_ago=0):
        phone = Phone(opens(f"{stage.url}/simulator"))
        if hours_ago:
            phone.press("\N{MINUS SIGN}25 hours")
        phone.page.get_by_label("Name of a new user").fill(name)
        phone.press("Add")
        expect(phone.page.get_by_text(f"You are {name}")).to_be_visible()
        phone.press("Get started")
        if hours_ago:
            phone.shows("Get started")
            phone.press("Now")
        else:
            expect(phone.bubble(GREETED)).to_be_visible()
        return phone

    return pick_up


@pytest.fixture
def sits_down(opens, stage):
    """The admin page in Grace's browser, with a new user's conversation open, once the sweep has found out who they are."""

    def sit_down(name):
        page = opens(f"{stage.url}/admin#token={stage.agent}")
        page.get_by_role("button", name="All", exact=True).click()
        expect(page.get_by_role("link", name=NAMELESS)).to_be_visible()
        stage.sweep()
        poke(page)
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        page.get_by_role("log").wait_for()
        return Desk(page)

    return sit_down


def test_a_user_of_messenger_gets_a_human_and_goes_back_to_the_bot(opens, stage):
    phone = Phone(opens(f"{stage.url}/simulator"))
    agent = opens(f"{stage.url}/admin#token={stage.agent}")
    phone.flip("Looks at the chat")

    # The user meets the Page; the agents learn who it is from the sweep.
    phone.press("Get started")
    expect(phone.bubble(GREETED)).to_be_visible()
    agent.get_by_role("button", name="All", exact=True).click()
    expect(agent.get_by_role("link", name=NAMELESS)).to_be_visible()
    stage.sweep()
    poke(agent)
    waiting = agent.get_by_role("link", name="Ann Lee")
    expect(waiting.locator("img")).to_have_attribute("src", re.compile("^blob:"))

    # The user asks for a human; the bot confirms it, with a button, and the agent is alerted.
    phone.write("HITL_START")
    phone.shows("Bot paused, a human will get in touch very soon.")
    expect(phone.page.get_by_role("button", name="Cancel request")).to_be_visible()
    poke(agent)
    expect(agent).to_have_title("(1) hitl")
    expect(waiting.get_by_text("Waiting:")).to_be_attached()
    agent.get_by_role("button", name="Alerts, 1 unread").click()
    agent.get_by_role("link", name="Ann wants to talk to a human").click()

    # The agent sees for how long Messenger takes answers, and answers; the user sees the agent's own name.
    grace = Desk(agent)
    expect(grace.reach).to_contain_text("Messenger takes answers for another 23 h")
    grace.say("Hello Ann, a human here.")
    expect(phone.bubble("Hello Ann, a human here.")).to_contain_text("Grace · Lamp Shop")
    grace.mark("Hello Ann, a human here.", "Delivered")
    phone.flip("Looks at the chat")
    grace.mark("Hello Ann, a human here.", "Read")
    phone.write("Are you a bot?")
    grace.shows("Are you a bot?")

    # The user goes back to the bot, which answers again.
    phone.press("Cancel request")
    phone.shows("Human in the loop disabled. Bot resumed.")
    phone.write("Hello bot")
    expect(phone.bubble("You said: Hello bot")).to_be_visible()
    expect(phone.bubble("You said: Are you a bot?")).to_have_count(0)
    grace.shows("The bot took the conversation back")
    expect(agent.get_by_role("button", name="Take over")).to_be_visible()


def test_who_answers_in_the_page_inbox_silences_the_bot_until_the_thread_is_passed_back(picks_up, sits_down):
    phone, desk = picks_up("Ida Inbox"), sits_down("Ida Inbox")
    phone.page.get_by_label("Answer from the inbox").fill("The Page's owner here")
    phone.press("Answer")

    expect(phone.bubble("The Page's owner here")).to_contain_text("Page inbox")
    desk.shows("The Page's owner here")
    expect(desk.log.get_by_text("Page inbox", exact=True)).to_be_visible()
    desk.shows("Paused: somebody answers in the Page inbox")
    phone.write("Thank you, owner")
    desk.shows("Thank you, owner")

    phone.press("Pass the thread back")
    desk.shows("The bot took the conversation back")
    phone.write("Hello bot")
    expect(phone.bubble("You said: Hello bot")).to_be_visible()
    expect(phone.bubble("You said: Thank you, owner")).to_have_count(0)


def test_what_a_user_edits_and_takes_back_leaves_an_open_page_at_once(picks_up, sits_down):
    phone = picks_up("Edna Edits")
    phone.write("My secret word is walrus")
    desk = sits_down("Edna Edits")
    desk.shows("My secret word is walrus")

    phone.do("Edit", "My secret word is walrus")
    phone.write("My secret word is narwhal")
    desk.shows("My secret word is narwhal")
    expect(desk.said("My secret word is narwhal").get_by_text("Edited")).to_be_visible()
    expect(desk.log.get_by_text("My secret word is walrus", exact=True)).to_have_count(0)

    phone.do("Unsend", "My secret word is narwhal")
    desk.shows("Message removed by the user")
    expect(desk.log.get_by_text("You said")).to_have_count(
        1
    )  # the greeting: what the bot said to the message is gone, too
    left = desk.page.content()
    assert "narwhal" not in left
    assert "walrus" not in left
    expect(phone.bubble("You unsent a message")).to_be_visible()


def test_a_reaction_shows_where_it_was_put(picks_up, sits_down):
    phone, desk = picks_up("Rita Reacts"), sits_down("Rita Reacts")
    desk.say("How may I help?")
    phone.do("React with ❤️", "How may I help?")

    desk.shows("How may I help?")
    expect(desk.said("How may I help?").get_by_text("Rita Reacts reacted: ❤️")).to_be_visible()


def test_a_picture_of_the_users_shows_through_our_own_server_alone(picks_up, sits_down, stage):
    phone, desk = picks_up("Pia Pictures"), sits_down("Pia Pictures")
    asked = []
    for page in (phone.page, desk.page):
        page.on("request", lambda request: asked.append(request.url))
    phone.press("Send a picture")
    poke(desk.page)
    picture = desk.log.locator(".media img")

    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("shown => shown.naturalWidth") > 0
    assert [url for url in asked if "/entries/" in url and "/media/0" in url]
    assert [url for url in asked if not url.startswith((f"{stage.url}/", "blob:"))] == []


def test_a_dead_token_keeps_what_agents_write_until_it_is_mended(picks_up, sits_down, stage):
    phone, desk = picks_up("Theo Token"), sits_down("Theo Token")
    phone.flip("Its token is alive")
    desk.say("It is on its way.")

    desk.mark("It is on its way.", "Not sent yet")
    poke(desk.page)
    expect(desk.reach).to_contain_text("What is written now waits until that is mended.")
    desk.page.get_by_role("button", name=re.compile("Alerts, .* unread")).click()
    expect(desk.page.get_by_role("region", name="Alerts").get_by_text("Nothing goes out for")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(phone.bubble("It is on its way.")).to_have_count(0)

    phone.flip("Its token is alive")
    stage.sweep(minutes=6)  # the Page is tried again
    stage.sweep(minutes=8)  # and what waited goes out
    expect(phone.bubble("It is on its way.")).to_have_count(1)
    expect(desk.reach).not_to_contain_text("waits")


def test_a_day_after_the_user_wrote_only_a_human_can_answer(picks_up, sits_down, stage):
    phone = picks_up("Yuri Yesterday", hours_ago=25)
    desk = sits_down("Yuri Yesterday")
    expect(desk.reach).to_contain_text("Messenger takes answers marked as a human's for another 5 days")
    expect(desk.reach).to_contain_text("The bot cannot answer any more.")
    desk.say("Sorry for being late.")

    expect(phone.bubble("Sorry for being late.")).to_be_visible()
    assert stage.platform.accepted[-1].body["tag"] == "HUMAN_AGENT"


def test_nothing_is_sent_while_another_app_has_the_conversation(picks_up, sits_down):
    phone, desk = picks_up("Tom Taken"), sits_down("Tom Taken")
    phone.press("Take the thread")
    poke(desk.page)
    expect(desk.page.get_by_role("status").get_by_text("Page inbox has this conversation.")).to_be_visible()
    expect(desk.page.get_by_label("Reply", exact=True)).not_to_be_editable()
    desk.shows("Page inbox has this conversation now.")
    expect(desk.log.get_by_text("Note by")).to_have_count(0)

    phone.press("Pass the thread back")
    poke(desk.page)
    desk.say("We are back.")
    expect(phone.bubble("We are back.")).to_be_visible()


def test_a_message_that_failed_is_tried_again(picks_up, sits_down):
    phone, desk = picks_up("Fay Fails"), sits_down("Fay Fails")
    phone.goes_wrong("The user is unavailable (551/1545041)")
    desk.say("Are you there?")
    expect(desk.said("Are you there?").get_by_text("Not delivered: ")).to_be_visible()
    expect(phone.bubble("Are you there?")).to_have_count(0)
    desk.said("Are you there?").get_by_role("button", name="Try again").click()

    expect(phone.bubble("Are you there?")).to_be_visible()
    desk.mark("Are you there?", "Read")


def test_a_message_whose_answer_is_lost_is_settled_by_its_echo(picks_up, sits_down):
    phone, desk = picks_up("Una Unknown"), sits_down("Una Unknown")
    phone.press("Hold back")
    phone.goes_wrong("Taken, but its answer is lost")
    desk.say("Did you get this?")
    expect(phone.bubble("Did you get this?")).to_have_count(1)
    expect(desk.said("Did you get this?").get_by_text(DOUBT)).to_be_visible()

    phone.press("Let them go")
    expect(desk.said("Did you get this?").get_by_text(DOUBT)).to_have_count(0)
    desk.mark("Did you get this?", "Read")
    expect(phone.bubble("Did you get this?")).to_have_count(1)


def test_the_menu_calls_a_human_whatever_the_bot_thinks(picks_up, sits_down):
    phone = picks_up("Mia Menu")
    phone.press("Menu")
    phone.press("Talk to a human")
    phone.shows("A human will be with you soon.")
    desk = sits_down("Mia Menu")

    desk.shows("Mia Menu asked for a human")
    expect(desk.page.get_by_role("link", name="Mia Menu").get_by_text("Waiting:")).to_be_attached()
    phone.press("Menu")
    phone.press("Back to the bot")
    phone.shows("Human in the loop disabled. Bot resumed.")
