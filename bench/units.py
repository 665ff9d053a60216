"""What DynamoDB bills for a call, by the rules of its documentation, from the items that it reads and writes.

An emulator may answer numbers of its own: MiniStack's for writes follow the same rules, and its reads are always billed as
one unit, however much they return.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.store.dynamodb_items import INDEXES

Item = Mapping[str, Mapping[str, Any]]

_WRITE_BYTES, _READ_BYTES = 1024, 4096
_KEYS = ("pk", "sk")


def size(item: Item) -> int:
    """Bytes of an item: names and values, as DynamoDB counts them. Raises ValueError for a type that we never store."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "B":
        return len(held)
    if kind == "N":  # two digits a byte, and one for the rest
        digits = held.lstrip("-").replace(".", "").strip("0")
        return math.ceil(len(digits) / 2) + 1
    raise ValueError(f"{kind} is not counted")


def write_units(before: Item | None, after: Item | None, *, transaction: bool = False) -> int:
    """Units of the table for a put, an update or a delete: a kilobyte each, of the larger version; twice in a transaction."""
    larger = max(size(item) if item else 0 for item in (before, after))
    return max(1, math.ceil(larger / _WRITE_BYTES)) * (2 if transaction else 1)


def index_units(before: Item | None, after: Item | None) -> Counter[str]:
    """Units by index: one for a row that comes or goes, two for one that moves, none for one that stays.

    All indexes hold keys alone, so a row whose keys stay is not written.
    """
    units: Counter[str] = Counter()
    for name, attributes in INDEXES.items():
        old, new = _place(before, attributes), _place(after, attributes)
        if old != new:
            units[name] = sum(_kilobytes(item, place) for item, place in ((before, old), (after, new)) if place)
    return units


def read_units(sizes: Sequence[int], *, consistent: bool) -> float:
    """Units of one query or get: its items together, 4 kB each, half when eventually consistent. Nothing found costs one read."""
    return max(1, math.ceil(sum(sizes) / _READ_BYTES)) * (1.0 if consistent else 0.5)


def _place(item: Item | None, attributes: Sequence[str]) -> tuple[str, ...] | None:
    """Where an item stands in an index; None: it is not in it."""
    if not item or any(name not in item for name in attributes):
        return None
    return tuple(item[name]["S"] for name in attributes)


def _kilobytes(item: Item | None, place: Sequence[str]) -> int:
    keys = sum(len(str((item or {})[name]["S"])) for name in _KEYS) + sum(map(len, place))
    return max(1, math.ceil(keys / _WRITE_BYTES))
