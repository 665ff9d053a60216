"""Where one contestant stands: a store, a desk, a bot that can be met in the middle of its turn."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from chalicelib.alerts.base import Alert, Alerter
from chalicelib.bots.base import Bot, BotEvent
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.errors import AlertFailed
from chalicelib.model.content import Text
from chalicelib.model.turning import Action, Say
from chalicelib.store.base import Store
from tests.races.told import Call

SECONDS = 30.0
"""How long anybody waits for anybody; over means that the race broke."""

PUBLISHING_SECONDS = 0.03
"""How long an alert takes; whoever lost a race for it asks again after 10 to 20 ms."""

SLOW = "slow"
"""Begins what the user says when the bot's turn for it is to be met."""

THINKING_SECONDS = (0.0, 0.0, 0.006)
"""How long the bot goes on after the meeting, in turn, so that either side is first now and then on every store."""


class Meeting(Protocol):
    """`threading.Barrier` and `multiprocessing.Barrier`."""

    def wait(self, timeout: float | None = None) -> int: ...
    def reset(self) -> None: ...


class Flag(Protocol):
    """`threading.Event` and `multiprocessing.Event`."""

    def is_set(self) -> bool: ...
    def set(self) -> None: ...
    def clear(self) -> None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass
class Gates:
    """`start`: all who compete, by how many they are; `middle`: a bot in its turn and whoever meets it there."""

    start: Mapping[int, Meeting]
    middle: Meeting
    over: Flag


class MeetingBot(Bot):
    """Answers all that is said while not paused with two messages; to what begins with `slow`, after a meeting."""

    def __init__(self, gates: Gates) -> None:
        self.calls: list[Call] = []
        self._gates = gates
        self._met = 0

    def wants(self, event: BotEvent) -> bool:
        return not event.paused

    def turn(self, event: BotEvent) -> list[Action]:
        begun = time.monotonic()
        if event.text.startswith(SLOW):
            self._gates.middle.wait(SECONDS)
            self._met += 1
            self._gates.over.wait(THINKING_SECONDS[self._met % len(THINKING_SECONDS)])
        handoff = None if event.handoff is None else [entry.id for entry in event.handoff]
        self.calls.append(Call(event.session_id, event.id, begun, time.monotonic(), handoff))
        return [Say(Text(f"First answer to {event.id}")), Say(Text(f"Second answer to {event.id}"))]


class CountingAlerter(Alerter):
    """`failing`: it is down and says so. Otherwise it takes its time, so that others come by while an alert is leased."""

    def __init__(self, over: Flag, *, failing: bool = False) -> None:
        self.name = "counter"
        self.failing = failing
        self.published: list[str] = []
        self._over = over

    def publish(self, alert: Alert) -> None:
        if self.failing:
            raise AlertFailed("the alerter is down")
        self._over.wait(PUBLISHING_SECONDS)
        self.published.append(alert.id)

    def check(self) -> list[str]:
        return []


@dataclass
class Corner:
    """`compete`: how many compete in the race that runs."""

    store: Store
    gates: Gates
    compete: int = 1
    failing: bool = False
    _desks: dict[float, Desk] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.bot = MeetingBot(self.gates)
        self.alerter = CountingAlerter(self.gates.over, failing=self.failing)

    def desk(self, later_seconds: float = 0.0) -> Desk:
        """The desk whose clock is so much ahead."""
        ahead = timedelta(seconds=later_seconds)
        with self._guard:
            if later_seconds not in self._desks:
                self._desks[later_seconds] = Desk(
                    self.store, self.bot, alerters=[self.alerter], tools=Tools(clock=lambda: datetime.now(UTC) + ahead)
                )
            return self._desks[later_seconds]

    def ready(self) -> None:
        """Wait for all who compete."""
        self.gates.start[self.compete].wait(SECONDS)
