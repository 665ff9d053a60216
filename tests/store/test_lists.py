"""The lists of sessions: all of them, and by name."""

import base64
from datetime import timedelta

import pytest

from chalicelib.errors import Malformed
from chalicelib.model.session import User
from chalicelib.store.base import SessionQuery, Store
from tests.store import making
from tests.store.making import NOW, minutes

ALL = SessionQuery()
LISTS = [ALL, SessionQuery(paused=True), SessionQuery(paused=True, assignee="ann"), SessionQuery(name="a")]
PAGE_SIZES = [1, 2, 3, 100]
SIMILAR = ["webchat:a", "webchat:a.b", "webchat:a-b", "webchat:a0", "webchat:A", "webchat:aa", "messenger:a.1"]
FOUND = {
    "%": ["%d"],
    "_": ["_a"],
    "#": ["#1"],
    "STRASS": ["Straße"],
    "straß": ["Straße"],
    "zoe": [],
    "zoë": ["Zoë"],
    "👩": ["👩 \u200d", "👩‍👩"],
    "שלום": ["שלום"],
    "\U0010ffff": ["\U0010ffff\U0010ffff"],
    "\ud7ff": ["\ud7ffx"],
    "x" * 80: ["x" * 80],
    "x" * 200: ["x" * 80],
    "a\x00b": ["ab"],
    "straße#webchat:": [],
    "ab\x1f": [],
    "nobody": [],
    "'": ["'quoted'"],
    "*": [],
}
"""Which names are found by which beginning."""
FOREIGN_CURSORS = [
    "",
    "x",
    "=",
    "####",
    "é",
    "\x00",
    "\ud800",
    "a b",
    "../..",
    base64.urlsafe_b64encode(b"no number sign").decode().rstrip("="),
    base64.urlsafe_b64encode(b"0#padded").decode(),
    base64.urlsafe_b64encode(b"0#nul\x00").decode().rstrip("="),
    base64.urlsafe_b64encode(b"0#\xff\xfe").decode().rstrip("="),
    "x" * 4001,
]


def test_a_store_without_sessions_lists_none(store: Store):
    for query in LISTS:
        page = store.sessions(query, limit=10)
        assert (page.items, page.cursor) == ([], None)


@pytest.mark.parametrize("limit", PAGE_SIZES)
def test_all_sessions_are_listed_by_latest_activity(store: Store, limit: int):
    for number in (3, 1, 4, 0, 2):
        making.change(store, f"webchat:{number}", making.says(), at=NOW - minutes(number))

    assert making.walk(store, ALL, limit=limit) == [f"webchat:{number}" for number in range(5)]


@pytest.mark.parametrize("limit", PAGE_SIZES)
def test_sessions_of_the_same_minute_are_listed_by_id(store: Store, limit: int):
    minute = NOW.replace(second=0, microsecond=0)
    for number, session_id in enumerate(SIMILAR):
        making.change(store, session_id, making.says(), at=minute + timedelta(seconds=7 * number))
    making.change(store, "webchat:zzz", making.says(), at=minute + minutes(1))

    assert making.walk(store, ALL, limit=limit) == ["webchat:zzz", *sorted(SIMILAR)]


def test_a_listed_session_is_its_whole_head(store: Store):
    head = making.change(store, "webchat:a", making.says(name="Zoë"), making.asks_for_human(), making.claims())

    assert store.sessions(ALL, limit=1).items == [head]


def test_new_activity_moves_a_session_to_the_top(store: Store):
    for number in range(3):
        making.change(store, f"webchat:{number}", making.says(), at=NOW - minutes(number))
    making.change(store, "webchat:2", making.says(), at=NOW + minutes(1))

    assert making.walk(store, ALL, limit=2) == ["webchat:2", "webchat:0", "webchat:1"]


def test_a_page_that_holds_everything_leads_nowhere(store: Store):
    making.change(store, "webchat:a", making.says())

    assert store.sessions(ALL, limit=2).cursor is None


