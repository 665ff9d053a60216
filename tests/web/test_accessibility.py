"""What axe-core finds on the pages in light and dark, wide and narrow: nothing."""

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.conftest import poke

AXE = gzip.decompress((Path(__file__).parent / "vendor" / "axe.min.js.gz").read_bytes()).decode()
WAYS = pytest.mark.parametrize(
    "way",
    [
        pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}, id="light"),
        pytest.param({"color_scheme": "dark", "viewport": {"width": 390, "height": 780}}, id="dark, narrow"),
    ],
)


def findings(page) -> list[str]:
    """What is wrong, as rule and element."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@WAYS
def test_the_web_chat_is_accessible_from_the_first_look_to_an_agents_answer(way, opens_chat, server):
    page = opens_chat(**way)
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    assert findings(page) == []

    message = page.get_by_label("Your message")
    for text in ("rooms", "menu"):
        message.fill(text)
        message.press("Enter")
    expect(page.get_by_role("button", name="Prices")).to_be_visible()
    page.get_by_role("button", name="Talk to a human").click()
    expect(page.get_by_role("log").get_by_text("A human will get in touch soon")).to_be_visible()
    assert findings(page) == []


@WAYS
def test_the_agents_page_is_accessible_from_signing_in_to_an_answer(way, opens, opens_admin, server):
    gate = opens(f"{server.url}/admin", **way)
    expect(gate.get_by_role("button", name="Sign in")).to_be_visible()
    assert findings(gate) == []

    name = f"Axel, {way['color_scheme']}"
    visitor = server.visitor(name, "menu", "rooms", "HITL_START", "Hello? https://example.com/")
    page = opens_admin(**way)
    page.get_by_role("link", name=name).wait_for()
    assert findings(page) == []

    page.get_by_role("button", name="Alerts").click()
    page.get_by_role("region", name="Alerts").get_by_role("link").first.wait_for()
    assert findings(page) == []
    page.keyboard.press("Escape")

    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Take over").click()
    page.get_by_role("button", name="Note").click()
    page.get_by_label("Note for agents").fill("Be kind.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Reply").click()
    page.get_by_label("Reply", exact=True).fill("Hello!")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Hello!")).to_be_visible()
    assert visitor.heard()
    poke(page)
    expect(page.get_by_text("Sending…")).to_have_count(0)
    assert findings(page) == []
