"""`make run` in this process: the real server, the simulated Messenger beside it, and the desk behind both at hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from commands import tokens
from local.messenger import start
from local.messenger.platform import Platform
from local.server import LocalServer
from tests.web.server import Server

NEVER_SECONDS = 10**6
"""The tests sweep themselves, when there is something to be swept."""


@dataclass(frozen=True)
class Stage:
    """A running server with a simulated Messenger. `agent`: the token of an agent named Grace."""

    server: Server
    platform: Platform
    agent: str

    @property
    def url(self) -> str:
        return self.server.url

    def sweep(self, **later: float) -> None:
        """Do what is due, or what will be due so much later, as a process does whose clock is there already."""
        if not later:
            wiring.desk().sweeper.sweep()
            return
        settings = wiring.settings()
        ahead = timedelta(**later)
        future = Desk(
            wiring.build_store(settings.store),
            wiring.build_bot(settings.bot),
            policy=settings.policy,
            channels=wiring.build_channels(settings),
            tools=Tools(clock=lambda: datetime.now(UTC) + ahead),
        )
        try:
            future.sweeper.sweep()
        finally:
            future.store.close()


@contextmanager
def staged(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The server, wired as `make run` wires it, for the time of a `with`; its settings are the environment's meanwhile."""
    server = LocalServer(0, sweep_seconds=NEVER_SECONDS)
    environment = {"HITL_DATA": str(folder), "HITL_PUBLIC_URL": server.url}
    platform, simulator = start.set_up(server.url, environment)
    for name, value in environment.items():
        patch.setenv(name, value)
    wiring.forget()
    server.serve_also(simulator.handle)
    _, agent = tokens.create(wiring.desk().store, "Grace", "agent")
    thread = threading.Thread(target=server.serve, name="server", daemon=True)
    thread.start()
    stop_pumping = platform.start_pumping()
    try:
        yield Stage(Server(server.url, folder), platform, agent)
    finally:
        stop_pumping()
        server.stop()
        thread.join(10)
        wiring.forget()
