"""A person is erased: hidden by one commit, deleted whatever breaks off, and remembered just long enough."""

from datetime import datetime

import pytest

from chalicelib.errors import SessionNotFound
from chalicelib.model.content import Text
from chalicelib.model.entry import Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.turning import Notify, Remember, Say
from chalicelib.store.base import Parked, SessionQuery
from tests.fakes.faults import Crash, Fault
from tests.fakes.tools import NOON
from tests.fakes.world import ANN, SESSION, World

SUE = Author(kind="agent", id="sue", name="Sue")
STEPS = ("load", "commit", "erase", "parked_of", "unpark", "parked_of", "scrub", "load", "commit")
"""Every call of the store that an erasure makes of somebody of whom something is parked."""


def talked(world: World) -> None:
    """A session with something of everything: entries 1 to 7."""
    world.bot.then(Remember({"name": "Zoe", "city": "Lyon"}), Say(Text("Hello Zoe")), Notify("Look at Zoe"))
    world.user_says("I am Zoe", entry_id="u:first")
    world.agent_says("How can I help?", client_id="1")
    world.clock.pass_by(minutes=1)


def delivered(world: World, *, at: datetime, entry_id: str = "u:first") -> Entry | None:
    """The platform delivers what the user said at that time."""
    return world.desk.intake.receive(Event(entry_id, SESSION, Text("I am Zoe"), at))


def test_nothing_is_left_of_an_erased_person_but_numbers(world: World):
    talked(world)
    last = world.head.seq
    world.desk.erase(SESSION, by=SUE)

    kept = world.head.model_dump(exclude_defaults=True, exclude={"id", "rev", "attempt"})
    numbers = ("seq", "handled", "user_seq", "read_seq", "sent_to", "delivered_to", "read_to", "cut")
    assert kept == {**dict.fromkeys(numbers, last), "erased_at": world.clock(), "erased_by": "sue"}
    assert world.log() == []
    assert world.memory.facts(SESSION) == {}
    assert world.desk.reader.inbox(cursor=None, limit=10).page.items == []


def test_the_receipt_tells_who_when_and_how_much(world: World):
    talked(world)
    last = world.head.seq
    receipt = world.desk.erase(SESSION, by=SUE)

    assert (receipt.session_id, receipt.by, receipt.erased_at) == (SESSION, "sue", world.clock())
    assert (receipt.entries, receipt.done) == (last, True)


def test_erasing_twice_gives_the_same_receipt(world: World):
    talked(world)
    receipt = world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(days=3)

    assert world.desk.erase(SESSION, by=ANN) == receipt


def test_somebody_unknown_cannot_be_erased(world: World):
    with pytest.raises(SessionNotFound):
        world.desk.erase("webchat:nobody", by=SUE)


def test_an_erased_person_is_unknown_to_agents_and_programs(world: World):
    talked(world)
    world.desk.erase(SESSION, by=SUE)

    for command in (
        world.agent_says,
        world.agent_pauses,
        world.agent_claims,
        lambda: world.desk.commands.read(SESSION, 1),
        lambda: world.desk.reader.log(SESSION, after=None, before=None, limit=5),
        lambda: world.desk.export(SESSION),
    ):
        with pytest.raises(SessionNotFound):
            command()
    assert world.desk.reader.search(SESSION, cursor=None, limit=5).items == []
    assert world.desk.reader.sessions(SessionQuery(), cursor=None, limit=5).items == []
    assert not world.desk.is_paused("webchat", "zoe")
    assert world.desk.unpause("webchat", "zoe") is None


def test_a_visitors_page_keeps_its_place_and_sees_what_comes_next(world: World):
    talked(world)
    last = world.head.seq
    world.desk.erase(SESSION, by=SUE)
    before = world.desk.reader.follow(SESSION, after=2, limit=10)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")

    after = world.desk.reader.follow(SESSION, after=before.cursor, limit=10)
    assert (before.entries, before.cursor) == ([], last)
    assert [entry.said for entry in after.entries] == ["Me again"]


@pytest.mark.parametrize("seconds", [-60, 0])
def test_what_was_said_before_the_erasure_is_dropped_and_the_bot_hears_nothing(world: World, seconds: int):
    talked(world)
    heard = len(world.bot.heard)
    at = world.clock()
    world.clock.pass_by(seconds=-seconds)
    world.desk.erase(SESSION, by=SUE)
    head = world.head

    assert delivered(world, at=at) is None
    assert (world.head, world.log(), len(world.bot.heard)) == (head, [], heard)


