"""Checks a value against the part of JSON Schema that our own description uses; an unknown keyword is an error."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

SILENT = {"title", "description", "default", "discriminator"}
"""Keywords that refuse nothing."""

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def complaints(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str = "$") -> Iterator[str]:
    """What is wrong with the value, a sentence each; `schemas` are the components that references name."""
    if "$ref" in schema:
        yield from complaints(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, place)
    for keyword in schema.keys() - SILENT - {"$ref"}:
        match keyword:
            case "properties" | "required" | "additionalProperties":
                if isinstance(value, dict):
                    yield from _members(keyword, value, schema, schemas, place)
            case "items":
                for index, item in enumerate(value if isinstance(value, list) else ()):
                    yield from complaints(item, schema["items"], schemas, f"{place}[{index}]")
            case "anyOf" | "oneOf":
                fits = sum(not any(complaints(value, choice, schemas)) for choice in schema[keyword])
                if fits == 0 or (keyword == "oneOf" and fits > 1):
                    yield f"{place} fits {fits} of {keyword}"
            case _:
                if not _PLAIN[keyword](value, schema[keyword]):
                    yield f"{place}: {keyword} must be {schema[keyword]}"


def references(node: Any) -> Iterator[str]:
    """Every reference anywhere in the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


def _members(
    keyword: str, value: dict[str, Any], schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    if keyword == "required":
        yield from (f"{place}.{name} is missing" for name in schema["required"] if name not in value)
    elif keyword == "properties":
        for name in value.keys() & known.keys():
            yield from complaints(value[name], known[name], schemas, f"{place}.{name}")
    elif schema["additionalProperties"] is False:
        yield from (f"{place}.{name} is not described" for name in value.keys() - known.keys())


def _typed(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _formatted(value: Any, name: str) -> bool:
    if name != "date-time":
        raise NotImplementedError(name)
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


_PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "type": _typed,
    "format": _formatted,
    "const": lambda value, said: value == said,
    "enum": lambda value, said: value in said,
    "minimum": lambda value, said: not _typed(value, "number") or value >= said,
    "maximum": lambda value, said: not _typed(value, "number") or value <= said,
    "minLength": lambda value, said: not isinstance(value, str) or len(value) >= said,
    "maxLength": lambda value, said: not isinstance(value, str) or len(value) <= said,
    "minItems": lambda value, said: not isinstance(value, list) or len(value) >= said,
    "maxItems": lambda value, said: not isinstance(value, list) or len(value) <= said,
    "pattern": lambda value, said: not isinstance(value, str) or re.search(said, value) is not None,
}
