"""A browser with two people in it, and the real server behind both."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import missing
from tests.web.server import ADMIN_TOKEN, Server, start

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000
"""How long to wait for what must come; a page that works is never this slow, a shared machine may be."""

POKE = "() => dispatchEvent(new Event('online'))"
"""What the browser says when the network is back, upon which a page asks for news at once: saves the wait for the next poll."""


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found, process = start(tmp_path_factory.mktemp("web"))
    reader = threading.Thread(target=lambda: process.stdout and process.stdout.read(), daemon=True)
    reader.start()
    yield found
    process.terminate()
    process.wait(20)
    reader.join(5)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture
def server(running: Server) -> Server:
    """The server, with every alert of earlier tests read; its conversations stay, so each test names its own people."""
    running.call("POST", "botpress-hitl/notifications/read", ADMIN_TOKEN)
    return running


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


class Complaints:
    """What browsers complained of in their consoles."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tolerated: list[str] = []

    def tolerate(self, beginning: str) -> None:
        """The test provokes complaints that begin so, at whatever time they come."""
        self._tolerated.append(beginning)

    def left(self) -> list[str]:
        """Those that nobody provoked."""
        return [words for words in self.heard if not words.startswith(tuple(self._tolerated))]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def refusals(complaints: Complaints) -> None:
    """For tests whose requests get lost or refused: browsers note each."""
    complaints.tolerate("Failed to load resource")


Opens = Callable[..., Any]


@pytest.fixture
def opens(browser: Any, complaints: Complaints) -> Iterator[Opens]:
    """Opens an address as a new person, with storage of their own. No page may complain in its console."""
    contexts = []

    def open_page(url: str, **options: Any) -> Any:
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: complaints.heard.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.heard.append(str(error)))
        page.goto(url)
        return page

    yield open_page
    left = complaints.left()
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a poll may be under way in a test's own route
        context.close()
    assert left == []


@pytest.fixture(scope="module")
def page(browser: Any, running: Server) -> Iterator[Any]:
    """A page of ours, to run single functions of its modules in."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    opened = context.new_page()
    opened.goto(f"{running.url}/webchat")
    yield opened
    context.close()


@pytest.fixture
def call(page: Any) -> Callable[..., Any]:
    """What a function of a module returns; arguments and answer travel as JSON."""

    def run(module: str, name: str, *arguments: Any) -> Any:
        return page.evaluate(
            "async ([module, name, given]) => (await import(new URL(module, document.baseURI).href))[name](...given)",
            [module, name, json.loads(json.dumps(arguments))],
        )

    return run


@pytest.fixture
def opens_chat(opens: Opens, server: Server) -> Opens:
    return lambda **options: opens(f"{server.url}/webchat", **options)


@pytest.fixture
def opens_admin(opens: Opens, server: Server) -> Opens:
    """Opens the agents' page, signed in as a supervisor unless another token is given; `at`: what follows in the address."""

    def open_admin(token: str = ADMIN_TOKEN, at: str = "", **options: Any) -> Any:
        page = opens(f"{server.url}/admin#token={token}{at}", **options)
        page.get_by_role("searchbox").wait_for(state="attached")
        return page

    return open_admin


def poke(page: Any) -> None:
    """Make the page ask for news now."""
    page.evaluate(POKE)


@pytest.fixture
def opens_conversation(opens_admin):
    """The agents' page with a visitor's conversation open."""

    def open_conversation(visitor, width=None, **options):
        page = opens_admin(at=f"&session={visitor.session.replace(':', '%3A')}", **options)
        page.get_by_label("Reply", exact=True).wait_for()
        if width is not None:
            page.set_viewport_size({"width": width, "height": 780})
        return page

    return open_conversation


def answer(page, text):
    """Reply as the agent."""
    reply = page.get_by_label("Reply", exact=True)
    reply.fill(text)
    reply.press("Enter")
