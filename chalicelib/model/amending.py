"""What users change of what was said: edits, messages taken back, reactions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import AlertDetail, Author, Entry, PauseDetail, Unsent
from chalicelib.model.session import preview
from chalicelib.model.text import TEXT_LIMIT, clean_name, cut

if TYPE_CHECKING:
    from chalicelib.model.happening import Edit, Reaction

QUOTE_AT_LEAST = 3
"""Characters of a message from which on somebody else's words that hold it count as a quotation."""

WIDE_AT_LEAST = 8
"""The same where nothing tells that it was said in answer to the message: in later turns, and in facts about the user."""

AMENDED_AT_ONCE = 30
"""Entries that one commit rewrites; with the line in the log that tells of each it stays below a store's 100 writes."""

REMOVED = "…"
"""Stands for the words of a message that was taken back, where they were quoted."""


def edit(draft: Draft, stored: Entry, change: "Edit", answers: Iterable[Entry] = ()) -> None:
    """The message says something else now; a no-op for an older edit, and for a message that was taken back.

    The words of before go from what agents were told of it in `answers`: from alerts, and from the reason of the bot's pause.
    What the bot said to the user stays as it was said, since it was sent.
    """
    if stored.edits >= change.number or isinstance(stored.content, Unsent) or stored.content is None:
        return
    text = cut(change.text, TEXT_LIMIT)
    content: Any = stored.content
    content = replace(content, text=text) if hasattr(content, "text") else Text(text)
    draft.amend(stored.but(content=content, edits=change.number), entry_id=change.id)
    _show(draft, stored, text)
    words = _words(stored.content)[:1]
    for told in [answer for answer in answers if answer.kind != "message"][: AMENDED_AT_ONCE - 1]:
        mended = _without(told, words)
        if mended != told:
            _mend(draft, told, mended)


