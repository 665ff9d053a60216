"""Races for what a vendor carries, on real stores: sweeps, requests, pauses and echoes at once."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from queue import Queue

import pytest

from chalicelib.channels.base import Outgoing, SendFailed
from chalicelib.desk.calling import InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.desk.line import NoLine
from chalicelib.desk.tools import Tools
from chalicelib.model.content import Text
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.happening import Echo
from chalicelib.model.session import Session
from chalicelib.model.turning import Say
from chalicelib.model.views import entry_view
from chalicelib.store.base import Store
from chalicelib.wiring import build_store
from tests.fakes.bot import ScriptedBot
from tests.fakes.channel import PAGE, RecordingChannel
from tests.races.conftest import _database, _file
from tests.races.corner import SECONDS
from tests.races.roles import AGENTS, ANN

pytestmark = pytest.mark.uncounted

ROUNDS = 6
AHEAD = timedelta(minutes=2)
"""How far ahead the clock is of those who send what was put back, and of those who look after all."""

LATER = SendFailed("later", "Facebook is busy.")
_numbers = itertools.count(1)


class CrossingChannel(RecordingChannel):
    """Tells, from many threads, what it carried in which order; `crossing` runs when a part has arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.crossing: Callable[[Outgoing], object] = lambda outgoing: None

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        vendor_id = super().send(outgoing, seconds=seconds)
        self.crossing(outgoing)
        return f"{vendor_id}-{outgoing.metadata}"

    @property
    def arrived(self) -> list[tuple[int, int]]:
        return [numbers(outgoing.metadata) for outgoing in self.sent]


