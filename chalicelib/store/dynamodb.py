"""Sessions in one DynamoDB table. Its definition is in `.chalice/resources.json`, its layout in `dynamodb_items.py`."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import JsonValue

from chalicelib.errors import Conflict, NotificationNotFound
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.model.value import stamp
from chalicelib.store import dynamodb_commit
from chalicelib.store.base import COUNT_LIMIT, AlertState, Notification, Page, SessionQuery, Token
from chalicelib.store.dynamodb_check import complaints
from chalicelib.store.dynamodb_items import (
    ALERTS,
    FACTS,
    HEAD,
    LAST_SEQ,
    PARTITION_KEY_LIMIT,
    PAUSED,
    SECRET,
    SECRET_KEY,
    TOKENS,
    alert_state,
    entry_key,
    id_key,
    key,
    packed,
    read_entry,
    read_facts,
    read_head,
    read_notification,
    storable,
    token_key,
    unpacked,
)
from chalicelib.store.dynamodb_lists import Row, filled_page, merged_rows, rows, session_page, start_after
from chalicelib.store.dynamodb_parked import DynamoDBParking
from chalicelib.store.dynamodb_table import Contended, Refused, Table
from chalicelib.store.keys import ANSWERED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.store.dynamodb_items import Item

SHARDS = 8
"""Partitions of the activity and due lists. Each takes 1,000 writes a second, and costs every reader half a read unit.

