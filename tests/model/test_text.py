"""Text from outside made safe to keep."""

import pytest

from chalicelib.errors import TooLarge
from chalicelib.model.text import CLIENT_ID, TEXT_LIMIT, USER_ID, alert_name, check_length, clean_name, cut, outside_id


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("  Zoe \t Smith\n", "Zoe Smith"),
        ("Zoe\x00\x1b[31m", "Zoe [31m"),
        ("\u202eeoZ\u2066", "eoZ"),
        ("x" * 81, "x" * 79 + "…"),
        ("bad \ud83d", "bad \ufffd"),
        ("", ""),
    ],
)
def test_a_name_is_one_short_line(name: str, clean: str):
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoe Smith", "Zoe Smith"),
        ("Dr. Zoe", "Dr. Zoe"),
        ("zoe.smith", "zoe smith"),
        ("HTTPS://EVIL.EXAMPLE/x", ""),
        ("see www.evil.example now", "see now"),
        ("zoe@evil.example", "zoe evil example"),
        ("<b>Zoe</b>", "b Zoe b"),
        ("evil\u2028.example", "evil .example"),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_a_name_in_an_alert_is_no_link(name: str, shown: str):
    assert alert_name(name) == shown


def test_a_text_is_cut_with_an_ellipsis():
    assert cut("hello", 5) == "hello"
    assert cut("hello there", 7) == "hello…"


def test_a_text_has_at_most_20000_characters():
    check_length("x" * TEXT_LIMIT)
    with pytest.raises(TooLarge, match="20000"):
        check_length("x" * (TEXT_LIMIT + 1))


@pytest.mark.parametrize("value", ["zoe", "A.b_c-9", "x" * 100])
def test_an_id_that_fits_is_kept(value: str):
    assert outside_id(value, USER_ID) == value


@pytest.mark.parametrize("value", ["", "x" * 101, "a b", "a:b", "a/b", "é", "\ud83d", "zoe\n"])
def test_any_other_id_is_hashed(value: str):
    hashed = outside_id(value, USER_ID)

    assert USER_ID.fullmatch(hashed)
    assert len(hashed) == 64


def test_a_client_id_may_hold_a_colon():
    assert outside_id("a:b", CLIENT_ID) == "a:b"
