"""DynamoDB for the conformance suite: on moto, in this process, and on MiniStack, whose transactions are atomic."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto import mock_aws

from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table


@contextmanager
def moto(request: pytest.FixtureRequest) -> Iterator[Store]:
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client, "sessions")
        yield DynamoDBStore("sessions", client)
        client.close()


@contextmanager
def ministack(request: pytest.FixtureRequest) -> Iterator[Store]:
    client = boto3.client("dynamodb", endpoint_url=request.getfixturevalue("ministack"))
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(client, name)
    yield DynamoDBStore(name, client)
    client.delete_table(TableName=name)
    client.close()
