"""Settings become a desk: lazily, once, and with a sentence for what cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.alerts.log import LogAlerter
from chalicelib.alerts.sns import SNSAlerter
from chalicelib.alerts.webhook import WebhookAlerter
from chalicelib.bot import bot
from chalicelib.errors import BadSettings
from chalicelib.settings import Settings

ROOT = Path(__file__).parent.parent.parent

IMPORTED = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("the network was used")

socket.socket.connect = socket.getaddrinfo = refuse
import app
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore", "sqlalchemy")))
print(app.app.app_name, len(app.app.routes) > 0)
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """An environment of nothing but a data folder; what was wired before and during the test is dropped."""
    wiring.forget()
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HITL_DATA", str(tmp_path))
    yield monkeypatch
    wiring.forget()


def test_the_app_is_imported_without_a_setting_a_network_or_a_database_library(tmp_path: Path):
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORTED],
        env=bare,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["", "hitl True"]
    assert list(tmp_path.iterdir()) == []


def test_the_app_is_imported_even_when_every_setting_is_wrong(tmp_path: Path):
    wrong = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HITL_STORE": "?",
        "HITL_BOT": "?",
        "HITL_ALERTS": "?",
    }

    done = subprocess.run(
        [sys.executable, "-c", "import app"], env=wrong, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_desk_is_made_once(environment: pytest.MonkeyPatch):
    assert wiring.desk() is wiring.desk()


def test_after_forgetting_the_environment_is_read_again(environment: pytest.MonkeyPatch):
    environment.setenv("HITL_ALERTS", "log")
    before = wiring.desk()

    environment.delenv("HITL_ALERTS")
    wiring.forget()

    assert (len(before.alerters), len(wiring.desk().alerters)) == (1, 0)


def test_forgetting_before_anything_was_made_is_well(environment: pytest.MonkeyPatch):
    wiring.forget()
    wiring.forget()


def test_the_signing_secret_is_the_one_that_was_set(environment: pytest.MonkeyPatch):
    environment.setenv("HITL_SECRET", "sixteen-letters!")

    assert wiring.signing_secret() == "sixteen-letters!"


def test_a_signing_secret_that_was_not_set_is_made_once_and_kept(environment: pytest.MonkeyPatch):
    first = wiring.signing_secret()
    wiring.forget()

    assert len(first) > 32
    assert wiring.signing_secret() == first


def test_settings_that_were_wrong_are_read_again_when_they_are_right(environment: pytest.MonkeyPatch):
    environment.setenv("HITL_STORE", "?")
    with pytest.raises(BadSettings):
        wiring.desk()

    environment.delenv("HITL_STORE")

    assert wiring.desk().store.check() == []


def test_alerters_are_made_in_the_order_of_the_setting():
    given = Settings(
        alerts=("webhook:https://example.com/a", "log", "sns:arn:aws:sns:eu-central-1:123456789012:hitl"),
        webhook_secret="sixteen-letters!",
    )

    made = wiring.build_alerters(given)

    assert [type(alerter) for alerter in made] == [WebhookAlerter, LogAlerter, SNSAlerter]


def test_an_alerter_named_twice_is_one():
    assert len(wiring.build_alerters(Settings(alerts=("log", "log")))) == 1


def test_the_desks_policy_names_its_alerters(environment: pytest.MonkeyPatch):
    environment.setenv("HITL_ALERTS", "log")

    session = wiring.desk().pause("webchat", "vera")

    assert session.paused
    assert session.publications == ()


def test_the_bot_that_is_named_is_taken():
    assert wiring.build_bot("chalicelib.bot:bot") is bot


@pytest.mark.parametrize(
    "path",
    [
        "no.such.module:bot",
        "chalicelib.bot:no_such_bot",
        "tests.handlers.bots:no_bot",
        "chalicelib.bot:ScriptBot",
        "a..b:c",
    ],
)
def test_a_bot_that_is_none_is_told_by_its_path(path: str):
    with pytest.raises(BadSettings, match=f"HITL_BOT: {path}"):
        wiring.build_bot(path)
