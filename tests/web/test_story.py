"""The guide's story, by two people in two browsers."""

from playwright.sync_api import expect

from tests.web.conftest import poke


def test_a_visitor_gets_a_human_and_goes_back_to_the_bot(opens_chat, opens_admin):
    agent = opens_admin()
    visitor = opens_chat()

    # The visitor asks for a human.
    visitor.get_by_label("Your name").fill("Grace")
    message = visitor.get_by_label("Your message")
    message.fill("HITL_START")
    message.press("Enter")
    expect(visitor.get_by_text("Bot paused, a human will get in touch very soon.")).to_be_visible()
    cancel = visitor.get_by_role("button", name="Cancel request")
    expect(cancel).to_be_visible()
    expect(visitor.get_by_role("status").first).to_have_text("A human will get in touch soon")
    expect(visitor.get_by_role("button", name="Talk to a human")).to_have_count(0)

    # The agent is told, opens the conversation, takes it over and answers.
    poke(agent)
    expect(agent).to_have_title("(1) hitl")
    agent.get_by_role("button", name="Alerts, 1 unread").click()
    agent.get_by_role("link", name="Grace wants to talk to a human").click()
    agent.get_by_role("button", name="Take over").click()
    expect(agent.get_by_text("You took over")).to_be_visible()
    expect(agent).to_have_title("hitl")
    reply = agent.get_by_label("Reply", exact=True)
    reply.fill("Hello Grace, a human here.")
    reply.press("Enter")

    # The visitor sees who came and what they say, and the bot stays silent.
    poke(visitor)
    expect(visitor.get_by_text("joined the conversation")).to_be_visible()
    expect(visitor.get_by_text("Hello Grace, a human here.")).to_be_visible()
    message.fill("Are you a bot?")
    message.press("Enter")
    expect(agent.get_by_role("log").get_by_text("Are you a bot?")).to_be_visible()
    expect(visitor.get_by_text("You said: Are you a bot?")).to_have_count(0)

    # The visitor goes back to the bot, which answers again.
    cancel.click()
    expect(visitor.get_by_text("You are back with the bot")).to_be_visible()
    expect(visitor.get_by_text("Human in the loop disabled. Bot resumed.")).to_be_visible()
    message.fill("Hello bot")
    message.press("Enter")
    expect(visitor.get_by_text("You said: Hello bot")).to_be_visible()
    poke(agent)
    expect(agent.get_by_text("The bot took the conversation back")).to_be_visible()
    expect(agent.get_by_role("button", name="Take over")).to_be_visible()
