import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.base import alert_from
from chalicelib.alerts.log import LogAlerter
from chalicelib.alerts.sns import SNSAlerter
from chalicelib.alerts.webhook import WebhookAlerter
from chalicelib.model.alerting import escalate, raise_alert
from chalicelib.model.draft import Draft
from chalicelib.model.entry import BOT, AlertDetail
from chalicelib.model.pausing import pause
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session, User
from tests.alerts.conftest import ANN, named

NOW = datetime(2026, 11, 22, 20, 40, 12, tzinfo=UTC)
PUBLIC_URL = "https://hitl.example"


def paused(name, session_id="webchat:abc"):
    draft = Draft(Session(id=session_id, user=User(name=name)), now=NOW, request="r1", policy=Policy())
    pause(draft, trigger="bot", by=BOT)
    return draft


def alert_of(draft):
    return alert_from(draft.entries[-1], draft.after, PUBLIC_URL)


def assert_sns_takes(subject):
    """SNS: ASCII, begins with a letter, number or punctuation mark, no line break or control character, under 100."""
    assert 0 < len(subject) < 100
    assert subject[0] in string.ascii_letters + string.digits + string.punctuation
    assert re.fullmatch(r"[ -~]+", subject)


def test_the_subject_tells_who_wants_what():
    assert alert_of(paused("Ann")).subject == "[hitl] Ann wants to talk to a human"


@given(name=st.text(max_size=400), text=st.text(max_size=400))
def test_sns_takes_the_subject_whatever_name_and_text_are(name, text):
    assert_sns_takes(replace(ANN, user_name=name, text=text).subject)
    assert_sns_takes(named(name.replace("{", ""), "{} wants to talk to a human").subject)


@given(name=st.text(max_size=400))
def test_an_alert_of_any_user_is_one_line_a_time_and_one_link(name):
    alert = alert_of(paused(name))

    assert_sns_takes(alert.subject)
    assert alert.body.split("\n")[1:] == [
        "Since 2026-11-22 20:40 UTC, on webchat.",
        "",
        "Open the conversation:",
        "https://hitl.example/admin#session=webchat%3Aabc",
        "",
    ]


def test_a_name_with_line_breaks_adds_no_header_and_no_line():
    alert = named("\r\nBcc: x")

    assert alert.subject == "[hitl] Bcc: x wants to talk to a human"
    assert alert.body.startswith("Bcc: x wants to talk to a human.\nSince ")


def test_a_name_with_an_address_becomes_no_link():
    alert = alert_of(paused("win at http://evil.example/now www.evil.example"))

    assert "evil" not in alert.subject + alert.body


def test_a_name_of_300_characters_is_cut():
    assert len(named("A" * 300).subject) == 99
    assert "A" * 41 not in alert_of(paused("A" * 300)).body


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Zoë Müßig", "Zoe Mussig"), ("Łukasz", "Lukasz"), ("Søren", "Soren"), ("王小明", "Someone"), ("🙂", "Someone")],
)
def test_a_foreign_name_is_transliterated_in_the_subject_or_left_out(name, shown):
    assert named(name).subject == f"[hitl] {shown} wants to talk to a human"


def test_the_body_keeps_a_foreign_name():
    assert alert_of(paused("王小明")).body.startswith("王小明 wants to talk to a human.\n")


def test_a_text_of_which_nothing_remains_still_says_something():
    assert named("", "\u202e\r\n").subject == "[hitl] A conversation needs attention"
    assert named("", "请帮忙").subject == "[hitl] A conversation needs attention"


def test_a_sentence_that_is_ended_gets_no_second_stop():
    assert replace(ANN, text="Help!").body.startswith("Help!\n")


def test_the_link_opens_the_session_whatever_its_id():
    draft = paused("Ann", "messenger:12.34")

    assert alert_from(draft.entries[-1], draft.after, "https://x.example/hitl/").url == (
        "https://x.example/hitl/admin#session=messenger%3A12.34"
    )


def test_the_same_entry_makes_the_same_alert_again():
    draft = paused("Ann")

    assert alert_of(draft) == alert_of(draft)


def test_two_alerts_of_one_session_have_different_ids():
    draft = paused("Ann")
    first = alert_of(draft)
    raise_alert(draft, AlertDetail("Ann is angry", why="notify"))

    assert alert_of(draft).id != first.id


def test_an_alert_holds_no_words_of_the_user():
    draft = paused("Ann")
    draft.set(last_message={"text": "my card is 4111", "author": "user", "at": NOW})

    assert "4111" not in repr(alert_of(draft))


def test_an_escalation_tells_since_when_the_user_waits():
    draft = paused("Ann")
    later = Draft(draft.after, now=NOW + timedelta(minutes=16), request="r2", policy=Policy())
    escalate(later, others_waiting=2)
    alert = alert_of(later)

    assert (alert.level, alert.why, alert.waiting_minutes, alert.others_waiting) == ("warning", "waiting", 16, 2)
    assert alert.body.startswith(
        "Ann has been waiting for 16 minutes; 2 others wait too.\nWaiting since 2026-11-22 20:40 UTC, on webchat.\n"
    )


def test_an_entry_that_is_no_alert_makes_none():
    draft = paused("Ann")

    with pytest.raises(ValueError, match="entry 1 is no alert"):
        alert_from(draft.entries[0], draft.after, PUBLIC_URL)


@pytest.mark.parametrize(
    "alerter",
    [
        LogAlerter(name="mine"),
        SNSAlerter("arn:aws:sns:eu-central-1:123456789012:alerts", name="mine"),
        WebhookAlerter("https://example.com/", "between us", name="mine"),
    ],
)
def test_an_alerter_can_be_given_its_name(alerter):
    assert alerter.name == "mine"