def test_what_is_said_after_the_erasure_starts_a_session_that_is_numbered_on(world: World):
    talked(world)
    last = world.head.seq
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again", entry_id="u:first")

    assert [(entry.seq, entry.id) for entry in world.log("message")] == [(last + 1, "u:first")]
    assert (world.head.gone, world.head.user.name, world.head.has_facts) == (False, "", False)
    assert world.bot.heard[-1].user.facts == {}
    assert world.desk.reader.log(SESSION, after=None, before=None, limit=9).entries == world.log()


def test_a_late_delivery_into_the_new_session_is_dropped_too(world: World):
    talked(world)
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    log = world.log()

    assert delivered(world, at=NOON) is None
    assert world.log() == log


def test_a_program_that_pauses_an_erased_user_begins_anew(world: World):
    talked(world)
    last = world.head.seq
    world.desk.erase(SESSION, by=SUE)
    world.desk.pause("webchat", "zoe")

    assert world.desk.is_paused("webchat", "zoe")
    assert [entry.seq for entry in world.log("paused", "alert")] == [last + 1, last + 2]


@pytest.mark.parametrize("back", [False, True], ids=["gone", "back"])
def test_what_a_turn_says_of_somebody_erased_meanwhile_is_dropped(world: World, back: bool):
    def meanwhile() -> None:
        world.desk.erase(SESSION, by=SUE)
        world.clock.pass_by(seconds=1)
        if back:
            world.user_says("Me again")

    world.bot.then_while(meanwhile, Say(Text("Hello Zoe")), Notify("Look at Zoe"), Remember({"name": "Zoe"}))
    told = world.user_says("I am Zoe")

    assert told is not None
    assert [entry.said for entry in world.log()] == (["Me again"] if back else [])
    assert world.memory.facts(SESSION) == {}
    assert world.alerter.published == []
    assert world.head.gone != back


def test_a_bot_that_fails_after_the_erasure_alerts_nobody(world: World):
    def fail() -> None:
        world.desk.erase(SESSION, by=SUE)
        raise ZeroDivisionError

    world.bot.then_while(fail)
    world.user_says("I am Zoe")

    assert world.head.gone
    assert world.alerter.published == []


def test_an_alert_on_its_way_is_not_owed_any_more(world: World):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.desk.erase(SESSION, by=SUE)
    world.alerter.failing = False
    world.clock.pass_by(hours=2)
    world.sweep()

    assert world.alerter.published == []
    assert world.head.publications == ()


def test_an_alert_that_is_settled_after_the_erasure_harms_nobody(world: World):
    world.alerter.meanwhile = lambda: world.desk.erase(SESSION, by=SUE)

    assert world.user_wants_a_human().id == SESSION
    assert world.head.gone


def test_an_old_alert_is_not_published_with_the_words_of_the_new_session(world: World, caplog):
    world.alerter.failing = True
    world.user_wants_a_human()
    world.alerter.failing = False
    world.clock.pass_by(minutes=2)

    def meanwhile() -> None:
        world.desk.erase(SESSION, by=SUE)
        world.clock.pass_by(seconds=1)
        world.user_says("Me again")

    world.faults.before("entries", meanwhile)
    world.sweep()

    assert world.alerter.published == []
    assert "broke" not in caplog.text


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[f"{i} {name}" for i, name in enumerate(STEPS)])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_an_erasure_that_breaks_off_is_finished_by_a_sweep(world: World, number: int, fault: Fault):
    talked(world)
    parked = Parked(id="odd", at=world.clock(), channel="webchat", reason="", body="{}", session_id=SESSION)
    world.memory.park(parked)
    last, entries = world.head.seq, world.log()
    world.faults.calls.clear()
    earlier = STEPS[:number].count(STEPS[number])
    world.faults.plan(STEPS[number], *[Fault.NONE] * earlier, fault)

    with pytest.raises(Crash):
        world.desk.erase(SESSION, by=SUE)
    begun = world.head.erased_at is not None
    reading = world.desk.reader.follow(SESSION, after=0, limit=50)
    world.sweep()

    assert tuple(world.faults.calls[: number + 1]) == STEPS[: number + 1]
    assert reading.entries == ([] if begun else entries)
    assert world.log() == ([] if begun else entries)
    assert world.memory.parked(limit=9).items == ([] if begun else [parked])
    assert world.head.gone == begun
    assert world.head.cutting_at is None
    assert world.desk.erase(SESSION, by=SUE).entries == last