def test_a_walk_meets_every_quiet_session_once_while_others_are_busy(store: Store):
    for number in range(12):
        making.change(store, f"webchat:{number:02}", making.says(), at=NOW - minutes(number))
    busy = ["webchat:01", "webchat:05", "webchat:10"]
    seen: list[str] = []
    page = store.sessions(ALL, limit=2)
    for step in range(1, 20):
        seen += [session.id for session in page.items]
        if page.cursor is None:
            break
        for session_id in busy:
            making.change(store, session_id, making.says(), at=NOW + minutes(step))
        making.change(store, f"webchat:new{step}", making.says(), at=NOW + minutes(step))
        page = store.sessions(ALL, cursor=page.cursor, limit=2)

    assert [session_id for session_id in seen if session_id not in busy] == [
        f"webchat:{number:02}" for number in range(12) if f"webchat:{number:02}" not in busy
    ]
    assert len(seen) == len(set(seen))


def test_a_cursor_outlives_the_session_it_names(store: Store):
    for number in range(4):
        making.change(store, f"webchat:{number}", making.says(), making.pauses(), at=NOW + minutes(number))
    page = store.sessions(SessionQuery(paused=True), limit=2)
    making.change(store, "webchat:1", making.unpauses(), at=NOW + minutes(9))

    rest = making.walk_on(store, SessionQuery(paused=True), page, limit=2)
    assert rest == ["webchat:2", "webchat:3"]


@pytest.mark.parametrize("query", LISTS, ids=["all", "paused", "assignee", "name"])
def test_a_foreign_cursor_is_malformed(store: Store, query: SessionQuery):
    for cursor in FOREIGN_CURSORS:
        with pytest.raises(Malformed):
            store.sessions(query, cursor=cursor, limit=5)


def test_a_foreign_cursor_of_notifications_is_malformed(store: Store):
    for cursor in FOREIGN_CURSORS:
        with pytest.raises(Malformed):
            store.notifications(cursor=cursor, limit=5)


def with_names(store: Store, *names: str) -> None:
    """One session for each name, its id telling which."""
    for number, name in enumerate(names):
        making.change(store, f"webchat:{number}", making.says(name=name))


def names_like(store: Store, prefix: str, *, limit: int = 2) -> list[str]:
    heads = (store.load(session_id) for session_id in making.walk(store, SessionQuery(name=prefix), limit=limit))
    return [head.user.name for head in heads]


@pytest.mark.parametrize("limit", PAGE_SIZES)
def test_names_are_found_by_their_beginning_without_case_in_order(store: Store, limit: int):
    with_names(store, "Anna", "ANN", "Ann Lee", "annabel", "An", "Bann", "Zoë")

    assert names_like(store, "aNn", limit=limit) == ["ANN", "Ann Lee", "Anna", "annabel"]


def test_people_of_the_same_name_are_all_found_by_id(store: Store):
    for session_id in reversed(SIMILAR):
        making.change(store, session_id, making.says(name="Sam"))

    assert making.walk(store, SessionQuery(name="Sam"), limit=2) == sorted(SIMILAR)


def test_a_name_is_found_whatever_it_is_made_of(store: Store):
    for name in {name for names in FOUND.values() for name in names} | {"\ue000y"}:
        making.change(store, making.fresh("webchat:n"), making.says(name=name))

    assert {prefix: names_like(store, prefix) for prefix in FOUND} == FOUND


def test_a_nameless_user_is_not_found_by_name(store: Store):
    making.change(store, "webchat:a", making.says())

    assert names_like(store, "a") == []


def test_a_user_who_is_renamed_is_found_by_the_new_name_only(store: Store):
    making.change(store, "webchat:a", making.says(name="Ann"))
    making.change(store, "webchat:a", lambda draft: draft.set(user=User(name="Zoë")))

    assert names_like(store, "Ann") == []
    assert names_like(store, "Zoë") == ["Zoë"]
