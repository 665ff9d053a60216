"""`manage.py` in this process, on a store of the test's own."""

import json
import logging
import os
from dataclasses import dataclass

import pytest

import manage
from chalicelib import wiring
from local.messenger.platform import Platform
from local.messenger.server import running
from local.messenger.state import PAGE_ID
from tests.commands.pages import OTHER, OTHER_TOKEN, SECRET, TOKEN, VERIFY
from tests.fakes.logs import logging_kept


@dataclass(frozen=True)
class Told:
    """Exit status, and what was printed."""

    status: int
    out: str
    err: str


@pytest.fixture
def settings(tmp_path):
    """Sets variables, by name without `HITL_`; every process that starts after it reads them."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        del os.environ[name]

    def set_to(**variables):
        wiring.forget()
        os.environ.update({f"HITL_{name}": value for name, value in variables.items()})

    set_to(DATA=str(tmp_path), STORE=f"sqlite:///{tmp_path}/hitl.db")
    yield set_to
    wiring.forget()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def run(settings, capsys):
    """Runs a command: `run("token", "list")`."""

    def command(*arguments):
        status = manage.main(list(arguments))
        wiring.forget()
        said = capsys.readouterr()
        return Told(status, said.out, said.err)

    with logging_kept():
        yield command


@pytest.fixture
def platform(settings):
    """A platform with two Pages, which the settings name."""
    platform = Platform(deliver=lambda body, headers: 200, page_token=TOKEN, app_secret=SECRET, verify_token=VERIFY)
    platform.add_page(OTHER, "Sofa Shop", OTHER_TOKEN)
    platform.world.require_proof = True
    with running(platform) as url:
        settings(
            GRAPH_URL=url,
            MESSENGER_PAGES=json.dumps({OTHER: OTHER_TOKEN, PAGE_ID: TOKEN}),
            MESSENGER_APP_SECRETS=SECRET,
            MESSENGER_VERIFY_TOKEN=VERIFY,
            MESSENGER_APP_IDS=platform.world.app_id,
        )
        yield platform


@pytest.fixture
def one_page(platform, settings):
    settings(MESSENGER_PAGES=json.dumps({PAGE_ID: TOKEN}))
    return platform


@pytest.fixture
def desk(platform):
    """The desk of the installation, to look at and to stop Pages with; the alert's log line is not this test's matter."""
    with logging_kept():
        logging.getLogger("chalicelib").setLevel(logging.CRITICAL)
        yield wiring.desk()
    wiring.forget()
