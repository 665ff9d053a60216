"""The worker: what fails holds up its session alone, comes again, and is parked in the end."""

import json
from datetime import timedelta

import pytest

from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.desk.parking import encode, parking_id
from chalicelib.desk.worker import MOST_RECEIVES, RESERVE, TRIES
from chalicelib.errors import StoreBusy
from chalicelib.handlers.replaying import replay
from chalicelib.model.content import Text
from chalicelib.model.entry import Author
from chalicelib.model.event import Event
from chalicelib.model.happening import Unsend
from chalicelib.queue.base import Message
from chalicelib.settings import MessengerSettings
from tests.fakes.channel import CHATTER, PAGE
from tests.fakes.channel import PSID as USER
from tests.fakes.faults import Fault
from tests.queue.poison import POISON, BreakingStore
from tests.queue.pumping import Queued

OTHER = f"messenger:{PAGE}.8008008008"
NEWER = f'{{"kind": "Poke", "value": {{"session_id": "{CHATTER}"}}}}'
"""What a later version may write."""

SUE = Author(kind="agent", id="sue", name="Sue")


@pytest.fixture
def world() -> Queued:
    """A store that breaks on one word."""
    return Queued(memory=BreakingStore())


def said(world: Queued, *texts: str, session: str = CHATTER) -> list[Event]:
    return [Event(f"in:{text}", session, Text(text), world.clock()) for text in texts]


def put(world: Queued, *texts: str, session: str = CHATTER) -> None:
    world.desk.inbox.put(Delivery("messenger", said(world, *texts, session=session)))


def heard(world: Queued, session: str = CHATTER) -> list[str]:
    return [entry.said for entry in world.log("message", session=session)]


def parked(world: Queued) -> list[str]:
    return [kept.reason for kept in world.memory.parked(limit=50).items]


def fail(world: Queued, times: int) -> None:
    for _ in range(times):
        world.invoke()
        world.clock.pass_by(minutes=13)


def test_a_delivery_is_in_the_queue_and_not_yet_in_the_store(world: Queued):
    put(world, "One", "Two")

    assert (len(world.queue), world.memory.load(CHATTER)) == (2, None)
    assert world.invoke() == []
    assert (len(world.queue), heard(world)) == (0, ["One", "Two"])


def test_a_group_stops_at_its_first_failure_and_others_go_on(world: Queued):
    put(world, "One", POISON, "Three")
    put(world, "Hello", session=OTHER)
    again = world.invoke()

    assert len(again) == 2
    assert (heard(world), heard(world, OTHER)) == (["One"], ["Hello"])
    assert parked(world) == []


def test_what_fails_five_times_is_parked_and_what_follows_it_is_taken(world: Queued):
    put(world, POISON, "Two")
    fail(world, TRIES - 1)
    assert (parked(world), heard(world)) == ([], [])
    fail(world, 1)

    assert (parked(world), heard(world)) == (["It broke: ZeroDivisionError."], ["Two"])
    assert (len(world.queue), world.queue.dead) == (0, [])


def test_what_was_parked_comes_back_by_replay(world: Queued):
    put(world, POISON)
    fail(world, TRIES)
    (kept,) = world.memory.parked(limit=5).items
    in_vain = replay(world.desk, MessengerSettings(), kept)
    world.memory.mended = True
    (counted,) = world.memory.parked(limit=5).items
    replayed = replay(world.desk, MessengerSettings(), counted)

    assert (in_vain.done, counted.tries, replayed.done) == (False, 1, True)
    assert (heard(world), parked(world)) == ([POISON], [])


def test_a_replayed_delivery_is_taken_at_once_and_not_put_into_the_queue(world: Queued):
    happened = {
        "sender": {"id": USER},
        "recipient": {"id": PAGE},
        "timestamp": int(world.clock().timestamp() * 1000),
        "message": {"mid": "m_9", "text": "Hello"},
    }
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [happened]}]})
    world.desk.parking.park_delivery("messenger", body, "It could not be read: a bug.")
    (kept,) = world.memory.parked(limit=5).items

    assert replay(world.desk, MessengerSettings(), kept).words == "it was taken."
    assert (heard(world), len(world.queue), parked(world)) == (["Hello"], 0, [])


def test_a_refusal_that_was_a_passing_one_costs_nothing(world: Queued):
    put(world, "One")
    world.faults.plan("load", *[Fault.BUSY] * 60)
    assert len(world.invoke()) == 1
    world.faults.heal()
    world.clock.pass_by(seconds=5)

    assert world.invoke() == []
    assert (heard(world), parked(world)) == (["One"], [])


def test_while_the_store_is_busy_nothing_is_parked_and_nothing_is_lost(world: Queued):
    put(world, "One")
    for _ in range(TRIES + 3):
        world.faults.plan("load", *[Fault.BUSY] * 10_000)
        world.invoke()
        world.faults.heal()
        world.clock.pass_by(minutes=13)
    assert len(world.queue) == 1
    world.invoke()

    assert (heard(world), parked(world), len(world.queue)) == (["One"], [], 0)


def test_what_the_store_is_too_busy_for_is_parked_later_than_what_is_broken():
    world = Queued(memory=BreakingStore(StoreBusy))
    put(world, POISON, "Two")
    fail(world, MOST_RECEIVES - 1)
    assert (parked(world), heard(world)) == ([], [])
    fail(world, 1)

    assert (parked(world), heard(world), world.queue.dead) == (["The store was too busy for it."], ["Two"], [])


def test_what_waited_behind_others_is_not_parked_at_its_own_first_failure(world: Queued):
    put(world, POISON, f"{POISON} too")
    fail(world, TRIES)
    assert len(parked(world)) == 1
    world.memory.mended = True
    fail(world, 1)

    assert (heard(world), len(parked(world))) == ([f"{POISON} too"], 1)


