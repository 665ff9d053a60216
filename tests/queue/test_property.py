"""Whatever is delivered how often, however the workers die and what breaks: all of it is in the log once, in order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.desk.inbox import Delivery
from chalicelib.desk.parking import decode
from chalicelib.handlers.replaying import replay
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.settings import MessengerSettings
from tests.fakes.channel import PAGE
from tests.fakes.faults import Fault
from tests.queue.poison import POISON, BreakingStore
from tests.queue.pumping import Queued

pytestmark = pytest.mark.uncounted

SESSIONS = [f"messenger:{PAGE}.{number}" for number in range(3)]
SAID = st.tuples(st.sampled_from(SESSIONS), st.sampled_from(["Hello", "Hello", "Hello", POISON]))
FAULTS = st.sampled_from([Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.BUSY, Fault.LOST, Fault.CONFLICT])


class Plan:
    """Which calls of the store fail, by their number, and how."""

    def __init__(self, plan: dict[int, Fault]) -> None:
        self._plan = plan
        self._calls = 0
        self.calls: list[str] = []

    def __call__(self, name: str) -> Fault:
        self._calls += 1
        return self._plan.get(self._calls, Fault.NONE)


@settings(max_examples=60, deadline=None)
@given(
    said=st.lists(SAID, max_size=14),
    plan=st.dictionaries(st.integers(1, 120), FAULTS, max_size=8),
    again=st.booleans(),
    seconds=st.sampled_from([118, 31, 34]),
)
def test_all_of_it_is_said_once_and_in_order(said, plan, again, seconds):
    world = Queued(memory=BreakingStore(), faults=Plan(plan), seconds=seconds)
    world.bot.wanting = lambda _: False
    events = [
        Event(f"in:{number}", session, Text(f"{word} {number}"), world.clock())
        for number, (session, word) in enumerate(said)
    ]
    for _ in range(1 + again):
        world.desk.inbox.put(Delivery("messenger", events))
    world.drain()
    heard = {session: [one.said for one in world.log("message", session=session)] for session in SESSIONS}
    well = {session: [one.text for one in events if one.session_id == session] for session in SESSIONS}
    parked = world.memory.parked(limit=50).items
    kept = [decode(one.body).text for one in parked]

    assert heard == {session: [text for text in texts if text not in kept] for session, texts in well.items()}
    assert set(kept) >= {event.text for event in events if POISON in event.text}
    assert world.queue.dead == []
    if not plan:
        assert all(POISON in text for text in kept)
    world.memory.mended = True
    world.desk.store._faults = lambda _: Fault.NONE
    assert all(replay(world.desk, MessengerSettings(), one).done for one in parked)
    assert {s: sorted(one.said for one in world.log("message", session=s)) for s in SESSIONS} == {
        s: sorted(texts) for s, texts in well.items()
    }
