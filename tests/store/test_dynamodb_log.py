"""A query may see one half of a transaction; the log must not show it."""

import uuid
from typing import Any

import pytest

from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table
from tests.store.making import SESSION, alerts, change


class HalfSeen:
    """A client whose queries do not see some entries yet; single gets do, as DynamoDB promises."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.hidden: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, **request: Any) -> Any:
        answer = self._client.query(**request)
        hidden = {f"E#{seq:010d}" for seq in self.hidden}
        answer["Items"] = [item for item in answer["Items"] if item["sk"]["S"] not in hidden]
        return answer


@pytest.fixture
def client(ministack_dynamodb: Any) -> HalfSeen:
    return HalfSeen(ministack_dynamodb)


@pytest.fixture
def dynamodb(client: HalfSeen) -> DynamoDBStore:
    """A store with a session of six entries, the last three from one commit."""
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client, name)
    store = DynamoDBStore(name, client)  # type: ignore[arg-type] # it stands in for a client
    for count in (1, 1, 1, 3):
        change(store, SESSION, alerts(count))
    return store


def numbers(store: DynamoDBStore, **window: int) -> list[int]:
    return [entry.seq for entry in store.entries(SESSION, **{"limit": 50, **window})]


@pytest.mark.parametrize("hidden", [{4}, {5}, {4, 5}])
def test_a_reader_who_goes_on_misses_nothing_of_a_commit_seen_in_part(dynamodb, client, hidden):
    client.hidden = hidden

    assert numbers(dynamodb, after=3) == [4, 5, 6]
    assert numbers(dynamodb, after=4) == [5, 6]


@pytest.mark.parametrize("hidden", [{6}, {5, 6}, {4, 5, 6}])
def test_a_commit_whose_end_is_not_seen_yet_is_read_the_next_time(dynamodb, client, hidden):
    client.hidden = hidden

    first = numbers(dynamodb, after=0)
    client.hidden = set()

    assert first + numbers(dynamodb, after=first[-1]) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("hidden", [{4}, {5}, {6}, {4, 6}, {4, 5, 6}])
def test_the_latest_page_is_whole_whatever_a_query_has_seen(dynamodb, client, hidden):
    client.hidden = hidden

    assert numbers(dynamodb, before=7, limit=2) == [5, 6]
    assert numbers(dynamodb, before=7) == [1, 2, 3, 4, 5, 6]


def test_the_page_before_an_entry_is_whole_whatever_a_query_has_seen(dynamodb, client):
    client.hidden = {1, 2, 3}

    assert numbers(dynamodb, before=4, limit=2) == [2, 3]


def test_a_log_whose_beginning_was_erased_is_read_from_where_it_begins(dynamodb, client):
    for seq in (1, 2, 3):
        client.delete_item(TableName=dynamodb._table.name, Key={"pk": {"S": SESSION}, "sk": {"S": f"E#{seq:010d}"}})
    client.hidden = {4}

    assert numbers(dynamodb, after=0) == [4, 5, 6]
    assert numbers(dynamodb, before=7) == [4, 5, 6]
    assert numbers(dynamodb, before=4) == []
