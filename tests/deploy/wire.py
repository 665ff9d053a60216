"""boto3's own clients, whose calls end in this process instead of on a network."""

from functools import cache
from types import SimpleNamespace
from typing import Any, Protocol

import boto3

REGION = "eu-central-1"


class Answering(Protocol):
    def answer(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        """As boto3 wants it parsed; `HTTPStatus` and `Headers` beside, where they matter."""


class Wire:
    """A session of boto3 whose calls end in an account of ours: the one that is `answering`. Its clients are costly to make."""

    region_name = REGION

    def __init__(self) -> None:
        self.answering: Answering
        self._asked: dict[str, Any] = {}
        self._clients: dict[str, Any] = {}
        self._session = boto3.Session("AKIA", "secret", region_name=REGION)
        self._session.events.register("before-parameter-build.*.*", self._remember)
        self._session.events.register("before-call.*.*", self._answer)

    def client(self, service: str, **more: Any) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, **more)
        return self._clients[service]

    def _remember(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = dict(params)

    def _answer(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        """What before-call returns is taken for the answer, and nothing is sent."""
        parsed = self.answering.answer(model.name, self._asked)
        status, headers = parsed.pop("HTTPStatus", 200), parsed.pop("Headers", {})
        parsed["ResponseMetadata"] = {"HTTPStatusCode": status, "HTTPHeaders": headers, "RetryAttempts": 0}
        return SimpleNamespace(status_code=status, headers=headers), parsed


@cache
def wire() -> Wire:
    """One for all tests of a process."""
    return Wire()
