"""The head: what it says of itself, and when it is due."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from chalicelib.model.entry import SYSTEM
from chalicelib.model.session import Pause, Publication, Sending, Session, Turn, User, preview
from chalicelib.model.value import stamp

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZOE = Session(id="webchat:zoe")


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_an_id_is_a_channel_and_a_user():
    session = Session(id="messenger:123.456")

    assert (session.channel, session.user_id) == ("messenger", "123.456")


@pytest.mark.parametrize(
    ("session_id", "name", "shown"),
    [
        ("webchat:zoe", "Zoe", "Zoe"),
        ("webchat:zoe", "", "Visitor B85C on the web chat"),
        ("messenger:1.2", "", "Someone (0B52) on Messenger"),
        ("pigeon:1", "", "Someone (5F2C)"),
    ],
)
def test_a_nameless_user_is_called_something(session_id: str, name: str, shown: str):
    assert Session(id=session_id, user=User(name=name)).display_name == shown


def test_nameless_users_are_told_apart():
    assert len({Session(id=f"webchat:{number}").display_name for number in range(100)}) >= 99


def test_a_pause_holds_until_its_end_and_not_a_moment_longer():
    paused = ZOE.but(pause=Pause(trigger="user", by=SYSTEM, at=NOW, until=later(1)))

    assert paused.paused_at(later(0))
    assert not paused.paused_at(later(1))
    assert paused.paused


def test_a_quiet_session_is_never_due():
    assert ZOE.but(user_seq=3, handled=3, last_event_at=NOW).due_at is None


def test_a_session_is_due_at_the_earliest_of_all_it_owes():
    owes = {
        "publications": (Publication(seq=1, to=("mail",), at=later(7)), Publication(seq=2, to=("mail",), at=later(6))),
        "turn": Turn(entry=1, until=later(5), by="r"),
        "pause": Pause(trigger="user", by=SYSTEM, at=NOW, until=later(4)),
        "next_alert_at": later(3),
        "sending": Sending(seq=1, send_by=later(2)),
    }
    due = []
    session = ZOE
    for field, value in owes.items():
        session = session.but(**{field: value})
        due.append(session.due_at)

    assert due == [later(6), later(5), later(4), later(3), later(2)]


def test_what_the_user_said_without_a_turn_is_due_at_once():
    said = ZOE.but(user_seq=4, handled=3, last_event_at=NOW)

    assert said.due_at == NOW
    assert said.but(turn=Turn(entry=3, until=later(1), by="r")).due_at == later(1)


def test_a_head_without_anything_special_is_short():
    assert ZOE.to_json() == '{"id":"webchat:zoe"}'


def test_a_head_survives_json():
    head = ZOE.but(
        pause=Pause(trigger="user", by=SYSTEM, at=NOW, until=later(1)),
        publications=(Publication(seq=1, to=("mail",), at=NOW),),
        tags=("a",),
    )

    assert Session.model_validate_json(head.to_json()) == head


def test_a_field_of_a_later_release_is_dropped():
    assert Session.model_validate_json('{"id":"webchat:zoe","mood":"good"}') == ZOE


def test_who_and_why_of_a_later_release_do_not_hide_a_session():
    body = (
        '{"id":"webchat:1","last_message":{"text":"Hi","author":"coach","at":"2026-11-22T20:00:00Z"},'
        '"pause":{"trigger":"mood","by":{"kind":"coach"},"at":"2026-11-22T20:00:00Z","until":"2026-11-23T20:00:00Z"}}'
    )

    session = Session.model_validate_json(body)

    assert session.pause is not None
    assert (session.pause.trigger, session.pause.by) == ("api", SYSTEM)
    assert session.last_message is not None
    assert session.last_message.author == "system"


def test_a_preview_is_one_short_line():
    assert preview("one\n two" + "x" * 200, "user", NOW, 1).text == "one two" + "x" * 92 + "…"


def test_a_time_is_kept_in_utc():
    vienna = timezone(timedelta(hours=1))

    assert Publication(seq=1, to=(), at=datetime(2026, 3, 1, 13, tzinfo=vienna)).at.tzinfo == UTC


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 3, 1), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))],  # noqa: DTZ001 - a naive one is refused
)
def test_a_time_that_is_none_in_utc_is_refused(at: datetime):
    with pytest.raises(ValidationError):
        Publication(seq=1, to=(), at=at)


def test_stamps_sort_by_time():
    moments = [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(days=400)]

    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]
    assert stamp(NOW) == "2026-03-01T12:00:00.000000Z"
