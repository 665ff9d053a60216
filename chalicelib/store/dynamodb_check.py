"""Whether the table is the one that `.chalice/resources.json` defines, said so that an operator can act on it."""

from collections.abc import Sequence
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


def complaints(name: str, table: "TableDescriptionTypeDef | None") -> list[str]:
    """What is wrong, one sentence each; empty: all is well. `table` None: there is none of this name."""
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
        found += _index_complaints(name, index_name, keys, indexes.get(index_name))
    return found


def _index_complaints(
    table: str, name: str, keys: tuple[str, str], index: "GlobalSecondaryIndexDescriptionTypeDef | None"
) -> list[str]:
    if index is None:
        return [f"The table {table} has no index {name}: deploy the stack again to add it."]
    if _keys(index.get("KeySchema", [])) != keys:
        wanted = " and ".join(keys)
        return [
            f"The index {name} of the table {table} has other keys than {wanted}: delete it and deploy the stack again."
        ]
    if index.get("IndexStatus") != "ACTIVE":
        return [f"The index {name} of the table {table} is {index.get('IndexStatus')}: wait until it is ACTIVE."]
    return []


def _keys(schema: "Sequence[KeySchemaElementTypeDef]") -> tuple[str, ...]:
    """The attributes' names, the partition's first."""
    return tuple(element["AttributeName"] for element in sorted(schema, key=lambda element: element["KeyType"]))
