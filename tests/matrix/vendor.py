"""The vendor of the matrix, and how calls to it fail."""

from collections.abc import Callable
from typing import Any

from chalicelib.channels.base import Outgoing, SendFailed
from tests.fakes.channel import RecordingChannel
from tests.fakes.faults import REFUSED, Fault, Faulty

PURE = ("parts", "account", "entry_id")
"""They ask nobody, so that they cannot fail."""

QUIET = ("act", "give")
"""Their failing goes no further."""


class Vendor(RecordingChannel):
    """One for all processes of a run.

    `down`: it refuses all that is sent, and says why. `echoes`: it tells of each message before it answers.
    """

    def __init__(self, *, echoes: bool = False) -> None:
        super().__init__()
        self.down: SendFailed | None = None
        self.echo: Callable[[str], object] = lambda metadata: None
        self._echoes = echoes

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        if self.down is not None:
            raise self.down
        vendor_id = super().send(outgoing, seconds=seconds)
        if self._echoes:
            self.echo(outgoing.metadata)
        return vendor_id

    def check(self, account: str) -> None:
        if self.down is not None:
            raise self.down

    def go_on_as(self, other: "Vendor") -> None:
        """All that happened to the other one has happened to this one."""
        self.sent, self.tried = list(other.sent), other.tried
        self.personas, self.people = list(other.personas), dict(other.people)
        self.refusals, self.down = list(other.refusals), other.down


def _unwell(words: str) -> SendFailed:
    return SendFailed("later" if words == REFUSED else "unknown", words)


class FaultyChannel(Faulty):
    """A channel that keeps what its interface promises of failing."""

    def __init__(self, inner: Vendor, faults: Callable[[str], Fault]) -> None:
        super().__init__(inner, faults, _unwell)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name) if name in PURE else super().__getattr__(name)

    def _call(self, name: str, work: Callable[[], object]) -> object:
        try:
            return super()._call(name, work)
        except SendFailed:
            if name in QUIET:
                return None
            raise
