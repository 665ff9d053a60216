"""What the code at hand reads out of a store, as JSON: the same of every version, and of the versions before.

`python -m tests.compat.reading <items>` tells what this process' `chalicelib` reads, which may be another version's: it is
imported from wherever `PYTHONPATH` finds it first. So nothing here knows more than the interface that stores had from the
beginning.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chalicelib.store.base import SessionQuery, Store

Json = Any


def read(store: Store, sessions: Iterable[str]) -> dict[str, Json]:
    """All that can be asked of it."""
    heads = {name: store.load(name) for name in sessions}
    return {
        "heads": {name: head and json.loads(head.to_json()) for name, head in heads.items()},
        "logs": {name: [json.loads(one.to_json()) for one in store.entries(name, limit=500)] for name in heads},
        "facts": {name: store.facts(name) for name in heads},
        "sessions": [head.id for head in store.sessions(SessionQuery(), limit=50).items],
        "paused": [head.id for head in store.sessions(SessionQuery(paused=True), limit=50).items],
        "of ben": [head.id for head in store.sessions(SessionQuery(paused=True, assignee="ben"), limit=50).items],
        "named": [head.id for head in store.sessions(SessionQuery(name="üm"), limit=50).items],
        "due": store.due(_ever(), limit=50),
        "notifications": [[one.session_id, one.entry.seq, one.read] for one in store.notifications(limit=50).items],
        "unread": store.unread(),
        "parked": [json.loads(one.to_json()) for one in store.parked(limit=50).items],
        "tokens": sorted((json.loads(token.to_json()) for token in store.tokens()), key=lambda token: str(token["id"])),
        "secret": store.secret("another"),
    }


def within(old: Json, new: Json) -> bool:
    """Whether `new` says all that `old` says, and perhaps more in fields that `old` does not have."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and within(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(within, old, new))
    return bool(old == new)


def _ever() -> Any:
    from datetime import UTC, datetime

    return datetime(2999, 1, 1, tzinfo=UTC)


def main(path: str) -> None:
    from tests.compat.items import table_of

    items = Path(path).read_text(encoding="utf-8")
    with table_of(items) as store:
        sys.stdout.write(json.dumps(read(store, json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main(sys.argv[1])
