"""The demo's sessions, read as the pages read them."""

from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.store.base import SessionQuery
from chalicelib.wiring import build_store
from commands import demo
from tests.fakes.alerter import RecordingAlerter


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store that the demo was played on, never written to by a test."""
    store = build_store(f"sqlite:///{tmp_path_factory.mktemp('demo')}/hitl.db")
    assert demo.play(store) == 300
    yield store
    store.close()


def sessions(store, query=None):
    """All heads that a list shows, to its end."""
    reader = Desk(store, ScriptBot()).reader
    page = reader.sessions(query or SessionQuery(), cursor=None, limit=500)
    assert page.cursor is None
    return page.items


def state(head):
    """Why a human has it, whether one is assigned, and whether the user waits."""
    if not head.paused:
        return "with the bot"
    return (
        head.pause.trigger,
        "assigned" if head.assignee else "nobody's",
        "waits" if head.waiting_since else "answered",
    )


def test_three_hundred_sessions_are_in_every_state(filled):
    assert Counter(state(head) for head in sessions(filled)) == {
        ("bot", "nobody's", "waits"): 7,
        ("failure", "nobody's", "waits"): 7,
        ("user", "nobody's", "waits"): 7,
        ("api", "nobody's", "waits"): 7,
        ("bot", "assigned", "waits"): 14,
        "with the bot": 132,
        ("bot", "nobody's", "answered"): 42,
        ("bot", "assigned", "answered"): 42,
        ("agent", "assigned", "answered"): 42,
    }


def test_the_lists_of_the_pages_show_them(filled):
    by_owner = {
        owner: len(sessions(filled, SessionQuery(paused=True, assignee=owner)))
        for owner in ("none", "demo-mia", "demo-tom")
    }

    assert len(sessions(filled, SessionQuery(paused=True))) == 168
    assert by_owner == {"none": 70, "demo-mia": 67, "demo-tom": 31}
    assert filled.waiting() == 42
    assert filled.unread() == 100


def test_a_bots_answer_that_came_after_a_pause_is_there_to_be_seen(filled):
    fates = Counter(entry.fate for head in sessions(filled) for entry in filled.entries(head.id, limit=100))

    assert fates["suppressed"] == 42


def test_names_of_all_kinds_are_there_and_people_without_one(filled):
    names = {head.user.name for head in sessions(filled)}

    assert names == set(demo.NAMES)
    assert "" in names


def test_nothing_is_left_to_do(filled):
    assert [head.id for head in sessions(filled) if head.publications or head.turn or head.queued] == []


@pytest.fixture
def store(tmp_path):
    store = build_store(f"sqlite:///{tmp_path}/hitl.db")
    yield store
    store.close()


def test_the_command_says_how_many_there_are_and_twice_adds_nothing(run, store):
    first = run("demo", "--count", "30")
    before = {head.id: head.rev for head in sessions(store)}
    second = run("demo", "--count", "30")

    assert first.out == second.out == "30 demo sessions are there.\n"
    assert (first.status, second.status, len(before)) == (0, 0, 30)
    assert {head.id: head.rev for head in sessions(store)} == before


def test_nobody_is_alerted_about_people_who_do_not_exist(run, store, settings):
    settings(ALERTS="log")
    told = run("demo", "--count", "30")
    alerter = RecordingAlerter()
    later = max(head.waiting_since for head in sessions(store) if head.waiting_since) + timedelta(hours=2)
    desk = Desk(store, ScriptBot(), alerters=[alerter], tools=Tools(clock=lambda: later))

    desk.sweeper.sweep()

    assert alerter.published == []
    assert told.err == ""


def test_a_demo_that_was_broken_off_is_completed(store):
    demo.play(store, count=7)

    demo.play(store, count=30)

    assert len(sessions(store)) == 30
