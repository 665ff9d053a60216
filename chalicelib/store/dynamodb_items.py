"""What lies in the DynamoDB table: one partition per session, with its head, its log and the ids of its entries.

    pk            sk             holds
    session id    HEAD           j: the head  r: its rev, for the condition  and the sort keys of the lists it stands in
    session id    E#<10 digits>  j: an entry  of an alert also its place among the notifications
    session id    I#<entry id>   n: the number of the entry with this id
    session id    FACTS          j: what the bot remembered
    session id    P#<place>      what is parked of them, by its place in the list of it: no more than the key
    #parked       <place>        the list of what is parked: no more than the key, which ends with the id
    #parked#<id>  PARKED         j: what is parked but its body  b: that body  p: its place
    #tokens       T#<digest>     j: a token
    #secret       SECRET         j: the signing secret

Attribute names are short, because a write is billed by the kilobyte. For the same reason a JSON text over half a kilobyte is kept
compressed: the head of a paused session is about 1,100 bytes, its sort keys 350 more, and compressed all of it stays under 1,024.
"""

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from chalicelib.model.entry import Entry, decode, encode
from chalicelib.model.facts import encode_facts
from chalicelib.model.session import Session
from chalicelib.store.base import AlertState, Notification, Parked
from chalicelib.store.keys import (
    activity_key,
    due_key,
    fold,
    name_key,
    notification_key,
    owner_key,
    parked_key,
    paused_key,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Value = AttributeValueTypeDef
    Item = dict[str, Value]

INDEXES = {
    "activity": ("a", "ak"),
    "due": ("d", "dk"),
    "paused": ("w", "wk"),
    "owner": ("o", "wk"),
    "name": ("f", "fk"),
    "notifications": ("l", "lk"),
    "unread": ("u", "lk"),
}
"""Every index with the attributes of its partition and its order. An item without the partition's attribute is not in it."""

HEAD = "HEAD"
FACTS = "FACTS"
PAUSED = "paused"
ALERTS = "alerts"
PARKED = "#parked"
PARKED_ITEM = "PARKED"
TOKENS = "#tokens"
SECRET = "#secret"  # noqa: S105 - the name of a partition
SECRET_KEY = "SECRET"  # noqa: S105 - the name of an item

LAST_SEQ = 9_999_999_999
"""What ten digits can number."""

PARTITION_KEY_LIMIT = 2048
SORT_KEY_LIMIT = 1024
"""Bytes; the limits of DynamoDB, for tables and indexes alike."""

_COMPRESS_OVER = 512


def shard(session_id: str, shards: int) -> str:
    """The partition, of `shards`, in which the session's activity and due time are listed."""
    return str(zlib.crc32(session_id.encode("utf-8", "surrogatepass")) % shards)


def storable(key: str, limit: int = SORT_KEY_LIMIT) -> bool:
    """Whether DynamoDB can hold the key; one that it cannot hold names nothing."""
    try:
        return 0 < len(key.encode()) <= limit
    except UnicodeEncodeError:
        return False


def entry_key(seq: int) -> str:
    """The sort key of the entry with this number."""
    return f"E#{seq:010d}"


def id_key(entry_id: str) -> str:
    """The sort key of the item that knows the number of the entry with this id."""
    return f"I#{entry_id}"


def token_key(digest: str) -> str:
    """The sort key of a token."""
    return f"T#{digest}"


def key(pk: str, sk: str) -> "Item":
    """The primary key of an item."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def head_item(session: Session, shards: int) -> "Item":
    """The head with its place in every list it belongs to."""
    own = shard(session.id, shards)
    active, due, named = activity_key(session), due_key(session), name_key(session)
    places = {
        "a": own if active is not None else None,
        "ak": active,
        "o": owner_key(session),
        "wk": paused_key(session),
        "w": PAUSED if session.paused else None,
        "fk": named,
        "f": name_partition(session.user.name) if named is not None else None,
        "d": own if due is not None else None,
        "dk": due,
    }
    item = key(session.id, HEAD) | {"j": packed(session.to_json()), "r": {"N": str(session.rev)}}
    return item | {name: {"S": place} for name, place in places.items() if place is not None}


def read_head(item: "Item") -> Session:
    """The head that `head_item` wrote, by this version or an older one."""
    return Session.model_validate_json(unpacked(item["j"]))


def name_partition(name: str) -> str | None:
    """Names are searched by their beginning, so they are kept apart by their first character; None for no name."""
    return fold(name)[:1] or None


def alert_state(item: "Item") -> AlertState:
    """What has become of an alert, as its places in the lists say."""
    return "archived" if "l" not in item else "unread" if "u" in item else "read"


def entry_item(session_id: str, entry: Entry) -> "Item":
    """The entry; an alert is a notification, neither read nor archived. Raises TooLarge."""
    item = key(session_id, entry_key(entry.seq)) | {"j": packed(encode(entry))}
    if entry.kind == "alert":
        place = notification_key(entry.at, session_id, entry.seq)
        item |= {"l": {"S": ALERTS}, "u": {"S": ALERTS}, "lk": {"S": place}}
    return item


def read_entry(item: "Item") -> Entry:
    """The entry that `entry_item` wrote."""
    return decode(unpacked(item["j"]))


def read_notification(item: "Item") -> Notification:
    """An alert's entry with what its places in the lists say about it."""
    state = alert_state(item)
    return Notification(
        session_id=item["pk"]["S"], entry=read_entry(item), read=state != "unread", archived=state == "archived"
    )


def id_item(session_id: str, entry: Entry) -> "Item":
    """What keeps an id from being used twice, and finds its entry."""
    return key(session_id, id_key(entry.id)) | {"n": {"N": str(entry.seq)}}


def facts_item(session_id: str, facts: Mapping[str, JsonValue]) -> "Item":
    """What the bot remembered about the user. Raises TooLarge."""
    return key(session_id, FACTS) | {"j": packed(encode_facts(facts))}


def read_facts(item: "Item") -> dict[str, JsonValue]:
    """The facts that `facts_item` wrote."""
    facts: dict[str, JsonValue] = json.loads(unpacked(item["j"]))
    return facts


def parked_partition(parked_id: str) -> str:
    """The partition of what is parked under this id."""
    return f"{PARKED}#{parked_id}"


def parked_item(parked: Parked) -> "Item":
    """What is parked. Its body is packed by itself, since as JSON within JSON it could outgrow an item. Raises TooLarge."""
    kept: Item = {"j": packed(parked.but(body="").to_json()), "b": packed(parked.checked().body)}
    place: Item = {"p": {"S": parked_key(parked.at, parked.id)}}
    return key(parked_partition(parked.id), PARKED_ITEM) | kept | place


def read_parked(item: "Item") -> Parked:
    """What `parked_item` wrote."""
    return Parked.model_validate_json(unpacked(item["j"])).but(body=unpacked(item["b"]))


def parked_rows(parked: Parked) -> "list[Item]":
    """The keys under which it is found by its place, and by its session if that is known."""
    place = parked_key(parked.at, parked.id)
    listed = [key(PARKED, place)]
    return listed if parked.session_id is None else [*listed, key(parked.session_id, parked_of_key(place))]


def parked_of_key(place: str) -> str:
    """The sort key, in a session's partition, of something that is parked."""
    return f"P#{place}"


def packed(text: str) -> "Value":
    """The text as it is, or compressed when it is long."""
    body = text.encode()
    return {"B": zlib.compress(body)} if len(body) > _COMPRESS_OVER else {"S": text}


def unpacked(value: "Value") -> str:
    """The text that `packed` took."""
    return zlib.decompress(value["B"]).decode() if "B" in value else value["S"]
