"""What a commit and a page cost in DynamoDB's units."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.store.base import SessionQuery
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table
from tests.emulators.wire import Bill
from tests.store import making
from tests.store.making import NOW, alerts, answers, asks_for_human, change, changes, minutes, says

MESSENGER = "messenger:123456789012345.12345678901234567"
PICTURE = "https://platform-lookaside.fbsbx.com/platform/profilepic/?psid=12345678901234567&width=1024&hash=AbZ0abcdef"


@pytest.fixture
def table(ministack_dynamodb: Any) -> str:
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(ministack_dynamodb, name)
    return name


@pytest.fixture
def dynamodb(ministack_dynamodb: Any, table: str) -> DynamoDBStore:
    return DynamoDBStore(table, ministack_dynamodb)


@pytest.fixture
def bill(ministack_dynamodb: Any, dynamodb: DynamoDBStore) -> Iterator[Bill]:
    """Adds up from the moment that a test enters it."""
    return Bill(ministack_dynamodb)


def taken_over(store: DynamoDBStore, session_id: str) -> None:
    """A usual session in an agent's hands: a user with a name and a picture, a claim, an answer, a waiting user."""
    change(store, session_id, says("Hello, is anybody there?", name="Maria Schneider"))
    head = store.load(session_id)
    assert head is not None
    change(store, session_id, changes(user=head.user.but(picture_url=PICTURE)))
    change(store, session_id, asks_for_human())
    change(store, session_id, answers("Hello Maria, this is Ann. What can I do for you?"))
    change(store, session_id, says("My parcel has not arrived, and the tracking page shows nothing since Tuesday."))


@pytest.mark.parametrize("session_id", ["webchat:8178a4738e284c55860169570fa117ea", MESSENGER])
def test_a_message_into_a_paused_session_costs_six_units_and_none_for_lists_that_stay(dynamodb, bill, session_id):
    taken_over(dynamodb, session_id)
    words = says("It was order 4711, and I need it before the weekend, since it is a present for my brother.")
    draft = making.decide(dynamodb.load(session_id), session_id, words)

    with bill:
        making.commit(dynamodb, draft)

    assert bill.table == 6
    assert bill.total == bill.table
    assert bill.calls == 1


def test_an_hour_later_the_activity_list_alone_costs_more(dynamodb, bill):
    taken_over(dynamodb, MESSENGER)
    draft = making.decide(dynamodb.load(MESSENGER), MESSENGER, says("Hello?"), at=NOW + minutes(60))

    with bill:
        making.commit(dynamodb, draft)

    assert bill.table == 6
    assert bill.indexes == {"activity": 2}


def test_a_change_of_the_head_alone_costs_one_unit(dynamodb, bill):
    taken_over(dynamodb, MESSENGER)
    draft = making.decide(dynamodb.load(MESSENGER), MESSENGER, changes(read_seq=2))

    with bill:
        making.commit(dynamodb, draft)

    assert bill.total == 1


def test_reading_a_head_costs_one_unit(dynamodb, bill):
    taken_over(dynamodb, MESSENGER)

    with bill:
        dynamodb.load(MESSENGER)

    assert bill.total == 1


@pytest.mark.parametrize(
    "query",
    [SessionQuery(), SessionQuery(paused=True), SessionQuery(paused=True, assignee="none"), SessionQuery(name="M")],
)
def test_a_page_of_fifty_sessions_costs_at_most_fifty_units(dynamodb, bill, query):
    for number in range(60):
        at = NOW + timedelta(seconds=7 * number)
        change(dynamodb, f"{MESSENGER}{number:02d}", says(name="Maria Schneider"), asks_for_human(), at=at)

    with bill:
        page = dynamodb.sessions(query, limit=50)

    assert len(page.items) == 50
    assert bill.total <= 50


def test_a_page_of_fifty_notifications_costs_at_most_fifty_units(dynamodb, bill):
    for number in range(3):
        change(dynamodb, f"{MESSENGER}{number:02d}", alerts(20))

    with bill:
        page = dynamodb.notifications(limit=50)

    assert len(page.items) == 50
    assert bill.total <= 50


def test_a_poll_that_finds_nothing_new_costs_one_unit(dynamodb, bill):
    head = change(dynamodb, MESSENGER, says())

    with bill:
        dynamodb.entries(MESSENGER, after=head.seq, limit=50)

    assert bill.total <= 1


@pytest.mark.parametrize("before", [61, 31])
def test_a_page_of_a_long_log_is_one_call(dynamodb, bill, before):
    for _ in range(60):
        change(dynamodb, MESSENGER, says())

    with bill:
        page = dynamodb.entries(MESSENGER, before=before, limit=20)

    assert [entry.seq for entry in page] == list(range(before - 20, before))
    assert bill.calls == 1
