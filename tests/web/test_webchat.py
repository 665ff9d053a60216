"""The visitors' page, against the real server."""

import json

import pytest
from playwright.sync_api import expect

from tests.web.bots import may_answer
from tests.web.conftest import poke

SENDING = "**/api/webchat/messages"
"""The address that messages are sent to; questions for news have a query."""

NEWS = "**/api/webchat/messages?*"


def say(page, text):
    message = page.get_by_label("Your message")
    message.fill(text)
    message.press("Enter")


def bubbles(page):
    return page.locator(".bubble")


def test_a_look_at_the_page_stores_nothing_and_asks_nothing(opens_chat):
    asked = []
    page = opens_chat()
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)

    poke(page)
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    assert asked == []
    assert page.evaluate("localStorage.length") == 0


def test_a_conversation_is_resumed_after_a_reload(opens_chat):
    page = opens_chat()
    say(page, "Remember me")
    expect(page.get_by_text("You said: Remember me")).to_be_visible()

    page.reload()
    expect(page.get_by_text("You said: Remember me")).to_be_visible()
    expect(bubbles(page)).to_have_count(2)


def test_a_long_conversation_counts_as_fetched_only_when_the_cut_pages_have_led_to_its_end(opens_chat, server):
    visitor = server.visitor("Chatty", *[f"line {number}" for number in range(8)])
    page = opens_chat()
    kept = json.dumps({"id": visitor.id, "token": visitor.token})
    held = []

    def cut(route):
        url = route.request.url
        if "after=0&" in url:
            route.continue_(url=url.replace("limit=500", "limit=12"))
        else:
            held.append(route)

    page.route(NEWS, cut, times=2)
    page.evaluate("kept => localStorage.setItem('hitl.visitor', kept)", kept)
    page.reload()
    expect(bubbles(page)).to_have_count(12)
    expect(page.get_by_text("Fetching your conversation…")).to_be_visible()

    held.pop().continue_()
    expect(page.get_by_text("line 7", exact=True)).to_be_visible()
    expect(page.get_by_text("Fetching your conversation…")).to_have_count(0)


def test_a_draft_survives_a_reload(opens_chat):
    page = opens_chat()
    page.get_by_label("Your message").fill("half a thou")

    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("half a thou")


