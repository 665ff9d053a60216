"""`/openapi.json` is a valid OpenAPI 3.1 document; that all answers fit it, the `Api` of these tests checks."""

import re
from typing import Any

import pytest

from chalicelib.handlers.openapi import describe
from tests.handlers.api import Api
from tests.handlers.schema import complaints, references

OPERATIONS = [(path, method) for path, methods in describe()["paths"].items() for method in methods]


def _operation(path: str, method: str) -> dict[str, Any]:
    return describe()["paths"][path][method]


def test_the_description_is_served_to_everybody(api: Api):
    answer = api.get("/openapi.json")

    assert (answer.headers["content-type"], answer.json["openapi"]) == ("application/json", "3.1.0")


def test_the_description_has_all_that_openapi_requires():
    document = describe()

    assert document["info"].keys() >= {"title", "version"}
    assert document.keys() <= {"openapi", "info", "paths", "components", "security", "servers", "tags"}
    assert document["components"].keys() <= {"schemas", "securitySchemes"}
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in document["components"]["schemas"])


def test_every_reference_leads_somewhere():
    document = describe()

    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_every_schema_uses_only_words_that_are_checked_here():
    schemas = describe()["components"]["schemas"]

    for schema in schemas.values():
        for value in ({}, [], "", 0, None):
            list(complaints(value, schema, schemas))


def test_operations_have_names_of_their_own():
    names = [_operation(*where)["operationId"] for where in OPERATIONS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_part_of_a_path_is_declared(path: str, method: str):
    declared = [parameter["name"] for parameter in _operation(path, method)["parameters"] if parameter["in"] == "path"]

    assert declared == re.findall(r"{(\w+)}", path)
    assert all(each["required"] for each in _operation(path, method)["parameters"] if each["in"] == "path")


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_names_a_scheme_that_exists(path: str, method: str):
    schemes = describe()["components"]["securitySchemes"]

    assert all(name in schemes for choice in _operation(path, method).get("security", []) for name in choice)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_in_words_and_by_a_schema(path: str, method: str):
    responses = _operation(path, method)["responses"]

    assert ("202" if path.endswith("{session}") and method == "delete" else "200") in responses
    for status, answer in responses.items():
        assert answer["description"]
        assert status == "200" or answer["content"]["application/json"]["schema"]
        assert answer["content"].keys() <= {"application/json", "text/plain", "*/*"}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_only_posts_have_bodies(path: str, method: str):
    assert ("requestBody" in _operation(path, method)) == (method == "post")


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (True, {"type": "integer"}),
        (1, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"b": 1}, {"properties": {"a": {}}, "additionalProperties": False}),
        ({}, {"required": ["a"]}),
        (["x"], {"items": {"type": "integer"}}),
        ("2026-01-01T00:00:00", {"format": "date-time"}),
        ("c", {"$ref": "#/components/schemas/Letter"}),
    ],
)
def test_what_does_not_fit_a_schema_is_noticed(value: Any, schema: dict[str, Any]):
    assert list(complaints(value, schema, {"Letter": {"enum": ["a", "b"]}}))
