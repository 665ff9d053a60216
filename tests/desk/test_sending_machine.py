"""What a vendor carries, among turns, agents, pauses, retries, echoes, sweeps, erasures and crashes, between any two calls.

After every step: each part has arrived once at most and in order, unless a person asked again; what is told of a message is
true; and after an acknowledged pause nothing of the bot's has arrived but what was on the wire then.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.bots.base import Bot, BotEvent
from chalicelib.channels.base import Outgoing, SendFailed
from chalicelib.desk.calling import InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.desk.line import NoLine
from chalicelib.errors import EntryNotFound, IdReused, NothingToRetry, SessionNotFound, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.happening import Echo, Unsend
from chalicelib.model.sending import AGAIN, MARKS, is_carried
from chalicelib.model.session import Session
from chalicelib.model.turning import Action, PauseIt, Say
from chalicelib.model.views import entry_view
from tests.desk.machine.budget import BUDGET
from tests.desk.machine.processes import Process, Stage
from tests.fakes.channel import ACCOUNT, CHATTER, RecordingChannel
from tests.fakes.faults import Crash, Fault, Faulty
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import FakeClock, fake_tools
from tests.fakes.world import ANN
from tests.matrix.vendor import FaultyChannel, Vendor

pytestmark = pytest.mark.uncounted

EXPECTED = (Crash, StoreBusy, SessionNotFound, EntryNotFound, IdReused, NothingToRetry)
AT_ONCE = timedelta(seconds=1)
"""A process that stands before its call for longer counts as dead: nothing can keep it from what it is about to do."""

REFUSALS = (
    SendFailed("later", "Facebook is busy."),
    SendFailed("later", "Too many messages.", retry_after_seconds=90),
    SendFailed("later", "Facebook had a problem.", limited=True),
    SendFailed("failed", "The user cannot be reached."),
    SendFailed("failed", "Bad request.", persona=True),
    SendFailed("unknown", "No answer came."),
    SendFailed("stopped", "The Page's token is not valid any more."),
)

calls = st.sampled_from((None, None, None, None, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13))
faults = st.sampled_from((Fault.NONE, Fault.NONE, Fault.NONE, *Fault))
sayings = st.sampled_from(("One", "One|Two", "One|Two|Three"))
lengths = st.sampled_from((1, 1, 6, 16, 61, 301, 3601))


class Talker(Bot):
    """Says what it is given to say, and hands over when that ends so."""

    def __init__(self) -> None:
        self.next: list[str] = []
        self.hands_over = False

    def wants(self, event: BotEvent) -> bool:
        return not event.paused

    def turn(self, event: BotEvent) -> list[Action]:
        said: list[Action] = [Say(Text(f"{text} for {event.text}")) for text in self.next]
        return [*said, PauseIt()] if self.hands_over else said


class Crossing(Vendor):
    """Remembers in which order all parts arrived, with the log's length then."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[tuple[int, int]] = []

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        before = len(self.sent)
        try:
            return RecordingChannel.send(self, outgoing, seconds=seconds)
        finally:
            if len(self.sent) > before:
                seq, _, part = outgoing.metadata.partition(":")[2].partition(".")
                self.arrived.append((int(seq), int(part)))


class SendingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.stage = Stage()
        self.store = MemoryStore()
        self.bot = Talker()
        self.vendor = Crossing()
        self.desk = Desk(
            Faulty(self.store, self.stage),
            self.bot,
            tools=fake_tools(self.clock),
            caller=InlineCaller(),
            line=NoLine(),
            channels=[FaultyChannel(self.vendor, self.stage)],  # type: ignore[list-item] # it behaves like one
            picture_url="https://chat.example/agent.png",
        )
        self.mids = 0
        self.asks: Counter[int] = Counter()
        self.by_bot: set[int] = set()
        self.out_of_turn: set[int] = set()
        self.pauses: list[tuple[int, int, tuple[int, int] | None]] = []
        self.standing: list[tuple[Process, Callable[[object], None], datetime]] = []

    @initialize()
    def begin(self) -> None:
        """The user has written once, and it is known who they are."""
        self.desk.receiver.receive(Event("in:0", CHATTER, Text("Hello"), self.clock()))
        self.desk.sweeper.sweep()
        self.clock.pass_by(seconds=1)

    @rule(texts=st.lists(sayings, max_size=3), hands_over=st.booleans(), stop=calls)
    def user_writes(self, texts: list[str], hands_over: bool, stop: int | None) -> None:
        self.bot.next, self.bot.hands_over = texts, hands_over and len(texts) > 1
        self.mids += 1
        event = Event(f"in:{self.mids}", CHATTER, Text(f"Word {self.mids}"), self.clock())
        self._start(lambda: self.desk.receiver.receive(event), stop)

    @rule(data=st.data(), stop=calls)
    def user_takes_back(self, data: st.DataObject, stop: int | None) -> None:
        mid = str(data.draw(st.integers(0, self.mids)))
        told = Unsend(f"in:{mid}:deleted", CHATTER, f"in:{mid}", mid, self.clock())
        self._start(lambda: self.desk.receiver.receive(told), stop)

    @rule(text=sayings, stop=calls)
    def agent_says(self, text: str, stop: int | None) -> None:
        self._start(lambda: self.desk.commands.say(CHATTER, Text(text), by=ANN), stop)

    @rule(stop=calls)
    def agent_pauses(self, stop: int | None) -> None:
        def done(head: object) -> None:
            assert isinstance(head, Session)
            wire = None if head.sending is None else (head.sending.seq, head.sending.part)
            of_bot = head.sending is not None and head.sending.bot and not head.sending.asked
            told = head.pause is not None and head.pause.draining_until is not None
            assert told == of_bot, f"I3 on the wire at the pause: {head.sending}; told of it: {told}"
            self.pauses.append((head.seq, len(self.vendor.arrived), wire))

        self._start(lambda: self.desk.commands.pause(CHATTER, trigger="agent", by=ANN), stop, done)

    @rule(stop=calls)
    def agent_unpauses(self, stop: int | None) -> None:
        self._start(lambda: self.desk.commands.unpause(CHATTER, trigger="agent", by=ANN), stop)

    @precondition(lambda self: self._lost())
    @rule(data=st.data(), stop=calls)
    def agent_asks_again(self, data: st.DataObject, stop: int | None) -> None:
        seq = data.draw(st.sampled_from(self._lost()))
        self.asks[seq] += 1
        self._start(lambda: self.desk.commands.retry(CHATTER, seq, again=True), stop)

    @precondition(lambda self: self.vendor.arrived)
    @rule(data=st.data(), stop=calls)
    def an_echo_comes(self, data: st.DataObject, stop: int | None) -> None:
        seq, part = data.draw(st.sampled_from(self.vendor.arrived))
        self._start(lambda: self._echo(seq, part), stop)

    @rule(refusals=st.lists(st.sampled_from((None, *REFUSALS)), min_size=1, max_size=3))
    def the_vendor_refuses(self, refusals: list[SendFailed | None]) -> None:
        self.vendor.refusals = list(refusals)

    @rule(stop=calls)
    def sweep(self, stop: int | None) -> None:
        self._start(self.desk.sweeper.sweep, stop)

    @rule(stop=calls, chance=st.integers(0, 4))
    def supervisor_erases(self, stop: int | None, chance: int) -> None:
        if not chance:
            self._start(lambda: self.desk.erase(CHATTER), stop)

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), fault=faults, further=calls)
    def go_on(self, data: st.DataObject, fault: Fault, further: int | None) -> None:
        process, done, since = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        self._resume(process, done, since, fault, further)

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        process, _, _ = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        process.kill()

    @rule(seconds=lengths)
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @invariant()
    def each_part_arrives_once_and_in_order(self) -> None:
        for (seq, part), times in Counter(self.vendor.arrived).items():
            assert times <= 1 + self.asks[seq], f"I7 part {part} of entry {seq} arrived {times} times"
        in_turn = [part for part in self.vendor.arrived if part[0] not in self.out_of_turn and not self.asks[part[0]]]
        assert in_turn == sorted(in_turn), f"I7 parts arrived out of order: {in_turn}"
        for seq in self.out_of_turn:
            parts = [part for part in self.vendor.arrived if part[0] == seq and not self.asks[seq]]
            assert parts == sorted(parts), f"I7 parts of entry {seq} arrived out of order: {parts}"

    @invariant()
    def what_is_told_is_true(self) -> None:
        head = self.store.load(CHATTER)
        if head is None:
            return
        assert len(head.again) <= AGAIN
        assert len(head.marks) <= MARKS
        for entry in self._ours(head):
            parts = {part for seq, part in self.vendor.arrived if seq == entry.seq}
            status = entry_view(entry, head).status
            if status in ("sent", "delivered", "read"):
                whole = set(range(len(self.vendor.parts(entry.content))))  # type: ignore[arg-type] # a message's
                assert parts >= whole, f"I7 entry {entry.seq} is {status}, and of its parts only {parts} arrived"
            if status == "suppressed":
                assert not parts, f"I3 entry {entry.seq} is suppressed, and arrived"
            if status == "failed" and not self.asks[entry.seq]:
                assert entry.part not in parts, f"I7 entry {entry.seq} failed at part {entry.part}, which arrived"

    @invariant()
    def after_a_pause_the_bot_is_silent(self) -> None:
        for paused_at, arrived, wire in self.pauses:
            for part in self.vendor.arrived[arrived:]:
                late = part[0] in self.by_bot and part[0] <= paused_at and not self.asks[part[0]]
                assert not late or part == wire, f"I3 {part} arrived after the pause, which told of {wire}"

    def teardown(self) -> None:
        """Whoever stands dies or goes on, and all that is due is done: nothing is owed, and echoes settle what got lost."""
        try:
            self._end()
        finally:
            for process, _, _ in self.standing:
                process.kill()

    def _end(self) -> None:
        self.vendor.refusals = []
        while self.standing:
            process, done, since = self.standing.pop()
            if len(self.standing) % 2:
                self._resume(process, done, since, Fault.NONE, None)
            else:
                process.kill()
        self._settle()
        head = self.store.load(CHATTER)
        for entry in [] if head is None else self._ours(head):
            assert head is not None
            status = entry_view(entry, head).status
            assert status != "pending", f"I5 entry {entry.seq} is pending in the end"
        lost = [
            (entry.seq, entry.part) for entry in ([] if head is None else self._ours(head)) if entry.fate == "unknown"
        ]
        for seq, part in lost:
            if (seq, part) in self.vendor.arrived:
                self._start(lambda seq=seq, part=part: self._echo(seq, part), None)
        self._settle()
        head = self.store.load(CHATTER)
        for entry in [] if head is None else self._ours(head):
            reached = entry.fate == "unknown" and (entry.seq, entry.part) in self.vendor.arrived
            assert not reached, f"I7 entry {entry.seq} is unknown after its echo"

    def _settle(self) -> None:
        for _ in range(100):
            heads = [self.store.load(session) for session in (CHATTER, ACCOUNT)]
            due = [head.due_at for head in heads if head is not None and head.due_at is not None]
            if not due:
                break
            self.clock.now = max(self.clock.now, min(due))
            self._start(self.desk.sweeper.sweep, None)
            self.each_part_arrives_once_and_in_order()
            self.what_is_told_is_true()
            self.after_a_pause_the_bot_is_silent()
        head = self.store.load(CHATTER)
        assert head is None or head.due_at is None, f"I5 something is still due: {head}"

    def _echo(self, seq: int, part: int) -> None:
        mid, at = f"m_{seq}_{part}", self.clock()
        echo = Echo(f"echo:{mid}", CHATTER, Text("ours"), at, mid, "us", metadata=f"hitl:{seq}.{part}")
        self.desk.receiver.receive(echo)

    def _ours(self, head: Session) -> list[Entry]:
        log = self.store.entries(CHATTER, after=head.cut, limit=10_000)
        return [entry for entry in log if is_carried(entry)]

    def _lost(self) -> list[int]:
        head = self.store.load(CHATTER)
        return [] if head is None else [entry.seq for entry in self._ours(head) if entry.fate in ("failed", "unknown")]

    def _start(
        self, work: Callable[[], object], stop: int | None, done: Callable[[object], None] = lambda _: None
    ) -> None:
        self._run(self.stage.start(work), stop, done)

    def _resume(
        self, process: Process, done: Callable[[object], None], since: datetime, fault: Fault, further: int | None
    ) -> None:
        if process.at == "send" and self.clock() - since > AT_ONCE:
            process.kill()
            return
        process.step(fault)
        self._run(process, further, done)

    def _run(self, process: Process, further: int | None, done: Callable[[object], None]) -> None:
        """Run it for so many calls, or to its end, where its caller learns what came of it."""
        while not process.ended and further != 0:
            process.step()
            further = None if further is None else further - 1
        head = self.store.load(CHATTER)
        ours = [] if head is None else self._ours(head)
        self.by_bot |= {entry.seq for entry in ours if entry.author.kind == "bot"}
        # what follows the beginning of a message that was lost comes when an echo tells of it
        self.out_of_turn |= {entry.seq for entry in ours if entry.fate == "unknown"}
        if not process.ended:
            self.standing.append((process, done, self.clock()))
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


SendingMachine.TestCase.settings = settings(BUDGET, max_examples=BUDGET.max_examples // 2)
TestSendingMachine = SendingMachine.TestCase
