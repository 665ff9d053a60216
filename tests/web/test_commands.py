"""Who has a conversation, on the agents' page: taking over, releasing, handing back, and which button is where meanwhile."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import answer, poke
from tests.web.server import ADMIN_TOKEN

CLICKS_WHAT_IS_NEW = """() => {
    const clicked = [];
    const click = (button) => {
        clicked.push(button.textContent);
        button.click();
        document.body.dataset.clicked = clicked.join(', ');
    };
    let last = '';
    new MutationObserver(() => {
        const now = document.querySelector('.standing > span').className;
        if (now === last) return;
        last = now;
        for (const wait of [0, 900]) setTimeout(() => document.querySelectorAll('.commands button').forEach(click), wait);
    }).observe(document.querySelector('.standing'), {subtree: true, childList: true, attributes: true});
}"""


def test_replying_takes_the_conversation_over_and_the_page_says_so_before(opens_conversation, server):
    visitor = server.visitor("Rita", "Hello")
    page = opens_conversation(visitor)
    expect(page.get_by_text("Replying takes this conversation over from the bot.")).to_be_visible()
    answer(page, "I am no bot.")

    expect(page.get_by_text("You took over")).to_be_visible()
    expect(page.get_by_text("You have this conversation. The bot is silent until you hand it back.")).to_be_visible()
    assert [
        entry["content"]["text"] for entry in visitor.heard() if entry["author"]["kind"] == "agent" and entry["content"]
    ] == ["I am no bot."]


def test_handing_back_is_said_and_offers_who_waits_longest(opens_conversation, server):
    visitor = server.visitor("Hanna", "HITL_START")
    server.visitor("Next Ned", "HITL_START")
    page = opens_conversation(visitor)
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name="Hand back to the bot").click()

    expect(page.get_by_text("Handed back to the bot.")).to_be_visible()
    expect(page.get_by_text("You handed back to the bot")).to_be_visible()
    page.get_by_role("button", name="Next: ").click()
    expect(page.get_by_role("heading", name="Hanna")).to_have_count(0)
    expect(page.get_by_role("button", name="Take over")).to_be_visible()


def middle(button):
    """Where a pointer aims."""
    box = button.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def standing(server, visitor):
    """Whether the bot is silent, and who has the conversation."""
    session = server.call("GET", f"botpress-hitl/sessions/{visitor.session.replace(':', '%3A')}", ADMIN_TOKEN)[
        "session"
    ]
    return session["paused"], session["assignee"] and session["assignee"]["name"]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_a_click_aimed_at_taking_over_never_hands_back_what_a_colleague_was_quicker_to_take(
    opens_conversation, server, width
):
    visitor = server.visitor(f"Racy {width}", "HITL_START")
    page = opens_conversation(visitor, token=server.hire(f"Slow{width}"), width=width)
    aim = middle(page.get_by_role("button", name="Take over"))
    server.agent(visitor.session, "claim", server.hire(f"Quick{width}"))
    poke(page)
    expect(page.get_by_text(f"Quick{width} has it")).to_be_visible()
    page.mouse.click(*aim)
    expect(page.get_by_role("button", name="Hand back to the bot")).to_be_enabled()
    page.mouse.click(*aim)

    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert standing(server, visitor) == (True, f"Quick{width}")


def test_no_command_answers_while_it_is_new_under_the_pointer(opens_conversation, server):
    visitor = server.visitor("Steady Eddy", "HITL_START")
    page = opens_conversation(visitor)
    page.evaluate(CLICKS_WHAT_IS_NEW)
    server.agent(visitor.session, "claim")
    poke(page)
    mine = "Release, Hand back to the bot"
    expect(page.locator("body")).to_have_attribute("data-clicked", f"{mine}, {mine}")
    expect(page.get_by_role("button", name="Release")).to_be_enabled()
    assert standing(server, visitor)[1]

    server.agent(visitor.session, "release")
    poke(page)
    free = "Take over, Hand back to the bot"
    expect(page.locator("body")).to_have_attribute("data-clicked", f"{mine}, {mine}, {free}, {free}")
    expect(page.get_by_role("button", name="Take over")).to_be_enabled()
    assert standing(server, visitor) == (True, None)


def test_a_double_click_on_taking_over_takes_over(opens_conversation, server):
    visitor = server.visitor("Doubla", "HITL_START")
    page = opens_conversation(visitor)
    aim = middle(page.get_by_role("button", name="Take over"))
    page.mouse.click(*aim)
    expect(page.get_by_text("You have it")).to_be_visible()
    page.mouse.click(*aim)
    expect(page.get_by_role("button", name="Hand back to the bot")).to_be_enabled()
    page.mouse.click(*aim)

    assert standing(server, visitor)[1]


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_handing_back_has_a_place_of_its_own_whoever_has_the_conversation(opens_conversation, server, width):
    visitor = server.visitor(f"Stella {width}", "HITL_START")
    page = opens_conversation(visitor, width=width)
    places = {}

    def look():
        poke(page)
        for button in page.locator(".commands button").all():
            box = button.bounding_box()
            places.setdefault(button.text_content().split(" from ")[0], set()).update(
                {box["x"], box["x"] + box["width"]}
            )

    for words, command, who in (
        ("Replying takes this conversation over.", "claim", server.hire(f"Maximilian{width}")),
        (f"Maximilian{width} has it", "claim", None),
        ("You have it", "unpause", None),
    ):
        expect(page.get_by_text(words)).to_be_visible()
        look()
        server.agent(
            visitor.session,
            command,
            *([who] if who else []),
            **({"force": True} if not who and command == "claim" else {}),
        )
        poke(page)
    expect(page.get_by_text("The bot answers")).to_be_visible()
    look()

    assert set(places) == {"Take over", "Hand back to the bot", "Release", "Pause the bot"}
    for words in ("Take over", "Release", "Pause the bot"):
        assert max(places[words]) <= min(places["Hand back to the bot"])
    assert max(places["Take over"]) <= min(places["Release"] | places["Pause the bot"])


def test_handing_back_what_a_colleague_has_is_asked_first_and_the_keyboard_can_answer(opens_conversation, server):
    visitor = server.visitor("Quessie", "HITL_START")
    server.agent(visitor.session, "claim", server.hire("Holder"))
    page = opens_conversation(visitor)
    hand_back = page.get_by_role("button", name="Hand back to the bot")
    question = page.get_by_role(
        "alertdialog", name="Holder has this conversation. Hand it back to the bot all the same?"
    )
    hand_back.click()
    expect(question.get_by_role("button", name="No")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(hand_back).to_be_focused()
    assert standing(server, visitor) == (True, "Holder")

    page.keyboard.press("Enter")
    expect(question.get_by_role("button", name="No")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The bot answers")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    assert standing(server, visitor) == (False, None)


def test_the_question_goes_when_the_colleague_hands_back_meanwhile(opens_conversation, server):
    visitor = server.visitor("Meanwhila", "HITL_START")
    holder = server.hire("Leaver")
    server.agent(visitor.session, "claim", holder)
    page = opens_conversation(visitor)
    page.get_by_role("button", name="Hand back to the bot").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    server.agent(visitor.session, "unpause", holder)
    poke(page)

    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()


@pytest.mark.usefixtures("refusals")
def test_who_was_second_to_take_over_learns_who_was_first(opens_conversation, server):
    visitor = server.visitor("Cleo", "HITL_START")
    page = opens_conversation(visitor)
    page.get_by_role("button", name="Take over").wait_for()
    claims = "**/claim"
    other = server.hire("Bobby")

    def let_the_other_be_first(route):
        server.agent(visitor.session, "claim", other)
        route.continue_()

    page.route(claims, let_the_other_be_first, times=1)
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("alert").get_by_text("Bobby has already taken this conversation over.")).to_be_visible()

    page.get_by_role("button", name="Take over anyway").click()
    expect(page.get_by_text("You have it")).to_be_visible()


@pytest.mark.usefixtures("refusals")
def test_that_a_colleague_was_first_is_said_for_a_while_or_until_the_agent_goes_on(opens_conversation, server):
    visitor = server.visitor("Whilom", "HITL_START")
    page = opens_conversation(visitor)
    other = server.hire("Firsty")
    page.clock.install()

    def be_second():
        def let_the_other_be_first(route):
            server.agent(visitor.session, "claim", other)
            route.continue_()

        page.route("**/claim", let_the_other_be_first, times=1)
        page.clock.run_for(2_000)
        page.get_by_role("button", name="Take over").click()
        expect(page.get_by_text("has already taken this conversation over.")).to_be_visible()

    be_second()
    page.clock.run_for(13_000)
    expect(page.get_by_text("has already taken this conversation over.")).to_have_count(0)
    server.agent(visitor.session, "release", other)
    poke(page)
    expect(page.get_by_text("Replying takes this conversation over.")).to_be_visible()
    be_second()
    answer(page, "I go on all the same.")
    expect(page.get_by_text("has already taken this conversation over.")).to_have_count(0)
