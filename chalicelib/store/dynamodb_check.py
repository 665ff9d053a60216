"""Whether the table is the one that `.chalice/resources.json` defines, said so that an operator can act on it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chalicelib.store.dynamodb_items import INDEXES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        GlobalSecondaryIndexDescriptionTypeDef,
        KeySchemaElementTypeDef,
        TableDescriptionTypeDef,
    )

_READY = {"ACTIVE", "UPDATING"}
"""States in which a table serves requests."""


def _deploying(index: str) -> str:  # noqa: ARG001 - other answers depend on it
    return "deploy the stack again to add it."


def complaints(
    name: str, table: "TableDescriptionTypeDef | None", *, lacks_index: Callable[[str], str] = _deploying
) -> list[str]:
    """What is wrong, one sentence each; empty: all is well. `table` None: there is none of this name.

    `lacks_index` says what to do about an index that is missing.
    """
    if table is None:
        return [
            f"There is no DynamoDB table {name} in this account and region: deploy the stack, or correct HITL_STORE."
        ]
    found = []
    if table.get("TableStatus") not in _READY:
        found.append(f"The table {name} is {table.get('TableStatus')}: wait until it is ACTIVE.")
    if _keys(table.get("KeySchema", [])) != ("pk", "sk"):
        found.append(f"The table {name} has other keys than pk and sk: point HITL_STORE at the table of the stack.")
    indexes = {index.get("IndexName"): index for index in table.get("GlobalSecondaryIndexes", [])}
    for index_name, keys in INDEXES.items():
        if index_name in indexes:
            found += _index_complaints(name, index_name, keys, indexes[index_name])
        else:
            found.append(f"The table {name} has no index {index_name}: {lacks_index(index_name)}")
    return found


def _index_complaints(
    table: str, name: str, keys: tuple[str, str], index: "GlobalSecondaryIndexDescriptionTypeDef"
) -> list[str]:
    if _keys(index.get("KeySchema", [])) != keys:
        wanted = " and ".join(keys)
        return [
            f"The index {name} of the table {table} has other keys than {wanted}: delete it and deploy the stack again."
        ]
    if index.get("IndexStatus", "ACTIVE") != "ACTIVE":  # an emulator may not tell
        return [f"The index {name} of the table {table} is {index.get('IndexStatus')}: wait until it is ACTIVE."]
    return []


def _keys(schema: "Sequence[KeySchemaElementTypeDef]") -> tuple[str, ...]:
    """The attributes' names, the partition's first."""
    return tuple(element["AttributeName"] for element in sorted(schema, key=lambda element: element["KeyType"]))