def test_a_session_full_of_failures_is_parked_whole_before_it_is_a_dead_letter(world: Queued):
    put(world, *[f"{POISON} {number}" for number in range(10)])
    fail(world, MOST_RECEIVES)

    assert len(parked(world)) == 10
    assert (len(world.queue), world.queue.dead) == (0, [])


def test_what_cannot_end_in_time_is_not_begun_and_comes_again_at_once(world: Queued):
    put(world, "One")
    put(world, "Hello", session=OTHER)
    world.seconds = RESERVE.total_seconds() + 5
    world.faults.before("commit", lambda: world.clock.pass_by(seconds=10))
    again = world.invoke()

    assert (heard(world), heard(world, OTHER), len(again)) == (["One"], [], 1)
    assert world.queue.put_off_by == [0]
    world.invoke()
    assert heard(world, OTHER) == ["Hello"]


def test_what_was_never_begun_is_not_parked_however_often_it_was_received(world: Queued):
    put(world, POISON)
    world.seconds = 1
    for _ in range(TRIES):
        assert len(world.invoke()) == 1
    world.seconds = 118
    assert parked(world) == []
    world.memory.mended = True
    world.invoke()

    assert (heard(world), parked(world)) == ([POISON], [])


def test_each_failure_waits_twice_as_long_and_what_follows_waits_with_it(world: Queued):
    put(world, POISON, "Two")
    for _ in range(3):
        world.invoke()
        world.clock.pass_by(seconds=world.queue.put_off_by[-1])

    assert world.queue.put_off_by == [5, 5, 10, 10, 20, 20]


def test_what_cannot_be_decoded_is_parked_at_once_as_it_came(world: Queued):
    bodies = ["{no JSON", "[]", NEWER, '{"kind": "Event", "value": {}}']
    world.queue.put([Message("g", str(number), body) for number, body in enumerate(bodies)])
    assert world.invoke() == []

    kept = world.memory.parked(limit=9).items
    assert {one.reason for one in kept} == {"It could not be decoded."}
    assert NEWER in [one.body for one in kept]
    assert [one.session_id for one in kept if one.body == NEWER] == [CHATTER]
    assert len(kept) == 4


def test_what_was_said_before_an_erasure_is_dropped_when_it_is_taken_after_it(world: Queued):
    world.writes("Hello", mid="first")
    put(world, "My card number")
    world.clock.pass_by(seconds=1)
    world.desk.erase(CHATTER, by=SUE)
    assert world.invoke() == []

    assert (heard(world), parked(world), len(world.queue)) == ([], [], 0)


def test_what_fails_for_the_last_time_after_an_erasure_is_not_parked(world: Queued):
    world.writes("Hello", mid="first")
    put(world, POISON)
    fail(world, TRIES - 1)
    world.desk.erase(CHATTER, by=SUE)
    world.faults.before("load", _break)
    fail(world, 1)

    assert (parked(world), len(world.queue)) == ([], 0)


def _break() -> None:
    raise ZeroDivisionError


def test_what_another_version_put_there_before_an_erasure_is_not_parked_after_it(world: Queued):
    world.writes("Hello", mid="first")
    world.queue.put([Message("g", "d", NEWER)])
    world.clock.pass_by(seconds=1)
    world.desk.erase(CHATTER, by=SUE)

    assert world.invoke() == []
    assert parked(world) == []


def test_what_is_said_after_an_erasure_and_fails_is_parked(world: Queued):
    world.writes("Hello", mid="first")
    world.desk.erase(CHATTER, by=SUE)
    world.clock.pass_by(seconds=1)
    put(world, POISON)
    fail(world, TRIES)

    assert len(parked(world)) == 1


def test_what_its_user_took_back_is_not_kept_among_what_is_parked(world: Queued):
    put(world, POISON)
    unsend = Unsend(f"in:{POISON}:deleted", CHATTER, f"in:{POISON}", POISON, world.clock() + timedelta(seconds=1))
    world.desk.inbox.put(Delivery("messenger", [unsend]))
    fail(world, TRIES)

    assert (parked(world), len(world.queue), heard(world)) == ([], 0, ["[unsent]"])


def test_what_could_not_be_read_is_parked_before_the_webhook_answers(world: Queued):
    world.desk.inbox.put(Delivery("messenger", said(world, "One"), [Unread("{", "It is no JSON (1 bytes).")]))

    assert (parked(world), len(world.queue)) == (["It is no JSON (1 bytes)."], 1)


def test_what_no_queue_takes_is_parked_before_the_webhook_answers(world: Queued):
    world.queue.unfit = lambda one: "Two" in one.body
    put(world, "One", "Two", "Three")
    world.invoke()

    assert (heard(world), parked(world)) == (["One", "Three"], ["It was too large for the queue."])
    assert world.memory.find_parked(parking_id(said(world, "Two")[0])) is not None


def test_what_no_queue_takes_is_not_parked_when_it_comes_again_after_an_erasure(world: Queued):
    world.writes("Hello", mid="first")
    world.queue.unfit = lambda one: "Two" in one.body
    late = said(world, "Two")
    world.clock.pass_by(seconds=1)
    world.desk.erase(CHATTER, by=SUE)
    world.desk.inbox.put(Delivery("messenger", late))

    assert (parked(world), len(world.queue)) == ([], 0)


def test_what_is_nested_too_deep_to_be_queued_is_parked(world: Queued):
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    bad = Event("in:deep", CHATTER, Text("Hello"), world.clock(), facts={"a": deep})
    world.desk.inbox.put(Delivery("messenger", [bad, *said(world, "Two")]))

    assert (len(world.queue), parked(world)) == (1, ["It is nested too deep for the queue."])
    assert "not_kept" in encode(bad)
