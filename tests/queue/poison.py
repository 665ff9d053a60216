"""A store that breaks on one word, as a bug of ours would, until it is mended."""

from typing import Any

from tests.fakes.memory import MemoryStore

POISON = "poison"


class BreakingStore(MemoryStore):
    """`mended`: it does not break any more; `error`: what it raises."""

    def __init__(self, error: type[Exception] = ZeroDivisionError) -> None:
        super().__init__()
        self.error = error
        self.mended = False

    def commit(self, before: Any, after: Any, entries: Any = (), amends: Any = (), **more: Any) -> None:
        if not self.mended and any(entry.kind == "message" and POISON in entry.said for entry in entries):
            raise self.error
        super().commit(before, after, entries, amends, **more)
