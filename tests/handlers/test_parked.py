"""Supervisors see what is parked, without what users said, have it tried again, and drop it."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from chalicelib.desk.desk import Desk
from chalicelib.desk.parking import encode, parking_id
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.store.base import Parked
from tests.handlers.api import Api

PARKED = "/api/botpress-hitl/parked"
SESSION = "messenger:1002003004.7007007007"
WORDS = "My card number is 4929"
AT = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def park(desk: Desk, parked_id: str = "a", body: str = "{}", *, hours: float = 0, session: str | None = SESSION) -> str:
    at = AT + timedelta(hours=hours)
    desk.store.park(
        Parked(id=parked_id, at=at, channel="messenger", reason="It broke: KeyError.", body=body, session_id=session)
    )
    return parked_id


def park_event(desk: Desk, words: str = WORDS) -> str:
    event = Event("in:m_1", SESSION, Text(words), datetime.now(UTC))
    return park(desk, parking_id(event), encode(event))


def texts(desk: Desk) -> list[str]:
    return [entry.said for entry in desk.store.entries(SESSION, limit=50) if entry.kind == "message"]


def left(desk: Desk) -> list[tuple[str, int]]:
    return [(kept.id, kept.tries) for kept in desk.store.parked(limit=50).items]


def test_the_list_tells_all_but_what_was_said_oldest_first(api: Api, desk: Desk, sue: str):
    park(desk, "b", json.dumps({"delivery": f"{WORDS} é"}), hours=1, session=None)
    park(desk, "a", "{}")
    answer = api.get(PARKED, token=sue)

    assert [one["id"] for one in answer.json["parked"]] == ["a", "b"]
    assert answer.json["parked"][0] == {
        "id": "a",
        "at": "2026-11-26T08:30:00Z",
        "channel": "messenger",
        "session_id": SESSION,
        "size": 2,
        "reason": "It broke: KeyError.",
        "tries": 0,
    }
    assert answer.json["parked"][1]["session_id"] is None
    assert answer.json["cursor"] is None
    assert "4929" not in answer.text


def test_the_list_is_read_a_page_at_a_time(api: Api, desk: Desk, sue: str):
    for number in range(5):
        park(desk, str(number), hours=number)
    first = api.get(PARKED, token=sue, query={"limit": "3"}).json
    second = api.get(PARKED, token=sue, query={"limit": "3", "cursor": first["cursor"]}).json

    assert [one["id"] for page in (first, second) for one in page["parked"]] == list("01234")
    assert api.get(PARKED, token=sue, query={"cursor": "x"}).status == 400


def test_a_replay_that_is_taken_is_in_the_log_and_parked_no_more(api: Api, desk: Desk, sue: str):
    parked_id = park_event(desk)
    answer = api.post(f"{PARKED}/{parked_id}/replay", token=sue)

    assert answer.json == {"id": parked_id, "done": True, "words": "it was taken."}
    assert (texts(desk), left(desk)) == ([WORDS], [])


def test_a_replay_in_vain_is_counted_and_told_without_words_of_the_user(api: Api, desk: Desk, sue: str):
    huge = park_event(desk, WORDS + "\U0001f642" * 17_000)
    answers = [api.post(f"{PARKED}/{huge}/replay", token=sue).json for _ in range(2)]

    assert [answer["done"] for answer in answers] == [False, False]
    assert answers[0]["words"].startswith("it was refused: ")
    assert "4929" not in str(answers)
    assert left(desk) == [(huge, 2)]


def test_a_replay_that_breaks_tells_how_and_not_where(api: Api, desk: Desk, sue: str, monkeypatch):
    parked_id = park_event(desk)
    monkeypatch.setattr(desk.receiver, "receive", lambda _: 1 / 0)
    answer = api.post(f"{PARKED}/{parked_id}/replay", token=sue)

    assert answer.json["words"] == "it broke again: ZeroDivisionError"
    assert left(desk) == [(parked_id, 1)]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"kind": "Poke", "value": {}}', '{"kind": []}', '{"too_large": 5}'])
def test_what_cannot_be_read_stays_parked(api: Api, desk: Desk, sue: str, body: str):
    park(desk, "a", body)
    answer = api.post(f"{PARKED}/a/replay", token=sue)

    assert (answer.status, answer.json["done"]) == (200, False)
    assert left(desk) == [("a", 1)]


def test_what_is_dropped_is_gone_untried(api: Api, desk: Desk, sue: str):
    parked_id = park_event(desk)

    assert api.call("DELETE", f"{PARKED}/{parked_id}", token=sue).json == {"id": parked_id}
    assert (texts(desk), left(desk)) == ([], [])
    assert api.call("DELETE", f"{PARKED}/{parked_id}", token=sue).said == (404, "ParkedNotFound")


def test_an_id_may_hold_what_a_path_must_encode(api: Api, desk: Desk, sue: str):
    parked_id = park(desk, "in:m_1#? é", "{}")

    assert api.call("DELETE", f"{PARKED}/{quote(parked_id, safe='')}", token=sue).json == {"id": parked_id}


def test_an_agent_neither_sees_nor_changes_what_is_parked(api: Api, desk: Desk, ann: str):
    park(desk)
    answers = [api.get(PARKED, token=ann), api.post(f"{PARKED}/a/replay", token=ann)]
    answers.append(api.call("DELETE", f"{PARKED}/a", token=ann))

    assert [answer.said for answer in answers] == [(403, "Forbidden")] * 3
    assert left(desk) == [("a", 0)]
