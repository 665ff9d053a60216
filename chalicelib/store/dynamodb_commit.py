"""One commit: how DynamoDB is asked for it, and what it means when DynamoDB refuses."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from chalicelib.errors import Conflict, Duplicate, TooLarge
from chalicelib.model.entry import Entry, encode
from chalicelib.model.session import Session
from chalicelib.store.dynamodb_items import (
    FACTS,
    HEAD,
    entry_item,
    entry_key,
    facts_item,
    head_item,
    id_item,
    key,
    packed,
    read_entry,
    read_head,
)
from chalicelib.store.dynamodb_table import Contended, Refused, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from chalicelib.store.dynamodb_items import Item

_NEW = "attribute_not_exists(pk)"
_STORED = "attribute_exists(pk)"
_WRITES_LIMIT = 100
"""DynamoDB's, for one transaction: 49 entries, each with its id, the head and the facts."""


def commit(
    table: Table,
    shards: int,
    before: Session | None,
    after: Session,
    entries: Sequence[Entry],
    amends: Sequence[Entry],
    facts: Mapping[str, JsonValue] | None,
) -> None:
    """As `Store.commit`; a single conditional write where only the head moves, else one transaction."""
    head = head_item(after, shards)
    condition = _NEW if before is None else "r = :r"
    values: Item | None = None if before is None else {":r": {"N": str(before.rev)}}
    rest = _writes_beside_head(table.name, after.id, entries, amends, facts)
    try:
        if rest:
            table.transact([_put(table.name, head, condition, values), *rest])
        else:
            table.put(head, condition, values)
    except Refused as refused:
        _settle(table, after, entries, refused)
    except Contended as contended:
        raise Conflict("Somebody else is changing the session at this moment.") from contended


def forget(table: Table, head: Session) -> None:
    """As `Store.forget`. Raises Refused, Contended."""
    known: Item = {":r": {"N": str(head.rev)}}
    doomed: TransactWriteItemTypeDef = {
        "Delete": {
            "TableName": table.name,
            "Key": key(head.id, HEAD),
            "ConditionExpression": f"{_NEW} OR r = :r",
            "ExpressionAttributeValues": known,
        }
    }
    table.transact([doomed, {"Delete": {"TableName": table.name, "Key": key(head.id, FACTS)}}])


def _writes_beside_head(
    table: str,
    session_id: str,
    entries: Sequence[Entry],
    amends: Sequence[Entry],
    facts: Mapping[str, JsonValue] | None,
) -> "list[TransactWriteItemTypeDef]":
    """First the ids, in the order of `entries`: `_settle` counts on it."""
    writes = [_put(table, id_item(session_id, entry), _NEW) for entry in entries]
    writes += [_put(table, entry_item(session_id, entry)) for entry in entries]
    writes += [_amend(table, session_id, entry) for entry in amends]
    if facts is not None:
        writes.append(_put(table, facts_item(session_id, facts)))
    if len(writes) >= _WRITES_LIMIT:
        raise TooLarge("One commit may have 49 entries.")
    return writes


def _put(
    table: str, item: "Item", condition: str | None = None, values: "Item | None" = None
) -> "TransactWriteItemTypeDef":
    write: TransactWriteItemTypeDef = {"Put": {"TableName": table, "Item": item}}
    if condition is not None:
        write["Put"]["ConditionExpression"] = condition
        write["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if values is not None:
        write["Put"]["ExpressionAttributeValues"] = values
    return write


def _amend(table: str, session_id: str, entry: Entry) -> "TransactWriteItemTypeDef":
    """Only the text: an alert keeps its place among the notifications, and an erased entry is not brought back."""
    return {
        "Update": {
            "TableName": table,
            "Key": key(session_id, entry_key(entry.seq)),
            "UpdateExpression": "SET j = :j",
            "ConditionExpression": _STORED,
            "ExpressionAttributeValues": {":j": packed(encode(entry))},
        }
    }


def _settle(table: Table, after: Session, entries: Sequence[Entry], refused: Refused) -> None:
    """Return if this very commit was done before; else raise Duplicate with the stored entry, or Conflict."""
    head = refused.found.get(0)
    if head and after.attempt and read_head(head).attempt == after.attempt:
        return
    for number in range(1, len(entries) + 1):
        known = refused.found.get(number)
        stored = table.get(after.id, entry_key(int(known["n"]["N"]))) if known else None
        if stored is not None:
            raise Duplicate(read_entry(stored)) from refused
    raise Conflict("The session was changed meanwhile.") from refused
