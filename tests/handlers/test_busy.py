"""A store that cannot answer is a 503 that says when to come back, and nothing else is ever a 5xx."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from app import app
from chalicelib import errors, wiring
from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.handlers.responses import INSIDE, STATUSES, answers, refusal
from chalicelib.store.base import Store
from tests.handlers.api import Api
from tests.handlers.people import ADMIN_TOKEN, issued
from tests.handlers.table import ROUTES, VISITORS, Route


def _busy(*_: object, **__: object) -> NoReturn:
    raise errors.StoreBusy("The store is busy. Please try again.")


BusyStore = type("BusyStore", (Store,), dict.fromkeys(Store.__abstractmethods__, _busy))
"""A store of which every method says that it is busy."""


@pytest.fixture
def busy(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The app on a busy store, with a clock that goes a second on at each look, so that nobody waits for the deadline."""
    start = datetime.now(UTC)
    ticks = itertools.count()
    tools = Tools(clock=lambda: start + timedelta(seconds=next(ticks)), sleep=lambda _: None)
    # no variable names a busy store, and none should: this is the one place where the wiring is told
    monkeypatch.setattr(wiring, "build", lambda _: Desk(BusyStore(), ScriptBot(), tools=tools))
    yield Api(app)
    wiring.forget()


@pytest.mark.parametrize("route", [route for route in ROUTES if route.stored], ids=str)
def test_a_busy_store_is_told_with_when_to_come_back(busy: Api, route: Route):
    token = issued(timedelta(minutes=1)) if route.allowed == VISITORS else ADMIN_TOKEN
    notification = "MSN3ZWJjaGF0OmE"  # 1#webchat:a

    answer = busy.call(
        route.method, route.filled(session="webchat:a", notification=notification), route.body, token=token
    )

    assert answer.said == (503, "StoreBusy")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.stored], ids=str)
def test_what_needs_no_store_answers_though_it_is_busy(busy: Api, route: Route):
    answer = busy.call(route.method, route.filled(), route.body, token=ADMIN_TOKEN)

    assert answer.status == route.success


def test_an_unknown_token_is_not_refused_for_good_while_the_store_is_busy(busy: Api):
    assert busy.get("/api/botpress-hitl/me", token="the-token-of-ann").said == (503, "StoreBusy")


def _kinds(kind: type[errors.HitlError]) -> Iterator[type[errors.HitlError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _kinds(child)


def test_every_error_has_a_status_or_stays_inside():
    ours = {kind for kind in _kinds(errors.HitlError) if kind.__module__ == errors.__name__}

    assert ours == set(STATUSES) | set(INSIDE)
    assert not set(STATUSES) & set(INSIDE)


def test_every_status_is_one_of_the_contract():
    assert set(STATUSES.values()) == {400, 401, 403, 404, 409, 413, 429, 503}


@pytest.mark.parametrize("kind", STATUSES, ids=lambda kind: kind.__name__)
def test_an_error_is_told_by_its_name_and_its_words(kind: type[errors.HitlError]):
    told = refusal(kind("Some words."))

    words = (
        "This installation's settings need a change; its log says which."
        if kind is errors.BadSettings
        else "Some words."
    )
    assert (told.status_code, json.loads(told.body)) == (STATUSES[kind], {"Code": kind.__name__, "Message": words})


def test_a_bug_is_a_500_in_our_shape_and_neither_answer_nor_log_repeats_its_words(caplog: pytest.LogCaptureFixture):
    words = "what the user said"

    @answers
    def broken():
        raise ZeroDivisionError(words)

    told = broken()

    assert (told.status_code, json.loads(told.body)["Code"]) == (500, "InternalError")
    assert "ZeroDivisionError" in caplog.text
    assert words not in told.body + caplog.text


@pytest.mark.parametrize("kind", INSIDE, ids=lambda kind: kind.__name__)
def test_an_error_that_should_have_stayed_inside_is_a_503_without_its_words(kind: type[errors.HitlError]):
    told = refusal(kind("secret words"))

    assert (told.status_code, told.headers["Retry-After"]) == (503, "1")
    assert "secret" not in told.body


def test_settings_that_cannot_be_used_are_told_as_a_503(api: Api, settings):
    settings(STORE="mongodb://nowhere")

    answer = api.get("/api/botpress-hitl/me", token=ADMIN_TOKEN)

    assert answer.said == (503, "BadSettings")
    assert "HITL_STORE" not in answer.text


def test_settings_that_cannot_be_used_are_logged(api: Api, settings, caplog: pytest.LogCaptureFixture):
    settings(STORE="mongodb://nowhere")

    api.get("/api/botpress-hitl/me", token=ADMIN_TOKEN)

    assert "HITL_STORE: must begin with" in caplog.text


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STORE", "sqlite:////proc/nowhere/hitl.db"),
        ("STORE", "postgresql://user:xyzzy@["),
        ("STORE", "postgresql://user:xyzzy@host:port/db"),
        ("STORE", "dynamodb://no table"),
        ("BOT", "tests.handlers.broken_bot:bot"),
        ("BOT", "no.such.module:bot"),
        ("ALERTS", "log,webhook:htps://example.com/xyzzy"),
    ],
)
def test_what_cannot_be_opened_is_logged_by_its_variable_without_its_secrets(
    api: Api, settings, variable: str, value: str, caplog: pytest.LogCaptureFixture
):
    settings(**{variable: value})

    answer = api.get("/api/botpress-hitl/sessions", token=ADMIN_TOKEN)

    assert answer.said == (503, "BadSettings")
    assert f"HITL_{variable}" in caplog.text
    assert "xyzzy" not in answer.text + caplog.text
