"""Entries as they are kept."""

import json

import pytest

from chalicelib.errors import TooLarge
from chalicelib.model.content import Text, Unsupported
from chalicelib.model.entry import BOT, AlertDetail, Entry, PauseDetail, decode, encode
from chalicelib.model.session import Session
from chalicelib.model.text import ENTRY_LIMIT, TEXT_LIMIT
from chalicelib.model.views import EntryView, entry_view, visitor_entries
from tests.fakes.tools import NOON


def entry(content: object) -> Entry:
    return Entry(seq=1, id="b:1:0", kind="message", author=BOT, at=NOON, content=content)


@pytest.mark.parametrize("content", [Text("Hi!"), PauseDetail("user", until=NOON), AlertDetail("Look here"), None])
def test_an_entry_survives_being_kept(content: object):
    assert decode(encode(entry(content))) == entry(content)


def test_a_text_over_its_limit_is_too_large():
    encode(entry(Text("x" * TEXT_LIMIT)))
    with pytest.raises(TooLarge):
        encode(entry(Text("x" * (TEXT_LIMIT + 1))))


def test_an_entry_is_measured_in_bytes():
    encode(entry(Unsupported("x" * (ENTRY_LIMIT - 500))))
    for raw in ("x" * ENTRY_LIMIT, "\u20ac" * (ENTRY_LIMIT // 3)):
        with pytest.raises(TooLarge):
            encode(entry(Unsupported(raw)))


def test_what_an_entry_says_in_plain_words_is_never_of_another_kind():
    assert entry(Text("Hi!")).said == "Hi!"
    assert entry(None).said == ""


def test_an_entry_of_a_newer_version_is_read_with_its_unknown_content_as_unsupported():
    body = (
        '{"seq":3,"id":"u:3","kind":"message","author":{"kind":"user","badge":1},"at":"2026-11-22T20:00:00Z","mood":"good",'
        '"content":{"type":"hologram","depth":3}}'
    )

    entry = decode(body)

    assert (entry.seq, entry.author.kind) == (3, "user")
    assert entry.content == Unsupported({"type": "hologram", "depth": 3})


def of_later(**fields: object) -> Entry:
    """An entry as this release reads it when a later one has written it with these fields."""
    written = {"seq": 3, "id": "s:3", "kind": "message", "author": {"kind": "bot"}, "at": "2026-11-22T20:00:00Z"}
    return decode(json.dumps(written | {"content": {"type": "text", "text": "Hello"}} | fields))


def test_an_entry_of_an_unknown_kind_is_read_as_a_note_of_unsupported_content():
    entry = of_later(kind="rated", content={"type": "rating", "stars": 5})

    assert (entry.seq, entry.id, entry.kind, entry.author.kind) == (3, "s:3", "note", "system")
    assert entry.content == Unsupported({"type": "rating", "stars": 5})


@pytest.mark.parametrize("content", [{"type": "text", "text": "Hello"}, {"type": "amend", "of": 2}, None])
def test_a_visitor_never_sees_an_entry_of_an_unknown_kind(content: object):
    assert visitor_entries([of_later(kind="whispered", content=content)]) == []


def test_agents_see_that_there_is_an_entry_of_an_unknown_kind():
    shown = entry_view(of_later(kind="rated"), Session(id="webchat:1"))

    assert EntryView.model_validate(shown.model_dump()) == shown
    assert (shown.kind, shown.author.name, shown.status) == ("note", "a later release", None)


def test_an_unknown_author_is_the_system_and_keeps_their_name():
    entry = of_later(author={"kind": "coach", "id": "7", "name": "Cleo"})

    assert (entry.author.kind, entry.author.id, entry.author.name) == ("system", "7", "Cleo")
    assert entry.content == Text("Hello")


def test_an_unknown_fate_is_none():
    entry = of_later(fate="withdrawn")

    assert entry.fate is None
    assert entry.content == Text("Hello")


@pytest.mark.parametrize("kind", ["paused", "unpaused"])
def test_an_unknown_trigger_is_read_as_a_program_and_the_rest_is_kept(kind: str):
    entry = of_later(
        kind=kind, content={"type": "pause", "trigger": "mood", "reason": "sad", "until": NOON.isoformat()}
    )

    assert entry.content == PauseDetail("api", reason="sad", until=NOON)


def test_an_alert_of_an_unknown_level_and_cause_still_has_its_words():
    entry = of_later(kind="alert", content={"type": "alert", "text": "Look here", "level": "panic", "why": "mood"})

    assert entry.content == AlertDetail("Look here")


def test_an_entry_that_is_unknown_in_every_way_is_read_all_the_same():
    entry = of_later(kind="rated", author={"kind": "coach"}, fate="withdrawn", content={"type": "rating"})

    assert (entry.kind, entry.author.kind, entry.fate) == ("note", "system", None)
    assert entry.content == Unsupported({"type": "rating"})
