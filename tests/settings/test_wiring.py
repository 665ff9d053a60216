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
from chalicelib.channels.messenger import MessengerChannel
from chalicelib.errors import BadSettings, MediaRefused
from chalicelib.settings import Settings
from tests.alerts.receiver import Receiver
from tests.channels.graph_server import LONG, TOKEN, reply

ROOT = Path(__file__).parent.parent.parent

MESSENGERS = """
import sys
import app
names = [name for name in sys.modules if "messenger" in name and name != "chalicelib.handlers.messenger"]
print(*names, *{"regex", "chalicelib.http", "chalicelib.channels.media"} & sys.modules.keys())
"""
IMPORTED = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("the network was used")

socket.socket.connect = socket.getaddrinfo = refuse
import app
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore", "sqlalchemy")))
print(app.app.app_name, len(app.app.routes) > 0)
"""

CHANNELS = """
import sys

from chalicelib import wiring
from chalicelib.settings import MessengerSettings, Settings

import app

def imported():
    names = ("chalicelib.channels.messenger", "chalicelib.channels.messenger_graph", "chalicelib.http", "regex")
    return [name for name in names if name in sys.modules]

print(wiring.build_channels(Settings()), imported())
made = wiring.build_channels(Settings(messenger=MessengerSettings(app_secrets=("s",), pages={"1": "t"})))
print([channel.name for channel in made], imported())
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


def test_the_app_is_imported_without_what_only_messenger_needs(tmp_path: Path):
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run(
        [sys.executable, "-c", MESSENGERS], env=bare, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "\n"


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


def test_without_pages_there_is_no_channel_and_none_is_imported():
    done = subprocess.run([sys.executable, "-c", CHANNELS], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [
        "[] []",
        "['messenger'] ['chalicelib.channels.messenger', 'chalicelib.channels.messenger_graph', 'chalicelib.http']",
    ]


def test_the_desk_has_the_channel_of_the_pages_that_are_set(environment: pytest.MonkeyPatch):
    assert wiring.desk().channels == {}

    environment.setenv("HITL_MESSENGER_PAGES", '{"1002003004": "EAAB"}')
    environment.setenv("HITL_MESSENGER_APP_SECRETS", "0f")
    wiring.forget()

    assert [type(channel) for channel in wiring.desk().channels.values()] == [MessengerChannel]


@pytest.mark.parametrize("place", ["header", "body"])
def test_a_call_has_its_token_where_that_is_set(environment: pytest.MonkeyPatch, place: str):
    with Receiver(reply({"id": "1"})) as server:
        environment.setenv("HITL_GRAPH_URL", f"http://127.0.0.1:{server.port}")
        environment.setenv("HITL_MESSENGER_TOKEN_IN", place)
        wiring.forget()
        wiring.build_graph(wiring.settings()).get("1", TOKEN, seconds=LONG, fields="id")

    [(line, headers, body)] = server.requests
    in_header, in_body = headers.get("Authorization") == f"Bearer {TOKEN}", f"access_token={TOKEN}" in body.decode()
    assert (in_header, in_body) == (place == "header", place == "body")
    assert TOKEN not in line


@pytest.mark.parametrize(
    ("graph", "refused_for"),
    [
        ("http://127.0.0.1:9/simulator/graph", "The file could not be fetched."),
        ("https://graph.example.com", "The file is at a host that files are not fetched from."),
    ],
)
def test_only_a_simulator_of_this_machine_serves_pictures_too(environment: pytest.MonkeyPatch, graph, refused_for):
    environment.setenv("HITL_GRAPH_URL", graph)

    with pytest.raises(MediaRefused) as refused:
        wiring.media().fetch("http://127.0.0.1:9/ann.png")

    assert str(refused.value) == refused_for


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


def test_a_bot_whose_module_raises_is_told_with_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "shop_bot.py").write_text("a = 1\nb = a + foo\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(BadSettings) as told:
        wiring.build_bot("shop_bot:bot")
    assert str(told.value) == (
        f"HITL_BOT: shop_bot:bot cannot be imported: NameError: name 'foo' is not defined ({tmp_path}/shop_bot.py, line 2)"
    )


@pytest.mark.parametrize(
    ("bot", "why"),
    [
        ("no_such_bot:bot", "ModuleNotFoundError: No module named 'no_such_bot'"),
        ("json:bot", "AttributeError: module 'json' has no attribute 'bot'"),
    ],
)
def test_a_bot_that_is_not_there_has_no_place(bot: str, why: str):
    with pytest.raises(BadSettings) as told:
        wiring.build_bot(bot)
    assert str(told.value) == f"HITL_BOT: {bot} cannot be imported: {why}"
