"""Whatever happens in whatever order: the numbers are what the logs, the vendor and the alerters show in the end."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.channels.base import Outgoing, SendFailed
from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.errors import AlertFailed, AlreadyClaimed, SessionNotFound, StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.entry import Entry, PauseDetail
from chalicelib.model.turning import Notify, PauseIt, Say
from tests.desk.machine.budget import BUDGET
from tests.desk.vendors import Abroad
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.channel import ACCOUNT, CHATTER, RecordingChannel
from tests.fakes.faults import Crash, Fault
from tests.fakes.meter import RecordingMeter
from tests.fakes.tools import FakeClock, fake_tools
from tests.fakes.world import BEN

pytestmark = pytest.mark.uncounted

TURNS: dict[str, list[object]] = {
    "silent": [],
    "reply": [Say(Text("You said something"))],
    "hand over": [Say(Text("A human will come")), PauseIt(), Notify("Somebody wants a human")],
}


class CountingChannel(RecordingChannel):
    """Counts what came of each try."""

    def __init__(self) -> None:
        super().__init__()
        self.results: Counter[str] = Counter()

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        try:
            sent = super().send(outgoing, seconds=seconds)
        except SendFailed as failure:
            self.results[failure.outcome] += 1
            raise
        except Crash:
            self.results["unknown"] += 1  # once the sweep has given it up
            raise
        self.results["sent"] += 1
        return sent


class MoodyAlerter(RecordingAlerter):
    """Counts what it did not take."""

    refused = 0

    def publish(self, alert: Any) -> None:
        try:
            super().publish(alert)
        except AlertFailed:
            self.refused += 1
            raise


class CountingMachine(RuleBasedStateMachine):
    """One user on Messenger. The clock moves with each step, so that no two of them look like one."""

    def __init__(self) -> None:
        super().__init__()
        self.meter = RecordingMeter()
        self.channel, self.alerter = CountingChannel(), MoodyAlerter("mail")
        tools = replace(fake_tools(FakeClock()), meter=self.meter)
        self.world = Abroad(channel=self.channel, alerters=(self.alerter,), tools=tools)
        self.mids: list[str] = []
        self.parked = 0

    @rule(turn=st.sampled_from(sorted(TURNS)))
    def writes(self, turn: str) -> None:
        self.mids.append(f"m{len(self.mids)}")
        self.world.bot.usually = lambda _: TURNS[turn]
        self._step(lambda: self.world.writes(turn, mid=self.mids[-1]))

    @rule(data=st.data())
    def writes_again(self, data: st.DataObject) -> None:
        if self.mids:
            before = self.meter.total("Duplicates")
            known = {entry.id for entry in self.world.memory.entries(CHATTER, limit=10_000)}
            mid = data.draw(st.sampled_from(self.mids))
            self._step(lambda: self.world.writes("again", mid=mid))
            assert self.meter.total("Duplicates") - before == (f"in:{mid}" in known)

    @rule()
    def answers(self) -> None:
        self._step(self.world.agent_says)

    @rule()
    def answers_elsewhere(self) -> None:
        self._step(lambda: self.world.echo(mid=f"e{len(self.world.memory.entries(CHATTER, limit=10_000))}"))

    @rule(what=st.sampled_from(("pause", "unpause", "claim")))
    def commands(self, what: str) -> None:
        act = {"pause": self.world.agent_pauses, "unpause": self.world.agent_unpauses, "claim": self.world.agent_claims}
        self._step(act[what])

    @rule()
    def asks_for_a_human(self) -> None:
        self._step(lambda: self.world.desk.pause("messenger", CHATTER.partition(":")[2]))

    @rule(outcome=st.sampled_from(("failed", "later", "unknown")))
    def is_refused(self, outcome: Any) -> None:
        """The vendor will not take the next message."""
        self.channel.refusals[:] = [SendFailed(outcome, "It was refused.")]
        self._step(lambda: self.world.agent_says(by=BEN))
        self.channel.refusals.clear()

    @rule()
    def dies_while_sending(self) -> None:
        def die() -> None:
            raise Crash

        self.channel.meanwhile[:] = [die]
        self._step(self.world.agent_says)
        self.channel.meanwhile.clear()
        self.world.clock.pass_by(seconds=10)
        self._step(self.world.sweep)

    @rule(down=st.booleans())
    def alerter_is(self, down: bool) -> None:
        self.alerter.failing = down

    @rule(fault=st.sampled_from((Fault.LOST, Fault.BUSY, Fault.CONFLICT)))
    def next_commit(self, fault: Fault) -> None:
        self.world.faults.plan("commit", fault)  # type: ignore[attr-defined] # faults of the tests

    @rule()
    def delivers_what_nobody_can_read(self) -> None:
        self.parked += 1
        delivery = Delivery("messenger", [], [Unread(f"{{{self.parked}", "It is no JSON.")])
        self._step(lambda: self.world.desk.inbox.put(delivery))

    @rule(minutes=st.sampled_from((1, 6, 70, 1500)))
    def sweeps(self, minutes: int) -> None:
        self.world.clock.pass_by(minutes=minutes)
        self._step(self.world.sweep)

    def _step(self, act: Any) -> None:
        self.world.clock.pass_by(seconds=3)
        with suppress(Crash, StoreBusy, SessionNotFound, AlreadyClaimed):
            act()

    @property
    def logs(self) -> list[Entry]:
        memory = self.world.memory
        return [entry for session in (CHATTER, ACCOUNT) for entry in memory.entries(session, limit=10_000)]

    @invariant()
    def entries_are_those_of_the_logs(self) -> None:
        assert self.meter.total("EntriesCommitted") == len(self.logs)
        assert self.meter.total("EventsReceived", "messenger") == sum(entry.from_user() for entry in self.logs)

    @invariant()
    def pauses_are_those_of_the_logs(self) -> None:
        counted = Counter({by: self.meter.total("Pauses", by) for _, _, by in self._of("Pauses")})

        assert counted == Counter(
            one.content.trigger for one in self.logs if isinstance(one.content, PauseDetail) and one.kind == "paused"
        )

    @invariant()
    def sends_are_what_the_vendor_saw(self) -> None:
        counted = Counter({by: int(self.meter.total("Sends", by)) for _, _, by in self._of("Sends")})

        assert counted == self.channel.results

    @invariant()
    def alerts_are_what_the_alerter_saw(self) -> None:
        assert self.meter.total("AlertsPublished", "mail") == len(self.alerter.published)
        assert self.meter.total("AlertsFailed", "mail") == self.alerter.refused

    @invariant()
    def parked_is_what_the_store_keeps(self) -> None:
        assert self.meter.total("Parked") == self.parked

    @invariant()
    def conflicts_are_those_that_were_made(self) -> None:
        assert self.meter.total("Conflicts") == self.world.faults.happened.count(Fault.CONFLICT)

    @invariant()
    def first_answers_are_those_of_the_log(self) -> None:
        assert self.meter.values("TimeToFirstHumanAnswer") == list(first_answers(self.logs))

    def _of(self, name: str) -> list[tuple[str, float, str | None]]:
        return [one for one in self.meter.counted if one[0] == name]


def first_answers(log: list[Entry]) -> Iterator[float]:
    """Seconds from each pause to the first time that a human answered in it, unless both were one."""
    paused = None
    for entry in log:
        if entry.kind == "paused":
            paused = entry.at
        elif entry.kind == "unpaused":
            paused = None
        elif entry.kind == "message" and entry.author.kind == "agent" and paused is not None:
            if entry.at > paused:
                yield (entry.at - paused).total_seconds()
            paused = None


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """What fails on purpose here is logged a hundred times a second."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


CountingMachine.TestCase.settings = settings(BUDGET, max_examples=BUDGET.max_examples // 3)
TestCountingMachine = CountingMachine.TestCase
