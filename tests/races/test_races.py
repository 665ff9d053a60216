"""Races between threads and between processes, on real stores: after each, no invariant is broken."""

from collections.abc import Callable

import pytest

from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.policy import Policy
from tests.races import roles
from tests.races.checker import Race, violations
from tests.races.rings import LATER, Ring, session_name
from tests.races.roles import ANN, readable, role
from tests.races.summary import COUNTED
from tests.races.told import Told

pytestmark = [pytest.mark.race, pytest.mark.uncounted]

Count = Callable[[str, int], None]

LASTS, NEAR = Policy().pause_lasts.total_seconds(), 10.0
"""Seconds: how long a pause lasts that no human message renews, and how far from its end agents and sweeps are."""

OWED, ESCALATES = 90.0, 6 * 60.0
"""Seconds after which an alert that could not be published is tried again, and after which a user has waited too long."""


@pytest.fixture
def counted(record_property: Callable[[str, object], None], ring: Ring) -> Count:
    """Note for the summary how many there were."""
    return lambda what, count: record_property(COUNTED, (ring.name, what, count))


def cheap(ring: Ring, rounds: int) -> int:
    """So many rounds, a third of them where each commit is a request to an emulator."""
    return max(2, rounds // 3) if ring.name.startswith("dynamodb") else rounds


def prepared(ring: Ring, *texts: str) -> tuple[str, Told]:
    """A session in which the user has said these things."""
    corner, session, told = ring.corner(), session_name(), Told()
    for number, text in enumerate(texts):
        event = Event(f"u:before{number}", session, Text(text), corner.desk().reader.now)
        told.entries[event.id] = corner.desk().intake.receive(event).seq
    told.calls = corner.bot.calls
    return session, told


def over(ring: Ring, session: str, told: list[Told], *, taken_over: bool = False) -> Race:
    """The race after what was due is done, with nothing broken."""
    settled = ring.settle(session)
    head = ring.store.load(session)
    assert head is not None
    race = Race(head, ring.store.entries(session, limit=10_000), [*told, settled], taken_over)
    assert violations(race) == []
    return race


def test_an_acknowledged_pause_silences_the_turn_that_runs(ring: Ring, counted: Count):
    sessions, times = (20, 25) if ring.name.startswith("dynamodb") else (4, 40)
    for _ in range(sessions):
        session = session_name()

        told = ring.race(
            session, role(roles.starts_slow_turns, times=times), role(roles.pauses, times=times), role(roles.reads)
        )

        race = over(ring, session, told)
        answers = [entry for entry in race.log if entry.id.startswith("b:") and entry.id.endswith(":0")]
        assert len(answers) == sum(len(one.pauses) for one in race.told) == times
        counted("replies that came before a pause", sum(readable(entry) for entry in answers))
    counted("pauses against running turns", sessions * times)


def test_a_pause_and_an_unpause_during_a_slow_turn_leave_none_of_it_readable_and_are_told_to_the_bot(
    ring: Ring, counted: Count
):
    times = cheap(ring, 20)
    session = session_name()

    told = ring.race(
        session,
        role(roles.starts_slow_turns, times=times),
        role(roles.says_meanwhile, times=times),
        role(roles.pauses_and_unpauses, times=times),
        role(roles.reads),
    )

    race = over(ring, session, told)
    assert sum(call.handoff is not None for call in race.calls) >= times - 1
    counted("pauses against running turns", times)


def test_of_agents_who_claim_at_once_one_wins_and_the_others_learn_who(ring: Ring, counted: Count):
    rounds = cheap(ring, 30)
    for _ in range(rounds):
        session, before = prepared(ring, "Hello")

        told = ring.race(session, *[role(roles.claims, agent=agent) for agent in roles.AGENTS])

        over(ring, session, [before, *told])
    counted("claims by three agents", rounds)


@pytest.mark.parametrize(("later", "alerts"), [(OWED, ["paused"]), (ESCALATES, ["paused", "waiting"])])
def test_two_sweeps_publish_each_alert_once_and_escalate_once(
    ring: Ring, counted: Count, later: float, alerts: list[str]
):
    sessions = cheap(ring, 12)
    failing = ring.corner(failing=True)
    names = []
    for _ in range(sessions):
        names.append(prepared(ring, "Hello")[0])
        head = failing.desk().commands.pause(names[-1], trigger="user", by=roles.author_of(names[-1]))
        assert head.publications

    told = ring.race(names[0], *[role(roles.attends, sessions=names, later=later)] * 2)

    for name in names:
        entries = {entry.id: entry.seq for entry in ring.store.entries(name, limit=10) if entry.from_user()}
        race = over(ring, name, [Told(entries=entries), *told])
        assert [entry.content.why for entry in race.log if entry.kind == "alert"] == alerts
    counted("sessions under two sweeps", sessions)


def test_first_messages_at_once_are_one_session_and_each_is_kept_and_answered_once(ring: Ring, counted: Count):
    rounds = cheap(ring, 15)
    for _ in range(rounds):
        session = session_name()

        told = ring.race(
            session,
            *[role(roles.says, ids=[f"u:{number}", "u:both"]) for number in range(3)],
            role(roles.reads),
        )

        race = over(ring, session, told)
        assert sorted(entry.id for entry in race.log if entry.from_user()) == ["u:0", "u:1", "u:2", "u:both"]
    counted("first messages", 3 * rounds)


def test_a_first_message_and_a_first_pause_at_once_are_one_session(ring: Ring, counted: Count):
    rounds = cheap(ring, 15)
    for _ in range(rounds):
        session = session_name()

        told = ring.race(session, role(roles.says, ids=["u:1"]), role(roles.asks_for_a_human))

        over(ring, session, told)
    counted("first messages against pauses", rounds)


def test_an_agents_message_and_the_end_of_the_pause_at_once_leave_the_agent_in_charge(ring: Ring, counted: Count):
    rounds = cheap(ring, 15)
    for _ in range(rounds):
        session, before = prepared(ring, "Hello")
        ring.corner().desk().commands.pause(session, trigger="agent", by=ANN)

        told = ring.race(
            session,
            role(roles.answers, agent="ben", ids=["one", "two"], later=LASTS - NEAR),
            role(roles.sweeps, later=LASTS + NEAR),
            role(roles.says, ids=["u:1"], later=LASTS + NEAR),
        )

        race = over(ring, session, [before, *told])
        assert race.head.paused
    counted("agents' messages against a pause's end", rounds)


def test_a_late_answer_and_the_one_of_a_turn_taken_over_are_in_the_log_once(ring: Ring, counted: Count):
    rounds = cheap(ring, 15)
    for _ in range(rounds):
        session = session_name()

        told = ring.race(
            session, role(roles.says, ids=["u:1"], text="slow"), role(roles.takes_over, later=LATER), role(roles.reads)
        )

        race = over(ring, session, told, taken_over=True)
        assert [entry.id for entry in race.log] == ["u:1", "b:1:0", "b:1:1"]
        assert len(race.calls) == 2
    counted("turns taken over", rounds)


def test_many_who_write_at_once_lose_nothing_and_are_answered_in_turn(ring: Ring, counted: Count):
    rounds, each = cheap(ring, 5), 6
    shared = [f"u:shared{number}" for number in range(each)]
    for _ in range(rounds):
        session = session_name()

        told = ring.race(
            session,
            role(roles.hurries, ids=[f"u:own{number}" for number in range(each)]),
            role(roles.hurries, ids=shared),
            role(roles.hurries, ids=shared),
            role(roles.reads),
        )

        over(ring, session, told)
    counted("messages of three writers at once", 3 * each * rounds)
