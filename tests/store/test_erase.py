"""Erasing a person: all is gone but the head."""

import pytest

from chalicelib.errors import NotificationNotFound
from chalicelib.store.base import Store
from tests.store import making
from tests.store.making import NOW, SESSION, minutes

NEIGHBOURS = ["webchat:visitor-", "webchat:visitor-1.b", "webchat:visitor-11", "webchat:Visitor-1"]


def test_entries_facts_and_notifications_are_deleted_and_the_head_stays(store: Store):
    head = making.change(store, SESSION, making.says(entry_id="u:1"), making.asks_for_human(), making.remembers(a=1))
    store.erase(SESSION)

    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == []
    assert store.entries(SESSION, before=99, limit=10) == []
    assert store.find(SESSION, "u:1") is None
    assert store.facts(SESSION) == {}
    assert store.notifications(limit=10).items == []
    assert store.unread() == 0
    with pytest.raises(NotificationNotFound):
        store.mark(SESSION, 3, read=True)


def test_read_and_archived_notifications_are_deleted_too(store: Store):
    making.change(store, SESSION, making.alerts(3))
    store.mark(SESSION, 1, read=True)
    store.mark(SESSION, 2, archived=True)
    store.erase(SESSION)

    assert store.notifications(limit=10).items == []
    for seq in (1, 2, 3):
        with pytest.raises(NotificationNotFound):
            store.mark(SESSION, seq, read=True)


def test_erasing_twice_is_erasing_once(store: Store):
    head = making.change(store, SESSION, making.says(), making.alerts())
    store.erase(SESSION)
    store.erase(SESSION)

    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == []


def test_erasing_a_stranger_does_nothing(store: Store):
    store.erase("webchat:nobody")

    assert store.load("webchat:nobody") is None


def test_a_long_log_is_erased_whole(store: Store):
    for _ in range(5):
        making.change(store, SESSION, *[making.says() for _ in range(20)], making.alerts(5))
    store.erase(SESSION)

    assert making.log(store, SESSION) == []
    assert store.notifications(limit=100).items == []


def test_other_sessions_keep_everything(store: Store):
    for session_id in (SESSION, *NEIGHBOURS):
        making.change(store, session_id, making.says(entry_id="u:1"), making.alerts(), making.remembers(a=1))
    store.erase(SESSION)

    for session_id in NEIGHBOURS:
        assert [entry.seq for entry in making.log(store, session_id)] == [1, 2]
        assert store.find(session_id, "u:1") is not None
        assert store.facts(session_id) == {"a": 1}
    assert store.unread() == len(NEIGHBOURS)


def test_an_erased_session_is_numbered_on_and_may_reuse_ids(store: Store):
    making.change(store, SESSION, making.says("before", entry_id="u:1"), making.says())
    store.erase(SESSION)
    making.change(store, SESSION, making.says("after", entry_id="u:1"), making.alerts(), at=NOW + minutes(1))

    assert [(entry.seq, entry.id == "u:1") for entry in making.log(store, SESSION)] == [(3, True), (4, False)]
    assert [entry.seq for entry in store.entries(SESSION, after=2, limit=10)] == [3, 4]
    assert [entry.seq for entry in store.entries(SESSION, before=10, limit=1)] == [4]
    assert store.find(SESSION, "u:1").said == "after"
    assert store.unread() == 1
