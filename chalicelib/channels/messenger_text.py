"""Text in the pieces that Messenger takes, counted in UTF-16 units, and never cut within what a user sees as one character."""

import re
from collections.abc import Sequence

TEXT_UNITS = 1999
"""Messenger takes less than 2,000 characters, and does not say of what kind: UTF-16 units are the most there can be."""

_ASCII = re.compile(r"\r\n|.", re.DOTALL)
_ENDS = frozenset(".!?…:;")
_WIDE_ENDS = frozenset("\u3002\uff01\uff1f")
_BREAKS = frozenset({"\n", "\r\n", "\r", "\u2028", "\u2029"})


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = TEXT_UNITS) -> list[str]:
    """The text in pieces of at most `limit` units, without the white space where it was cut; none of them is empty.

    It is cut between paragraphs, else lines, sentences, words or at least characters. The text without the white space
    at its end ends with the last piece.
    """
    if units(text) <= limit:
        return [text]
    characters = _characters(text, limit)
    sizes = [units(character) for character in characters]
    pieces, start = [], 0
    while start < len(characters):
        end, size = start, 0
        while end < len(characters) and size + sizes[end] <= limit:
            size += sizes[end]
            end += 1
        end = max(end, start + 1)
        end = end if end == len(characters) else _border(characters, start, end)
        piece = "".join(characters[start : _trimmed(characters, start, end) if end < len(characters) else end])
        pieces.append(piece)
        start = end
        while start < len(characters) and characters[start].isspace():
            start += 1
    return [piece for piece in pieces if piece] or [text[: limit // 2]]


def clip(text: str, limit: int) -> str:
    """The text, or as many of its characters as fit with an ellipsis into `limit` units."""
    if units(text) <= limit:
        return text
    kept, size = [], 1
    for character in _characters(text[: limit + 1], limit):
        size += units(character)
        if size > limit:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def _characters(text: str, limit: int) -> list[str]:
    """What a user sees as single characters (extended grapheme clusters); one over the limit, which nobody sees, in parts."""
    if text.isascii():
        return _ASCII.findall(text)
    import regex

    return [part for seen in regex.findall(r"\X", text) for part in _parts(seen, limit)]


def _parts(seen: str, limit: int) -> Sequence[str]:
    half = max(1, limit // 2)
    return [seen] if units(seen) <= limit else [seen[at : at + half] for at in range(0, len(seen), half)]


def _border(characters: list[str], start: int, end: int) -> int:
    """Where to cut at the latest: at the best border in the second half, or at any between words."""
    half = start + (end - start) // 2
    for is_border in (_after_paragraph, _after_line, _after_sentence):
        for at in range(end, half, -1):
            if is_border(characters, at):
                return at
    for at in range(end, start, -1):
        if characters[at - 1].isspace() or characters[at].isspace():
            return at
    return end


def _after_paragraph(characters: list[str], at: int) -> bool:
    return at > 1 and characters[at - 1] in _BREAKS and characters[at - 2] in _BREAKS


def _after_line(characters: list[str], at: int) -> bool:
    return characters[at - 1] in _BREAKS


def _after_sentence(characters: list[str], at: int) -> bool:
    last = characters[at - 1]
    return last in _WIDE_ENDS or (last in _ENDS and characters[at].isspace())


def _trimmed(characters: list[str], start: int, end: int) -> int:
    while end > start and characters[end - 1].isspace():
        end -= 1
    return end
