"""What is parked is an item and its rows on DynamoDB: what one is seen without the other, or changes in between, does."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import StoreBusy
from chalicelib.store.base import Parked
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.dynamodb_items import PARKED_ITEM, key, parked_partition
from tests.emulators.table import create_table
from tests.emulators.wire import Wire
from tests.store.making import NOW, SESSION, minutes


class Meanwhile:
    """A client between whose next get and the answer to it something else happens."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.happens: Callable[[], object] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        answer = self._client.get_item(**request)
        if self.happens is not None:
            happens, self.happens = self.happens, None
            happens()
        return answer


@pytest.fixture
def client(ministack_dynamodb: Any) -> Meanwhile:
    return Meanwhile(ministack_dynamodb)


@pytest.fixture
def table(client: Meanwhile) -> str:
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client._client, name)
    return name


@pytest.fixture
def dynamodb(client: Meanwhile, table: str) -> DynamoDBStore:
    return DynamoDBStore(table, client)  # type: ignore[arg-type] # it stands in for a client


def parked(parked_id: str, *, age: float = 0) -> Parked:
    return Parked(id=parked_id, at=NOW - minutes(age), channel="messenger", reason="", body="{}", session_id=SESSION)


def test_a_row_whose_item_is_not_there_is_left_out_and_the_page_filled(
    dynamodb: DynamoDBStore, client: Any, table: str
):
    for number in range(5):
        dynamodb.park(parked(str(number), age=-number))
    for gone in "02":
        client.delete_item(TableName=table, Key=key(parked_partition(gone), PARKED_ITEM))
    first = dynamodb.parked(limit=2)
    rest = dynamodb.parked(cursor=first.cursor, limit=2)

    assert [item.id for item in first.items + rest.items] == ["1", "3", "4"]
    assert rest.cursor is None
    assert [item.id for item in dynamodb.parked_of(SESSION, limit=9)] == ["1", "3", "4"]


def test_what_is_parked_again_while_it_is_unparked_is_kept_whole(dynamodb: DynamoDBStore, client: Meanwhile):
    again = parked("a", age=5).but(tries=1)

    def meanwhile() -> None:
        assert dynamodb.unpark("a")
        dynamodb.park(again)

    dynamodb.park(parked("a"))
    client.happens = meanwhile

    assert not dynamodb.unpark("a")
    assert dynamodb.find_parked("a") == again
    assert dynamodb.parked(limit=9).items == [again]
    assert dynamodb.parked_of(SESSION, limit=9) == [again]


def test_unparking_leaves_no_item_behind(dynamodb: DynamoDBStore, client: Any, table: str):
    dynamodb.park(parked("a"))
    before = client.scan(TableName=table)["Count"]
    dynamodb.unpark("a")

    assert (before, client.scan(TableName=table)["Count"]) == (3, 0)


@pytest.mark.parametrize("session_id", ["", "webchat:\ud800", "webchat:" + "x" * 2048])
def test_of_an_impossible_session_nothing_is_parked(dynamodb: DynamoDBStore, session_id: str):
    assert dynamodb.parked_of(session_id, limit=9) == []


def test_two_at_the_same_id_at_once_are_told_to_try_again(ministack_dynamodb: Any, table: str):
    store = DynamoDBStore(table, ministack_dynamodb)
    store.park(parked("a"))
    reasons = ("TransactionConflict", "None", "None")
    with Wire(ministack_dynamodb) as wire:
        for task in (lambda: store.park(parked("b")), lambda: store.unpark("a")):
            wire.fail("TransactWriteItems", "TransactionCanceledException", reasons=reasons)
            with pytest.raises(StoreBusy):
                task()

    assert [item.id for item in store.parked(limit=9).items] == ["a"]
