"""`export` and `erase`: what a person may ask for; `retain`: what age does by itself."""

import io
import json
import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.bots.script import ScriptBot
from chalicelib.channels.webchat import message
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.model.content import Text
from chalicelib.wiring import build_store

ANN = "webchat:ann"


@pytest.fixture
def store(run, tmp_path):
    store = build_store(f"sqlite:///{tmp_path}/hitl.db")
    yield store
    store.close()


def said(store, *, count=1, ago=timedelta(0)):
    """Ann has said so much, so long ago."""
    now = datetime.now(UTC) - ago
    desk = Desk(store, ScriptBot(), tools=Tools(clock=lambda: now))
    for number in range(count):
        desk.intake.receive(message("ann", "Ann Lee", f"m{number}", Text(f"Hello {number}"), now))


def test_an_export_is_one_document_however_long_the_log(run, store):
    said(store, count=501)

    told = run("export", ANN)

    document = json.loads(told.out)
    assert told.status == 0
    assert [entry["seq"] for entry in document["entries"]] == list(range(1, 502))
    assert document["session"]["user"]["name"] == "Ann Lee"
    assert "cursor" not in document


def test_an_export_into_a_file_is_for_the_operators_eyes_only(run, store, tmp_path):
    said(store)
    file = tmp_path / "ann.json"
    file.write_text("something else")
    file.chmod(0o644)

    told = run("export", ANN, "--output", str(file))

    assert (told.status, told.out) == (0, "")
    assert json.loads(file.read_text())["entries"][0]["content"]["text"] == "Hello 0"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("command", [("export", ANN), ("erase", ANN, "--yes"), ("erase", ANN)])
def test_somebody_unknown_is_told(run, command):
    told = run(*command)

    assert (told.status, told.err) == (1, "There is no such session.\n")


def test_erase_prints_the_receipt(run, store):
    said(store)

    told = run("erase", ANN, "--yes")

    receipt = json.loads(told.out)
    assert told.status == 0
    assert (receipt["session_id"], receipt["by"], receipt["entries"], receipt["done"]) == (ANN, "operator", 1, True)
    assert store.entries(ANN, limit=9) == []


@pytest.mark.parametrize(("answer", "left"), [("yes", 0), ("y", 1), ("", 1)])
def test_erase_asks_first_and_takes_only_a_whole_yes(run, store, monkeypatch, answer, left):
    said(store)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{answer}\n"))

    told = run("erase", ANN)

    assert told.out.startswith("Erase Ann Lee and 1 entries for good? Type yes: ")
    assert told.status == left
    assert len(store.entries(ANN, limit=9)) == left


def test_erase_leaves_all_where_nobody_is_there_to_be_asked(run, store, monkeypatch):
    said(store)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    told = run("erase", ANN)

    assert told.out.endswith("Nothing was erased.\n")
    assert told.status == 1
    assert len(store.entries(ANN, limit=9)) == 1


def test_retain_needs_a_retention(run):
    told = run("retain")

    assert (told.status, told.out) == (1, "")
    assert "HITL_RETENTION" in told.err


def test_retain_brings_in_sessions_from_before_it_was_set(run, settings, store):
    said(store, ago=timedelta(days=40))
    before = store.load(ANN).due_at
    settings(RETENTION="30d")

    told = run("retain")
    run("sweep")

    assert (before, told.status, told.out) == (None, 0, "Sessions under the retention now: 1\n")
    assert store.entries(ANN, limit=9) == []
