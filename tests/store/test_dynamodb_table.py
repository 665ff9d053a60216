"""The table's definition, what the code expects of it, and what an operator is told when they differ."""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.store.base import SessionQuery
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.dynamodb_items import INDEXES
from tests.emulators.table import create_table, definition
from tests.store.making import NOW, change, says, walk


@pytest.fixture
def name() -> str:
    return f"sessions-{uuid.uuid4().hex}"


@pytest.fixture
def client(ministack_dynamodb: Any) -> Any:
    return ministack_dynamodb


class Described:
    """A client to whom the table is described otherwise than it is."""

    def __init__(self, client: Any, **changes: Any) -> None:
        self._client = client
        self._changes = changes

    def describe_table(self, **request: Any) -> Any:
        answer = self._client.describe_table(**request)
        answer["Table"].update(self._changes)
        return answer


def complaints(client: Any, name: str) -> list[str]:
    return DynamoDBStore(name, client).check()


def keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(element["AttributeName"] for element in schema)


def test_the_stack_defines_the_indexes_that_the_code_reads():
    indexes = definition()["GlobalSecondaryIndexes"]

    assert {index["IndexName"]: keys(index["KeySchema"]) for index in indexes} == INDEXES
    assert keys(definition()["KeySchema"]) == ("pk", "sk")


def test_an_index_holds_keys_only():
    for index in definition()["GlobalSecondaryIndexes"]:
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_an_index_has_a_name_that_dynamodb_takes():
    for index in INDEXES:
        assert 3 <= len(index) <= 255


def test_the_table_is_guarded_against_loss_and_costs_nothing_when_idle():
    properties = definition()

    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}


def test_the_table_of_the_stack_is_in_order(client, name):
    create_table(client, name)

    assert complaints(client, name) == []


def test_a_missing_table_is_told(client, name):
    [complaint] = complaints(client, name)

    assert name in complaint
    assert "deploy the stack" in complaint


def test_a_table_with_other_keys_is_told(client, name):
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    found = complaints(client, name)

    assert len(found) == 1 + len(INDEXES)
    assert "other keys than pk and sk" in found[0]
    assert all("no index" in complaint for complaint in found[1:])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"IndexStatus": "CREATING"}, "is CREATING: wait"),
        ({"KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}]}, "other keys than d and dk"),
        ({"IndexName": "gone"}, "no index due"),
    ],
)
def test_an_index_that_cannot_serve_is_told(client, name, change, words):
    create_table(client, name)
    indexes = client.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]
    changed = [index | change if index["IndexName"] == "due" else index for index in indexes]

    [complaint] = complaints(Described(client, GlobalSecondaryIndexes=changed), name)

    assert words in complaint


def test_a_table_that_is_being_made_is_told(client, name):
    create_table(client, name)

    [complaint] = complaints(Described(client, TableStatus="CREATING"), name)

    assert "CREATING: wait" in complaint


def test_making_a_store_connects_to_nothing_and_needs_no_region(monkeypatch):
    for variable in list(os.environ):
        if variable.startswith("AWS_"):
            monkeypatch.delenv(variable)

    store = DynamoDBStore("sessions")

    store.prepare()
    store.close()


@pytest.fixture
def own(ministack: str, client: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBStore]:
    """A store that finds its server by the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", ministack)
    create_table(client, name)
    store = DynamoDBStore(name)
    yield store
    store.close()


def test_a_store_finds_its_server_by_the_environment_and_again_after_it_was_closed(own):
    change(own, "webchat:1", says("Hello"))
    own.close()

    assert own.load("webchat:1") is not None


def test_more_partitions_than_before_keep_every_session_listed_and_due(client, name):
    create_table(client, name)
    few, many = DynamoDBStore(name, client, shards=2), DynamoDBStore(name, client, shards=5)
    ids = [f"webchat:{number}" for number in range(12)]
    for session_id in ids[:6]:
        change(few, session_id, lambda draft: draft.set(next_alert_at=NOW), says())
    for session_id in ids[6:]:
        change(many, session_id, lambda draft: draft.set(next_alert_at=NOW), says())

    assert sorted(walk(many, SessionQuery(), limit=5)) == sorted(ids)
    assert sorted(many.due(NOW, limit=50)) == sorted(ids)
