"""DynamoDB clients for the emulators, one for all tests of a process: making one takes longer than most tests.

Libraries are imported inside, since every run reads this file, and most runs of a part need none of them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def moto_dynamodb() -> "Iterator[DynamoDBClient]":
    """Answered by moto inside `mock_aws()`, and not to be used outside."""
    import boto3

    # moto hooks into clients that are made after it was imported.
    import moto  # noqa: F401

    client = boto3.client("dynamodb")
    yield client
    client.close()


@pytest.fixture(scope="session")
def ministack_dynamodb(ministack: str) -> "Iterator[DynamoDBClient]":
    import boto3

    client = boto3.client("dynamodb", endpoint_url=ministack)
    yield client
    client.close()
