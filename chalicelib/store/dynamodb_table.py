"""The calls to DynamoDB that the store makes: one table, every answer checked, every failure one of ours."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unreachable

from chalicelib import aws
from chalicelib.errors import StoreBusy
from chalicelib.store.dynamodb_items import INDEXES, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        QueryInputTypeDef,
        TableDescriptionTypeDef,
        TransactWriteItemTypeDef,
        WriteRequestUnionTypeDef,
    )

    from chalicelib.store.dynamodb_items import Item

_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    # The requests are built here, from checked values; checking them again costs a tenth of a call's CPU time.
    parameter_validation=False,
)
_BUSY = {
    "InternalFailure",
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
}
_SERVER_ERROR = 500
_READS_PER_BATCH = 100
_WRITES_PER_BATCH = 25
_BATCH_TRIES = 5
_FIRST_DELAY_SECONDS = 0.05


class Refused(Exception):
    """A condition did not hold, nothing was written.

    `found`: the items whose conditions failed, by the number of the write, as they are stored; empty: there is none.
    """

    def __init__(self, found: "dict[int, Item]") -> None:
        super().__init__("a condition did not hold")
        self.found = found


class Contended(StoreBusy):
    """Another transaction was at one of the items at this moment; nothing was written."""


class Table:
    """One table. Every method raises StoreBusy when DynamoDB does not answer in time or refuses for load."""

    def __init__(self, name: str, client: "DynamoDBClient | None", sleep: Callable[[float], object]) -> None:
        self.name: Final = name
        self._client = client
        self._owned = client is None
        self._sleep = sleep
        self._lock = threading.Lock()

    @property
    def client(self) -> "DynamoDBClient":
        """Made at first use: an import must not look for credentials."""
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = aws.client("dynamodb", _CONFIG)
        return self._client

    def close(self) -> None:
        """Close the client's connections, if the client was made here."""
        with self._lock:
            if self._owned and self._client is not None:
                self._client.close()
                self._client = None

    def get(self, pk: str, sk: str) -> "Item | None":
        """The item, strongly consistent, also with transactions: all of a transaction is seen, or nothing."""
        with _translated():
            answer = self.client.get_item(TableName=self.name, Key=key(pk, sk), ConsistentRead=True)
        return answer.get("Item")

    def get_many(self, keys: Sequence[tuple[str, str]]) -> "dict[tuple[str, str], Item]":
        """The items that exist, as they were a moment ago (half the price of consistent ones)."""
        found: dict[tuple[str, str], Item] = {}
        rest: list[Mapping[str, Any]] = [key(pk, sk) for pk, sk in keys]
        tries = 0
        while rest:
            with _translated():
                answer = self.client.batch_get_item(RequestItems={self.name: {"Keys": rest[:_READS_PER_BATCH]}})
            for item in answer["Responses"].get(self.name, []):
                found[item["pk"]["S"], item["sk"]["S"]] = item
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            rest = [*(left["Keys"] if left else ()), *rest[_READS_PER_BATCH:]]
            tries = self._wait(tries) if left else tries
        return found

    def query(
        self,
        index: str | None,
        partition: str,
        bounds: str = "",
        *values: str,
        page: int,
        descending: bool = False,
    ) -> "Iterator[Item]":
        """The items of a partition in order, read `page` at a time as they are asked for.

        `index` None: the table itself, strongly consistent. `bounds` says which sort keys, as in `BETWEEN :a AND :b`.
        """
        partition_name, sort_name = ("pk", "sk") if index is None else INDEXES[index]
        condition = f"{partition_name} = :p" + (f" AND {sort_name} {bounds}" if bounds else "")
        request: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {":p": {"S": partition}}
            | {f":{name}": {"S": value} for name, value in zip("ab", values, strict=False)},
            "ScanIndexForward": not descending,
            "Limit": page,
        }
        if index is None:
            request["ConsistentRead"] = True
        else:
            request["IndexName"] = index
        while True:
            with _translated():
                answer = self.client.query(**request)
            yield from answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(self, item: "Item", condition: str = "", values: "Item | None" = None) -> None:
        """Write one item. Raises Refused, Contended."""
        optional: Any = {"ConditionExpression": condition} if condition else {}
        if values:
            optional["ExpressionAttributeValues"] = values
        with _translated():
            self.client.put_item(
                TableName=self.name, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **optional
            )

    def remove(self, pk: str, sk: str, attributes: Sequence[str], condition: str) -> None:
        """Take attributes off an item; those it has not are no error. Raises Refused."""
        optional: Any = {"UpdateExpression": "REMOVE " + ", ".join(attributes)} if attributes else {}
        with _translated():
            self.client.update_item(TableName=self.name, Key=key(pk, sk), ConditionExpression=condition, **optional)

    def delete(self, pk: str, sk: str) -> bool:
        """Delete one item; False when there was none."""
        with _translated():
            answer = self.client.delete_item(TableName=self.name, Key=key(pk, sk), ReturnValues="ALL_OLD")
        return bool(answer.get("Attributes"))

    def delete_many(self, keys: Iterable[tuple[str, str]]) -> None:
        """Delete the items, a batch at a time: what was deleted stays so when a later batch raises."""
        todo = iter(keys)
        tries = 0
        while batch := list(islice(todo, _WRITES_PER_BATCH)):
            rest: list[WriteRequestUnionTypeDef] = [{"DeleteRequest": {"Key": key(pk, sk)}} for pk, sk in batch]
            while rest:
                with _translated():
                    answer = self.client.batch_write_item(RequestItems={self.name: rest})
                rest = [*answer.get("UnprocessedItems", {}).get(self.name, ())]
                tries = self._wait(tries) if rest else tries

    def transact(self, writes: "Sequence[TransactWriteItemTypeDef]") -> None:
        """Write all, or nothing; repeated by botocore under one token, so never twice. Raises Refused, Contended."""
        with _translated():
            self.client.transact_write_items(TransactItems=writes)

    def describe(self) -> "TableDescriptionTypeDef | None":
        """What DynamoDB says about the table; None when there is none."""
        try:
            with _translated():
                return self.client.describe_table(TableName=self.name)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise

    def _wait(self, tries: int) -> int:
        """Give DynamoDB time for the rest of a batch; returns the number of waits so far. Raises StoreBusy after the last."""
        if tries == _BATCH_TRIES:
            raise StoreBusy("The database takes only a part of the request; try again in a moment.")
        self._sleep(random.uniform(0, _FIRST_DELAY_SECONDS * 2**tries))  # noqa: S311 - spreads retries, guards nothing
        return tries + 1


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        ours = _ours(error.response)
        if ours is None:
            raise
        raise ours from error
    except (Unreachable, HTTPClientError) as error:
        raise StoreBusy("The database did not answer in time; try again in a moment.") from error


def _ours(response: Mapping[str, Any]) -> Exception | None:
    """What an error answer means to the store; None: a mistake of the installation or of ours, to be seen as it is."""
    code = response["Error"]["Code"]
    reasons = response.get("CancellationReasons", [])
    codes = {code, *(reason.get("Code") for reason in reasons)}
    if code == "ConditionalCheckFailedException":
        return Refused({0: response.get("Item", {})})
    if "ConditionalCheckFailed" in codes:
        return Refused(
            {
                number: reason.get("Item", {})
                for number, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
        )
    if codes & {"TransactionConflict", "TransactionConflictException"}:
        return Contended("Somebody else is writing at this moment; try again.")
    if codes & _BUSY or response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
        return StoreBusy("The database is busy; try again in a moment.")
    return None
