"""What tells happenings apart: no two different ones are taken for the same, and the same one is known again."""

import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk.parking import encode
from chalicelib.desk.queued import message
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.happening import Edit, Reaction, Unsend, Watermark
from tests.compat.happenings import AT, EVERY_KIND
from tests.fakes.channel import CHATTER

SQS_ID = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")
TEXT = st.text(max_size=60)


def deduplication(happening) -> str:
    return message(happening, encode(happening), None).deduplication


def test_what_happens_to_one_message_is_told_apart():
    mid = "in:m_1"
    happenings = [
        Event(mid, CHATTER, Text("Hi"), AT),
        *(Edit(f"{mid}:edit:{number}", CHATTER, mid, "Hi", number, AT) for number in (1, 2, 11)),
        Unsend(f"{mid}:deleted", CHATTER, mid, "m_1", AT),
        *(Reaction(f"in:react:m_1:{emoji}", CHATTER, "m_1", emoji, AT) for emoji in ("+", "-")),
        *(Watermark(CHATTER, AT + timedelta(milliseconds=later), read) for later in (0, 1) for read in (True, False)),
        Watermark(f"{CHATTER}1", AT, read=True),
        Event(mid, f"{CHATTER}1", Text("Hi"), AT),
    ]

    assert len({deduplication(happening) for happening in happenings}) == len(happenings)


def test_every_kind_is_told_from_every_other_though_their_ids_are_the_same():
    by_kind = {type(one): replace(one, id="x") if hasattr(one, "id") else one for one in EVERY_KIND.values()}

    assert len(by_kind) == 9
    assert len({deduplication(happening) for happening in by_kind.values()}) == 9


def test_the_same_delivered_again_is_known_though_its_time_is_told_otherwise():
    first = Event("in:m_1", CHATTER, Text("Hi"), AT)

    assert deduplication(first) == deduplication(replace(first, at=AT + timedelta(seconds=3)))


@given(TEXT, TEXT, TEXT, TEXT)
def test_two_are_the_same_only_with_the_same_session_and_id(session, id_, other_session, other_id):
    one, other = (Event(i, s, Text("Hi"), AT) for s, i in ((session, id_), (other_session, other_id)))

    assert (deduplication(one) == deduplication(other)) == ((session, id_) == (other_session, other_id))
    made = message(one, "{}", None)
    assert SQS_ID.fullmatch(made.group)
    assert SQS_ID.fullmatch(made.deduplication)


def test_all_of_a_session_is_one_group_whatever_it_is():
    groups = {
        message(one, "{}", None).group for one in EVERY_KIND.values() if getattr(one, "session_id", "") == CHATTER
    }

    assert len(groups) == 1
