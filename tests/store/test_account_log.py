"""The log of a Page is a session like any other, and stands in no list of conversations; its alerts are listed."""

from datetime import timedelta

import pytest

from chalicelib.model.session import Publication, Session, Stop, User
from chalicelib.store.base import SessionQuery, Store
from tests.store import making
from tests.store.making import NOW, minutes

PAGE = "messenger:1234567890"
USER = "messenger:1234567890.987"
ALL = SessionQuery()


def page_and_user(store: Store) -> Session:
    """A Page whose log holds an alert, and a user of it of the same name; the Page's head."""
    named = making.changes(user=User(name="Ann's shop"))
    making.change(store, USER, making.says(name="Ann's shop"))
    return making.change(store, PAGE, making.alerts(), named, at=NOW + minutes(1))


def test_its_head_and_entries_are_kept_as_every_sessions(store: Store):
    head = page_and_user(store)

    assert head.of_account
    assert store.load(PAGE) == head
    assert [entry.kind for entry in making.log(store, PAGE)] == ["alert"]
    assert store.find(PAGE, making.log(store, PAGE)[0].id) == making.log(store, PAGE)[0]


@pytest.mark.parametrize("limit", [1, 2])
def test_it_is_not_listed_among_conversations(store: Store, limit: int):
    page_and_user(store)

    assert making.walk(store, ALL, limit=limit) == [USER]
    assert store.sessions(ALL, limit=1).cursor is None


def test_it_stays_unlisted_whatever_happens_to_it(store: Store):
    page_and_user(store)
    for number in range(3):
        making.change(store, PAGE, making.alerts(), making.changes(unread=number), at=NOW + minutes(9 + number))

    assert making.walk(store, ALL, limit=2) == [USER]


@pytest.mark.parametrize("words", ["a", "ann's", "ANN'S SHOP"])
def test_it_is_not_found_by_its_name(store: Store, words: str):
    page_and_user(store)

    assert making.walk(store, SessionQuery(name=words), limit=1) == [USER]


def test_its_alerts_are_notifications(store: Store):
    page_and_user(store)
    [notification] = store.notifications(limit=9).items

    assert (notification.session_id, notification.entry, notification.read) == (
        PAGE,
        making.log(store, PAGE)[0],
        False,
    )
    assert store.unread() == 1
    store.mark(PAGE, 1, read=True)
    assert store.alert_states(PAGE, [1]) == {1: "read"}


def test_it_is_due_as_every_session_is(store: Store):
    page_and_user(store)
    stop = Stop(reason="The token is not valid any more.", at=NOW, probe_at=NOW + minutes(5))
    owed = Publication(seq=1, to=("mail",), at=NOW + minutes(7))
    making.change(store, PAGE, making.changes(stopped=stop, publications=(owed,)))

    assert PAGE not in store.due(NOW + minutes(5) - timedelta(microseconds=1), limit=9)
    assert PAGE in store.due(NOW + minutes(5), limit=9)
    making.change(store, PAGE, making.changes(stopped=None))
    assert PAGE not in store.due(NOW + minutes(6), limit=9)


def test_it_can_be_deleted(store: Store):
    head = page_and_user(store)

    assert store.erase(PAGE, through=1, limit=9)
    store.forget(head)
    assert store.load(PAGE) is None
    assert store.notifications(limit=9).items == []
    assert making.walk(store, ALL, limit=2) == [USER]


def test_the_web_chat_has_no_such_logs(store: Store):
    making.change(store, "webchat:1234567890", making.says(name="Ann"))

    assert making.walk(store, ALL, limit=2) == ["webchat:1234567890"]
    assert making.walk(store, SessionQuery(name="ann"), limit=2) == ["webchat:1234567890"]
