"""Deliveries that could not be processed: kept as they came, listed, found by id and by session, deleted."""

import hashlib
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from chalicelib.errors import Malformed, TooLarge
from chalicelib.store.base import PARKED_LIMIT, Parked, Store
from chalicelib.store.keys import seal
from tests.store import making
from tests.store.making import NOW, SESSION, minutes

IDS = [
    hashlib.sha256(b"a delivery").hexdigest(),
    "in:m_AbC-123:456",
    "#",
    "a#b#c",
    " ",
    "a ",
    "%",
    "_",
    "*?[x]",
    "'; DROP TABLE parked; --",
    "line\r\nline\u2028",
    "👩‍👩‍👧 e\u0301 é",
    "\ufeff\uffff\U0010ffff",
    "x" * 200,
    "\U0010ffff" * 200,
]

NEIGHBOURS = ["a", "A", "a ", "a#", "a#1", "aa", "a%", "a_", "é", "e\u0301"]
"""Each could be taken for another by a prefix, by a pattern, without regard to case or when composed."""

NO_IDS = ["", "x" * 201, "a\x00b", "a\ud800"]

BODIES = [
    "",
    "{}",
    '{"text": "\\u0000 \\ud83d \\" \\\\ "}',
    "a\x00b\x01\x1f\x7f",
    "no JSON at all",
    '{"emoji": "👩‍👩‍👧‍👦 \U0001f3f4"}',
    "\ufeff\ufffe\uffff\U0010ffff",
    "line\r\nline\u2028line",
]

