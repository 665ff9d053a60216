"""All that the programs print, while marked words and credentials go through every route and everything breaks."""

import json
import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.metrics import METRICS
from tests.fire.careless import Functions
from tests.fire.marked import MARKER
from tests.fire.place import burning
from tests.fire.stories import every_route, everything
from tests.fire.vendors import vendors
from tests.handlers.meta import APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN
from tests.handlers.people import ADMIN_TOKEN, SECRET
from tests.handlers.table import ROUTES, Route
from tests.local.process import run

SETTINGS = {
    "HITL_ADMIN_TOKEN": ADMIN_TOKEN,
    "HITL_SECRET": SECRET,
    "HITL_BOT": "tests.fire.careless:bot",
    "HITL_ALERTS": f"webhook:http://127.0.0.1:1/{MARKER}?key={MARKER}",
    "HITL_WEBHOOK_SECRET": f"{MARKER}-of-sixteen-letters",
    "HITL_VISITOR_BURST": "1000000",
    "HITL_ESCALATE_AFTER": "off",
}
STACK = "hitl-dev"
"""What the numbers of the functions are told apart by."""

SECRETS = (MARKER, ADMIN_TOKEN, SECRET, APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN, "eyJ")
"""What nothing may print; a visitor's token and an agent's of the issuer begin with the last."""

DONE = {200, 202}
NO_ISSUER = "RouteNotFound"
"""What the table has signing in refused with: it stands for an installation without an issuer, and this one has one."""


@dataclass(frozen=True)
class Played:
    """What the functions printed on Lambda, the statuses that each route answered with, and the folder of their data."""

    out: str
    log: str
    statuses: dict[str, set[int]]
    folder: Path


def are_clean(lines: Iterable[str]) -> None:
    """Fails with the first line that has a secret in it."""
    found = [line for line in lines if any(secret in line for secret in SECRETS)]
    assert not found, found[0]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("log")
    statuses = folder / "statuses"
    program = [sys.executable, "-m", "tests.fire.careless", statuses, folder / "hitl.db"]
    given = {"AWS_LAMBDA_FUNCTION_NAME": "hitl-api", "HITL_METRICS": STACK, **SETTINGS}
    done = run(*program, HITL_STORE=f"sqlite:///{folder}/hitl.db", **given)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {route: set(each) for route, each in json.loads(statuses.read_text()).items()}
    return Played(done.stdout, done.stderr, told, folder)


@pytest.fixture
def lines(played: Played) -> list[dict[str, Any]]:
    return [json.loads(line) for line in played.log.splitlines()]


def test_no_text_and_no_credential_is_printed_on_lambda(played: Played):
    printed = [*played.out.splitlines(), *played.log.splitlines()]

    assert {400, 401, 403, 404, 409, 500, 503} <= set().union(*played.statuses.values())
    are_clean(printed)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_did_what_it_is_for_with_marked_words_and_answered_as_in_the_table(played: Played, route: Route):
    answered = played.statuses[str(route)]

    assert DONE & answered
    assert route.success in answered or route.code == NO_ISSUER


def test_standard_output_has_numbers_and_nothing_else(played: Played):
    """CloudWatch reads it as metrics, line by line; what is no number there would be a log line without its ids."""
    counted = [json.loads(line) for line in played.out.splitlines()]

    assert {"EventsReceived", "Pauses", "AlertsFailed"} <= {name for line in counted for name in line}
    assert {line["Stack"] for line in counted} == {STACK}
    for line in counted:
        assert len(line) <= 4, line
        assert all(isinstance(value, int | float) for name, value in line.items() if name in METRICS)


def test_each_step_is_a_line_with_the_ids_of_its_request(lines: list[dict[str, Any]]):
    steps = [line for line in lines if line["logger"] == "chalicelib.desk.steps"]

    assert {"an event was received", "a pause began", "a turn of the bot ended"} <= {line["message"] for line in steps}
    assert all(line.keys() >= {"request", "trace", "session", "seq"} for line in steps if line["request"] != "sweep-1")


def test_every_way_to_break_was_taken_and_logged(lines: list[dict[str, Any]]):
    said = " ".join(line["message"] for line in lines)

    for words in (
        "the bot failed: ValueError",
        "the bot failed: SystemExit",
        "the bot cannot say what it wants: LookupError",
        "the bot's turn cannot land",
        "a warning: UserWarning",
        "an alert could not be published",
        "a message did not go out",
        "a route broke: ValidationError",
        "due work broke: ValidationError",
        "the settings cannot be used",
    ):
        assert words in said, (words, said)


def test_every_line_on_lambda_is_an_object_with_the_ids_that_are_known(lines: list[dict[str, Any]]):
    assert all(line.keys() >= {"at", "level", "logger", "message", "request"} for line in lines)
    assert all("session" in line for line in lines if line.get("route", "").startswith("POST /api/webchat/messages"))
    assert all("seq" in line for line in lines if line["message"].startswith("the bot failed"))
    assert {line["request"] for line in lines if "due work" in line["message"]} == {"sweep-1"}


def test_no_text_and_no_credential_is_printed_by_the_local_server(tmp_path: Path):
    from tests.fire.wire import ask, request

    with vendors() as around:
        given = {name.removeprefix("HITL_"): value for name, value in (SETTINGS | around.settings).items()}
        with burning(tmp_path, **given) as place:
            every_route(place.ask, lambda: None, around, place.database)
            for sent in (b"GARBAGE " + MARKER.encode(), request("GET", b"/" + MARKER.encode(), [(b"X", b"\x00")])):
                ask(place, sent)
    output = (tmp_path / "output").read_text(encoding="utf-8")

    printed = [line for line in output.splitlines() if not line.startswith("Admin page:")]  # its link signs in
    assert "the bot failed" in output
    assert "Invalid HTTP request" in output
    are_clean(printed)


def test_no_text_and_no_credential_is_in_the_log_of_any_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    from chalicelib import wiring

    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.DEBUG, "chalicelib")  # the last one is what is kept from
    monkeypatch.setattr("warnings.showwarning", lambda *_, **__: None)
    with vendors() as around:
        for name, value in {**SETTINGS, **around.settings, "HITL_STORE": f"sqlite:///{tmp_path}/hitl.db"}.items():
            monkeypatch.setenv(name, value)
        wiring.forget()
        functions = Functions()
        with pytest.warns(UserWarning, match=MARKER):
            everything(functions.ask, functions.sweep, around, tmp_path / "hitl.db")
        wiring.forget()

    written = [f"{record.getMessage()} {record.exc_text} {record.__dict__}" for record in caplog.records]
    assert {"chalicelib.desk.steps", "chalicelib.desk.turns"} <= {record.name for record in caplog.records}
    are_clean(written)


@pytest.mark.parametrize("command", [["sweep"], ["doctor"], ["token", "list"], ["token", "revoke", "nobody"]])
def test_no_text_and_no_credential_is_printed_by_the_operators_commands(played: Played, command: list[str]):
    store = f"sqlite:///{played.folder}/hitl.db"

    done = run(sys.executable, "manage.py", *command, HITL_STORE=store, **SETTINGS)

    assert done.stdout + done.stderr
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]
