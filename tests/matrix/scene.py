"""One run: what was there before, processes over one database, time that passes until nothing is due, and how it all ended."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.desk.calling import Caller, InlineCaller
from chalicelib.desk.tools import Tools
from chalicelib.errors import AlertFailed, HitlError, StoreBusy
from chalicelib.store.base import Store
from tests.fakes.channel import ACCOUNT
from tests.fakes.faults import Crash, Fault, Faults, Faulty
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import FakeClock
from tests.fakes.world import SESSION, World
from tests.matrix.layer import Layer
from tests.matrix.people import Agents, Parrot
from tests.matrix.vendor import FaultyChannel, Vendor

PATIENCE = timedelta(minutes=4)
"""All that one fault leaves undone is done by then: a turn that ran out after 13 s, a lease after 30 s, an alerter that
failed twice after 3 minutes. The first alert about somebody who waits comes after 5."""

ROUNDS = 30
"""Sweeps in that time, at most: more means that something is due for ever."""


@dataclass(frozen=True)
class UseCase:
    """Something that is asked of the desk. `ask` uses the same ids whenever it asks again, as clients and platforms do.

    `before`: what happened earlier, undisturbed. `alerters`: names, and how often each fails first. `caller`: how the bot
    is waited for; `or_else`: how else, in a run that ends otherwise and is as good once the request has begun. `policy`: what
    differs from the usual one. `session`: whose it is; `world`: what its processes are built as; `vendor`: what carries
    their messages, made anew for each run. `patience`: how long until all is done, if it is not the usual time from the
    beginning on. `retries`: each time it is asked, what it is about may arrive once more.
    """

    name: str
    ask: Callable[[World], object]
    before: Callable[[World], object] = lambda world: None
    alerters: tuple[tuple[str, int], ...] = (("mail", 0),)
    caller: Callable[[FakeClock], Caller] = lambda clock: InlineCaller()
    or_else: Callable[[FakeClock], Caller] | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    session: str = SESSION
    world: Callable[..., World] = World
    vendor: Callable[[], Vendor] | None = None
    patience: timedelta = PATIENCE
    retries: bool = False


@dataclass
class Asked:
    """What became of one request: its answer, or that the store was busy, or nothing, since the process died."""

    answered: bool
    answer: object = None


@dataclass
class Scene:
    """A database that outlives its processes; each of them has a desk, a layer and ids of its own."""

    case: UseCase
    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    caller: Callable[[FakeClock], Caller] | None = None
    agents: tuple[Agents, ...] = ()
    build: Callable[..., World] | None = None
    asks: int = 0

    def __post_init__(self) -> None:
        self.vendor = None if self.case.vendor is None else self.case.vendor()
        if self.vendor is not None:
            self.vendor.echo = self._echo
        self.agents = self.agents or tuple(Agents(name, deaf) for name, deaf in self.case.alerters)
        self.begun = self.clock.now

    def process(self, faults: Callable[[str], Fault]) -> World:
        """A new process over what is stored."""
        tools = Tools(
            clock=self.clock,
            new_id=lambda: f"id{next(self.numbers)}",
            sleep=self.clock.sleep,
            jitter=lambda shortest, longest: longest,
        )
        channel = {} if self.vendor is None else {"channel": FaultyChannel(self.vendor, faults)}
        return (self.build or self.case.world)(
            **channel,
            bot=Parrot(),
            alerters=tuple(Faulty(agents, faults, AlertFailed) for agents in self.agents),
            caller=(self.caller or self.case.caller)(self.clock),
            memory=self.store,
            faults=faults,
            tools=tools,
            visitor_rate=0.0,
            **self.case.policy,
        )

    def ask(self, layer: Layer) -> Asked:
        """A new process gets the request, and goes on until it has nothing more to do."""
        asked = Asked(answered=False)
        self.asks += 1
        with suppress(Crash, StoreBusy):
            world = self.process(layer)
            try:
                asked = Asked(answered=True, answer=self.case.ask(world))
            except HitlError as error:
                if isinstance(error, StoreBusy):
                    raise
                asked = Asked(answered=True, answer=type(error))
            self._end(world)
        return asked

    def settle(self) -> None:
        """Time passes to wherever something is due, and a new process sweeps, until nothing is for a while."""
        enough = (self.begun if self.case.patience == PATIENCE else self.clock.now) + self.case.patience
        for _ in range(ROUNDS):
            due_at = self.due_at
            if due_at is None or due_at > enough:
                return
            self.clock.now = max(self.clock.now, due_at)
            with suppress(Crash):  # only of a caller that stands for a process which does
                world = self.process(Layer())
                world.sweep()
                self._end(world)

    def _end(self, world: World) -> None:
        """Bots that return late do so."""
        for work in getattr(world.caller, "late", ()):
            with suppress(StoreBusy):
                work()

    @property
    def due_at(self) -> datetime | None:
        whose = [self.case.session] if self.vendor is None else [self.case.session, ACCOUNT]
        heads = [self.store.load(session) for session in whose]
        return min((head.due_at for head in heads if head is not None and head.due_at is not None), default=None)

    def _echo(self, metadata: str) -> None:
        """The platform tells another process that a message went out."""
        self.process(Faults()).own_echo(metadata)  # type: ignore[attr-defined] # of a world with a vendor


@dataclass
class Past:
    """What happened before a use case, to be put into any store."""

    store: MemoryStore
    now: datetime
    told: dict[str, list[object]]
    vendor: Vendor | None = None

    @classmethod
    def of(cls, case: UseCase) -> "Past":
        scene = Scene(case, MemoryStore())
        case.before(scene.process(Faults()))
        scene.clock.pass_by(seconds=1)
        told = {agents.name: list(agents.published) for agents in scene.agents}
        return cls(scene.store, scene.clock.now, told, scene.vendor)

    def scene(self, case: UseCase, store: Store) -> Scene:
        """The same past in `store`, which is empty: each session in one commit, whatever it took to come so far."""
        for session_id, record in self.store._records.items():
            facts = self.store.facts(session_id) or None
            store.commit(None, record.head.but(rev=1), record.log, facts=facts)
        for digest, token in self.store._tokens.items():
            store.add_token(digest, token)
        for parked in self.store.parked(limit=100).items:
            store.park(parked)
        scene = Scene(case, store, FakeClock(self.now), itertools.count(1000))
        for agents in scene.agents:
            agents.published = list(self.told[agents.name])
        if scene.vendor is not None and self.vendor is not None:
            scene.vendor.go_on_as(self.vendor)
        return scene
