"""Where a text is cut."""

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.channels.messenger_text import TEXT_UNITS, clip, split, units

FAMILY = "👨‍👩‍👧‍👦"
SEEN = ["a", "b ", " ", "\n", "\n\n", "\r\n", ". ", "e\u0301", "👍🏽", FAMILY, "🇩🇪", "\u200d", "한"]
TEXTS = st.lists(st.sampled_from(SEEN), max_size=60).map("".join)


def characters(text):
    return regex.findall(r"\X", text)


# 6.12 splitting


def test_the_limit_is_below_2000_utf_16_units():
    assert TEXT_UNITS == 1999
    assert [units(text) for text in ("a", "ä", "👍", FAMILY, "\ud83d")] == [1, 1, 2, 11, 1]


@pytest.mark.parametrize("text", ["", "a", "a" * 1999, "👍" * 999, " a\n\n "])
def test_a_text_that_fits_is_left_alone(text):
    assert split(text) == [text]


def test_a_text_is_cut_between_paragraphs_first():
    first, second = "One. Two. " * 110 + "End.", "Three.\n" + "Four. " * 150 + "End."

    assert split(f"{first}\n\n{second}") == [first, second]


def test_then_between_lines():
    first, second = "One. Two. " * 110 + "End.", "Three. " * 150 + "End."

    assert split(f"{first}\n{second}") == [first, second]


@pytest.mark.parametrize("end", [". ", "! ", "?\u00a0", "\u3002"])
def test_then_between_sentences(end):
    first, second = "word " * 300 + "end" + end.strip(), "word " * 300 + "end."

    assert split(first + end[1:] + second) == [first, second]


def test_then_between_words():
    pieces = split("word " * 1000)

    assert set(" ".join(pieces).split()) == {"word"}
    assert [len(piece) for piece in pieces] == [1999, 1999, 999 + 1]


def test_then_between_characters():
    assert [len(piece) for piece in split("a" * 4000)] == [1999, 1999, 2]


def test_a_family_is_not_torn_apart():
    pieces = split(FAMILY * 400)

    assert "".join(pieces) == FAMILY * 400
    assert {units(piece) % 11 for piece in pieces} == {0}
    assert max(map(units, pieces)) == 1991


@pytest.mark.parametrize("text", ["e" + "\u0301" * 5000, "👨" + "\u200d👨" * 1500])
def test_a_single_character_beyond_all_limits_is_cut_after_all(text):
    pieces = split(text)

    assert len(characters(text)) == 1
    assert "".join(pieces) == text
    assert max(map(units, pieces)) <= TEXT_UNITS


def test_white_space_alone_is_one_piece():
    assert split(" " * 5000) == [" " * 999]


def test_a_lone_surrogate_is_no_exception():
    assert "".join(split("\ud83d" * 3000)) == "\ud83d" * 3000


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(12, 40))
def test_nothing_but_white_space_is_lost_and_no_character_torn(text, limit):
    assume(all(units(one) <= limit for one in characters(text)))  # joined ones may be longer than any limit here
    pieces = split(text, limit)

    assert [one for piece in pieces for one in characters(piece) if not one.isspace()] == [
        one for one in characters(text) if not one.isspace()
    ]
    assert all(units(piece) <= limit for piece in pieces)
    assert all(pieces) or not text
    assert len(pieces) == 1 or text.rstrip().endswith(pieces[-1].rstrip())


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None)), st.integers(2, 30))
def test_any_text_ends_up_in_pieces_that_fit(text, limit):
    assert all(units(piece) <= limit for piece in split(text, limit))
    assert units(clip(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "clipped"),
    [
        ("Talk to a person", "Talk to a person"),
        ("x" * 20, "x" * 20),
        ("x" * 21, "x" * 19 + "…"),
        ("Talk to a person now please", "Talk to a person no…"),
        ("0123456789012345678 0", "0123456789012345678…"),
        (f"{FAMILY}{FAMILY}", f"{FAMILY}…"),
        (f"123456789{FAMILY}1", "123456789…"),
        ("e\u0301" * 11, "e\u0301" * 9 + "…"),
    ],
)
def test_a_title_is_clipped_between_characters(text, clipped):
    assert clip(text, 20) == clipped
