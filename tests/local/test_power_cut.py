"""A server that is killed in the middle of its work, and started again on the same data."""

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chalicelib.desk.calling import InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.wiring import build_bot, build_store
from tests.local.people import WAIT_SECONDS, Person
from tests.local.process import local_server

VISITORS, MESSAGES = 4, 50
SWEEPS = 5
"""One takes at most 20 steps for a session, and a turn that was cut off may have half of the messages behind it."""

ADMIN_LINK = r"Admin page:\s+(http://127\.0\.0\.1:\d+)/admin#token=(\S+)"


@dataclass
class Story:
    """What was seen: entries acknowledged by session and id, logs before and after the sweep."""

    acknowledged: dict = field(default_factory=dict)
    retried: int = 0
    logs: dict = field(default_factory=dict)
    still_due: list = field(default_factory=list)
    tokens: list = field(default_factory=list)
    status: int | None = None
    output: str = ""


class Crowd:
    """Visitors who write until each of their messages is acknowledged, to whichever server is there."""

    def __init__(self, story):
        self.story = story
        self.half_done = threading.Event()
        self.back = threading.Event()
        self.url = ""
        self._lock = threading.Lock()

    def write(self, visit):
        session = f"webchat:{visit['visitor']['id']}"
        person = Person(self.url, visit["token"])
        for number in range(MESSAGES):
            message = {"id": f"m{number}", "text": f"message {number}"}
            try:
                entry = person.post("/api/webchat/messages", **message)["entry"]
            except httpx.TransportError:
                person.close()
                assert self.back.wait(WAIT_SECONDS)
                with self._lock:
                    self.story.retried += 1
                person = Person(self.url, visit["token"])
                entry = person.post("/api/webchat/messages", **message)["entry"]
            with self._lock:
                self.story.acknowledged[session, entry["id"]] = entry["seq"]
                if len(self.story.acknowledged) == VISITORS * MESSAGES // 2:
                    self.half_done.set()
        person.close()


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    story = Story()
    crowd = Crowd(story)
    with ThreadPoolExecutor(VISITORS) as pool:
        with local_server(HITL_DATA=str(data)) as first:
            crowd.url, token = first.read_until(ADMIN_LINK).groups()
            story.tokens.append(token)
            stranger = Person(crowd.url)
            visits = [stranger.post("/api/webchat/visitors") for _ in range(VISITORS)]
            stranger.close()
            writing = [pool.submit(crowd.write, visit) for visit in visits]
            assert crowd.half_done.wait(WAIT_SECONDS), story
            first.kill()
        with local_server(HITL_DATA=str(data)) as second:
            crowd.url, token = second.read_until(ADMIN_LINK).groups()
            story.tokens.append(token)
            crowd.back.set()
            for visitor in writing:
                visitor.result()
            second.read_until("Ctrl-C")
            story.status = second.interrupt()
            story.output = second.output
    finish(story, f"sqlite:///{data}/hitl.db")
    return story


def finish(story, url):
    """Do what the sweeps of the next minute do, and keep how it ended."""
    later = datetime.now(UTC) + timedelta(minutes=1)
    store = build_store(url)
    desk = Desk(store, build_bot("chalicelib.bot:bot"), tools=Tools(clock=lambda: later), caller=InlineCaller())
    for _ in range(SWEEPS):
        desk.sweeper.sweep()
    story.still_due = store.due(later, limit=10)
    for session in {session for session, _ in story.acknowledged}:
        story.logs[session] = store.entries(session, limit=500)
    store.close()


def test_the_server_was_killed_in_the_middle(story):
    assert story.retried > 0


def test_every_acknowledged_message_is_in_the_log_under_its_number(story):
    stored = {
        (session, entry.id.removeprefix("u:")): entry.seq
        for session, log in story.logs.items()
        for entry in log
        if entry.from_user()
    }

    assert len(story.acknowledged) == VISITORS * MESSAGES
    assert {key: stored.get((key[0], key[1].removeprefix("u:"))) for key in story.acknowledged} == story.acknowledged


def test_every_message_is_there_once_also_when_it_was_sent_again(story):
    for log in story.logs.values():
        said = Counter(entry.content.text for entry in log if entry.from_user())
        assert said == Counter(f"message {number}" for number in range(MESSAGES))


def test_every_message_was_answered_once(story):
    for log in story.logs.values():
        answers = Counter(entry.content.text for entry in log if entry.author.kind == "bot")
        assert answers == Counter(
            f"You said: message {number}\nSay HITL_START to talk to a human." for number in range(MESSAGES)
        )


def test_no_number_is_missing(story):
    for log in story.logs.values():
        assert [entry.seq for entry in log] == list(range(1, len(log) + 1))


def test_nothing_is_left_to_do(story):
    assert story.still_due == []


def test_the_admin_link_keeps_its_token(story):
    assert story.tokens[0] == story.tokens[1]
    assert re.fullmatch(r"[\w-]{32}", story.tokens[0])


def test_ctrl_c_ends_the_server_well_and_it_says_so(story):
    assert story.status == 0
    assert story.output.endswith("Stopped.\n")
    assert "Traceback" not in story.output
