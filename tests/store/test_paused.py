"""The paused sessions: who waits, whose they are, what is due."""

from datetime import timedelta

import pytest

from chalicelib.model.alerting import escalate
from chalicelib.store.base import COUNT_LIMIT, SessionQuery, Store
from tests.store import making
from tests.store.making import ANN, BEN, NOW, minutes

PAUSED = SessionQuery(paused=True)
UNASSIGNED = SessionQuery(paused=True, assignee="none")
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_those_who_wait_come_first_longest_waiting_first(store: Store, limit: int):
    making.change(store, "webchat:quiet", making.says(), at=NOW)
    making.change(store, "webchat:answered-late", making.says(), making.answers(), at=NOW - minutes(50))
    making.change(store, "webchat:answered-early", making.says(), making.answers(), at=NOW - minutes(90))
    making.change(store, "webchat:waits-10", making.says(), making.asks_for_human(), at=NOW - minutes(10))
    making.change(store, "webchat:waits-30", making.says(), making.pauses(), at=NOW - minutes(30))
    making.change(store, "webchat:waits-20", making.says(), making.asks_for_human(), at=NOW - minutes(20))

    assert making.walk(store, PAUSED, limit=limit) == [
        "webchat:waits-30",
        "webchat:waits-20",
        "webchat:waits-10",
        "webchat:answered-early",
        "webchat:answered-late",
    ]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_those_who_wait_equally_long_come_by_id(store: Store, limit: int):
    ids = ["webchat:b", "webchat:a.b", "webchat:a", "webchat:A", "messenger:1.2"]
    for session_id in ids:
        making.change(store, session_id, making.asks_for_human())

    assert making.walk(store, PAUSED, limit=limit) == sorted(ids)


def test_waiting_is_told_apart_to_the_microsecond(store: Store):
    making.change(store, "webchat:a", making.asks_for_human(), at=NOW + TICK)
    making.change(store, "webchat:b", making.asks_for_human(), at=NOW)

    assert making.walk(store, PAUSED, limit=5) == ["webchat:b", "webchat:a"]


def test_an_answer_moves_a_session_behind_and_a_new_question_to_the_front(store: Store):
    making.change(store, "webchat:a", making.asks_for_human())
    making.change(store, "webchat:b", making.asks_for_human(), at=NOW + minutes(1))
    making.change(store, "webchat:a", making.answers(), at=NOW + minutes(2))
    assert making.walk(store, PAUSED, limit=5) == ["webchat:b", "webchat:a"]

    making.change(store, "webchat:b", making.answers(), at=NOW + minutes(3))
    making.change(store, "webchat:b", making.says(), at=NOW + minutes(4))
    assert making.walk(store, PAUSED, limit=5) == ["webchat:b", "webchat:a"]


