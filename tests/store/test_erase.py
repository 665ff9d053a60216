"""Erasing a person: the log up to a number is deleted a part at a time, and last of all the head is forgotten."""

import pytest

from chalicelib.errors import Conflict, NotificationNotFound
from chalicelib.model.erasing import erase
from chalicelib.store.base import SessionQuery, Store
from tests.store import making
from tests.store.making import NOW, SESSION, minutes

NEIGHBOURS = ["webchat:visitor-", "webchat:visitor-1.b", "webchat:visitor-11", "webchat:Visitor-1"]


def erased(draft) -> None:
    erase(draft, by="ann")


def delete(store: Store, *, through: int) -> None:
    """All of it, however often the store wants to be asked."""
    for _ in range(20):
        if store.erase(SESSION, through=through, limit=50):
            return
    pytest.fail("this deletion does not come to an end")


def test_entries_ids_and_notifications_are_deleted_and_the_head_stays(store: Store):
    head = making.change(store, SESSION, making.says(entry_id="u:1"), making.asks_for_human(), making.remembers(a=1))
    delete(store, through=head.seq)

    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == []
    assert store.entries(SESSION, before=99, limit=10) == []
    assert store.find(SESSION, "u:1") is None
    assert store.facts(SESSION) == {"a": 1}
    assert store.notifications(limit=10).items == []
    assert store.unread() == 0
    with pytest.raises(NotificationNotFound):
        store.mark(SESSION, 3, read=True)


def test_what_came_after_the_number_stays(store: Store):
    making.change(store, SESSION, making.says(entry_id="u:1"), making.alerts(2), making.says("kept", entry_id="u:2"))
    making.change(store, SESSION, making.alerts())
    delete(store, through=3)

    assert [entry.seq for entry in store.entries(SESSION, after=3, limit=10)] == [4, 5]
    assert [entry.seq for entry in store.entries(SESSION, before=99, limit=10)] == [4, 5]
    assert store.find(SESSION, "u:1") is None
    assert store.find(SESSION, "u:2").said == "kept"
    assert [item.entry.seq for item in store.notifications(limit=10).items] == [5]
    assert store.unread() == 1


def test_read_and_archived_notifications_are_deleted_too(store: Store):
    making.change(store, SESSION, making.alerts(3))
    store.mark(SESSION, 1, read=True)
    store.mark(SESSION, 2, archived=True)
    delete(store, through=3)

    assert store.notifications(limit=10).items == []
    assert store.alert_states(SESSION, [1, 2, 3]) == {}
    for seq in (1, 2, 3):
        with pytest.raises(NotificationNotFound):
            store.mark(SESSION, seq, read=True)


def test_erasing_twice_is_erasing_once(store: Store):
    head = making.change(store, SESSION, making.says(), making.alerts())
    delete(store, through=2)
    delete(store, through=2)

    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == []


def test_erasing_a_stranger_does_nothing(store: Store):
    assert store.erase("webchat:nobody", through=5, limit=5)
    assert store.load("webchat:nobody") is None


def test_a_long_log_is_erased_in_parts_and_whole(store: Store):
    for _ in range(5):
        making.change(store, SESSION, *[making.says() for _ in range(20)], making.alerts(5))
    first = store.erase(SESSION, through=125, limit=50)
    left = len(store.entries(SESSION, before=999, limit=500))
    delete(store, through=125)

    assert not first
    assert left >= 60
    assert making.log(store, SESSION) == []
    assert store.notifications(limit=100).items == []


def test_other_sessions_keep_everything(store: Store):
    for session_id in (SESSION, *NEIGHBOURS):
        making.change(store, session_id, making.says(entry_id="u:1"), making.alerts(), making.remembers(a=1))
    delete(store, through=2)
    store.scrub()

    for session_id in NEIGHBOURS:
        assert [entry.seq for entry in making.log(store, session_id)] == [1, 2]
        assert store.find(session_id, "u:1") is not None
        assert store.facts(session_id) == {"a": 1}
    assert store.unread() == len(NEIGHBOURS)


