"""What each error of the Graph API means for a message."""

import json

import pytest

from chalicelib.channels.messenger_errors import BY_CODE, BY_NUMBER, BY_PAIR, meaning_of, refused, retry_after

# 6.10 each row of the table

ROWS = [
    ("failed", "", [(10, 2018278), (10, 2018065), (10, 2534022)]),
    ("stopped", "alert", [(10, 1893063), (100, 2534029)]),
    ("failed", "", [(10, 2018108), (551, 0), (551, 1545041), (200, 1545041)]),
    ("failed", "", [(100, 2018001), (100, 2534014)]),
    ("failed", "alert", [(100, 0), (100, 99)]),
    ("failed", "", [(100, 2018008), (100, 2018047), (100, 2018109), (100, 2018294), (100, 2018074)]),
    ("failed", "alert", [(100, 2018014), (100, 33), (2018171, 0), (10, 2018171), (2018234, 0)]),
    ("stopped", "alert", [(190, 0), *((190, sub) for sub in (458, 459, 460, 463, 464, 467, 9999))]),
    ("stopped", "alert", [(3, 0), (10, 0), (200, 0), (200, 2018028), (200, 2534041)]),
    ("later", "waits", [(4, 0), (17, 0), (32, 0), (613, 0), (613, 2534040), (80001, 0), (80006, 0)]),
    ("failed", "alert", [(613, 2018338)]),
    ("later", "limited", [(1, 0), (2, 0), (1200, 0), (2, 5)]),
    ("unknown", "", [(1, 1357046)]),
    ("stopped", "alert", [(368, 0), (2022, 0), (506, 0)]),
    ("failed", "elsewhere", [(2018300, 0), (10, 2018300), (100, 2534037)]),
    ("later", "waits", [(2018321, 0), (10, 2018321)]),
    ("failed", "", [(2018218, 0), (100, 2018218), (2018247, 0), (9000001, 0)]),
    ("failed", "alert", [(987654, 0), (0, 0)]),
]
FLAGS = ("alert", "waits", "limited", "elsewhere")


@pytest.mark.parametrize(
    ("outcome", "flag", "code", "subcode"),
    [(outcome, flag, *pair) for outcome, flag, pairs in ROWS for pair in pairs],
)
def test_an_error_has_its_meaning(outcome, flag, code, subcode):
    meaning = meaning_of(400, code, subcode)

    assert meaning.outcome == outcome
    assert [name for name in FLAGS if getattr(meaning, name)] == ([flag] if flag else [])


def test_every_error_in_the_table_is_told_in_words():
    for meaning in {*BY_PAIR.values(), *BY_NUMBER.values(), *BY_CODE.values()}:
        assert meaning.words[0].isupper()
        assert meaning.words.endswith(".")
        assert not any(sign.isdigit() for sign in meaning.words)


@pytest.mark.parametrize(
    ("status", "transient", "outcome"),
    [(500, False, "later"), (503, False, "later"), (400, True, "later"), (429, False, "later"), (403, False, "failed")],
)
def test_an_unknown_error_is_judged_by_its_status(status, transient, outcome):
    assert meaning_of(status, 987654, 0, transient=transient).outcome == outcome


def test_a_known_error_is_not_judged_by_its_status():
    assert meaning_of(500, 190, 0, transient=True).outcome == "stopped"


@pytest.mark.parametrize(
    ("error", "code", "subcode"),
    [
        ({"code": "190", "error_subcode": "460"}, 190, 460),
        ({"code": None}, 0, 0),
        ({"code": "soon", "error_subcode": [1]}, 0, 0),
        ({"code": 10**30, "error_subcode": 1.5}, 0, 0),
        ("an error", 0, 0),
    ],
)
def test_an_odd_error_is_no_exception(error, code, subcode):
    failure = refused(400, {}, {"error": error})

    assert (failure.code, failure.subcode) == (code, subcode)


def test_the_trace_of_an_error_cannot_break_a_log_line():
    assert refused(400, {}, {"error": {"fbtrace_id": "AbC_-1\n{}" + "x" * 100}}).trace == "AbC_-1" + "x" * 34


def usage(*limits):
    return {"x-business-use-case-usage": json.dumps({"1002003004": list(limits)})}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (usage({"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 19}), 19 * 60),
        (usage({"type": "messenger", "estimated_time_to_regain_access": "19"}), 19 * 60),
        (usage({"type": "pages", "estimated_time_to_regain_access": 50}), 60),
        (usage({"type": "messenger", "estimated_time_to_regain_access": 0}), 60),
        (usage({"type": "messenger", "estimated_time_to_regain_access": 10**9}), 24 * 3600),
        (usage({"type": "messenger"}, None, 7), 60),
        ({"x-business-use-case-usage": "{"}, 60),
        ({"x-business-use-case-usage": "[1]"}, 60),
        ({}, 60),
    ],
    ids=str,
)
def test_a_rate_limit_is_waited_for_as_long_as_the_platform_says(headers, seconds):
    assert retry_after(headers) == seconds
    assert refused(400, headers, {"error": {"code": 613}}).retry_after_seconds == seconds


def test_what_does_not_end_by_itself_is_not_waited_for():
    headers = usage({"type": "messenger", "estimated_time_to_regain_access": 19})

    assert refused(400, headers, {"error": {"code": 190}}).retry_after_seconds is None
