"""Everything at once: users, redeliveries, bots, agents, time, sweeps and crashes, in any order, between any two calls.

Each rule starts a process or moves one on. A process may be left standing at any call of the store, of an alerter or of
the bot while others run, go on later, fail there or die there. The invariants hold after every step, and once all is
healed and all time has passed, nothing is owed.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.desk.desk import Desk
from chalicelib.desk.line import NoLine
from chalicelib.errors import AlreadyClaimed, HitlError, IdReused, Malformed, SessionNotFound, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.entry import Author, Trigger
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from tests.desk.machine.around import MOODS, MoodyAlerter, MoodyBot, WatchedStore
from tests.desk.machine.budget import BUDGET
from tests.desk.machine.processes import Process, Stage
from tests.desk.machine.rules import Acknowledged, Rules
from tests.fakes.faults import Crash, Fault, Faulty
from tests.fakes.tools import FakeClock, fake_tools

pytestmark = pytest.mark.uncounted

SESSIONS = ("webchat:zoe", "webchat:max")
AGENTS = tuple(Author(kind="agent", id=name, name=name.title()) for name in ("ann", "ben", "sue"))
EXPECTED = (Crash, StoreBusy, SessionNotFound)
"""What any request may end with when the world fails, or when nobody has written yet."""

sessions = st.sampled_from((SESSIONS[0], SESSIONS[0], SESSIONS[0], SESSIONS[1]))
agents = st.sampled_from(AGENTS)
words = st.sampled_from(("ask", "ask", "ask", "stop", "chat"))
moods = st.sampled_from(MOODS)
calls = st.sampled_from((None, None, None, None, None, None, 1, 2, 3, 4, 5, 6, 8))
"""After how many calls a new process is left standing; None: it runs to its end."""

faults = st.sampled_from((Fault.NONE, Fault.NONE, Fault.NONE, *Fault))
lengths = st.sampled_from((1, 14, 31, 61, 301, 901, 3601, 25 * 3600))


class DeskMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.stage = Stage()
        self.store = WatchedStore()
        self.bot = MoodyBot(self.stage, self.store)
        self.alerters = (MoodyAlerter("mail", self.stage), MoodyAlerter("hook", self.stage))
        self.policy = Policy(alerters=("mail", "hook"))
        self.desk = Desk(
            Faulty(self.store, self.stage),
            self.bot,
            alerters=self.alerters,
            policy=self.policy,
            public_url="https://chat.example",
            tools=fake_tools(self.clock),
            caller=self.stage,
            line=NoLine(),
        )
        self.told = Acknowledged()
        self.rules = Rules(self.store, self.bot, self.alerters, self.told)
        self.standing: list[tuple[Process, Callable[[Process], None]]] = []
        self.calm = True

    @initialize()
    def begin(self) -> None:
        """So that a run's first rule is one like all others."""

    @rule(session=sessions, word=words, mood=moods, stop=calls)
    def user_says(self, session: str, word: str, mood: str, stop: int | None) -> None:
        self.bot.mood = mood
        number = len(self.told.asked)
        self._deliver(session, f"u:{number}", f"{word} {number}", stop)

    @precondition(lambda self: self.told.asked)
    @rule(data=st.data(), changed=st.sampled_from((False, False, False, True)), stop=calls)
    def deliver_again(self, data: st.DataObject, changed: bool, stop: int | None) -> None:
        told = sorted(key for key in self.told.asked if key[1].startswith("u:"))
        if told:
            session, entry_id = data.draw(st.sampled_from(told))
            content = self.told.asked[session, entry_id]
            self._deliver(session, entry_id, f"{content}, changed" if changed else content, stop)

    @rule(session=sessions, by=agents, text=st.sampled_from("abc"), client_id=st.sampled_from("1234"), stop=calls)
    def agent_says(self, session: str, by: Author, text: str, client_id: str, stop: int | None) -> None:
        """Texts and ids come from so few that an id often meets its own text again, or another."""
        entry_id = f"a:{by.id}:{client_id}"

        def done(process: Process) -> None:
            if not self._failed(process, IdReused):
                self.told.entries[session, entry_id] = text

        self.told.asked.setdefault((session, entry_id), text)
        self._start(lambda: self.desk.commands.say(session, Text(text), by=by, client_id=client_id), stop, done)

    @rule(session=sessions, by=agents, what=st.sampled_from(("claim", "release", "unpause", "note")), stop=calls)
    def agent_does(self, session: str, by: Author, what: str, stop: int | None) -> None:
        commands = self.desk.commands
        boss = by.id == "sue"
        work: dict[str, Callable[[], object]] = {
            "claim": lambda: commands.claim(session, by=by, force=boss),
            "release": lambda: commands.release(session, by=by, force=boss),
            "unpause": lambda: commands.unpause(session, trigger="agent", by=by),
            "note": lambda: commands.note(session, "a note", by=by),
        }
        self._start(work[what], stop, lambda process: self._failed(process, AlreadyClaimed))

    @rule(
        session=sessions,
        trigger=st.sampled_from(("agent", "api", "user")),
        lasts=st.sampled_from((None, None, timedelta(minutes=2), timedelta(hours=30), timedelta(minutes=-1))),
        stop=calls,
    )
    def somebody_pauses(self, session: str, trigger: Trigger, lasts: timedelta | None, stop: int | None) -> None:
        until = None if lasts is None else self.clock() + lasts

        def done(process: Process) -> None:
            self._failed(process, Malformed)

        self._start(
            lambda: self.desk.commands.pause(
                session, trigger=trigger, by=AGENTS[0], until=until, create=trigger != "agent"
            ),
            stop,
            done,
        )

    @rule(stop=calls)
    def sweep(self, stop: int | None) -> None:
        quiet = stop is None and not self.standing and all(alerter.mood == "well" for alerter in self.alerters)
        self._start(self.desk.sweeper.sweep, stop, self._failed)
        if quiet:
            for session in SESSIONS:
                self.rules.check_sweep(session, self.clock())

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), fault=faults, mood=moods, further=calls)
    def go_on(self, data: st.DataObject, fault: Fault, mood: str, further: int | None) -> None:
        """A process that stands at a call goes on, and that call ends as `fault` says."""
        self.bot.mood = mood
        process, done = self._take(data)
        process.step(fault)
        self._run(process, further, done)

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), further=calls)
    def wait_too_long(self, data: st.DataObject, further: int | None) -> None:
        """A process stops waiting for its bot, whose call goes on by itself."""
        process, done = self._take(data)
        if process.waits:
            self.clock.pass_by(seconds=8)
            bots_call = process.late()
            self.standing.append((bots_call, self._failed))
        self._run(process, further, done)

    @rule(seconds=lengths)
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @rule(seconds=lengths)
    def time_passes_until_a_sweep(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)
        self.sweep(stop=None)

    @rule(which=st.sampled_from((0, 1)), mood=st.sampled_from(("well", "well", "failing", "broken")))
    def alerter_changes(self, which: int, mood: str) -> None:
        self.alerters[which].mood = mood
        self.calm = self.calm and mood == "well"

    @invariant()
    def rules_hold(self) -> None:
        """In a calm world, beside the invariants, nothing is published twice."""
        self.rules.check(SESSIONS)
        for alerter in self.alerters if self.calm else ():
            twice = [alert_id for alert_id, count in alerter.published.items() if count > 1]
            assert not twice, f"I6 {alerter.name} published {twice} twice"

    def teardown(self) -> None:
        """Whoever stands goes on to the end; all is healed; time passes until nothing is due."""
        try:
            self._end()
        finally:
            for process, _ in self.standing:
                process.kill()

    def _end(self) -> None:
        self.bot.mood = "reply"
        for alerter in self.alerters:
            alerter.mood = "well"
        while self.standing:
            process, done = self.standing.pop()
            self._run(process, None, done)
        self.rules.check(SESSIONS)
        for _ in range(200):
            due = [head.due_at for session in SESSIONS if (head := self.store.load(session)) and head.due_at]
            if not due:
                break
            self.clock.now = max(self.clock.now, *due[:1], min(due))
            self._start(self.desk.sweeper.sweep, None, self._failed)
            self.rules.check(SESSIONS)
        for session in SESSIONS:
            self.rules.check_end(session, self.clock(), self.policy.publish_for.total_seconds())

    def _deliver(self, session: str, entry_id: str, text: str, stop: int | None) -> None:
        event = Event(entry_id, session, Text(text), self.clock())

        def done(process: Process) -> None:
            if not self._failed(process, IdReused):
                self.told.entries[session, entry_id] = text

        self.told.asked.setdefault((session, entry_id), text)
        self._start(lambda: self.desk.intake.receive(event), stop, done)

    def _take(self, data: st.DataObject) -> tuple[Process, Callable[[Process], None]]:
        return self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))

    def _start(self, work: Callable[[], object], stop: int | None, done: Callable[[Process], object]) -> None:
        self._run(self.stage.start(work), stop, done)

    def _run(self, process: Process, further: int | None, done: Callable[[Process], object]) -> None:
        """Run it for so many calls, or to its end, where its caller learns what came of it."""
        while not process.ended and further != 0:
            process.step()
            further = None if further is None else further - 1
        if process.ended:
            done(process)
        else:
            self.calm = False
            self.standing.append((process, done))

    def _failed(self, process: Process, *allowed: type[HitlError]) -> bool:
        """Whether its caller got an error. One that nobody may get ends the run."""
        if process.error is None:
            return False
        if not isinstance(process.error, (*EXPECTED, *allowed)):
            raise process.error
        return True


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """What fails on purpose here is logged a hundred times a second."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


DeskMachine.TestCase.settings = BUDGET
TestMachine = DeskMachine.TestCase
