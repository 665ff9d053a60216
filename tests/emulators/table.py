"""The session table of `.chalice/resources.json`, made in an emulator."""

import json
from pathlib import Path
from typing import Any

RESOURCES = Path(__file__).parents[2] / ".chalice" / "resources.json"
_PARTS = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
"""What an emulator needs; the rest (recovery, encryption, protection) is AWS's business."""


def definition() -> dict[str, Any]:
    """The properties of the table as the stack has them."""
    properties: dict[str, Any] = json.loads(RESOURCES.read_text())["Resources"]["SessionTable"]["Properties"]
    return properties


def create_table(client: Any, name: str) -> None:
    """Make the table, empty; the emulators have it ready at once."""
    properties = definition()
    client.create_table(TableName=name, **{part: properties[part] for part in _PARTS})