letters = random.Random(7)  # noqa: S311 - the same texts in every run
LARGE = {
    "one letter": "x" * PARKED_LIMIT,
    "quotes": '"' * PARKED_LIMIT,
    "what does not compress": "".join(map(chr, letters.choices(range(128), k=PARKED_LIMIT))),
    "control characters": "".join(map(chr, letters.choices(range(32), k=PARKED_LIMIT))),
    "three bytes a letter": "".join(map(chr, letters.choices(range(0x4E00, 0x9FFF), k=PARKED_LIMIT // 3))),
}


def parked(
    parked_id: str = "a", *, age: float = 0, body: str = '{"object":"page"}', session_id: str | None = None
) -> Parked:
    return Parked(
        id=parked_id,
        at=NOW - minutes(age),
        channel="messenger",
        reason="It has no sender.",
        body=body,
        session_id=session_id,
    )


def walk(store: Store, *, limit: int) -> list[str]:
    """The ids of all pages."""
    page = store.parked(limit=limit)
    ids = [item.id for item in page.items]
    while page.cursor is not None:
        page = store.parked(cursor=page.cursor, limit=limit)
        assert len(page.items) <= limit
        ids += [item.id for item in page.items]
    return ids


@pytest.mark.parametrize("parked_id", IDS)
def test_every_id_that_is_allowed_is_found_listed_and_unparked(store: Store, parked_id: str):
    kept = parked(parked_id, session_id=SESSION)
    store.park(parked("neighbour", age=-1))
    store.park(kept)

    assert store.find_parked(parked_id) == kept
    assert store.parked(limit=1).items == [kept]
    assert store.parked_of(SESSION, limit=9) == [kept]
    assert store.unpark(parked_id)
    assert walk(store, limit=1) == ["neighbour"]


def test_ids_that_are_similar_are_different(store: Store):
    for parked_id in NEIGHBOURS:
        store.park(parked(parked_id, body=parked_id))

    for parked_id in NEIGHBOURS:
        assert store.find_parked(parked_id).body == parked_id
    assert walk(store, limit=3) == sorted(NEIGHBOURS)
    for parked_id in NEIGHBOURS[1:]:
        assert store.unpark(parked_id)
    assert walk(store, limit=3) == NEIGHBOURS[:1]


@pytest.mark.parametrize("parked_id", NO_IDS, ids=["empty", "too long", "NUL", "half a character"])
def test_an_id_that_nothing_can_have_finds_nothing_and_is_refused_by_the_value(store: Store, parked_id: str):
    assert store.find_parked(parked_id) is None
    assert not store.unpark(parked_id)
    with pytest.raises(ValidationError, match="must have 1 to 200 characters"):
        parked(parked_id)
    with pytest.raises(ValidationError, match="must have 1 to 200 characters"):
        parked(session_id=parked_id)


@pytest.mark.parametrize("body", BODIES)
def test_every_body_comes_back_as_it_was(store: Store, body: str):
    kept = parked(body=body, session_id=SESSION)
    store.park(kept)

    assert store.find_parked("a") == kept
    assert store.find_parked("a").body == body
    assert store.parked(limit=1).items == [kept]
    assert store.parked_of(SESSION, limit=1) == [kept]


def test_half_a_character_is_kept_as_a_replacement_character(store: Store):
    store.park(parked(body='{"text":"bad \ud83d end"}'))

    assert store.find_parked("a").body == '{"text":"bad \ufffd end"}'


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_a_body_of_256_kilobytes_is_kept_whatever_it_is(store: Store, body: str):
    store.park(parked(body=body))

    assert store.find_parked("a").body == body
    assert [item.body for item in store.parked(limit=1).items] == [body]


@pytest.mark.parametrize("body", ["x" * (PARKED_LIMIT + 1), "€" * (PARKED_LIMIT // 3 + 1)], ids=["letters", "bytes"])
def test_a_body_over_the_limit_is_refused_and_nothing_is_kept(store: Store, body: str):
    with pytest.raises(TooLarge):
        store.park(parked(body=body, session_id=SESSION))

    assert store.find_parked("a") is None
    assert walk(store, limit=9) == []
    assert store.parked_of(SESSION, limit=9) == []


def test_a_page_of_large_bodies_is_whole(store: Store):
    for number in range(9):
        store.park(parked(str(number), body=LARGE["what does not compress"], session_id=SESSION))

    assert [item.id for item in store.parked(limit=100).items] == list("012345678")
    assert [item.id for item in store.parked_of(SESSION, limit=100)] == list("012345678")


def test_every_field_comes_back_as_it_was(store: Store):
    full = Parked(
        id="a",
        at=datetime(2026, 3, 1, 14, 0, 0, 1, tzinfo=timezone(timedelta(hours=2))),
        channel="messenger",
        reason="Its time is no number: \x00 é.",
        body="{}",
        session_id="messenger:1.2",
        tries=3,
    )
    bare = Parked(id="b", at=NOW, channel="x", reason="", body="")
    store.park(full)
    store.park(bare)

    assert store.find_parked("a") == full
    assert store.find_parked("a").at == datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
    assert store.find_parked("b") == bare


class LaterParked(Parked):
    """What a later release parks."""

    mood: str = ""


def test_a_later_release_may_have_parked_fields_that_are_unknown_here(store: Store):
    store.park(LaterParked(**parked().model_dump(), mood="sunny"))

    assert store.find_parked("a") == parked()
    assert store.parked(limit=1).items == [parked()]


def test_nothing_is_parked_at_first(store: Store):
    page = store.parked(limit=9)

    assert (page.items, page.cursor) == ([], None)
    assert store.parked_of(SESSION, limit=9) == []
    assert store.find_parked("a") is None
    assert not store.unpark("a")


def test_the_same_id_again_changes_nothing(store: Store):
    first = parked(session_id=SESSION)
    store.park(first)
    store.park(first)
    store.park(parked(age=5, body="another", session_id="webchat:another"))

    assert store.find_parked("a") == first
    assert store.parked(limit=9).items == [first]
    assert store.parked_of(SESSION, limit=9) == [first]
    assert store.parked_of("webchat:another", limit=9) == []


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 100])
def test_what_is_parked_is_listed_oldest_first_then_by_id(store: Store, limit: int):
    for parked_id, age in (("d", 1), ("c", 2), ("a", 1), ("e", 0), ("b", 1)):
        store.park(parked(parked_id, age=age))

    assert walk(store, limit=limit) == ["c", "a", "b", "d", "e"]


def test_equal_times_and_odd_ids_are_walked_without_a_hole_or_a_repeat(store: Store):
    for parked_id in reversed(IDS):
        store.park(parked(parked_id))

    assert walk(store, limit=1) == sorted(IDS)


def test_times_within_one_second_are_told_apart(store: Store):
    for number in (3, 1, 2):
        store.park(parked(str(9 - number)).but(at=NOW + timedelta(microseconds=number)))

    assert walk(store, limit=9) == ["8", "7", "6"]


def test_a_page_that_holds_everything_leads_nowhere(store: Store):
    store.park(parked())

    assert store.parked(limit=1).cursor is None


def test_a_walk_goes_on_where_it_was_though_what_it_met_is_unparked(store: Store):
    for number in range(5):
        store.park(parked(str(number), age=-number))
    page = store.parked(limit=2)
    for item in page.items:
        store.unpark(item.id)
    store.park(parked("new", age=-9))

    rest = store.parked(cursor=page.cursor, limit=9)
    assert [item.id for item in rest.items] == ["2", "3", "4", "new"]


@pytest.mark.parametrize("cursor", ["", "x", "not base64!", "é", seal("no place"), seal("a\x00#b"), seal("a#b") + "="])
def test_a_foreign_cursor_is_malformed(store: Store, cursor: str):
    with pytest.raises(Malformed):
        store.parked(cursor=cursor, limit=9)


def test_what_is_unparked_is_gone_everywhere_and_once(store: Store):
    store.park(parked(session_id=SESSION))
    store.park(parked("b", session_id=SESSION))

    assert [store.unpark("a"), store.unpark("a")] == [True, False]
    assert store.find_parked("a") is None
    assert walk(store, limit=9) == ["b"]
    assert [item.id for item in store.parked_of(SESSION, limit=9)] == ["b"]


def test_what_was_unparked_may_be_parked_again_at_another_time_and_of_another(store: Store):
    store.park(parked(session_id=SESSION))
    store.unpark("a")
    again = parked(age=9, session_id="webchat:another").but(tries=1)
    store.park(again)

    assert store.find_parked("a") == again
    assert store.parked(limit=9).items == [again]
    assert store.parked_of(SESSION, limit=9) == []
    assert store.parked_of("webchat:another", limit=9) == [again]
    assert store.unpark("a")
    assert walk(store, limit=9) == []


def test_what_is_parked_of_a_session_is_its_own_alone_oldest_first(store: Store):
    mine = "messenger:1.2"
    for number, session_id in enumerate(["messenger:1.22", "messenger:1", "Messenger:1.2", "messenger:1_2", None]):
        store.park(parked(f"other{number}", session_id=session_id))
    for parked_id, age in (("c", 1), ("b", 2), ("a", 1)):
        store.park(parked(parked_id, age=age, session_id=mine))

    assert [item.id for item in store.parked_of(mine, limit=9)] == ["b", "a", "c"]
    assert [item.id for item in store.parked_of(mine, limit=2)] == ["b", "a"]
    assert [item.id for item in store.parked_of("messenger:1", limit=9)] == ["other1"]
    assert store.parked_of("messenger:", limit=9) == []


def test_parking_is_no_part_of_a_session(store: Store):
    store.park(parked(session_id=SESSION))
    head = making.change(store, SESSION, making.says(), making.alerts(), making.remembers(a=1))

    assert (store.load(SESSION), len(making.log(store, SESSION)), store.facts(SESSION)) == (head, 2, {"a": 1})
    assert store.erase(SESSION, through=2, limit=9)
    assert [item.id for item in store.parked_of(SESSION, limit=9)] == ["a"]


def test_a_try_in_vain_is_counted_and_changes_nothing_else(store: Store):
    kept = parked("a", body='{"text": "\\u0000 é"}' + "x" * 2000)
    store.park(kept)
    for _ in range(3):
        store.count_try("a")

    assert store.find_parked("a") == kept.but(tries=3)
    assert store.parked(limit=5).items == [kept.but(tries=3)]
    assert store.unpark("a")
    assert store.parked(limit=5).items == []


def test_a_try_of_what_is_not_parked_is_not_counted(store: Store):
    for name in ("a", *NO_IDS):
        store.count_try(name)

    assert store.parked(limit=5).items == []


def test_what_was_tried_in_vain_and_comes_again_stays_as_it_is(store: Store):
    store.park(parked("a"))
    store.count_try("a")
    store.park(parked("a"))

    assert [kept.tries for kept in store.parked(limit=5).items] == [1]