It can be raised at any time. Lowering it hides the sessions of the partitions left out until they change.
"""

_TOKENS_PER_QUERY = 1000
_KEYS_PER_QUERY = 1000


class DynamoDBStore(DynamoDBParking):
    """Connects at first use. Without a `client` it makes one from the environment and closes it."""

    def __init__(
        self,
        table_name: str,
        client: "DynamoDBClient | None" = None,
        shards: int = SHARDS,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._table = Table(table_name, client, sleep)
        self._shards = shards

    def load(self, session_id: str) -> Session | None:
        item = self._get(session_id, HEAD)
        return None if item is None else read_head(item)

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        dynamodb_commit.commit(self._table, self._shards, before, after, entries, amends, facts)

    def entries(self, session_id: str, *, after: int = 0, before: int | None = None, limit: int) -> list[Entry]:
        """A query may see one half of a transaction, a single get sees all of it or nothing: gaps are filled by gets.

        What a get does not find either was erased, so the run begins after it.
        """
        low = max(after, 0) + 1
        high = min(LAST_SEQ, LAST_SEQ if before is None else before - 1)
        if low > high or limit < 1 or not storable(session_id, PARTITION_KEY_LIMIT):
            return []
        last = before is not None
        bounds = ("BETWEEN :a AND :b", entry_key(low), entry_key(high))
        listed = self._table.query(None, session_id, *bounds, page=limit, descending=last)
        seen = {entry.seq: entry for entry in map(read_entry, islice(listed, limit))}
        if last and high not in seen and (newest := self._entry(session_id, high)) is not None:
            seen[high] = newest
        run: list[Entry] = []
        for seq in range(max(seen, default=0), low - 1, -1):
            if last and len(run) == limit:
                break
            entry = seen.get(seq) or self._entry(session_id, seq)
            if entry is None:
                break
            run.append(entry)
        return run[::-1][:limit]

    def find(self, session_id: str, entry_id: str) -> Entry | None:
        item = self._get(session_id, id_key(entry_id))
        return None if item is None else self._entry(session_id, int(item["n"]["N"]))

    def facts(self, session_id: str) -> dict[str, JsonValue]:
        item = self._get(session_id, FACTS)
        return {} if item is None else read_facts(item)

    def sessions(self, query: SessionQuery, *, cursor: str | None = None, limit: int) -> Page[Session]:
        return session_page(self._table, self._shards, query, cursor, limit)

    def waiting(self) -> int:
        listed = rows(self._table, "paused", PAUSED, "< :a", ANSWERED, page=COUNT_LIMIT)
        return _count(listed)

    def due(self, now: datetime, *, limit: int) -> list[str]:
        # "$" follows "#", which parts the time from the id: every row of this instant and before.
        listed = merged_rows(self._table, "due", self._shards, "< :a", stamp(now) + "$", page=limit)
        return [row.pk for row in islice(listed, limit)]

    def erase(self, session_id: str, *, through: int, limit: int) -> bool:
        """The ids first, since an id without its entry would keep others from using it."""
        if not storable(session_id, PARTITION_KEY_LIMIT) or through < 1:
            return True
        ids = self._table.query(None, session_id, "BETWEEN :a AND :b", id_key(""), "I$", page=_KEYS_PER_QUERY)
        known = [item["sk"]["S"] for item in islice((item for item in ids if int(item["n"]["N"]) <= through), limit)]
        self._table.delete_many((session_id, sk) for sk in known)
        if len(known) == limit:
            return False
        bounds = ("BETWEEN :a AND :b", entry_key(1), entry_key(min(through, LAST_SEQ)))
        listed = self._table.query(None, session_id, *bounds, page=min(limit, _KEYS_PER_QUERY))
        found = [item["sk"]["S"] for item in islice(listed, limit)]
        self._table.delete_many((session_id, sk) for sk in found)
        return len(found) < limit

    def forget(self, head: Session) -> None:
        if not storable(head.id, PARTITION_KEY_LIMIT):
            return
        try:
            dynamodb_commit.forget(self._table, head)
        except (Refused, Contended) as refusal:
            raise Conflict("Somebody has written to the session meanwhile.") from refusal

    def alert_states(self, session_id: str, numbers: Sequence[int]) -> dict[int, AlertState]:
        wanted = [(session_id, entry_key(seq)) for seq in numbers if storable(session_id, PARTITION_KEY_LIMIT)]
        items = self._table.get_many(wanted)
        found = ((seq, items.get((session_id, entry_key(seq)))) for seq in numbers)
        return {seq: alert_state(item) for seq, item in found if item is not None and "lk" in item}

    def notifications(self, *, cursor: str | None = None, limit: int) -> Page[Notification]:
        after = start_after(cursor)
        bounds = ("< :a", after) if after else ()
        listed = rows(self._table, "notifications", ALERTS, *bounds, page=limit + 1, descending=True)
        return filled_page(listed, limit, self._notifications)

    def _notifications(self, chunk: Sequence[Row]) -> list[Notification]:
        """The heads are read with them, since they say what is hidden."""
        ids = dict.fromkeys(row.pk for row in chunk)
        items = self._table.get_many([*((row.pk, row.sk) for row in chunk), *((pk, HEAD) for pk in ids)])
        hidden = {pk: read_head(items[pk, HEAD]).cut for pk in ids if (pk, HEAD) in items}
        found = [read_notification(items[row.pk, row.sk]) for row in chunk if (row.pk, row.sk) in items]
        return [item for item in found if not item.archived and item.entry.seq > hidden.get(item.session_id, 0)]

    def unread(self) -> int:
        return _count(rows(self._table, "unread", ALERTS, page=COUNT_LIMIT))

    def mark(self, session_id: str, seq: int, *, read: bool = False, archived: bool = False) -> None:
        if not storable(session_id, PARTITION_KEY_LIMIT):
            raise NotificationNotFound("There is no such notification.")
        places = ["u", "l"] if archived else ["u"] if read else []
        try:
            self._table.remove(session_id, entry_key(seq), places, "attribute_exists(lk)")
        except Refused as refused:
            raise NotificationNotFound("There is no such notification.") from refused

    def mark_all_read(self, *, limit: int) -> int:
        listed = list(islice(rows(self._table, "unread", ALERTS, page=limit), limit))
        return sum(self._mark_unread(row) for row in listed)

    def _mark_unread(self, row: Row) -> bool:
        """False when somebody else was first."""
        try:
            self._table.remove(row.pk, row.sk, ["u"], "attribute_exists(u)")
        except Refused:
            return False
        return True

    def add_token(self, digest: str, token: Token) -> None:
        self._table.put(key(TOKENS, token_key(digest)) | {"j": packed(token.to_json())})

    def token(self, digest: str) -> Token | None:
        item = self._get(TOKENS, token_key(digest))
        return None if item is None else _read_token(item)

    def tokens(self) -> list[Token]:
        found = [_read_token(item) for item in self._token_items()]
        return sorted(found, key=lambda token: (token.created_at, token.id))

    def revoke_token(self, token_id: str) -> bool:
        doomed = [item for item in self._token_items() if _read_token(item).id == token_id]
        return sum(self._table.delete(item["pk"]["S"], item["sk"]["S"]) for item in doomed) > 0

    def _token_items(self) -> "Iterator[Item]":
        return self._table.query(None, TOKENS, "BETWEEN :a AND :b", token_key(""), "T$", page=_TOKENS_PER_QUERY)

    def secret(self, proposal: str) -> str:
        stored = self._get(SECRET, SECRET_KEY)
        if stored is not None:
            return unpacked(stored["j"])
        try:
            self._table.put(key(SECRET, SECRET_KEY) | {"j": packed(proposal)}, "attribute_not_exists(pk)")
        except Refused as refused:
            return unpacked(refused.found[0]["j"])
        return proposal

    def prepare(self) -> None:
        """Nothing: on AWS the stack makes the table."""

    def check(self) -> list[str]:
        return complaints(self._table.name, self._table.describe())

    def close(self) -> None:
        self._table.close()

    def _get(self, pk: str, sk: str) -> "Item | None":
        """The item; None also for a key that DynamoDB cannot hold."""
        return self._table.get(pk, sk) if storable(pk, PARTITION_KEY_LIMIT) and storable(sk) else None

    def _entry(self, session_id: str, seq: int) -> Entry | None:
        item = self._get(session_id, entry_key(seq))
        return None if item is None else read_entry(item)


def _count(listed: Iterator[Row]) -> int:
    return sum(1 for _ in islice(listed, COUNT_LIMIT))


def _read_token(item: "Item") -> Token:
    return Token.model_validate_json(unpacked(item["j"]))
