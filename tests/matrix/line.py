"""DynamoDB stores behind a relay that the next write meets a fault in."""

import re

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.http_relay import HEADER, HttpRelay
from tests.matrix.layer import Blow

WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
PATIENCE_SECONDS = 20
IMPATIENT_SECONDS = 0.02
"""How long a request is waited for that is to hang; with all others, the patience of a busy machine."""


class Line:
    """A store; its next write after `strike` carries the fault's name. `attempts`: which try each request since then was."""

    def __init__(self, store: DynamoDBStore) -> None:
        self.store = store
        self.client = store._table.client
        self.client.meta.events.register("before-send.dynamodb", self._mark)
        self.fault: str | None = None
        self.attempts: list[str] = []

    def strike(self, blow: Blow) -> None:
        self.fault = blow.name
        self.attempts.clear()

    def close(self) -> None:
        self.client.close()

    def _mark(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        """None: the client sends the request as it is now."""
        self.attempts += re.findall(r"attempt=(\d+)", str(request.headers["amz-sdk-request"]))
        if self.fault is None or event_name.rpartition(".")[2] not in WRITES:
            return None
        request.headers[HEADER], self.fault = self.fault, None
        return self._marked(request)

    def _marked(self, request: AWSPreparedRequest) -> AWSResponse | None:
        """For those who send it themselves."""
        return None


class Impatient(Line):
    """It repeats nothing by itself: that is what the desk does, and without pauses here."""

    def __init__(self, relay: HttpRelay) -> None:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_SECONDS)
        client = boto3.client("dynamodb", endpoint_url=relay.address, config=config)
        super().__init__(DynamoDBStore("wire", client, shards=1))
        self._relay = relay
        self._impatient = URLLib3Session(timeout=(PATIENCE_SECONDS, IMPATIENT_SECONDS))

    def close(self) -> None:
        super().close()
        self._impatient.close()

    def _marked(self, request: AWSPreparedRequest) -> AWSResponse | None:
        if not request.headers[HEADER].startswith("hang"):
            return None
        try:
            return self._impatient.send(request)
        except HTTPClientError:
            assert self._relay.hung.acquire(timeout=PATIENCE_SECONDS), "the fault was not met"
            raise
