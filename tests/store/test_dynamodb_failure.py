"""DynamoDB refuses, answers in parts, or does not answer: what the store makes of it."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.errors import Conflict, Duplicate, StoreBusy, TooLarge
from chalicelib.store.base import SessionQuery
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table
from tests.emulators.wire import Wire
from tests.store.making import SESSION, alerts, change, changes, commit, decide, log, says

BUSY = [
    ("ProvisionedThroughputExceededException", 400),
    ("ThrottlingException", 400),
    ("RequestLimitExceeded", 400),
    ("TransactionInProgressException", 400),
    ("InternalServerError", 500),
    ("ServiceUnavailable", 503),
    ("SomethingNew", 500),
]


@pytest.fixture(scope="module")
def client(ministack: str) -> Iterator[Any]:
    """It repeats nothing by itself, so that no test waits for its pauses."""
    made = boto3.client("dynamodb", endpoint_url=ministack, config=Config(retries={"total_max_attempts": 1}))
    yield made
    made.close()


@pytest.fixture
def naps() -> list[float]:
    """The seconds for which the store wanted to sleep."""
    return []


@pytest.fixture
def dynamodb(client: Any, naps: list[float]) -> DynamoDBStore:
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client, name)
    return DynamoDBStore(name, client, sleep=naps.append)


@pytest.fixture
def wire(client: Any, dynamodb: DynamoDBStore) -> Iterator[Wire]:
    with Wire(client) as opened:
        yield opened


def nothing_done(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {
        "Responses": {},
        "UnprocessedKeys": request["RequestItems"],
        "UnprocessedItems": request["RequestItems"],
    }


@pytest.mark.parametrize(("code", "status"), BUSY)
def test_a_refusal_for_load_is_told_as_busy(dynamodb, wire, code, status):
    for operation in ("GetItem", "PutItem", "TransactWriteItems", "Query", "BatchGetItem"):
        wire.fail(operation, code, status=status)

    with pytest.raises(StoreBusy):
        dynamodb.load(SESSION)
    with pytest.raises(StoreBusy):
        change(dynamodb, SESSION, changes(unread=1))
    with pytest.raises(StoreBusy):
        change(dynamodb, SESSION, says())
    with pytest.raises(StoreBusy):
        log(dynamodb, SESSION)
    change(dynamodb, SESSION, says())
    with pytest.raises(StoreBusy):
        dynamodb.sessions(SessionQuery(), limit=1)


def test_an_answer_that_does_not_come_in_time_is_told_as_busy(dynamodb, wire):
    def too_late(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")

    wire.answer("GetItem", too_late)

    with pytest.raises(StoreBusy):
        dynamodb.load(SESSION)


def test_a_server_that_is_not_there_is_told_as_busy():
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    nowhere = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9", config=config)

    with pytest.raises(StoreBusy):
        DynamoDBStore("sessions", nowhere).load(SESSION)

    nowhere.close()


def test_a_transaction_refused_for_load_is_told_as_busy(dynamodb, wire):
    wire.fail("TransactWriteItems", "TransactionCanceledException", reasons=("ThrottlingError", "None", "None"))

    with pytest.raises(StoreBusy):
        change(dynamodb, SESSION, says())


def test_a_transaction_that_met_another_one_is_a_conflict(dynamodb, wire):
    wire.fail("TransactWriteItems", "TransactionCanceledException", reasons=("TransactionConflict", "None", "None"))

    with pytest.raises(Conflict):
        change(dynamodb, SESSION, says())


def test_a_head_that_met_a_transaction_is_a_conflict(dynamodb, wire):
    wire.fail("PutItem", "TransactionConflictException")

    with pytest.raises(Conflict):
        change(dynamodb, SESSION, changes(unread=1))


def test_a_mark_that_met_a_transaction_is_told_as_busy(dynamodb, wire):
    change(dynamodb, SESSION, alerts())
    wire.fail("UpdateItem", "TransactionConflictException")

    with pytest.raises(StoreBusy):
        dynamodb.mark(SESSION, 1, read=True)


def test_a_mistake_of_the_installation_is_seen_as_it_is(dynamodb, wire):
    wire.fail("GetItem", "AccessDeniedException")
    wire.fail("DescribeTable", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDenied"):
        dynamodb.load(SESSION)
    with pytest.raises(ClientError, match="AccessDenied"):
        dynamodb.check()


def test_a_commit_whose_answer_was_lost_is_recognised_when_it_is_repeated(dynamodb, wire):
    draft = decide(None, SESSION, says())
    commit(dynamodb, draft)

    commit(dynamodb, draft)

    assert log(dynamodb, SESSION) == draft.entries
    assert wire.calls["TransactWriteItems"] == 2


def test_an_id_whose_entry_was_erased_meanwhile_is_a_conflict(dynamodb, client):
    change(dynamodb, SESSION, says(entry_id="u:1"))
    client.delete_item(TableName=dynamodb._table.name, Key={"pk": {"S": SESSION}, "sk": {"S": "E#0000000001"}})

    with pytest.raises(Conflict):
        change(dynamodb, SESSION, says(entry_id="u:1"))


def test_an_entry_that_was_erased_is_not_brought_back_by_an_amend(dynamodb):
    change(dynamodb, SESSION, says())
    entry = log(dynamodb, SESSION)[0]
    dynamodb.erase(SESSION, through=99, limit=99)

    with pytest.raises(Conflict):
        change(dynamodb, SESSION, lambda draft: draft.amend(entry))

    assert log(dynamodb, SESSION) == []


def test_a_page_read_in_parts_is_whole(dynamodb, wire, naps):
    change(dynamodb, SESSION, says())
    wire.answer("BatchGetItem", nothing_done, times=2)

    page = dynamodb.sessions(SessionQuery(), limit=10)

    assert [session.id for session in page.items] == [SESSION]
    assert len(naps) == 2
    assert all(0 <= nap <= 0.1 for nap in naps)


def test_a_page_that_is_never_read_whole_is_given_up_after_a_while(dynamodb, wire, naps):
    change(dynamodb, SESSION, says())
    wire.answer("BatchGetItem", nothing_done, times=100)

    with pytest.raises(StoreBusy):
        dynamodb.sessions(SessionQuery(), limit=10)

    assert wire.calls["BatchGetItem"] == 6
    assert sum(naps) <= 1.6


def test_an_erasure_done_in_parts_is_whole(dynamodb, wire, naps):
    change(dynamodb, SESSION, says(), alerts())
    wire.answer("BatchWriteItem", nothing_done)

    dynamodb.erase(SESSION, through=99, limit=99)

    assert log(dynamodb, SESSION) == []
    assert dynamodb.notifications(limit=10).items == []
    assert len(naps) == 1


def test_an_erasure_that_broke_off_is_completed_by_the_next_one(dynamodb, wire):
    change(dynamodb, SESSION, alerts(30))
    wire.let_through("BatchWriteItem")
    wire.fail("BatchWriteItem", "InternalServerError", status=500)

    with pytest.raises(StoreBusy):
        dynamodb.erase(SESSION, through=99, limit=99)
    dynamodb.erase(SESSION, through=99, limit=99)

    assert log(dynamodb, SESSION) == []
    assert dynamodb.unread() == 0
    assert dynamodb.load(SESSION) is not None


def test_a_commit_of_49_entries_and_facts_is_one_transaction(dynamodb):
    change(dynamodb, SESSION, alerts(49))

    assert len(log(dynamodb, SESSION)) == 49


def test_more_than_one_transaction_can_take_is_refused_and_nothing_is_written(dynamodb):
    with pytest.raises(TooLarge):
        change(dynamodb, SESSION, alerts(50))

    assert dynamodb.load(SESSION) is None


def test_two_of_one_batch_marking_all_read_count_each_notification_once(dynamodb, wire):
    change(dynamodb, SESSION, alerts(2))
    wire.fail("UpdateItem", "ConditionalCheckFailedException")

    assert dynamodb.mark_all_read(limit=10) == 1


def test_a_duplicate_is_told_even_if_other_writes_met_a_transaction(dynamodb, wire):
    change(dynamodb, SESSION, says(entry_id="u:1"))
    stored = log(dynamodb, SESSION)[0]
    known = {"Code": "ConditionalCheckFailed", "Item": {"n": {"N": "1"}}}
    reasons = [{"Code": "TransactionConflict"}, known, {"Code": "None"}]
    body = {"__type": "TransactionCanceledException", "CancellationReasons": reasons}
    wire.answer("TransactWriteItems", lambda request: (400, body))

    with pytest.raises(Duplicate) as raised:
        change(dynamodb, SESSION, says(entry_id="u:1"))

    assert raised.value.entry == stored
