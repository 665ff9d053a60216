"""How each kind of Messenger event is read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.channels.base import METADATA_PREFIX
from chalicelib.channels.messenger_content import contents, pressed
from chalicelib.channels.messenger_facts import facts
from chalicelib.channels.messenger_keys import (
    Json,
    account_of,
    app,
    digest,
    key,
    mapping,
    message_key,
    mid_of,
    moment,
    party,
    session_of,
    text,
)
from chalicelib.model.content import Content
from chalicelib.model.event import Event
from chalicelib.model.happening import (
    Echo,
    Edit,
    Enforcement,
    Handover,
    Happening,
    Learned,
    Reaction,
    Unsend,
    Watermark,
)
from chalicelib.model.text import TEXT_LIMIT, cut

PAGE_INBOX = "263902037430900"
"""The app id of Meta's own inbox, where people answer for a Page."""

_REASON_LIMIT = 500
_EMOJI_LIMIT = 40
_METADATA_LIMIT = 1000


@dataclass(frozen=True)
class Apps:
    """Ids: `own`, of what this installation sends as; `automation`, of what never counts as a human."""

    own: frozenset[str]
    automation: frozenset[str]


@dataclass(frozen=True)
class Seen:
    """One event of a Page, which happened at `at` and arrived at `now`. `standby`: another app has the conversation."""

    event: Mapping[str, Json]
    page: str
    at: datetime
    now: datetime
    standby: bool
    apps: Apps

    @property
    def ours(self) -> bool:
        """Whether our side did it."""
        return party(self.event.get("sender")) == self.page or self.body("message").get("is_echo") is True

    @property
    def user(self) -> str | None:
        """The user's id; None where it cannot be told."""
        names = ("recipient", "sender") if self.ours else ("sender",)
        others = [party(self.event.get(name)) for name in names]
        return next((other for other in others if other not in (None, self.page)), None)

    @property
    def session(self) -> str:
        return session_of(self.page, self.user or "")

    @property
    def stamp(self) -> str:
        """The event's time as it came, which is the same when it is delivered again."""
        return text(self.event.get("timestamp"))

    def body(self, kind: str) -> Mapping[str, Json]:
        return mapping(self.event.get(kind))

    def key(self, kind: str) -> str:
        """The key of an event that has no id of its own."""
        return key(kind, self.user or self.page, self.stamp, digest(self.event))


def _message(seen: Seen) -> Iterator[Happening]:
    given = seen.event["message"]
    message = {"text": given} if isinstance(given, str) else mapping(given)
    if seen.user is None or not message:
        return
    mid = mid_of(message)
    first = message_key(mid, "echo" if seen.ours else "in") if mid else seen.key("echo" if seen.ours else "in")
    if message.get("is_deleted") is True:
        if mid:
            yield Unsend(message_key(mid, "unsend"), seen.session, first, mid, seen.at)
        return
    said = contents(message, seen.now)
    if seen.ours:
        yield from _echoes(seen, message, mid, said, first)
        return
    for number, content in enumerate(said):
        known, part_of = ({}, first) if number else (facts(seen.event), None)
        id_ = _entry(first, number)
        yield Event(id_, seen.session, content, seen.at, facts=known, standby=seen.standby, part_of=part_of)


def _echoes(seen: Seen, message: Mapping[str, Json], mid: str, said: list[Content], first: str) -> Iterator[Echo]:
    """One for each content of a message that is not ours; ours has an entry already, so that one settles it."""
    metadata = text(message.get("metadata"))[:_METADATA_LIMIT] or None
    by, who = _author(seen, app(message.get("app_id")), metadata)
    for number, content in enumerate(said[:1] if by == "us" else said):
        yield Echo(_entry(first, number), seen.session, content, seen.at, mid, by, who, metadata)


def _author(seen: Seen, app_id: str | None, metadata: str | None) -> tuple[Literal["us", "automation", "human"], str]:
    if app_id in seen.apps.own:
        return "us", ""
    # Another installation's app says the same of its own messages: where ours is known, the metadata alone proves nothing.
    if (app_id is None or not seen.apps.own) and (metadata or "").startswith(METADATA_PREFIX):
        return "us", ""
    if app_id in seen.apps.automation:
        return "automation", _who(app_id)
    return "human", _who(app_id)


def _entry(first: str, number: int) -> str:
    return f"{first}:{number}" if number else first