@pytest.mark.parametrize("name", ["erase", "parked_of", "scrub"])
def test_an_erasure_whose_store_is_busy_is_told_as_not_done_and_finished_by_a_sweep(world: World, name: str):
    talked(world)
    world.faults.plan(name, Fault.BUSY)
    receipt = world.desk.erase(SESSION, by=SUE)
    head = world.head
    world.sweep()

    assert (receipt.done, head.due_at) == (False, world.clock())
    assert world.log() == []
    assert world.desk.erase(SESSION, by=SUE).done


def test_a_deletion_that_goes_on_spares_what_the_user_says_meanwhile(world: World):
    talked(world)
    world.faults.plan("erase", Fault.BUSY)
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    seen = world.desk.reader.log(SESSION, after=None, before=None, limit=50).entries
    world.sweep()

    assert [entry.said for entry in seen] == ["Me again"]
    assert world.log() == seen
    assert world.head.cutting_at is None


def test_an_erasure_is_remembered_for_seven_days_and_then_forgotten(world: World):
    talked(world)
    at = world.clock()
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(days=7, seconds=-1)
    world.sweep()
    remembered = delivered(world, at=at)
    world.clock.pass_by(seconds=1)
    world.sweep()

    assert remembered is None
    assert world.memory.load(SESSION) is None


def test_a_user_who_came_back_keeps_their_numbers_when_the_erasure_is_forgotten(world: World):
    talked(world)
    last = world.head.seq
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    world.clock.pass_by(days=7)
    world.sweep()

    assert (world.head.erased_at, world.head.erased_by, world.head.cut) == (None, "", last)
    assert world.head.due_at is None
    assert [entry.seq for entry in world.log()] == [last + 1]


def test_a_user_who_comes_back_at_the_very_end_is_not_forgotten(world: World):
    talked(world)
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(days=7)
    world.faults.before("forget", lambda: world.user_says("Me again"))
    world.sweep()

    assert [entry.said for entry in world.log()] == ["Me again"]


def test_a_user_who_came_back_can_be_erased_again(world: World):
    talked(world)
    world.desk.erase(SESSION, by=SUE)
    world.clock.pass_by(seconds=1)
    world.user_says("Me again")
    receipt = world.desk.erase(SESSION, by=ANN)

    assert (receipt.by, receipt.entries, receipt.done) == ("ann", world.head.seq, True)
    assert world.log() == []


def test_the_end_of_one_erasure_leaves_the_next_one_to_be_finished(world: World):
    talked(world)

    def meanwhile() -> None:
        world.clock.pass_by(seconds=1)
        world.user_says("Me again")
        world.faults.plan("erase", Fault.BUSY)
        assert not world.desk.erase(SESSION, by=ANN).done

    world.faults.before("scrub", meanwhile)
    world.desk.erase(SESSION, by=SUE)
    head = world.head
    world.sweep()

    assert head.due_at == world.clock()
    assert world.log() == []


def test_an_erasure_whose_answer_was_lost_is_one_erasure(world: World):
    talked(world)
    last = world.head.seq
    world.faults.plan("commit", Fault.LOST)
    receipt = world.desk.erase(SESSION, by=SUE)

    assert (receipt.entries, receipt.done) == (last, True)
    assert world.log() == []


def test_an_agents_message_that_races_the_erasure_is_never_left_behind(world: World):
    talked(world)
    world.faults.before("commit", lambda: world.desk.erase(SESSION, by=SUE))

    with pytest.raises(SessionNotFound):
        world.agent_says("Are you still there?")

    assert world.log() == []


def test_a_pause_that_ran_out_is_erased_without_a_word(world: World):
    talked(world)
    last = world.head.seq
    world.clock.pass_by(days=2)
    world.desk.erase(SESSION, by=SUE)

    assert (world.head.seq, world.log()) == (last, [])


def test_one_line_of_the_log_tells_of_the_erasure_without_a_word_of_the_user(world: World, caplog):
    talked(world)
    last = world.head.seq
    with caplog.at_level("INFO", "chalicelib"):
        world.desk.erase(SESSION, by=SUE)
        world.desk.erase(SESSION, by=SUE)

    [line] = [record for record in caplog.records if record.message == "a person was erased"]
    assert (line.session, line.seq, line.by) == (SESSION, last, "sue")
    assert "Zoe" not in caplog.text
