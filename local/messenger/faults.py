"""What goes wrong with the next calls, because a test or a developer said so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from local.messenger.errors import GraphError

Edge = Literal["messages", "actions", "profile", "personas", "thread", "page", "any"]
"""Which calls a fault is for: messages, sender actions, the user profile, personas, thread control, the rest of a Page."""

Headers = dict[str, str]
Reply = tuple[int, Headers, bytes]
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_SENT_NEVERTHELESS = (1, 1357046)


@dataclass(frozen=True)
class Fault:
    """One call's bad luck. `accepting`: the call does its work first. `lose`: no answer comes, and how that looks.

    `words`: what the log says of it.
    """

    of: Edge
    accepting: bool
    reply: Reply = (500, {}, b"")
    lose: Literal["timeout", "reset"] | None = None
    words: str = ""

    def answer(self) -> Reply:
        """What the caller gets. Raises TimeoutError and ConnectionResetError, where nothing comes."""
        if self.lose == "timeout":
            raise TimeoutError("the simulated platform does not answer")
        if self.lose == "reset":
            raise ConnectionResetError("the simulated platform hung up")
        return self.reply


class Faults:
    """Faults that wait for their calls, first come, first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault, times: int = 1) -> None:
        """Let it happen so many times."""
        self._waiting += [fault] * times

    def next(self, edge: Edge) -> Fault | None:
        """The one for this call, which is over with it."""
        for number, fault in enumerate(self._waiting):
            if fault.of in (edge, "any"):
                return self._waiting.pop(number)
        return None

    def __len__(self) -> int:
        return len(self._waiting)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()


def refusal(
    code: int,
    subcode: int | None,
    *,
    of: Edge,
    http_status: int | None,
    accepting: bool | None,
    headers: Mapping[str, str],
) -> Fault:
    """The call is refused with an error; by the one that says so although the message was sent, after doing its work."""
    error = GraphError(code, subcode, status=http_status)
    done = (code, subcode) == _SENT_NEVERTHELESS if accepting is None else accepting
    return Fault(of, done, (error.status, {**_JSON, **headers}, error.body()), words=f"{error.pair} (as asked)")


def broken(status: int, *, of: Edge, accepting: bool) -> Fault:
    """An HTTP error without the platform's body."""
    return Fault(of, accepting, (status, {"Content-Type": "text/html"}, b""), words=str(status))


def garbled(*, of: Edge) -> Fault:
    """A 200 that nobody can read, after the work was done."""
    return Fault(of, accepting=True, reply=(200, dict(_JSON), b'{"recipient_id":"70070'), words="200, garbled")


def usage(page_id: str, minutes: int) -> Headers:
    """The header that says for how long to stay away."""
    said = {
        page_id: [
            {
                "type": "messenger",
                "call_count": 100,
                "total_cputime": 10,
                "total_time": 10,
                "estimated_time_to_regain_access": minutes,
            }
        ]
    }
    return {"X-Business-Use-Case-Usage": json.dumps(said)}
