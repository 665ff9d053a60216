"""MiniStack for a part of the bench: a table, a topic, and an environment that leads the product's own clients to them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from bench.meter import Meter
from chalicelib import aws
from tests.emulators.ministack import PROGRAM, running
from tests.emulators.table import create_table

TABLE = "hitl-bench"
MISSING = "MiniStack is not installed here (`make test` installs it): not measured."


@dataclass(frozen=True)
class Cloud:
    """`client` is not metered."""

    address: str
    topic: str
    queue: str
    client: Any
    meter: Meter


def installed() -> bool:
    """Whether there is an emulator at all."""
    return PROGRAM.exists()


@contextmanager
def cloud() -> Iterator[Cloud]:
    """For one process, which cannot go back: the environment and the product's session stay as this leaves them."""
    with tempfile.TemporaryDirectory(prefix="hitl-bench-") as folder, running(Path(folder)) as address:
        os.environ.update(
            {
                "AWS_ENDPOINT_URL": address,
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "bench",
                "AWS_SECRET_ACCESS_KEY": "bench",
            }
        )
        aside = boto3.session.Session()
        client = aside.client("dynamodb")
        create_table(client, TABLE)
        topic = aside.client("sns").create_topic(Name="hitl-bench")["TopicArn"]
        queue = aside.client("sqs").create_queue(QueueName="hitl-bench.fifo", Attributes={"FifoQueue": "true"})
        meter = Meter(client)
        meter.listen_to(aws.session())
        yield Cloud(address, topic, queue["QueueUrl"], client, meter)