def _postback(seen: Seen) -> Iterator[Event]:
    postback = seen.body("postback")
    said = pressed(text(postback.get("title")), postback.get("payload"))
    if seen.user is None or seen.ours or said is None:
        return
    mid = mid_of(postback)
    id_ = message_key(mid) if mid else key("in", seen.user, seen.stamp, digest([said.text, said.payload]))
    yield Event(id_, seen.session, said, seen.at, facts=facts(seen.event), standby=seen.standby)


def _edit(seen: Seen) -> Iterator[Edit]:
    edit = seen.body("message_edit")
    mid, words, number = mid_of(edit), text(edit.get("text")), text(edit.get("num_edit"))
    if seen.user is None or seen.ours or not mid or not words:
        return
    count = max(1, int(number)) if re.fullmatch(r"[0-9]{1,9}", number) else 1
    yield Edit(key("edit", mid, str(count)), seen.session, message_key(mid), cut(words, TEXT_LIMIT), count, seen.at)


def _reaction(seen: Seen) -> Iterator[Reaction]:
    reaction = seen.body("reaction")
    mid, action = mid_of(reaction), text(reaction.get("action"))
    if seen.user is None or seen.ours or not mid:
        return
    emoji = None if action == "unreact" else text(reaction.get("emoji")) or text(reaction.get("reaction")) or "other"
    id_ = key("reaction", mid, seen.user, action, emoji or "", seen.stamp)
    yield Reaction(id_, seen.session, mid, emoji and cut(emoji, _EMOJI_LIMIT), seen.at)


def _watermark(kind: str) -> Callable[[Seen], Iterator[Watermark]]:
    def watermark(seen: Seen) -> Iterator[Watermark]:
        at = moment(seen.body(kind).get("watermark"), seen.now)
        if seen.user is not None and not seen.ours and at is not None:
            yield Watermark(seen.session, at, kind == "read")

    return watermark


def learned(seen: Seen) -> Iterator[Learned]:
    """What an event without a message of the user's tells about them."""
    known = facts(seen.event)
    if seen.user is not None and not seen.ours and known:
        yield Learned(seen.key("learned"), seen.session, known, seen.at)


def _passed(seen: Seen) -> Iterator[Handover]:
    control = seen.body("pass_thread_control")
    giver, owner = app(control.get("previous_owner_app_id")), app(control.get("new_owner_app_id"))
    # It is delivered to the new owner: to us, unless it names somebody else whom we can tell from ourselves.
    to_us = not seen.apps.own or owner is None or owner in seen.apps.own
    yield from _handover(seen, "passed", giver if to_us else owner, to_us=to_us)


def _taken(seen: Seen) -> Iterator[Handover]:
    owner = app(seen.body("take_thread_control").get("new_owner_app_id"))
    yield from _handover(seen, "taken", owner, to_us=owner in seen.apps.own)


def _requested(seen: Seen) -> Iterator[Handover]:
    asking = app(seen.body("request_thread_control").get("requested_owner_app_id"))
    yield from _handover(seen, "requested", asking, to_us=asking in seen.apps.own)


def _handover(
    seen: Seen, kind: Literal["passed", "taken", "requested"], other: str | None, *, to_us: bool
) -> Iterator[Handover]:
    if seen.user is not None:
        id_ = key(kind, seen.user, seen.stamp) if seen.stamp else seen.key(kind)
        yield Handover(id_, seen.session, kind, to_us, other, _who(other), seen.at)


def _who(app_id: str | None) -> str:
    return "Page inbox" if app_id == PAGE_INBOX else "Another app"


_ACTIONS: Mapping[str, Literal["warning", "block", "unblock"]] = {"block": "block", "unblock": "unblock"}


def _enforcement(kind: str) -> Callable[[Seen], Iterator[Enforcement]]:
    def enforcement(seen: Seen) -> Iterator[Enforcement]:
        action = _ACTIONS.get(
            text(seen.body(kind).get("action")), "warning"
        )  # a new word is worth a look, and stops nothing
        id_ = key("policy", seen.page, seen.stamp, digest(seen.event))
        reason = cut(text(seen.body(kind).get("reason")), _REASON_LIMIT)
        yield Enforcement(id_, account_of(seen.page), action, reason, seen.at)

    return enforcement


PARSERS: Mapping[str, Callable[[Seen], Iterator[Happening]]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "reaction": _reaction,
    "delivery": _watermark("delivery"),
    "read": _watermark("read"),
    "pass_thread_control": _passed,
    "take_thread_control": _taken,
    "request_thread_control": _requested,
    "policy_enforcement": _enforcement("policy_enforcement"),
    "policy-enforcement": _enforcement("policy-enforcement"),
}
"""How each kind is read; one that is missing here is counted and ignored."""
