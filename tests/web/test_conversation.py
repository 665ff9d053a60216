"""A conversation on the agents' page: answering, notes, history, drafts, and how it fits."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.web.bots import may_answer
from tests.web.conftest import answer, poke

MESSAGE = "**/api/botpress-hitl/sessions/*/message"


def sent(page, text):
    """The sign that a reply has gone out."""
    return page.locator(".said", has_text=text).get_by_text("Sent", exact=True)


@pytest.mark.usefixtures("refusals")
def test_a_reply_that_fails_can_be_sent_again_under_the_same_id_and_is_shown_once(opens_conversation, server):
    visitor = server.visitor("Faye", "HITL_START")
    page = opens_conversation(visitor)
    ids = []

    def refuse_the_first(route):
        ids.append(json.loads(route.request.post_data)["id"])
        route.fulfill(status=413, body='{"Code":"TooLarge","Message":"Too long."}') if len(
            ids
        ) == 1 else route.fallback()

    page.route(MESSAGE, refuse_the_first)
    answer(page, "second time lucky")
    expect(page.get_by_text("Not sent: Too long.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(sent(page, "second time lucky")).to_be_attached()

    expect(page.get_by_role("log").get_by_text("second time lucky", exact=True)).to_have_count(1)
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.usefixtures("refusals")
def test_a_reply_is_tried_again_by_itself_while_the_store_is_busy(opens_conversation, server):
    visitor = server.visitor("Bea", "HITL_START")
    page = opens_conversation(visitor)
    page.route(MESSAGE, lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}"), times=1)
    answer(page, "patience")

    expect(sent(page, "patience")).to_be_attached()
    assert "patience" in json.dumps(visitor.heard())


def test_a_note_looks_different_and_never_reaches_the_visitor(opens_conversation, server):
    visitor = server.visitor("Notburga", "HITL_START")
    page = opens_conversation(visitor)
    page.get_by_role("button", name="Note").click()
    page.get_by_label("Note for agents").fill("Pays late.")
    page.keyboard.press("Enter")

    expect(page.locator(".by-note").get_by_text("Pays late.")).to_be_visible()
    expect(page.get_by_text("Note by you, seen by agents only")).to_be_visible()
    assert "Pays late." not in json.dumps(visitor.heard())


def test_after_a_note_it_is_replies_again_and_a_second_enter_sends_nothing_left_half_written(
    opens_conversation, server
):
    visitor = server.visitor("Notker", "HITL_START")
    page = opens_conversation(visitor)
    page.get_by_label("Reply", exact=True).fill("Half writ")
    page.get_by_role("button", name="Note").click()
    page.get_by_label("Note for agents").fill("Pays late.")
    page.evaluate(
        """async () => {
            const pressed = {key: 'Enter', bubbles: true, cancelable: true};
            for (const wait of [200, 0]) {
                document.activeElement.dispatchEvent(new KeyboardEvent('keydown', pressed));
                await new Promise((done) => setTimeout(done, wait));
            }
        }"""
    )
    expect(page.locator(".by-note").get_by_text("Pays late.")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Half writ")
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    assert "Half writ" not in json.dumps(visitor.heard())

    answer(page, "Half written no more.")
    expect(sent(page, "Half written no more.")).to_be_attached()


def test_a_text_too_long_to_be_sent_is_kept_whole_and_said_to_be_so(opens_conversation, server):
    visitor = server.visitor("Longfellow", "HITL_START")
    page = opens_conversation(visitor)
    reply = page.get_by_label("Reply", exact=True)
    reply.focus()
    page.keyboard.insert_text("x" * 20_001)
    expect(page.get_by_role("alert")).to_have_text(
        "This is too long to be sent: at most 20000 characters. Shorten it, or send it in parts."
    )
    page.keyboard.press("Enter")
    expect(reply).to_have_value("x" * 20_001)

    page.keyboard.press("Backspace")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(reply).to_have_value("")
    expect(page.locator(".said.waiting")).to_have_count(0)
    assert "x" * 20_000 in json.dumps(visitor.heard())


@pytest.mark.usefixtures("refusals")
def test_messages_that_do_not_load_can_be_asked_for_again(opens_admin, server):
    visitor = server.visitor("Unloaded", "HITL_START")
    page = opens_admin()
    log = f"**/sessions/{visitor.session.replace(':', '%3A')}?*"
    page.route(log, lambda route: route.fulfill(status=503, headers={"Retry-After": "60"}, body='{"Message":"Busy."}'))
    page.get_by_role("link", name="Unloaded").click()
    expect(page.get_by_text("The messages did not load: Busy.")).to_be_visible()

    page.unroute(log)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("log").get_by_text("HITL_START")).to_be_visible()


def test_a_reply_the_bot_gave_too_late_is_struck_out_and_explained(opens_conversation, opens_chat, server):
    may_answer(server.data).unlink(missing_ok=True)
    chat = opens_chat()
    chat.get_by_label("Your name").fill("Thea")
    chat.get_by_label("Your message").fill("think")
    with chat.expect_response("**/api/webchat/visitors"):
        chat.keyboard.press("Enter")
    poke(chat)
    expect(chat.get_by_text("Sending…")).to_have_count(0)
    session = "webchat:" + json.loads(chat.evaluate("localStorage.getItem('hitl.visitor')"))["id"]
    server.agent(session, "pause")
    may_answer(server.data).touch()

    page = opens_conversation(type("Thea", (), {"session": session}))
    late = page.locator(".suppressed", has_text="After long thought: 42.")
    expect(late.get_by_text("Never sent: the bot was paused, or handed back, while it was answering.")).to_be_visible()
    assert late.locator(".words").evaluate("words => getComputedStyle(words).textDecorationLine") == "line-through"


def test_each_conversation_keeps_its_own_draft(opens_conversation, server):
    first, second = server.visitor("Drafty", "HITL_START"), server.visitor("Crafty", "HITL_START")
    page = opens_conversation(first)
    reply = page.get_by_label("Reply", exact=True)
    reply.fill("for Drafty")
    page.get_by_role("link", name="Crafty").click()
    expect(reply).to_have_value("")
    reply.fill("for Crafty")

    page.get_by_role("link", name="Drafty").click()
    expect(reply).to_have_value("for Drafty")
    page.reload()
    expect(reply).to_have_value("for Drafty")
    assert second.heard()


def test_escape_goes_back_to_the_row_in_the_list(opens_conversation, server):
    visitor = server.visitor("Esca", "HITL_START")
    page = opens_conversation(visitor)
    page.get_by_role("link", name="Esca").wait_for()
    page.get_by_label("Reply", exact=True).press("Escape")

    expect(page.get_by_role("link", name="Esca")).to_be_focused()
    expect(page.get_by_label("Reply", exact=True)).to_have_count(0)


def test_the_visitors_typing_and_reading_are_shown(opens_conversation, opens_chat, server):
    chat = opens_chat()
    chat.get_by_label("Your name").fill("Typhoon")
    chat.get_by_role("button", name="Talk to a human").click()
    chat.get_by_role("log").get_by_text("A human will get in touch soon").wait_for()
    session = "webchat:" + json.loads(chat.evaluate("localStorage.getItem('hitl.visitor')"))["id"]
    page = opens_conversation(type("Typhoon", (), {"session": session}))

    chat.get_by_label("Your message").press_sequentially("so")
    expect(page.get_by_text("is typing").last).to_be_visible()
    answer(page, "I see you type.")
    expect(chat.get_by_text("I see you type.")).to_be_visible()
    expect(page.get_by_role("log").get_by_text("Read", exact=True)).to_be_attached()


def test_older_messages_come_at_the_top_without_moving_what_is_read_and_without_being_read_aloud(
    opens_conversation, server
):
    visitor = server.visitor("Longine", *[f"line {number}" for number in range(40)])
    page = opens_conversation(visitor, reduced_motion="reduce")
    log = page.get_by_role("log")
    expect(log.get_by_text("line 39", exact=True)).to_be_in_viewport()
    expect(log).to_have_attribute("aria-live", "polite")
    first = page.locator(".bubble").first.text_content()
    page.evaluate(
        """() => { const log = document.querySelector('[role=log]'); window.live = [];
           new MutationObserver(() => window.live.push(log.ariaLive)).observe(log.querySelector('ol'), {childList: true}); }"""
    )

    log.evaluate("log => { log.scrollTop = 0 }")
    expect(log.get_by_text("line 0", exact=True)).to_be_attached()
    expect(log.get_by_text(first, exact=True).first).to_be_in_viewport()
    assert page.evaluate("window.live") == ["off"]


@pytest.mark.usefixtures("refusals")
def test_a_conversation_that_does_not_exist_is_said(opens_admin):
    page = opens_admin(at="&session=webchat%3Anobody")

    expect(page.get_by_role("heading", name="There is no such conversation")).to_be_visible()


FITS = """(part) => [...part.querySelectorAll('button, h2, .standing > span, a, input')]
    .filter((each) => each.checkVisibility())
    .filter((each) => {
        const [inner, outer] = [each, part].map((one) => one.getBoundingClientRect());
        const within = inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.right <= innerWidth;
        const cuttable = each.matches('h2, .id') || getComputedStyle(each).display === 'inline';
        const whole = cuttable || each.scrollWidth <= each.clientWidth + 1;
        return !within || !whole;
    }).map((each) => each.outerHTML)"""
"""The controls and words of a part of the page that stick out of it or are cut."""


LAID_OUT = """async (width) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    while (innerWidth !== width) await frame();
    await frame();
    await frame();
}"""
"""Resolves once the page has been drawn at this width."""


@pytest.mark.parametrize("holder", [None, "Bartholomew"])
def test_head_and_filters_fit_at_every_width(opens_conversation, server, holder):
    visitor = server.visitor(f"Wilhelmina Featherstonehaugh {holder}", "HITL_START")
    if holder:
        server.agent(visitor.session, "claim", server.hire(holder))
    page = opens_conversation(visitor)
    since = (datetime.now(UTC) - timedelta(hours=21, minutes=29)).isoformat()

    def wait_long(route):
        answer = route.fetch().json()
        route.fulfill(json={**answer, "session": {**answer["session"], "waiting_since": since}})

    page.route(f"**/sessions/{visitor.session.replace(':', '%3A')}?*", wait_long)
    poke(page)
    expect(page.get_by_text("waiting 21 h 29 min")).to_be_attached()
    page.evaluate("document.querySelector('.filters b').textContent = '99+'")

    for width in (320, 360, 759, 760, 768, 900, 1024, 1100, 1199, 1200, 1440):
        page.set_viewport_size({"width": width, "height": 780})
        page.evaluate(LAID_OUT, width)
        head = page.locator(".conversation-head")
        assert head.evaluate(FITS) == [], width
        assert page.locator(".title").bounding_box()["width"] >= 150, width
        expect(page.get_by_text("waiting 21 h 29 min")).to_be_in_viewport(ratio=1)
        if width < 760:
            page.get_by_role("button", name="Back to the list").click()
        for part in (".brand", ".find", ".filters"):
            assert page.locator(part).evaluate(FITS) == [], width
        if width < 760:
            page.go_back()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
