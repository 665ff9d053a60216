"""Alerts as the admin page lists them."""

from datetime import timedelta

import pytest

from chalicelib.errors import NotificationNotFound
from chalicelib.model.entry import AlertDetail
from chalicelib.store.base import COUNT_LIMIT, Notification, Store
from tests.store import making
from tests.store.making import NOW, SESSION, minutes


def listed(store: Store, *, limit: int = 100) -> list[Notification]:
    """All pages of the list."""
    page = store.notifications(limit=limit)
    found = list(page.items)
    while page.cursor is not None:
        page = store.notifications(cursor=page.cursor, limit=limit)
        assert len(page.items) <= limit
        found += page.items
    return found


def places(notifications: list[Notification]) -> list[tuple[str, int]]:
    return [(notification.session_id, notification.entry.seq) for notification in notifications]


def test_an_alert_becomes_an_unread_notification(store: Store):
    making.change(store, SESSION, making.says(), making.asks_for_human())
    alert = making.log(store, SESSION)[-1]

    assert listed(store) == [Notification(session_id=SESSION, entry=alert)]
    assert store.unread() == 1


def test_what_is_no_alert_is_no_notification(store: Store):
    making.change(store, SESSION, making.says(), making.answers(), making.unpauses())

    assert listed(store) == []
    assert store.unread() == 0


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_notifications_are_listed_newest_first(store: Store, limit: int):
    for number in (2, 0, 4, 1, 3):
        making.change(store, f"webchat:{number}", making.alerts(), at=NOW + number * timedelta(microseconds=1))

    assert places(listed(store, limit=limit)) == [(f"webchat:{number}", 1) for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_notifications_of_the_same_instant_are_all_listed_once(store: Store, limit: int):
    for session_id in ("webchat:a", "webchat:a.b", "webchat:A"):
        making.change(store, session_id, making.alerts(12))
    found = places(listed(store, limit=limit))

    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found) == 36


def test_a_walk_meets_every_notification_once_while_new_ones_come(store: Store):
    for number in range(6):
        making.change(store, f"webchat:{number}", making.alerts(), at=NOW + minutes(number))
    page = store.notifications(limit=2)
    found = places(page.items)
    while page.cursor is not None:
        making.change(store, making.fresh("webchat:new"), making.alerts(), at=NOW + minutes(10))
        page = store.notifications(cursor=page.cursor, limit=2)
        found += places(page.items)

    assert found == [(f"webchat:{number}", 1) for number in (5, 4, 3, 2, 1, 0)]


def test_a_read_notification_stays_listed_and_is_not_counted(store: Store):
    making.change(store, SESSION, making.alerts(2))
    store.mark(SESSION, 1, read=True)

    assert [(one.entry.seq, one.read, one.archived) for one in listed(store)] == [(2, False, False), (1, True, False)]
    assert store.unread() == 1


def test_an_archived_notification_is_not_listed_nor_counted(store: Store):
    making.change(store, SESSION, making.alerts(2))
    store.mark(SESSION, 1, archived=True)

    assert places(listed(store)) == [(SESSION, 2)]
    assert store.unread() == 1


def test_marking_twice_changes_nothing(store: Store):
    making.change(store, SESSION, making.alerts(3))
    for _ in range(2):
        store.mark(SESSION, 1, read=True)
        store.mark(SESSION, 2, archived=True)

    assert [(one.entry.seq, one.read) for one in listed(store)] == [(3, False), (1, True)]
    assert store.unread() == 1


def test_a_read_notification_can_be_archived(store: Store):
    making.change(store, SESSION, making.alerts())
    store.mark(SESSION, 1, read=True)
    store.mark(SESSION, 1, archived=True)

    assert listed(store) == []


def test_reading_an_archived_notification_does_not_bring_it_back(store: Store):
    making.change(store, SESSION, making.alerts())
    store.mark(SESSION, 1, archived=True)
    store.mark(SESSION, 1, read=True)

    assert listed(store) == []
    assert store.unread() == 0


@pytest.mark.parametrize("how", [{"read": True}, {"archived": True}])
@pytest.mark.parametrize(
    ("session_id", "seq"),
    [("webchat:nobody", 1), (SESSION, 1), (SESSION, 99), (SESSION, 10**40), ("webchat:visitor-", 2)],
)
def test_marking_what_is_no_alert_is_told(store: Store, session_id: str, seq: int, how: dict[str, bool]):
    making.change(store, SESSION, making.says(), making.alerts())

    with pytest.raises(NotificationNotFound):
        store.mark(session_id, seq, **how)
    assert store.unread() == 1


def test_all_are_marked_as_read_in_steps(store: Store):
    making.change(store, "webchat:a", making.alerts(4))
    making.change(store, "webchat:b", making.alerts(3))
    store.mark("webchat:a", 1, read=True)
    store.mark("webchat:b", 1, archived=True)

    assert store.mark_all_read(limit=3) == 3
    assert store.unread() == 2
    assert store.mark_all_read(limit=3) == 2
    assert store.mark_all_read(limit=3) == 0
    assert store.unread() == 0
    assert len(listed(store)) == 6
    assert all(notification.read for notification in listed(store))


def test_the_count_of_unread_ones_stops_at_100(store: Store):
    for _ in range(6):
        making.change(store, SESSION, making.alerts(17))

    assert len(listed(store, limit=50)) == 102
    assert store.unread() == COUNT_LIMIT


def test_an_amended_alert_is_listed_as_it_is_now(store: Store):
    making.change(store, SESSION, making.alerts(text="Lok here"))
    store.mark(SESSION, 1, read=True)
    alert = making.log(store, SESSION)[0].but(content=AlertDetail("Look here", why="notify"))
    making.change(store, SESSION, making.amends(alert))

    assert listed(store) == [Notification(session_id=SESSION, entry=alert, read=True)]
