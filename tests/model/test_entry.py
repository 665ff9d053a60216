"""Entries as they are kept."""

import pytest

from chalicelib.errors import TooLarge
from chalicelib.model.content import Text, Unsupported
from chalicelib.model.entry import BOT, AlertDetail, Entry, PauseDetail, decode, encode
from chalicelib.model.text import ENTRY_LIMIT, TEXT_LIMIT
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