class Place:
    """One user on one store, and as many desks as are wanted, as if each were in a process of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.session = f"messenger:{PAGE}.{next(_numbers)}"
        self.channel = CrossingChannel()
        self.bot = ScriptedBot()
        self.desk().receiver.receive(Event("in:first", self.session, Text("Hello"), datetime.now(UTC)))

    def desk(self, ahead: timedelta = timedelta(0)) -> Desk:
        return Desk(
            self.store,
            self.bot,
            channels=[self.channel],
            tools=Tools(clock=lambda: datetime.now(UTC) + ahead),
            caller=InlineCaller(),
            line=NoLine(),
        )

    def attend(self, ahead: timedelta) -> None:
        desk = self.desk(ahead)
        desk.sweeper.attend(self.session, desk.reader.now + timedelta(seconds=SECONDS))

    @property
    def head(self) -> Session:
        head = self.store.load(self.session)
        assert head is not None
        return head

    def ours(self) -> list[Entry]:
        log = self.store.entries(self.session, limit=500)
        return [entry for entry in log if entry.kind == "message" and entry.author.kind != "user"]

    def states(self) -> set[str | None]:
        return {entry_view(entry, self.head).status for entry in self.ours()}


@pytest.fixture(scope="module", params=[_file, _database], ids=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with ExitStack() as stack:
        opened = build_store(stack.enter_context(request.param(request)))
        opened.prepare()
        yield opened
        opened.close()


@pytest.fixture
def places(store: Store) -> Iterator[Place]:
    return (Place(store) for _ in range(ROUNDS))


def at_once(*works: Callable[[], object]) -> None:
    """All of them in threads of their own, begun together; what one raises is raised."""
    start = threading.Barrier(len(works))

    def begin(work: Callable[[], object]) -> None:
        start.wait(SECONDS)
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for playing in [pool.submit(begin, work) for work in works]:
            playing.result(3 * SECONDS)


def numbers(metadata: str) -> tuple[int, int]:
    seq, _, part = metadata.partition(":")[2].partition(".")
    return int(seq), int(part)


def parts_of(place: Place) -> list[tuple[int, int]]:
    """All that our side has said, in order."""
    return [(entry.seq, part) for entry in place.ours() for part in range(entry.said.count("|") + 1)]


def test_two_sweeps_and_a_request_send_what_waits_once_and_in_order(places: Iterator[Place]):
    for place in places:
        place.bot.then(Say(Text("One")), Say(Text("Two|and a half")), Say(Text("Three")))
        place.channel.refusals = [LATER]
        place.desk().receiver.receive(Event("in:second", place.session, Text("Hm"), datetime.now(UTC)))
        assert place.head.unsent
        event = Event("in:third", place.session, Text("Well?"), datetime.now(UTC))
        place.bot.then(Say(Text("Four")))

        at_once(
            lambda place=place: place.attend(AHEAD),
            lambda place=place: place.attend(AHEAD),
            lambda place=place, event=event: place.desk(AHEAD).receiver.receive(event),
        )
        place.attend(2 * AHEAD)

        assert place.channel.arrived == parts_of(place)
        assert place.states() == {"sent"}
        assert len(place.ours()) == 4


def test_three_agents_at_once_are_heard_once_each_and_in_the_order_of_the_log(places: Iterator[Place]):
    for place in places:

        def writes(agent: str, place: Place = place) -> None:
            desk = place.desk()
            for number in range(4):
                text = f"{agent} {number}|and more"
                desk.commands.say(place.session, Text(text), by=AGENTS[agent], client_id=str(number))

        at_once(*(lambda agent=agent, writes=writes: writes(agent) for agent in AGENTS))
        place.attend(AHEAD)

        assert len(place.ours()) == 4 * len(AGENTS)
        assert place.channel.arrived == parts_of(place)
        assert place.states() == {"sent"}


def test_what_is_not_on_the_wire_when_a_pause_is_answered_never_goes_out(places: Iterator[Place]):
    for number, place in enumerate(places):
        meets_at = number % 3
        gate = threading.Barrier(2)
        answered: list[tuple[int, Session]] = []

        def crosses(
            outgoing: Outgoing, place: Place = place, gate: threading.Barrier = gate, at: int = meets_at
        ) -> None:
            if len(place.channel.sent) == at + 1:
                gate.wait(SECONDS)

        def pauses(
            place: Place = place, gate: threading.Barrier = gate, answered: list[tuple[int, Session]] = answered
        ) -> None:
            gate.wait(SECONDS)
            head = place.desk().commands.pause(place.session, trigger="agent", by=ANN)
            answered.append((len(place.channel.sent), head))

        place.channel.crossing = crosses
        place.bot.then(*(Say(Text(f"Number {one}|and more")) for one in range(4)))
        event = Event("in:second", place.session, Text("Hm"), datetime.now(UTC))
        at_once(lambda place=place, event=event: place.desk().receiver.receive(event), pauses)
        place.attend(AHEAD)

        told, head = answered[0]
        assert head.pause is not None
        draining = None if head.sending is None else (head.sending.seq, head.sending.part)
        assert (head.pause.draining_until is None) == (draining is None)
        assert set(place.channel.arrived[told:]) <= {draining}
        assert place.states() <= {"sent", "suppressed", "failed"}
        assert not place.head.unsent


def test_an_echo_and_the_answer_at_once_are_one_message_sent_once(places: Iterator[Place]):
    for place in places:
        texts = [f"Number {number}|and more" for number in range(4)]
        crossed: Queue[tuple[str, threading.Barrier] | None] = Queue()

        def crosses(outgoing: Outgoing, crossed: Queue[tuple[str, threading.Barrier] | None] = crossed) -> None:
            gate = threading.Barrier(2)
            crossed.put((outgoing.metadata, gate))
            gate.wait(SECONDS)

        def echoes(place: Place = place, crossed: Queue[tuple[str, threading.Barrier] | None] = crossed) -> None:
            desk = place.desk()
            while (given := crossed.get(timeout=SECONDS)) is not None:
                mark, gate = given
                gate.wait(SECONDS)
                said = Echo(f"echo:{mark}", place.session, Text("ours"), datetime.now(UTC), mark, "us", metadata=mark)
                desk.receiver.receive(said)
            crossed.put(None)

        def writes(
            place: Place = place,
            texts: list[str] = texts,
            crossed: Queue[tuple[str, threading.Barrier] | None] = crossed,
        ) -> None:
            desk = place.desk()
            for number, text in enumerate(texts):
                desk.commands.say(place.session, Text(text), by=ANN, client_id=str(number))
            place.attend(AHEAD)
            crossed.put(None)

        place.channel.crossing = crosses
        at_once(writes, echoes, echoes, echoes)  # an echo that has the next part sent meets another one
        place.channel.crossing = lambda outgoing: None
        place.attend(2 * AHEAD)

        assert len(place.ours()) == len(texts)
        assert place.channel.arrived == parts_of(place)
        assert place.states() == {"sent"}
