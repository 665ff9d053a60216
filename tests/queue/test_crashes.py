"""A worker that dies at any step of a batch: the records come again, nothing is lost, and nothing is doubled."""

import itertools

import pytest

from chalicelib.desk.inbox import Delivery
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.happening import Edit, Happening, Reaction, Watermark
from chalicelib.model.turning import Say
from tests.fakes.channel import CHATTER, PAGE
from tests.fakes.faults import Fault
from tests.queue.poison import POISON, BreakingStore
from tests.queue.pumping import Queued, dying, nothing

OTHER = f"messenger:{PAGE}.8008008008"


class Nth:
    """The n-th call of the store fails so, and no other; `names`: all that were called."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.at: int | None = None
        self.fault = Fault.NONE

    def __call__(self, name: str) -> Fault:
        self.names.append(name)
        return self.fault if len(self.names) == self.at else Fault.NONE


def batch(world: Queued) -> list[Happening]:
    now = world.clock()
    return [
        Event("in:1", CHATTER, Text("One"), now),
        Event("in:2", CHATTER, Text("Two"), now),
        Event("in:8", OTHER, Text("Hello"), now),
        Edit("in:1:edit:1", CHATTER, "in:1", "One!", 1, now),
        Reaction("in:react:1", CHATTER, "2", "\u2764", now),
        Event("in:3", CHATTER, Text("Three"), now),
        Watermark(CHATTER, now, read=True),
    ]


def run(faults: Nth, around=nothing, memory=None) -> tuple[Queued, int]:
    """The batch through the queue to its end, with all that follows; and how many workers died."""
    world = Queued(faults=faults, memory=memory)
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    world.desk.inbox.put(Delivery("messenger", batch(world)))
    faults.names.clear()
    deaths = world.drain(around)
    faults.at = None
    for _ in range(3):
        world.clock.pass_by(minutes=2)
        world.sweep()
    return world, deaths


def outcome(world: Queued) -> dict[str, list[str]]:
    """What users said, by session, in order; what was said to them, whatever the moment; what went out."""
    told = {}
    for session in (CHATTER, OTHER):
        log = world.log("message", session=session)
        told[session] = [entry.said for entry in log if entry.author.kind == "user"]
        told[f"to {session}"] = sorted(entry.said for entry in log if entry.author.kind == "bot")
    told["parked"] = [kept.reason for kept in world.memory.parked(limit=50).items]
    return told


def steps() -> int:
    """Calls of the store from the first record to the last."""
    faults = Nth()
    world = Queued(faults=faults)
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    world.desk.inbox.put(Delivery("messenger", batch(world)))
    faults.names.clear()
    world.drain()
    return len(faults.names)


STEPS = steps()
WELL = {
    CHATTER: ["One!", "Two", "Three"],
    f"to {CHATTER}": ["You said: One", "You said: Three", "You said: Two"],
    OTHER: ["Hello"],
    f"to {OTHER}": ["You said: Hello"],
    "parked": [],
}


def test_without_a_death_all_is_said_once():
    world, deaths = run(Nth())

    assert (outcome(world), deaths) == (WELL, 0)
    assert sorted(world.channel.texts) == sorted([*WELL[f"to {CHATTER}"], *WELL[f"to {OTHER}"]])
    assert STEPS >= 30


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER], ids=["before it", "after it"])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_worker_that_dies_at_a_call_of_the_store_loses_and_doubles_nothing(step: int, fault: Fault):
    faults = Nth()
    faults.at, faults.fault = step, fault
    world, deaths = run(faults)

    assert deaths == 1
    assert outcome(world) == WELL
    assert len(set(world.channel.texts)) == len(world.channel.texts)
    assert world.queue.dead == []


@pytest.mark.parametrize("before", [True, False], ids=["on the way into it", "on the way out of it"])
@pytest.mark.parametrize("record", range(1, 8))
def test_a_worker_that_dies_between_two_records_loses_and_doubles_nothing(record: int, before: bool):
    begun = itertools.count(1)
    world, deaths = run(Nth(), lambda one: dying(before=before) if next(begun) == record else nothing(one))

    assert deaths == 1
    assert outcome(world) == WELL
    assert sorted(world.channel.texts) == sorted([*WELL[f"to {CHATTER}"], *WELL[f"to {OTHER}"]])


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER], ids=["before it", "after it"])
@pytest.mark.parametrize("name", ["load", "park"])
def test_a_worker_that_dies_while_it_parks_parks_once_and_goes_on(name: str, fault: Fault):
    world = Queued(memory=BreakingStore())
    events = [Event(f"in:{text}", CHATTER, Text(text), world.clock()) for text in (POISON, "Two")]
    world.desk.inbox.put(Delivery("messenger", events))
    for _ in range(4):
        world.invoke()
        world.clock.pass_by(minutes=13)
    world.faults.plan(name, *([Fault.NONE] if name == "load" else []), fault)
    deaths = world.drain()

    assert deaths == 1
    assert [kept.reason for kept in world.memory.parked(limit=9).items] == ["It broke: ZeroDivisionError."]
    assert [entry.said for entry in world.log("message")] == ["Two"]
