"""The README is true: its Python runs, and its tables name all there is."""

import os
import re
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.alerts.webhook import sign
from chalicelib.channels.webchat import message, postback
from chalicelib.desk.calling import InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.handlers.openapi import describe
from chalicelib.model.content import Image, Text
from chalicelib.settings import read_settings
from manage import COMMANDS
from tests.fakes.memory import MemoryStore

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/deploy.md", "docs/messenger.md")
PYTHON = dict(zip(("bot", "desk", "webhook"), re.findall(r"```python\n(.*?)```", README, re.DOTALL), strict=True))


@pytest.fixture
def on_a_store_of_its_own(monkeypatch, tmp_path):
    wiring.forget()
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HITL_DATA", str(tmp_path))
    yield
    wiring.forget()


def played(block):
    """What the block defines."""
    names = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - it is our own page
    return names


def test_the_bot_of_the_readme_hands_over_takes_back_and_answers():
    desk = Desk(MemoryStore(), played(PYTHON["bot"])["bot"], caller=InlineCaller())
    now = desk.reader.now
    for event in (
        message("ann", "Ann Lee", "1", Text("Can I talk to a human?"), now),
        message("ann", "Ann Lee", "2", Text("hello?"), now),
        postback("ann", "Ann Lee", "3", "BACK_TO_BOT", "Never mind", now),
        message("ann", "Ann Lee", "4", Image("https://example.com/lamp.png"), now),
        message("ann", "Ann Lee", "5", Text("thanks"), now),
    ):
        desk.intake.receive(event)

    log = desk.store.entries("webchat:ann", limit=100)
    assert [entry.content.text for entry in log if entry.kind == "alert"] == ["Ann wants to talk to a human"]
    assert [entry.content.text for entry in log if entry.author.kind == "bot" and entry.kind == "message"] == [
        "A human will be with you soon.",
        "The bot is back.",
        "I cannot see pictures. Shall I call a human?",
        "You said: thanks",
    ]


def test_the_calls_of_the_readme_pause_and_unpause(on_a_store_of_its_own):
    played(PYTHON["desk"])

    kinds = [entry.kind for entry in wiring.desk().store.entries("webchat:ann-17", limit=10)]
    assert kinds == ["paused", "alert", "unpaused"]


def test_the_receiver_of_the_readme_believes_our_webhook_and_nobody_else():
    block = played(PYTHON["webhook"])
    is_genuine, now = block["is_genuine"], str(int(block["time"].time()))
    headers = {"Hitl-Timestamp": now, "Hitl-Signature": sign(b"secret", now, b"{}")}

    assert is_genuine("secret", headers, b"{}")
    assert not is_genuine("secret", headers, b'{"forged": true}')
    assert not is_genuine("other", headers, b"{}")
    old = str(int(now) - 3600)
    assert not is_genuine("secret", {"Hitl-Timestamp": old, "Hitl-Signature": sign(b"secret", old, b"{}")}, b"{}")


class Recorder(dict):
    """An empty environment that keeps which variables it was asked for."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return default


def test_the_settings_table_names_every_variable_and_no_other():
    environment = Recorder()
    read_settings(environment)

    assert set(re.findall(r"^\| `(HITL_\w+)`", README, re.MULTILINE)) == environment.asked


def test_the_settings_table_tells_the_defaults(on_a_store_of_its_own):
    told = dict(re.findall(r"^\| `(HITL_\w+)` \|.*\| `([^`]+)` \|$", README, re.MULTILINE))
    del told["HITL_DATA"]

    defaults = read_settings({})
    assert read_settings(told) == defaults
    assert {"HITL_PAUSE_LASTS", "HITL_ESCALATE_AFTER", "HITL_BOT_TIMEOUT", "HITL_VISITOR_BURST"} <= told.keys()


def test_the_tables_of_routes_name_every_route_and_no_other():
    told = set()
    for base, rows in re.findall(r"^\| below `([^`]+)`[^\n]*\n((?:\|[^\n]*\n)+)", README, re.MULTILINE):
        told |= {(method, base + path) for method, path in re.findall(r"^\| `([A-Z]+) ([^`]+)`", rows, re.MULTILINE)}
    there = {(method.upper(), path) for path, methods in describe()["paths"].items() for method in methods}

    assert told == there - {("GET", "/api/health")}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_that_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", text) if "://" not in link]

    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_manage_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    calls = re.findall(r"manage\.py ((?:messenger|parked|token) [a-z]+|[a-z]+)", text)

    assert [call for call in calls if not any(f"{command} ".startswith(f"{call} ") for command in COMMANDS)] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_make_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE)) <= targets
