"""`chalice local`, which serves the same app without the local server's help."""

import socket
import sys
from pathlib import Path

import pytest

from tests.local.conftest import ADMIN_TOKEN
from tests.local.people import Office
from tests.local.process import started

CHALICE = Path(sys.executable).with_name("chalice")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {"HITL_DATA": str(tmp_path_factory.mktemp("data")), "HITL_ADMIN_TOKEN": ADMIN_TOKEN}
    with started(CHALICE, "local", "--port", str(port), "--no-autoreload", **variables) as server:
        url = server.read_until(r"Serving on (http://127\.0\.0\.1:\d+)")[1]
        with Office(url, ADMIN_TOKEN) as office:
            yield office


def test_it_says_that_it_is_well(office):
    assert office.agent.get("/api/health") == {"status": "ok"}


def test_it_serves_the_pages(office):
    for path in ("/webchat", "/admin"):
        page = office.agent.http.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_conversation_with_a_handoff_works(office):
    ann = office.visitor("Ann")

    ann.says("HITL_START", "m1")
    office.agent.post(f"{ann.path}/message", id="a1", text="A human here.")
    office.agent.post(f"{ann.path}/unpause")
    ann.says("hello", "m2")

    said = [(e["author"]["kind"], e["content"]["text"]) for e in ann.reads() if e["kind"] == "message"]
    assert said == [
        ("user", "HITL_START"),
        ("bot", "Bot paused, a human will get in touch very soon."),
        ("agent", "A human here."),
        ("user", "hello"),
        ("bot", "You said: hello\nSay HITL_START to talk to a human."),
    ]
