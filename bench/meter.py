"""Counts what the store asks of DynamoDB, and what that would cost, while the calls go to an emulator."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from bench.units import Item, index_units, read_units, size, write_units

_NOTED = "hitl-bench"


@dataclass
class Bill:
    """Round trips and units of some calls. `emulator`: write units as the emulator answered them, to compare.

    `published`: alerts; `queued`: requests to the queue; `sent`: calls to a vendor; `answered` and `logged`: bytes.
    """

    trips: int = 0
    reads: float = 0.0
    writes: int = 0
    index_writes: Counter[str] = field(default_factory=Counter)
    published: int = 0
    queued: int = 0
    sent: int = 0
    answered: int = 0
    logged: int = 0
    emulator: float = 0.0

    @property
    def written(self) -> int:
        """Write units of table and indexes together."""
        return self.writes + self.index_writes.total()


class _Write(NamedTuple):
    """One item about to be written."""

    table: str
    key: dict[str, Any]
    transaction: bool
    before: Item | None = None


class Events(Protocol):
    """What botocore emits to: a session, or a client's `meta.events`."""

    def register(self, event_name: str, handler: Callable[..., Any]) -> object: ...


class Meter:
    """Counts while it is told to. `looker` is a client that it does not listen to."""

    def __init__(self, looker: Any) -> None:
        self._looker = looker
        self._bill: Bill | None = None

    def listen_to(self, events: Events) -> None:
        """Of a session: the clients that it makes from now on."""
        events.register("provide-client-params.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)
        events.register("after-call.sns.Publish", self._published)
        events.register("after-call.sqs.SendMessageBatch", self._queued)

    @contextmanager
    def metering(self) -> Iterator[Bill]:
        """Count the calls of this block."""
        self._bill = Bill()
        try:
            yield self._bill
        finally:
            self._bill = None

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> dict[str, Any]:
        if self._bill is None:
            return params
        writes = [write._replace(before=self._look(write)) for write in _writes(model.name, params)]
        context[_NOTED] = params, writes
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:
        bill = self._bill
        if bill is None or _NOTED not in context:
            return
        params, writes = context[_NOTED]
        bill.trips += 1
        if not writes:
            bill.reads += _read(model.name, params, parsed)
            return
        for write in writes:
            after = self._look(write)
            bill.writes += write_units(write.before, after, transaction=write.transaction)
            bill.index_writes += index_units(write.before, after)
        told = parsed.get("ConsumedCapacity", [])
        bill.emulator += sum(part["CapacityUnits"] for part in (told if isinstance(told, list) else [told]))

    def _published(self, **_: object) -> None:
        if self._bill is not None:
            self._bill.published += 1

    def _queued(self, **_: object) -> None:
        if self._bill is not None:
            self._bill.queued += 1

    def _look(self, write: _Write) -> Item | None:
        item: Item | None = self._looker.get_item(TableName=write.table, Key=write.key, ConsistentRead=True).get("Item")
        return item


def _writes(operation: str, params: Mapping[str, Any]) -> Iterator[_Write]:
    """Every item that the call is about to write."""
    if operation == "TransactWriteItems":
        for action in params["TransactItems"]:
            [write] = action.values()
            yield _Write(write["TableName"], _key(write), transaction=True)
    elif operation == "BatchWriteItem":
        for table, requests in params["RequestItems"].items():
            for request in requests:
                [write] = request.values()
                yield _Write(table, _key(write), transaction=False)
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield _Write(params["TableName"], _key(params), transaction=False)


def _key(write: Mapping[str, Any]) -> dict[str, Any]:
    return {name: (write.get("Item") or write["Key"])[name] for name in ("pk", "sk")}


def _read(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
    """Units of a read. Raises KeyError for an operation that the store has never used."""
    if operation == "BatchGetItem":  # each item for itself; one that is not there costs as much as a small one
        found = [size(item) for items in parsed["Responses"].values() for item in items]
        asked = sum(len(wanted["Keys"]) for wanted in params["RequestItems"].values())
        left = sum(len(wanted["Keys"]) for wanted in parsed.get("UnprocessedKeys", {}).values())
        missing = [0] * (asked - left - len(found))
        return sum(read_units([one], consistent=False) for one in (*found, *missing))
    items = {"GetItem": [parsed["Item"]] if "Item" in parsed else [], "Query": parsed.get("Items")}[operation]
    return read_units([size(item) for item in items or ()], consistent=params.get("ConsistentRead", False))
