"""What a platform delivers is kept before it is acknowledged, and nothing of it is refused for ever."""

import pytest
from pydantic import JsonValue

from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.desk.parking import decode, parking_id
from chalicelib.errors import StoreBusy
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.turning import Say
from tests.desk.vendors import Abroad
from tests.fakes.channel import ACCOUNT, CHATTER
from tests.fakes.faults import Fault


@pytest.fixture
def world() -> Abroad:
    return Abroad()


def said(world: Abroad, *mids: str) -> list[Event]:
    return [Event(f"in:{mid}", CHATTER, Text(f"Hello {mid}"), world.clock()) for mid in mids]


def parked(world: Abroad) -> list[str]:
    return [kept.reason for kept in world.memory.parked(limit=10).items]


def test_a_delivery_that_was_not_kept_is_not_acknowledged(world: Abroad):
    world.faults.plan("load", *[Fault.BUSY] * 100)

    with pytest.raises(StoreBusy):
        world.desk.inbox.put(Delivery("messenger", said(world, "1")))


def test_what_fails_costs_its_neighbours_nothing(world: Abroad):
    one, two, three = said(world, "1", "2", "3")
    world.faults.before("load", lambda: None, lambda: world.faults.plan("load", *[Fault.BUSY] * 40))
    world.faults.before("find", world.faults.heal)
    with pytest.raises(StoreBusy):
        world.desk.inbox.put(Delivery("messenger", [one, two]))
    world.faults.heal()
    assert [entry.id for entry in world.log("message")] == ["in:1"]
    world.desk.inbox.put(Delivery("messenger", [one, two, three]))

    assert [entry.id for entry in world.log("message")] == ["in:1", "in:2", "in:3"]


def test_what_breaks_is_parked_and_what_follows_it_is_taken(world: Abroad):
    def break_it() -> None:
        raise ZeroDivisionError

    world.faults.before("load", break_it)
    world.desk.inbox.put(Delivery("messenger", said(world, "1", "2"), [Unread("{", "It is no JSON (1 bytes).")]))

    assert [entry.id for entry in world.log("message")] == ["in:2"]
    assert sorted(parked(world)) == ["It broke: ZeroDivisionError.", "It is no JSON (1 bytes)."]


def test_what_is_nested_too_deep_to_be_kept_leaves_its_name_and_holds_up_nothing(world: Abroad):
    deep: JsonValue = []
    for _ in range(5000):
        deep = [deep]
    bad = Event("in:deep", CHATTER, Text("Hello"), world.clock(), facts={"a": deep})
    world.desk.inbox.put(Delivery("messenger", [bad, *said(world, "2")]))

    assert [entry.id for entry in world.log("message")] == ["in:2"]
    (kept,) = world.memory.parked(limit=10).items
    assert (kept.id, kept.session_id) == (parking_id(bad), CHATTER)
    assert "in:deep" in kept.body
    assert decode(kept.body) is None


def test_the_same_in_two_deliveries_is_processed_once(world: Abroad):
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    for _ in range(2):
        world.desk.inbox.put(Delivery("messenger", said(world, "1", "1")))

    assert [entry.said for entry in world.log("message")] == ["Hello 1", "You said: Hello 1"]
    assert world.channel.texts == ["You said: Hello 1"]


def test_a_delivery_to_a_busy_store_is_given_up_at_the_first_thing_that_it_does_not_take(world: Abroad):
    begun = world.clock()
    events = [Event(f"in:{number}", f"{ACCOUNT}.{number}", Text("Hi"), begun) for number in range(30)]
    world.faults.plan("load", *[Fault.BUSY] * 10_000)
    with pytest.raises(StoreBusy):
        world.desk.inbox.put(Delivery("messenger", events))
    assert (world.clock() - begun).total_seconds() < 6
    world.faults.heal()
    world.desk.inbox.put(Delivery("messenger", events))

    assert all(len(world.log("message", session=event.session_id)) == 1 for event in events)
