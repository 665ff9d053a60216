"""Keys that DynamoDB cannot hold name nothing, instead of being an error."""

import uuid
from typing import Any

import pytest

from chalicelib.errors import Malformed, NotificationNotFound
from chalicelib.store.base import SessionQuery
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.keys import seal
from tests.emulators.table import create_table

IMPOSSIBLE = ["", "webchat:\ud800", "webchat:" + "x" * 2048]


@pytest.fixture
def dynamodb(ministack_dynamodb: Any) -> DynamoDBStore:
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(ministack_dynamodb, name)
    return DynamoDBStore(name, ministack_dynamodb)


@pytest.mark.parametrize("session_id", IMPOSSIBLE, ids=["empty", "no text", "too long"])
def test_an_impossible_session_is_an_unknown_one(dynamodb, session_id):
    assert dynamodb.erase(session_id, through=9, limit=9)

    assert dynamodb.load(session_id) is None
    assert dynamodb.entries(session_id, limit=10) == []
    assert dynamodb.facts(session_id) == {}
    assert dynamodb.find(session_id, "u:1") is None
    with pytest.raises(NotificationNotFound):
        dynamodb.mark(session_id, 1, read=True)


@pytest.mark.parametrize("entry_id", ["u:\ud800", "u:" + "x" * 1024])
def test_an_impossible_entry_id_finds_nothing(dynamodb, entry_id):
    assert dynamodb.find("webchat:1", entry_id) is None


@pytest.mark.parametrize(
    "query", [SessionQuery(name="\ud800"), SessionQuery(assignee="\ud800"), SessionQuery(assignee="")]
)
def test_an_impossible_search_finds_nothing(dynamodb, query):
    assert dynamodb.sessions(query, limit=10).items == []


def test_a_cursor_longer_than_any_key_is_malformed(dynamodb):
    with pytest.raises(Malformed):
        dynamodb.sessions(SessionQuery(), cursor=seal("#" + "x" * 1024), limit=10)
    with pytest.raises(Malformed):
        dynamodb.notifications(cursor=seal("#" + "x" * 1024), limit=10)