def test_an_erased_session_is_numbered_on_and_may_reuse_ids(store: Store):
    making.change(store, SESSION, making.says("before", entry_id="u:1"), making.says())
    delete(store, through=2)
    making.change(store, SESSION, making.says("after", entry_id="u:1"), making.alerts(), at=NOW + minutes(1))

    assert [(entry.seq, entry.id == "u:1") for entry in making.log(store, SESSION)] == [(3, True), (4, False)]
    assert [entry.seq for entry in store.entries(SESSION, after=2, limit=10)] == [3, 4]
    assert [entry.seq for entry in store.entries(SESSION, before=10, limit=1)] == [4]
    assert store.find(SESSION, "u:1").said == "after"
    assert store.unread() == 1


def test_a_tombstone_stands_in_no_list_and_is_due(store: Store):
    making.change(store, SESSION, making.says(name="Maria"), making.asks_for_human(), making.remembers(a=1))
    head = making.change(store, SESSION, erased, at=NOW + minutes(1))

    assert head.gone
    assert store.load(SESSION) == head
    for query in (
        SessionQuery(),
        SessionQuery(paused=True),
        SessionQuery(paused=True, assignee="none"),
        SessionQuery(name="Ma"),
    ):
        assert store.sessions(query, limit=10).items == []
    assert store.waiting() == 0
    assert store.facts(SESSION) == {}
    assert store.due(NOW + minutes(1), limit=10) == [SESSION]


def test_notifications_are_hidden_before_they_are_deleted(store: Store):
    making.change(store, SESSION, making.alerts(2))
    making.change(store, NEIGHBOURS[0], making.alerts())
    making.change(store, SESSION, erased, at=NOW + minutes(1))
    making.change(store, SESSION, making.alerts(), at=NOW + minutes(2))

    listed = [(item.session_id, item.entry.seq) for item in store.notifications(limit=10).items]
    assert listed == [(SESSION, 3), (NEIGHBOURS[0], 1)]


def test_a_session_that_goes_on_after_its_erasure_is_listed_again(store: Store):
    making.change(store, SESSION, making.says())
    making.change(store, SESSION, erased, at=NOW + minutes(1))
    making.change(store, SESSION, making.says(), at=NOW + minutes(2))

    assert making.walk(store, SessionQuery(), limit=5) == [SESSION]


def test_a_forgotten_session_never_was(store: Store):
    making.change(store, SESSION, making.says(), making.remembers(a=1))
    head = making.change(store, SESSION, erased)
    delete(store, through=1)
    store.forget(head)

    assert store.load(SESSION) is None
    assert store.facts(SESSION) == {}
    assert store.due(NOW + minutes(99_999), limit=10) == []
    assert making.change(store, SESSION, making.says()).seq == 1


def test_forgetting_twice_is_forgetting_once(store: Store):
    making.change(store, SESSION, making.says())
    head = making.change(store, SESSION, erased)
    delete(store, through=1)
    store.forget(head)
    store.forget(head)

    assert store.load(SESSION) is None


def test_a_head_that_was_written_to_meanwhile_is_not_forgotten(store: Store):
    making.change(store, SESSION, making.says())
    head = making.change(store, SESSION, erased)
    now = making.change(store, SESSION, making.says(), making.remembers(a=1), at=NOW + minutes(1))

    with pytest.raises(Conflict):
        store.forget(head)

    assert store.load(SESSION) == now
    assert store.facts(SESSION) == {"a": 1}


def test_a_commit_that_meets_a_forgotten_head_is_a_conflict(store: Store):
    making.change(store, SESSION, making.says())
    head = making.change(store, SESSION, erased)
    delete(store, through=1)
    late = making.decide(head, SESSION, making.says(), at=NOW + minutes(1))
    store.forget(head)

    with pytest.raises(Conflict):
        making.commit(store, late)

    assert store.load(SESSION) is None
    assert making.log(store, SESSION) == []


def test_it_is_told_what_has_become_of_each_alert(store: Store):
    making.change(store, SESSION, making.says(), making.alerts(3))
    store.mark(SESSION, 3, read=True)
    store.mark(SESSION, 4, archived=True)

    assert store.alert_states(SESSION, [1, 2, 3, 4, 5]) == {2: "unread", 3: "read", 4: "archived"}
    assert store.alert_states("webchat:nobody", [1]) == {}