def test_an_unpaused_session_leaves_the_list(store: Store):
    making.change(store, "webchat:a", making.asks_for_human())
    making.change(store, "webchat:a", making.unpauses(), at=NOW + minutes(1))

    assert making.walk(store, PAUSED, limit=5) == []
    assert making.walk(store, UNASSIGNED, limit=5) == []
    assert making.walk(store, SessionQuery(), limit=5) == ["webchat:a"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_paused_sessions_are_listed_by_assignee(store: Store, limit: int):
    making.change(store, "webchat:free-1", making.asks_for_human())
    making.change(store, "webchat:free-2", making.asks_for_human(), at=NOW - minutes(1))
    making.change(store, "webchat:ann-1", making.says(), making.claims(ANN), at=NOW)
    making.change(store, "webchat:ann-2", making.says(), making.claims(ANN), at=NOW - minutes(1))
    making.change(store, "webchat:ann-3", making.answers(agent=ANN), at=NOW - minutes(9))
    making.change(store, "webchat:ben", making.claims(BEN))
    making.change(store, "webchat:quiet", making.says())

    assert making.walk(store, SessionQuery(paused=True, assignee="ann"), limit=limit) == [
        "webchat:ann-2",
        "webchat:ann-1",
        "webchat:ann-3",
    ]
    assert making.walk(store, SessionQuery(paused=True, assignee="ben"), limit=limit) == ["webchat:ben"]
    assert making.walk(store, UNASSIGNED, limit=limit) == ["webchat:free-2", "webchat:free-1"]
    assert making.walk(store, SessionQuery(paused=True, assignee="an"), limit=limit) == []


def test_a_claim_moves_a_session_to_its_assignee(store: Store):
    making.change(store, "webchat:a", making.asks_for_human())
    making.change(store, "webchat:a", making.claims(ANN), at=NOW + minutes(1))

    assert making.walk(store, UNASSIGNED, limit=5) == []
    assert making.walk(store, SessionQuery(paused=True, assignee="ann"), limit=5) == ["webchat:a"]


def test_an_assignee_may_be_called_anything(store: Store):
    ids = ["a#b", "a%", "A%", "é😀", "x" * 200, "auth0|1:2/3"]
    for number, agent_id in enumerate(ids):
        making.change(store, f"webchat:{number}", making.claims(ANN.but(id=agent_id)))

    for number, agent_id in enumerate(ids):
        assert making.walk(store, SessionQuery(paused=True, assignee=agent_id), limit=5) == [f"webchat:{number}"]


def test_those_who_wait_are_counted(store: Store):
    assert store.waiting() == 0
    making.change(store, "webchat:a", making.asks_for_human())
    making.change(store, "webchat:b", making.asks_for_human())
    making.change(store, "webchat:c", making.says(), making.answers())
    making.change(store, "webchat:d", making.says())
    assert store.waiting() == 2

    making.change(store, "webchat:a", making.answers(), at=NOW + minutes(1))
    assert store.waiting() == 1


def test_the_count_of_those_who_wait_stops_at_100(store: Store):
    paused = making.decide(None, "webchat:any", making.pauses()).after
    for number in range(COUNT_LIMIT + 2):
        making.change(
            store,
            f"webchat:{number}",
            making.changes(pause=paused.pause, waiting_since=paused.waiting_since),
        )

    assert store.waiting() == COUNT_LIMIT


def test_sessions_are_due_from_their_time_on_longest_due_first(store: Store):
    for number in (2, 0, 3, 1):
        making.change(store, f"webchat:{number}", making.pauses(until=NOW + minutes(10 + number)), making.answers())
    making.change(store, "webchat:quiet", making.says())
    until = store.load("webchat:2").due_at

    assert store.due(until - TICK, limit=10) == ["webchat:0", "webchat:1"]
    assert store.due(until, limit=10) == ["webchat:0", "webchat:1", "webchat:2"]
    assert store.due(NOW + timedelta(days=9), limit=2) == ["webchat:0", "webchat:1"]


def test_sessions_due_at_the_same_instant_are_all_listed(store: Store):
    ids = ["webchat:a", "webchat:a.b", "webchat:A", "messenger:1.2"]
    for session_id in ids:
        making.change(store, session_id, making.pauses(until=NOW + minutes(10)), making.answers())

    assert sorted(store.due(NOW + minutes(10), limit=10)) == sorted(ids)


def test_a_session_that_falls_due_earlier_is_listed_earlier(store: Store):
    making.change(store, "webchat:a", making.pauses(until=NOW + minutes(60)), making.answers())
    making.change(store, "webchat:b", making.pauses(until=NOW + minutes(30)), making.answers())
    making.change(store, "webchat:a", making.pauses(until=NOW + minutes(10)), at=NOW + minutes(1))

    assert store.due(NOW + minutes(40), limit=10) == ["webchat:a", "webchat:b"]


def test_a_session_stays_due_until_what_is_owed_was_done(store: Store):
    making.change(store, "webchat:a", making.asks_for_human())
    later = NOW + minutes(6)
    assert store.due(later, limit=10) == ["webchat:a"]

    head = making.change(store, "webchat:a", lambda draft: escalate(draft, others_waiting=0), at=later)
    assert store.due(head.due_at, limit=10) == ["webchat:a"]


def test_a_due_session_loads_even_when_its_row_is_stale(store: Store):
    making.change(store, "webchat:a", making.asks_for_human())
    making.change(store, "webchat:a", making.unpauses(), at=NOW + minutes(1))

    assert all(store.load(session_id) is not None for session_id in store.due(NOW + timedelta(days=2), limit=10))