def unsend(
    draft: Draft,
    stored: Entry,
    answers: Iterable[Entry],
    later: Iterable[Entry] = (),
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Erase what is kept of the message, and of its words where somebody quotes them. Twice is a no-op.

    `answers`: what the bot said to it, where any quotation of three characters or more goes; `later`: what the bot said after
    that, having been told of it once more, where only all of its words, as words and eight characters at least, go, and so
    from the `facts` about the user, since "yes" is said by many. Of a message that was edited, nobody knows what it said when
    it was answered: nothing of what the bot said to it stays.

    One commit rewrites 30 entries; where more are to be rewritten, the message itself is left for a later one.
    """
    if isinstance(stored.content, Unsent):
        return
    words = _words(stored.content)
    answers, later = ([draft.written(said.seq) or said for said in those] for those in (answers, later))
    mended = [(answer, _emptied(answer) if stored.edits else _without(answer, words)) for answer in answers]
    mended += [(said, _without(said, words, wide=True)) for said in later]
    changes = [(before, after) for before, after in mended if after != before]
    room = AMENDED_AT_ONCE - len(draft.amends)
    for before, after in changes[:room]:
        _mend(draft, before, after)
    if len(changes) >= room:
        return
    erased = Entry(seq=stored.seq, id=stored.id, kind=stored.kind, author=stored.author, at=stored.at, content=Unsent())
    draft.amend(erased.but(committed_at=stored.committed_at))
    _show(draft, stored, "Message removed")
    _forget(draft, words, facts or {})


def taken_back_early(draft: Draft, message: str, at: datetime) -> None:
    """The message has not come yet, and is not wanted when it does: its id is taken."""
    author = Author(kind="user", id=draft.after.user_id, name=draft.after.user.name)
    entry = draft.add("message", author, Unsent(), entry_id=message, at=min(at, draft.now))
    if draft.after.turn is None and draft.after.handled == entry.seq - 1:
        draft.set(handled=entry.seq)


def react(draft: Draft, stored: Entry, reaction: "Reaction") -> None:
    """The user put an emoji to the message, or took it off; a no-op for an older word than is known."""
    if stored.kind != "message" or isinstance(stored.content, Unsent):
        return
    if stored.reacted_at is not None and reaction.at <= stored.reacted_at:
        return
    emoji = cut(reaction.emoji, 20) if reaction.emoji else None
    draft.amend(stored.but(reaction=emoji, reacted_at=reaction.at), entry_id=reaction.id)


def acted(draft: Draft, at: datetime) -> None:
    """The user did something that lets us answer for another while. Never moves back."""
    at = min(at, draft.now)
    known = draft.after.acted_at
    if known is None or at > known:
        draft.set(acted_at=at)


def _words(content: object) -> list[str]:
    """What the message says, spaced evenly."""
    words = [getattr(content, name, None) or "" for name in ("text", "payload")]
    return [" ".join(said.split()) for said in words]


def _mend(draft: Draft, before: Entry, after: Entry) -> None:
    """Rewrite the entry, and what the head has of it."""
    draft.amend(after)
    _show(draft, before, after.said)
    _give_reason(draft, after)


def _forget(draft: Draft, words: Iterable[str], facts: Mapping[str, Any]) -> None:
    """Keep the facts without the words, and the user without a name that was made of them."""
    left: Any = facts
    for quoted in words:
        if len(quoted) >= WIDE_AT_LEAST:
            left = _cleaned(left, quoted, wide=True)
    if left == facts:
        return
    draft.facts = left
    name = facts.get("name")
    if isinstance(name, str) and left["name"] != name and draft.after.user.name == clean_name(name):
        draft.set(user=draft.after.user.but(name="", given=False))


def _show(draft: Draft, entry: Entry, text: str) -> None:
    """Where the entry is the last message of the lists, they show the new text."""
    last = draft.after.last_message
    if last is not None and last.seq == entry.seq:
        draft.set(last_message=preview(text, last.author, last.at, last.seq))


def _give_reason(draft: Draft, entry: Entry) -> None:
    """Where the entry is of the pause that stands, the head has its reason too."""
    pause = draft.after.pause
    if pause is not None and isinstance(entry.content, PauseDetail) and pause.at == entry.at:
        draft.set(pause=pause.but(reason=entry.content.reason))


def _without(entry: Entry, words: Iterable[str], *, wide: bool = False) -> Entry:
    """The entry without a quotation of any of these words."""
    content: Any = entry.content
    for quoted in words:
        if content is not None and len(quoted) >= (WIDE_AT_LEAST if wide else QUOTE_AT_LEAST):
            try:
                content = _cleaned(content, quoted, wide=wide)
            except ValidationError:  # what is left is no address any more
                return _emptied(entry)
    return entry.but(content=content)


def _emptied(entry: Entry) -> Entry:
    """The entry without anything that it says."""
    content: Any = entry.content
    if isinstance(content, PauseDetail):
        return entry.but(content=replace(content, reason=content.reason and REMOVED))
    if isinstance(content, AlertDetail):
        return entry.but(content=replace(content, text=REMOVED))
    return entry.but(content=Text(REMOVED))


def _cleaned(value: Any, words: str, *, wide: bool = False) -> Any:
    """The value, with the words, however they were spaced, replaced in every text inside it; `wide`: no part of a longer word."""
    if isinstance(value, str):
        pattern = r"\s+".join(map(re.escape, words.split()))
        pattern = rf"(?<!\w){pattern}(?!\w)" if wide else pattern
        return _uncut(re.sub(pattern, REMOVED, value), words, WIDE_AT_LEAST if wide else QUOTE_AT_LEAST)
    if isinstance(value, list):
        return [_cleaned(item, words, wide=wide) for item in value]
    if isinstance(value, Mapping):
        return {name: _cleaned(item, words, wide=wide) for name, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        kept = ("type", "trigger", "level", "why")
        texts = {name: item for name, item in vars(value).items() if name not in kept}
        return replace(value, **{name: _cleaned(item, words, wide=wide) for name, item in texts.items()})
    return value


def _uncut(text: str, words: str, least: int) -> str:
    """The text without the beginning of the words at its end, where it was cut in the midst of them."""
    said = text.removesuffix("…")
    for length in range(min(len(words), len(said)), least - 1, -1) if said != text else ():
        if said.endswith(words[:length]):
            return said[:-length] + REMOVED
    return text
