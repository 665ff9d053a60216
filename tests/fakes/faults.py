"""A store that fails on purpose, around another one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TypeVar

from pydantic import JsonValue

from chalicelib.errors import Conflict, StoreBusy
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.store.base import Notification, Page, SessionQuery, Store, Token

T = TypeVar("T")


class Crash(BaseException):
    """The process is gone: nothing that it would have done next happens."""


class Fault(Enum):
    """What happens to one call."""

    NONE = "it succeeds"
    CRASH_BEFORE = "the process dies before it"
    CRASH_AFTER = "the process dies after it"
    BUSY = "it is refused for load"
    LOST = "it succeeds, and the answer is lost"
    CONFLICT = "somebody else was faster; for anything but a commit, as BUSY"


class Faults:
    """A plan: which of the next calls of a name fail, and how. Without a plan all succeed."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._plan: dict[str, list[Fault]] = {}
        self._meanwhile: dict[str, list[Callable[[], object]]] = {}

    def plan(self, name: str, *faults: Fault) -> None:
        """The next calls of `name` ("commit", "load" …) fail so, one after the other."""
        self._plan.setdefault(name, []).extend(faults)

    def before(self, name: str, *happenings: Callable[[], object]) -> None:
        """Something happens just before each of the next calls of `name`."""
        self._meanwhile.setdefault(name, []).extend(happenings)

    def heal(self) -> None:
        """All that was planned is off."""
        self._plan.clear()
        self._meanwhile.clear()

    def __call__(self, name: str) -> Fault:
        self.calls.append(name)
        happenings = self._meanwhile.get(name)
        if happenings:
            happenings.pop(0)()
        planned = self._plan.get(name)
        return planned.pop(0) if planned else Fault.NONE


class FaultyStore(Store):
    """Asks `faults` before each call what is to happen to it. Every call of `inner` that it lets through is whole."""

    def __init__(self, inner: Store, faults: Callable[[str], Fault]) -> None:
        self.inner = inner
        self._faults = faults

    def _call(self, name: str, work: Callable[[], T]) -> T:
        fault = self._faults(name)
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if fault is Fault.CONFLICT and name == "commit":
            raise Conflict("somebody else was faster")
        if fault in (Fault.BUSY, Fault.CONFLICT):
            raise StoreBusy("refused for load")
        result = work()
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.LOST:
            raise StoreBusy("the answer was lost")
        return result

    def load(self, session_id: str) -> Session | None:
        return self._call("load", lambda: self.inner.load(session_id))

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        self._call("commit", lambda: self.inner.commit(before, after, entries, amends, facts=facts))

    def entries(self, session_id: str, *, after: int = 0, before: int | None = None, limit: int) -> list[Entry]:
        return self._call("entries", lambda: self.inner.entries(session_id, after=after, before=before, limit=limit))

    def find(self, session_id: str, entry_id: str) -> Entry | None:
        return self._call("find", lambda: self.inner.find(session_id, entry_id))

    def facts(self, session_id: str) -> dict[str, JsonValue]:
        return self._call("facts", lambda: self.inner.facts(session_id))

    def sessions(self, query: SessionQuery, *, cursor: str | None = None, limit: int) -> Page[Session]:
        return self._call("sessions", lambda: self.inner.sessions(query, cursor=cursor, limit=limit))

    def waiting(self) -> int:
        return self._call("waiting", self.inner.waiting)

    def due(self, now: datetime, *, limit: int) -> list[str]:
        return self._call("due", lambda: self.inner.due(now, limit=limit))

    def erase(self, session_id: str) -> None:
        self._call("erase", lambda: self.inner.erase(session_id))

    def notifications(self, *, cursor: str | None = None, limit: int) -> Page[Notification]:
        return self._call("notifications", lambda: self.inner.notifications(cursor=cursor, limit=limit))

    def unread(self) -> int:
        return self._call("unread", self.inner.unread)

    def mark(self, session_id: str, seq: int, *, read: bool = False, archived: bool = False) -> None:
        self._call("mark", lambda: self.inner.mark(session_id, seq, read=read, archived=archived))

    def mark_all_read(self, *, limit: int) -> int:
        return self._call("mark_all_read", lambda: self.inner.mark_all_read(limit=limit))

    def add_token(self, digest: str, token: Token) -> None:
        self._call("add_token", lambda: self.inner.add_token(digest, token))

    def token(self, digest: str) -> Token | None:
        return self._call("token", lambda: self.inner.token(digest))

    def tokens(self) -> list[Token]:
        return self._call("tokens", self.inner.tokens)

    def revoke_token(self, token_id: str) -> bool:
        return self._call("revoke_token", lambda: self.inner.revoke_token(token_id))

    def secret(self, proposal: str) -> str:
        return self._call("secret", lambda: self.inner.secret(proposal))

    def prepare(self) -> None:
        self._call("prepare", self.inner.prepare)

    def check(self) -> list[str]:
        return self._call("check", self.inner.check)
