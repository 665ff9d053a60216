"""`sweep`, for those who run no server and no function by the clock."""

from datetime import UTC, datetime, timedelta

from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.settings import Settings
from chalicelib.wiring import build_store


def test_sweep_ends_a_pause_whose_time_has_passed_and_counts_it(run, tmp_path):
    store = build_store(f"sqlite:///{tmp_path}/hitl.db")
    now = datetime.now(UTC)
    past = Desk(store, ScriptBot(), tools=Tools(clock=lambda: now - timedelta(hours=1)))
    past.pause("webchat", "ann", until=now - timedelta(minutes=30))

    told = run("sweep")

    assert (told.status, told.out) == (0, "Sessions with something due: 1\n")
    assert [entry.kind for entry in store.entries("webchat:ann", limit=9)] == ["paused", "alert", "unpaused"]
    assert run("sweep").out == "Sessions with something due: 0\n"
    store.close()


def test_settings_name_the_same_file_for_the_server_and_the_commands():
    assert Settings().store == f"sqlite:///{Settings().data}/hitl.db"
