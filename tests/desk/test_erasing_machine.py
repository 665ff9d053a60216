"""Erasing at any moment, among users, redeliveries, turns, agents, sweeps and crashes, in any order between any two calls.

A machine of its own beside the large one, whose rules read a log from its first entry. What is checked after every step:
readers see a run of numbers without holes that begins after what is gone; what the bot says and learns comes from what is
still there; and what was acknowledged is there, or was said before an erasure.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.desk.desk import Desk
from chalicelib.desk.eraser import Receipt
from chalicelib.desk.line import NoLine
from chalicelib.errors import AlreadyClaimed, IdReused, SessionNotFound, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.entry import Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from tests.desk.machine.around import MoodyAlerter, MoodyBot, WatchedStore
from tests.desk.machine.budget import BUDGET
from tests.desk.machine.processes import Process, Stage
from tests.fakes.faults import Crash, Fault, Faulty
from tests.fakes.tools import FakeClock, fake_tools

pytestmark = pytest.mark.uncounted

SESSION = "webchat:zoe"
ANN = Author(kind="agent", id="ann", name="Ann")
EXPECTED = (Crash, StoreBusy, SessionNotFound, IdReused, AlreadyClaimed)
WEEK = timedelta(days=7)

moods = st.sampled_from(("reply", "pause", "notify", "remember", "remember", "raise"))
calls = st.sampled_from((None, None, None, None, 1, 2, 3, 4, 5, 6, 8))
faults = st.sampled_from((Fault.NONE, Fault.NONE, Fault.NONE, *Fault))
breaks = st.sampled_from((None, 2, 2, 3, 3, 4, 5))
"""The same for an erasure, which is left standing more often than not, so that the user comes back in the middle."""

lengths = st.sampled_from((1, 14, 31, 301, 3601, 25 * 3600))


class ErasingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.stage = Stage()
        self.store = WatchedStore()
        self.bot = MoodyBot(self.stage, self.store)
        self.alerter = MoodyAlerter("mail", self.stage)
        self.desk = Desk(
            Faulty(self.store, self.stage),
            self.bot,
            alerters=(self.alerter,),
            policy=Policy(),
            tools=fake_tools(self.clock),
            caller=self.stage,
            line=NoLine(),
        )
        self.began = self.clock()
        self.said: dict[str, datetime] = {}
        self.kept: set[str] = set()
        self.receipts: list[Receipt] = []
        self.cursor = 0
        self.standing: list[tuple[Process, Callable[[object], None]]] = []

    @initialize()
    def begin(self) -> None:
        """So that a run's first rule is one like all others."""

    @rule(mood=moods, stop=calls)
    def user_says(self, mood: str, stop: int | None) -> None:
        """A second later than all before it, since what is said in the moment of an erasure is dropped."""
        self.clock.pass_by(seconds=1)
        self.bot.mood = mood
        entry_id = f"u:{len(self.said)}"
        self.said[entry_id] = self.clock()
        self._deliver(entry_id, stop)

    @precondition(lambda self: self.said)
    @rule(data=st.data(), stop=calls)
    def deliver_again(self, data: st.DataObject, stop: int | None) -> None:
        self._deliver(data.draw(st.sampled_from(sorted(self.said))), stop)

    @rule(what=st.sampled_from(("say", "claim", "pause", "unpause", "note", "read")), stop=calls)
    def agent_does(self, what: str, stop: int | None) -> None:
        commands = self.desk.commands
        work: dict[str, Callable[[], object]] = {
            "say": lambda: commands.say(SESSION, Text("How can I help?"), by=ANN),
            "claim": lambda: commands.claim(SESSION, by=ANN),
            "pause": lambda: commands.pause(SESSION, trigger="api", by=ANN),
            "unpause": lambda: commands.unpause(SESSION, trigger="agent", by=ANN),
            "note": lambda: commands.note(SESSION, "A regular", by=ANN),
            "read": lambda: commands.read(SESSION, 3),
        }
        self._start(work[what], stop)

    @rule(stop=breaks)
    def supervisor_erases(self, stop: int | None) -> None:
        self._start(lambda: self.desk.erase(SESSION, by=ANN), stop, self._erased)

    @rule(stop=calls)
    def sweep(self, stop: int | None) -> None:
        self._start(self.desk.sweeper.sweep, stop)

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), fault=faults, further=calls)
    def go_on(self, data: st.DataObject, fault: Fault, further: int | None) -> None:
        """A process that stands at a call goes on, and that call ends as `fault` says."""
        process, done = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        process.step(fault)
        self._run(process, further, done)

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        process, _ = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        process.kill()

    @precondition(lambda self: self.clock() - self.began < WEEK / 2)
    @rule(seconds=lengths)
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @invariant()
    def readers_see_only_what_is_left(self) -> None:
        head = self.store.load(SESSION)
        seen = self._seen()
        cut, last = (0, 0) if head is None else (head.cut, head.seq)
        assert [entry.seq for entry in seen] == list(range(cut + 1, last + 1)), "I2 holes, or something that is gone"
        assert not cut or not seen or seen[0].from_user(), "somebody else than the user has brought them back"
        ids = {entry.id for entry in seen}
        erased_at = max((receipt.erased_at for receipt in self.receipts), default=None)
        for entry_id in self.kept:
            forgiven = head is not None and head.erased_at is not None and self.said[entry_id] <= head.erased_at
            assert entry_id in ids or forgiven, f"I1 {entry_id} was acknowledged, nobody erased it, and it is not there"
        for entry in seen:
            if entry.id in self.said and erased_at is not None:
                assert self.said[entry.id] > erased_at, f"{entry.id} was said before an erasure that is acknowledged"
            if entry.author.kind == "bot" and entry.kind == "message":
                assert self._cause(entry.said) in ids, f"the bot answers something that is gone: entry {entry.seq}"
        facts = self.store.facts(SESSION)
        assert not facts or self._cause(str(facts["name"]).removeprefix("Name ")) in ids, (
            "facts outlive what they are from"
        )
        name = "" if head is None else head.user.name
        assert not name or self._cause(name.removeprefix("Name ")) in ids, "a name outlives what it is from"

    @invariant()
    def a_readers_place_never_moves_back(self) -> None:
        cursor = self.desk.reader.follow(SESSION, after=self.cursor, limit=500).cursor
        assert cursor >= self.cursor, "I2 a reader's place moved back"
        self.cursor = cursor

    @invariant()
    def alerts_of_the_gone_are_not_listed(self) -> None:
        head = self.store.load(SESSION)
        listed = [item.entry.seq for item in self.desk.reader.inbox(cursor=None, limit=500).page.items]
        assert head is None or all(seq > head.cut for seq in listed)
        if head is not None and head.gone:
            assert not self.desk.reader.search(SESSION, cursor=None, limit=9).items

    def teardown(self) -> None:
        """Whoever stands dies or goes on to the end, and what is due is done: nothing is left of what is gone."""
        try:
            self._end()
        finally:
            for process, _ in self.standing:
                process.kill()

    def _end(self) -> None:
        self.bot.mood = "reply"
        while self.standing:
            process, done = self.standing.pop()
            if len(self.standing) % 2:
                self._run(process, None, done)
            else:
                process.kill()
        self.readers_see_only_what_is_left()
        for _ in range(200):
            head = self.store.load(SESSION)
            if head is None or head.due_at is None:
                break
            self.clock.now = max(self.clock.now, head.due_at)
            self._start(self.desk.sweeper.sweep, None)
        head = self.store.load(SESSION)
        log = self.store.entries(SESSION, limit=10_000)
        assert head is None or (head.due_at is None and not head.gone), f"I5 something is still due: {head}"
        assert [entry.seq for entry in log] == ([] if head is None else list(range(head.cut + 1, head.seq + 1)))
        assert head is not None or not self.store.facts(SESSION)

    def _seen(self) -> list[Entry]:
        try:
            return self.desk.reader.log(SESSION, after=0, before=None, limit=500).entries
        except SessionNotFound:
            return []

    def _cause(self, words: str) -> str:
        """The event that the bot was called with when it said this."""
        return self.bot.calls[int(words.removeprefix("reply ").partition(".")[0])].event_id

    def _deliver(self, entry_id: str, stop: int | None) -> None:
        event = Event(entry_id, SESSION, Text(f"ask {entry_id}"), self.said[entry_id])

        def done(result: object) -> None:
            if result is not None:
                self.kept.add(entry_id)
            else:
                assert self._erased_since(event.at), f"I1 {entry_id} was dropped, and nobody was erased after it"

        self._start(lambda: self.desk.intake.receive(event), stop, done)

    def _erased_since(self, at: datetime) -> bool:
        tombstones = (step.after.erased_at for step in self.store.steps if step.after.gone)
        return any(erased_at is not None and erased_at >= at for erased_at in tombstones)

    def _erased(self, result: object) -> None:
        assert isinstance(result, Receipt)
        self.receipts.append(result)

    def _start(
        self, work: Callable[[], object], stop: int | None, done: Callable[[object], None] = lambda _: None
    ) -> None:
        self._run(self.stage.start(work), stop, done)

    def _run(self, process: Process, further: int | None, done: Callable[[object], None]) -> None:
        """Run it for so many calls, or to its end, where its caller learns what came of it."""
        while not process.ended and further != 0:
            process.step()
            further = None if further is None else further - 1
        if not process.ended:
            self.standing.append((process, done))
        elif process.error is None:
            done(process.result)
        elif not isinstance(process.error, EXPECTED):
            raise process.error


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """What fails on purpose here is logged a hundred times a second."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


ErasingMachine.TestCase.settings = settings(BUDGET, max_examples=BUDGET.max_examples // 2)
TestErasingMachine = ErasingMachine.TestCase
