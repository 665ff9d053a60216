"""What travels between a client and its emulator: answers put in DynamoDB's place, and the units that it bills."""

import io
import json
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Self

from botocore.awsrequest import AWSRequest, AWSResponse

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
_EVENT = "before-send.dynamodb"


class _Body(io.BytesIO):
    def stream(self) -> Any:
        while chunk := self.read(65536):
            yield chunk


class Wire:
    """While entered, answers the next calls of an operation itself; every other call goes through."""

    def __init__(self, client: Any) -> None:
        self._events = client.meta.events
        self._answers: dict[str, deque[Answer]] = {}
        self.calls: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._events.register_first(_EVENT, self._send)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister(_EVENT, self._send)

    def answer(self, operation: str, answer: Answer, *, times: int = 1) -> None:
        """Answer the operation's next calls, after those that were set before."""
        self._answers.setdefault(operation, deque()).extend([answer] * times)

    def fail(self, operation: str, code: str, *, status: int = 400, reasons: tuple[str, ...] = ()) -> None:
        """Answer the operation's next call by an error."""
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "made up"}
        canceled = {"CancellationReasons": [{"Code": reason} for reason in reasons]} if reasons else {}
        self.answer(operation, lambda request: (status, body | canceled))

    def let_through(self, operation: str) -> None:
        """Let the operation's next call go to the emulator."""
        self._answers.setdefault(operation, deque()).append(_pass)

    def _send(self, request: AWSRequest, **_: object) -> AWSResponse | None:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        self.calls[operation] += 1
        answers = self._answers.get(operation)
        answer = answers.popleft() if answers else _pass
        if answer is _pass:
            return None
        status, body = answer(json.loads(request.body))
        return AWSResponse(
            request.url, status, {"Content-Type": "application/x-amz-json-1.0"}, _Body(json.dumps(body).encode())
        )


def _pass(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    raise NotImplementedError


class Bill:
    """While entered, adds up the capacity units of every call."""

    def __init__(self, client: Any) -> None:
        self._events = client.meta.events
        self.table = 0.0
        self.indexes: Counter[str] = Counter()
        self.calls = 0

    @property
    def total(self) -> float:
        return self.table + sum(self.indexes.values())

    def __enter__(self) -> Self:
        self._events.register("provide-client-params.dynamodb", self._ask)
        self._events.register("after-call.dynamodb", self._add)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("provide-client-params.dynamodb", self._ask)
        self._events.unregister("after-call.dynamodb", self._add)

    def _ask(self, params: dict[str, Any], **_: object) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def _add(self, parsed: dict[str, Any], **_: object) -> None:
        self.calls += 1
        consumed = parsed.get("ConsumedCapacity", [])
        for part in consumed if isinstance(consumed, list) else [consumed]:
            indexes = {name: units["CapacityUnits"] for name, units in part.get("GlobalSecondaryIndexes", {}).items()}
            self.indexes.update(indexes)
            self.table += part["CapacityUnits"] - sum(indexes.values())
