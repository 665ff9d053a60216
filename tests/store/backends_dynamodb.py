"""DynamoDB for the conformance suite: on moto, in this process, and on MiniStack, whose transactions are atomic."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws

from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table


@contextmanager
def moto(request: pytest.FixtureRequest) -> Iterator[Store]:
    client = request.getfixturevalue("moto_dynamodb")
    with mock_aws():
        create_table(client, "sessions")
        yield DynamoDBStore("sessions", client)


@contextmanager
def ministack(request: pytest.FixtureRequest) -> Iterator[Store]:
    client = request.getfixturevalue("ministack_dynamodb")
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client, name)
    yield DynamoDBStore(name, client)
    client.delete_table(TableName=name)