def test_the_chat_works_where_the_browser_keeps_nothing(opens_chat):
    page = opens_chat()
    page.context.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage'])
             Object.defineProperty(window, name, {get() { throw new DOMException('denied') }})"""
    )
    page.reload()

    say(page, "Anybody?")
    expect(page.get_by_text("You said: Anybody?")).to_be_visible()


def test_what_a_user_writes_is_shown_as_text_never_as_markup(opens_chat):
    page = opens_chat()
    say(page, "<img src=x onerror=alert(1)><b>bold</b>")

    expect(page.get_by_text("<img src=x onerror=alert(1)><b>bold</b>", exact=True)).to_be_visible()
    expect(page.locator(".bubble img, .bubble b")).to_have_count(0)


@pytest.mark.usefixtures("refusals")
def test_a_message_written_offline_goes_out_once_when_the_network_is_back(opens_chat):
    page = opens_chat()
    say(page, "first")
    expect(page.get_by_text("You said: first")).to_be_visible()

    page.context.set_offline(True)
    say(page, "from the tunnel")
    expect(page.get_by_text("Waiting to be sent")).to_be_visible()
    expect(page.get_by_text("You are offline. What you write is sent when you are back.")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_text("You said: from the tunnel")).to_be_visible()
    expect(page.get_by_text("Waiting to be sent")).to_have_count(0)
    expect(page.get_by_text("from the tunnel", exact=True)).to_have_count(1)


@pytest.mark.usefixtures("refusals")
def test_a_message_whose_answer_got_lost_is_sent_again_under_the_same_id_and_shown_once(opens_chat):
    page = opens_chat()
    ids = []

    def lose_the_first_answer(route):
        ids.append(json.loads(route.request.post_data)["id"])
        route.fetch()
        route.abort() if len(ids) == 1 else route.fallback()

    page.route(SENDING, lose_the_first_answer)
    say(page, "only once")
    expect(page.get_by_text("You said: only once")).to_be_visible()
    poke(page)
    expect(page.get_by_text("Waiting to be sent")).to_have_count(0)
    expect(page.get_by_text("only once", exact=True)).to_have_count(1)
    assert len(set(ids)) == 1


@pytest.mark.usefixtures("refusals")
def test_a_refused_message_says_why_and_can_be_sent_again(opens_chat):
    page = opens_chat()
    refusal = json.dumps({"Code": "TooLarge", "Message": "A message may have 20000 characters."})
    page.route(SENDING, lambda route: route.fulfill(status=413, body=refusal), times=1)
    say(page, "hello")

    expect(page.get_by_text("Not sent: A message may have 20000 characters.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("You said: hello")).to_be_visible()
    expect(page.get_by_text("Not sent:")).to_have_count(0)


@pytest.mark.usefixtures("refusals")
def test_a_visitor_the_server_does_not_know_becomes_a_new_one_and_their_message_is_sent(opens_chat):
    page = opens_chat()
    page.evaluate("localStorage.setItem('hitl.visitor', JSON.stringify({id: 'nobody', token: 'forged'}))")
    page.reload()

    say(page, "still me")
    expect(page.get_by_text("You said: still me")).to_be_visible()


def test_quick_replies_are_pressed_once_and_show_their_title(opens_chat):
    page = opens_chat()
    say(page, "menu")
    page.get_by_role("button", name="Prices").click()

    expect(page.get_by_text("Prices", exact=True)).to_be_visible()
    expect(page.get_by_text("You said: PRICES")).to_be_visible()
    expect(page.get_by_role("button", name="Opening hours")).to_have_count(0)


def test_pictures_from_elsewhere_are_links_and_are_not_loaded(opens_chat):
    page = opens_chat()
    say(page, "rooms")

    expect(page.get_by_role("link", name="Details")).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(page.get_by_text("The garden")).to_be_visible()
    expect(page.locator(".bubble img")).to_have_count(0)


def test_asking_for_a_human_is_one_press(opens_chat):
    page = opens_chat()
    page.get_by_role("button", name="Talk to a human").click()

    expect(page.get_by_role("log").get_by_text("A human will get in touch soon")).to_be_visible()
    expect(page.get_by_role("button", name="Talk to a human")).to_have_count(0)


def test_who_would_rather_not_wait_goes_back_to_the_bot(opens_chat):
    page = opens_chat()
    human = page.get_by_role("button", name="Talk to a human")
    where = human.bounding_box()
    human.click()
    back = page.get_by_role("button", name="Back to the bot")
    expect(back).to_be_in_viewport()
    page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)  # a hasty second click

    expect(human).to_have_count(0)
    back.click()
    expect(page.get_by_role("log").get_by_text("You are back with the bot")).to_be_visible()
    expect(back).to_have_count(0)
    say(page, "hello again")
    expect(page.get_by_text("You said: hello again")).to_be_visible()


def test_an_agent_who_has_come_cannot_be_sent_away(opens_chat, server):
    page = opens_chat()
    page.get_by_role("button", name="Talk to a human").click()
    back = page.get_by_role("button", name="Back to the bot")
    back.wait_for()
    session = "webchat:" + json.loads(page.evaluate("localStorage.getItem('hitl.visitor')"))["id"]
    server.agent(session, "claim")

    expect(back).to_have_count(0)


def test_a_thinking_bot_is_shown_and_the_visitors_own_words_do_not_wait_for_it(opens_chat, server):
    page = opens_chat()
    may_answer(server.data).unlink(missing_ok=True)
    say(page, "think")

    expect(page.get_by_text("The bot is answering")).to_be_attached()
    poke(page)
    expect(page.get_by_text("Sending…")).to_have_count(0)
    may_answer(server.data).touch()
    expect(page.get_by_text("After long thought: 42.")).to_be_visible()
    expect(page.get_by_text("The bot is answering")).to_have_count(0)


def test_escape_brings_the_focus_back_to_the_message(opens_chat):
    page = opens_chat()
    page.get_by_role("button", name="Talk to a human").focus()
    page.keyboard.press("Escape")

    expect(page.get_by_label("Your message")).to_be_focused()


def test_shift_and_enter_breaks_the_line(opens_chat):
    page = opens_chat()
    message = page.get_by_label("Your message")
    message.press_sequentially("one")
    message.press("Shift+Enter")
    message.press_sequentially("two")

    expect(message).to_have_value("one\ntwo")


def test_the_page_fits_a_phone_without_scrolling_sideways(opens_chat):
    page = opens_chat(viewport={"width": 320, "height": 640})
    say(page, "w" * 400)
    say(page, "rooms")
    expect(page.get_by_text("The garden")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(
        "document.querySelector('.thread').scrollWidth <= document.querySelector('.thread').clientWidth"
    )


def test_both_pages_work_below_a_path_prefix(opens, server):
    page = opens("about:blank")
    prefix = f"{server.url}/stage"
    page.route(
        f"{prefix}/**",
        lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace("/stage/", "/", 1))),
    )

    page.goto(f"{prefix}/webchat")
    say(page, "below a prefix")
    expect(page.get_by_text("You said: below a prefix")).to_be_visible()
    page.goto(f"{prefix}/admin")
    expect(page.get_by_role("heading", name="Sign in to hitl")).to_be_visible()
