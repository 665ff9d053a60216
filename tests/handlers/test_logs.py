"""Logs carry no message text and no credential: marker words go through every path, and no record may hold one."""

import logging
from datetime import timedelta

import pytest

from tests.handlers.api import Api
from tests.handlers.people import ADMIN_TOKEN, CHAT, NOTIFICATIONS, SECRET, SESSIONS, Visitor, issued, sign
from tests.handlers.table import ROUTES

MARKER = "xyzzy"


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def written(caplog: pytest.LogCaptureFixture) -> str:
    """All records as they would be printed, with what was attached to them."""
    formatter = logging.Formatter()
    return "\n".join(f"{formatter.format(record)} {record.__dict__}" for record in caplog.records)


def talk(api: Api, token: str) -> list[str]:
    """A conversation of which every word is marked; the credentials that were used."""
    visitor = Visitor.arrives(api, f"{MARKER} name")
    visitor.says(f"{MARKER} text", f"{MARKER}-1")
    visitor.says(f"{MARKER} other words", f"{MARKER}-1")
    visitor.says(f"{MARKER}" * 5000, f"{MARKER}-2")
    visitor.post("postback", {"id": "p", "payload": f"{MARKER}-payload", "title": f"{MARKER} title"})
    visitor.post("messages", {"id": "q", "content": {"type": MARKER}})
    visitor.asks_for_a_human()
    for command, body in {
        "pause": {"reason": f"{MARKER} reason"},
        "message": {"id": f"{MARKER}-3", "text": f"{MARKER} answer"},
        "note": {"text": f"{MARKER} note"},
        "read": {"seq": f"{MARKER}"},
        "unpause": {MARKER: 1},
    }.items():
        api.post(f"{visitor.path}/{command}", body, token=token)
    visitor.says(f"{MARKER} thanks", f"{MARKER}-4")
    api.get(SESSIONS, token=token, query={"q": f"{MARKER} na"})
    api.get(SESSIONS, token=token, query={"cursor": MARKER})
    api.get(NOTIFICATIONS, token=token)
    visitor.reads()
    return [visitor.token, token]


@pytest.mark.parametrize("bot", ["chalicelib.bot:bot", "tests.handlers.bots:failing", "tests.handlers.bots:chatty"])
def test_no_words_and_no_credentials_are_logged(
    api: Api, ann: str, settings, caplog: pytest.LogCaptureFixture, bot: str
):
    settings(BOT=bot)

    credentials = talk(api, ann)

    log = written(caplog)
    assert MARKER not in log
    assert not any(credential in log for credential in credentials)


def test_a_bot_that_fails_is_logged_with_the_place_and_the_kind(api: Api, settings, caplog: pytest.LogCaptureFixture):
    settings(BOT="tests.handlers.bots:failing")

    Visitor.arrives(api).says(MARKER)

    assert "ValueError" in written(caplog)
    assert "bots.py" in written(caplog)


def test_an_alerter_that_fails_is_logged_without_the_users_name(api: Api, settings, caplog: pytest.LogCaptureFixture):
    settings(ALERTS="webhook:http://127.0.0.1:1/alerts?key=xyzzy", WEBHOOK_SECRET="xyzzy-sixteen-letters")
    visitor = Visitor.arrives(api, MARKER)
    visitor.says(MARKER)

    visitor.asks_for_a_human()

    assert "could not be published" in written(caplog)
    assert MARKER not in written(caplog)


def test_refused_credentials_are_not_logged(api: Api, caplog: pytest.LogCaptureFixture):
    forged = sign({"v": MARKER, "n": MARKER, "t": 0}, "another-secret-altogether")

    for route in ROUTES:
        path = route.filled(
            session=f"webchat:{MARKER}", notification=MARKER, area=MARKER, name=MARKER, seq=MARKER, parked=MARKER
        )
        for token in (forged, MARKER, f"{ADMIN_TOKEN}{MARKER}"):
            api.call(route.method, path, route.body, token=token)

    assert forged not in written(caplog)
    assert MARKER not in written(caplog)


def test_good_credentials_and_secrets_are_not_logged(api: Api, caplog: pytest.LogCaptureFixture):
    api.get(SESSIONS, token=ADMIN_TOKEN)
    old = issued(timedelta(days=2))
    renewed = api.get(f"{CHAT}/messages", token=old).headers["hitl-visitor-token"]

    assert not any(secret in written(caplog) for secret in (ADMIN_TOKEN, SECRET, old, renewed))
