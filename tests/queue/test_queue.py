"""Every queue: what was put is received in the order of its group, once."""

import json

from chalicelib.desk.parking import decode, encode
from chalicelib.desk.queued import message
from chalicelib.queue.base import Message
from tests.compat.happenings import EVERY_KIND
from tests.queue.conftest import Place


def messages(*names: str, group: str = "g") -> list[Message]:
    return [Message(group, f"{group}-{name}", name) for name in names]


def bodies(place: Place, group: str = "g") -> list[str]:
    return [body for found, body, _ in place.everything() if found == group]


def test_what_was_put_is_received_in_its_order(place: Place):
    names = [f"{number:02}" for number in range(23)]

    assert place.queue.put(messages(*names)) == []
    assert bodies(place) == names


def test_each_of_many_groups_keeps_its_order(place: Place):
    groups = [f"g{number}" for number in range(12)]
    given = [one for name in "abc" for group in groups for one in messages(name, group=group)]
    place.queue.put(given)
    received = place.everything()

    assert len(received) == len(given)
    for group in groups:
        assert [body for found, body, _ in received if found == group] == ["a", "b", "c"]


def test_the_same_again_is_kept_once(place: Place):
    for _ in range(2):
        place.queue.put(messages("a", "b", "a"))

    assert bodies(place) == ["a", "b"]


def test_nothing_is_put_by_nothing(place: Place):
    assert place.queue.put([]) == []
    assert place.everything() == []


def test_attributes_come_along(place: Place):
    place.queue.put([Message("g", "d", "{}", {"trace": "Root=1-5e1b4151-5ac6c58f"})])

    assert place.everything() == [("g", "{}", {"trace": "Root=1-5e1b4151-5ac6c58f"})]


def test_every_kind_of_happening_goes_through_it_unchanged(place: Place):
    for happening in EVERY_KIND.values():
        place.queue.put([message(happening, encode(happening), "r1")])
    received = [decode(body) for _, body, _ in place.everything()]

    assert sorted(map(encode, received)) == sorted(map(encode, EVERY_KIND.values()))


def test_any_text_goes_through_it(place: Place):
    body = json.dumps("\x00\x1f\x7f\ud800\ufffe\uffff\U0001f642 é \u2028")
    place.queue.put([Message("g", "d", body)])

    assert bodies(place) == [body]
