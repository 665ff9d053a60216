"""The app on a SQLite file of its own, set up by the environment as an operator does it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import app
from chalicelib import wiring
from chalicelib.desk.desk import Desk
from local.messenger.platform import Platform
from local.messenger.server import running
from tests.handlers.api import Api
from tests.handlers.meta import (
    APP_SECRET,
    INSTALLED,
    OTHER_PAGE,
    OTHER_TOKEN,
    PAGE_TOKEN,
    VERIFY_TOKEN,
    Meta,
    RecordingInbox,
)
from tests.handlers.people import ADMIN_TOKEN, SECRET, Visitor, hire
from tests.handlers.talk import OTHER_USER, Talk

Settings = Callable[..., None]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    """Sets variables, by name without `HITL_`; None unsets. The next request is answered by a process that starts anew."""

    def set_to(**variables: str | None) -> None:
        wiring.forget()
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(f"HITL_{name}", raising=False)
            else:
                monkeypatch.setenv(f"HITL_{name}", value)

    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    store = f"sqlite:///{tmp_path}/hitl.db"
    set_to(DATA=str(tmp_path), STORE=store, ADMIN_TOKEN=ADMIN_TOKEN, SECRET=SECRET, BOT="tests.handlers.bots:silent")
    yield set_to
    wiring.forget()


@pytest.fixture
def api(settings: Settings) -> Api:
    return Api(app)


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """The desk behind the app, for arranging what no request can; it is another after `settings(...)`."""
    return wiring.desk()


@pytest.fixture
def ann(desk: Desk) -> str:
    """Agent Ann's token."""
    return hire(desk, "ann", "agent")


@pytest.fixture
def ben(desk: Desk) -> str:
    """Agent Ben's token."""
    return hire(desk, "ben", "agent")


@pytest.fixture
def sue(desk: Desk) -> str:
    """Supervisor Sue's token."""
    return hire(desk, "sue", "supervisor")


@pytest.fixture
def robot(desk: Desk) -> str:
    """The token of a program in the bot's place."""
    return hire(desk, "robot", "bot")


@pytest.fixture
def vera(api: Api) -> Visitor:
    """A visitor who has said nothing yet."""
    return Visitor.arrives(api, "Vera")


@pytest.fixture
def meta(settings: Settings, api: Api) -> Meta:
    """The Messenger platform, whose Pages and app this installation is set up for."""
    settings(**INSTALLED)
    return Meta(api)


@pytest.fixture
def inbox(meta: Meta) -> RecordingInbox:
    """What stands behind the webhook, and keeps deliveries without looking at them."""
    recording = RecordingInbox()
    wiring.desk().inbox = recording
    return recording


@pytest.fixture
def platform(meta: Meta) -> Platform:
    def deliver(body: bytes, headers: dict[str, str]) -> int:
        return meta.posts(body, headers["X-Hub-Signature-256"], headers=headers).status

    platform = Platform(
        deliver=deliver, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, page_token=PAGE_TOKEN, echo="after"
    )
    platform.add_page(OTHER_PAGE, "Another shop", OTHER_TOKEN)
    platform.add_user("Otto", psid=OTHER_USER, page_id=OTHER_PAGE)
    return platform


@pytest.fixture(params=["tests.handlers.bots:silent"])
def talk(
    request: pytest.FixtureRequest, api: Api, meta: Meta, platform: Platform, settings: Settings
) -> Iterator[Talk]:
    with running(platform) as url:
        settings(**INSTALLED | {"GRAPH_URL": url}, BOT=request.param)
        yield Talk(api, meta, platform)
