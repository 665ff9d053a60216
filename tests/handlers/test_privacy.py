"""What a visitor must never read: marker words are put wherever agents write, and looked for in every answer."""

import pytest

from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.people import CHAT, NOTIFICATIONS, Visitor, hire

MARKER = "xyzzy"


@pytest.fixture
def everything(api: Api, vera: Visitor, desk: Desk) -> str:
    """A session in which all that is not a visitor's business carries the marker; all that the visitor was told."""
    agent, robot = hire(desk, f"{MARKER}-agent", "agent"), hire(desk, f"{MARKER}-robot", "bot")
    for token, name in ((agent, "Agent"), (robot, "Robot")):
        kept = desk.store.token(_digest(token))
        assert kept is not None
        desk.store.add_token(_digest(token), kept.but(name=name))
    told = [vera.says("Hello").text]
    api.post(f"{vera.path}/pause", {"reason": f"{MARKER} reason"}, token=robot)
    api.post(f"{vera.path}/message", {"id": f"{MARKER}-1", "text": f"{MARKER} suppressed"}, token=robot)
    api.post(f"{vera.path}/claim", token=agent)
    api.post(f"{vera.path}/note", {"id": f"{MARKER}-2", "text": f"{MARKER} note"}, token=agent)
    api.post(f"{vera.path}/message", {"id": f"{MARKER}-3", "text": "How can I help?"}, token=agent)
    told += [vera.says("It broke", "m2").text, vera.says("It broke", "m2").text, vera.reads().text]
    api.post(f"{vera.path}/typing", token=agent)
    told += [vera.post("typing").text, vera.post("read", {"seq": 5}).text, vera.asks_for_a_human().text]
    told += [vera.says("other words", "m2").text, vera.post("postback", {"id": "p1", "payload": "YES"}).text]
    api.post(f"{vera.path}/release", token=agent)
    api.post(f"{vera.path}/unpause", token=agent)
    told += [vera.reads(after=after).text for after in range(14)]
    return "\n".join(told)


def _digest(token: str) -> str:
    from chalicelib.handlers.auth import digest

    return digest(token)


def test_reasons_notes_suppressed_messages_and_agents_ids_reach_no_visitor(everything: str):
    assert MARKER not in everything


def test_the_visitor_is_told_who_came_and_went_by_name(vera: Visitor, everything: str):
    entries = vera.reads().json["entries"]

    assert [(entry["kind"], entry["author"]["name"]) for entry in entries if entry["kind"] != "message"] == [
        ("paused", "Robot"),
        ("claimed", "Agent"),
        ("released", "Agent"),
        ("unpaused", "Agent"),
    ]
    assert all(entry["content"] is None for entry in entries if entry["kind"] != "message")


def test_the_ids_of_what_others_wrote_tell_only_their_number(vera: Visitor, everything: str):
    entries = vera.reads().json["entries"]

    assert {entry["id"] for entry in entries if entry["author"]["kind"] != "user"} == {
        f"e:{entry['seq']}" for entry in entries if entry["author"]["kind"] != "user"
    }


def test_alerts_reach_no_visitor(api: Api, vera: Visitor, ann: str):
    vera.asks_for_a_human()

    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]["text"]

    assert alert not in vera.reads().text
    assert "alert" not in vera.reads().text


def test_agents_do_read_all_of_it(api: Api, vera: Visitor, everything: str, sue: str):
    shown = api.get(vera.path, token=sue).text

    for words in ("reason", "suppressed", "note", "agent"):
        assert f"{MARKER} {words}" in shown or f"{MARKER}-{words}" in shown


def test_an_error_tells_a_visitor_nothing_of_the_agents(api: Api, vera: Visitor, everything: str):
    refused = [
        vera.post("messages", {"id": "m9"}),
        vera.post("read", {"seq": "x"}),
        api.get(f"{CHAT}/messages", token="nonsense"),
    ]

    assert all(MARKER not in answer.text for answer in refused)
