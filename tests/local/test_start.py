"""Starting the local server: what it says, and with which status it ends."""

import os
import shutil
import socket
import sys

import pytest

from chalicelib import wiring
from local.__main__ import main
from tests.local.process import ROOT, local_server, run


@pytest.fixture
def start(environment, quiet_log, capsys, tmp_path):
    """Starts the program in this process, for what ends it before it serves: status and what it says."""

    def start_with(**variables):
        os.environ.update({"STORY": "0", "PORT": "0", "HITL_DATA": str(tmp_path / "data"), **variables})
        status = main()
        wiring.forget()
        said = capsys.readouterr()
        assert said.out == ""
        return status, said.err

    return start_with


@pytest.mark.parametrize("port", ["http", "-1", "65536", "8e3", "٣", "9" * 5000])
def test_a_port_that_is_none_is_one_sentence_and_status_2(start, port):
    assert start(PORT=port) == (2, "PORT must be a number from 0 to 65535, for example: PORT=8080 make run\n")


def test_a_port_that_is_taken_is_one_sentence_and_status_2(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert start(PORT=str(port)) == (
            2,
            f"Port {port} on 127.0.0.1 is taken. Let one be chosen: PORT=0 make run\n",
        )


def test_settings_that_are_wrong_are_all_named_and_the_status_is_2(start):
    status, said = start(HITL_PAUSE_LASTS="long", HITL_BOT_TIMEOUT="1h")

    assert status == 2
    first, *mistakes = said.splitlines()
    assert first == "The settings need a change:"
    assert [mistake.partition(":")[0] for mistake in mistakes] == ["HITL_PAUSE_LASTS", "HITL_BOT_TIMEOUT"]


def test_a_bot_that_is_none_is_named_and_the_status_is_2(start):
    status, said = start(HITL_BOT="tests.local.bots:no_bot")

    assert status == 2
    assert "HITL_BOT: tests.local.bots:no_bot is no Bot" in said


def test_a_folder_that_cannot_be_written_is_one_sentence_and_status_2(start, tmp_path):
    (tmp_path / "file").touch()

    status, said = start(HITL_DATA=str(tmp_path / "file" / "data"))

    assert status == 2
    assert said.startswith(f"The folder {tmp_path}/file/data cannot be used (")
    assert said.endswith("HITL_DATA=<folder> names another.\n")


def test_a_file_that_is_no_database_is_said_and_the_status_is_2(start, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hitl.db").write_text("This has been a letter to a friend. " * 100)

    status, said = start()

    assert status == 2
    assert said.startswith("The settings need a change:\nHITL_STORE: ")
    assert "not a database" in said


def test_an_empty_admin_token_counts_as_none_and_one_is_made_that_its_owner_alone_can_read(tmp_path):
    with local_server(HITL_DATA=str(tmp_path), HITL_ADMIN_TOKEN=" ") as server:
        shown = server.read_until(r"/admin#token=(.*)\n")[1]

    kept = tmp_path / "admin-token"
    assert shown == kept.read_text().strip()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_token_of_ones_own_is_shown_so_that_the_page_reads_it_as_it_is(tmp_path):
    with local_server(HITL_DATA=str(tmp_path), HITL_ADMIN_TOKEN="100% mine & +secret#") as server:
        shown = server.read_until(r"/admin#token=(.*)\n")[1]

    assert shown == "100%25%20mine%20%26%20%2Bsecret%23"
    assert not (tmp_path / "admin-token").exists()


def test_once_plays_the_five_steps_on_a_throwaway_database_and_ends_with_0(tmp_path):
    done = run(sys.executable, "-m", "local", ONCE="1", HITL_DATA=str(tmp_path / "data"), HITL_BOT="no.such:bot")

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done
    assert [line[:6] for line in done.stdout.splitlines()[1:]] == ["  ok  "] * 5
    assert not (tmp_path / "data").exists()


def test_once_with_a_bot_that_does_not_hand_over_ends_with_1_and_says_at_which_step(tmp_path):
    for name in ("chalicelib", "local"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    bot = tmp_path / "chalicelib" / "bot.py"
    bot.write_text(bot.read_text().replace("hitl.pause()", "pass"))

    done = run(sys.executable, "-m", "local", cwd=tmp_path, ONCE="1")

    assert done.returncode == 1, done
    assert done.stdout.splitlines()[1] == "  FAILED  expected: the bot is paused"
    assert "STORY=0 leaves the story out" in done.stdout
