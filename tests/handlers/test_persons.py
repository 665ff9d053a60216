"""A supervisor hands out what is kept about a person, and erases them."""

from datetime import UTC, datetime, timedelta

from chalicelib.desk.desk import Desk
from chalicelib.model.draft import Draft
from chalicelib.model.erasing import erase
from chalicelib.model.policy import Policy
from tests.handlers.api import Api
from tests.handlers.people import NOTIFICATIONS, SESSIONS, Visitor


def talked(api: Api, vera: Visitor, agent: str) -> None:
    """Seven entries: a message, a pause, its alert, a claim, an answer, a note, and another message."""
    vera.says("Hello")
    vera.asks_for_a_human()
    api.post(f"{vera.path}/message", {"id": "1", "text": "How can I help?"}, token=agent)
    api.post(f"{vera.path}/note", {"id": "2", "text": "A regular"}, token=agent)
    vera.says("My lamp broke", "m2")


def erased_by_a_clock_ahead(desk: Desk, session_id: str) -> None:
    """As another function does it whose clock is a minute ahead."""
    before = desk.reader.session(session_id)
    draft = Draft(before, now=datetime.now(UTC) + timedelta(minutes=1), request="r", policy=Policy())
    erase(draft, by="sue")
    draft.set(rev=before.rev + 1, attempt="by hand")
    desk.store.commit(before, draft.after, facts=draft.facts)


def exported(api: Api, vera: Visitor, token: str, **query: str) -> dict:
    answer = api.get(f"{vera.path}/export", token=token, query=query)
    assert answer.status == 200
    return answer.json


def test_an_export_has_everything_about_the_person(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]["id"]
    api.post(f"{NOTIFICATIONS}/{alert}/archive", token=ann)
    told = exported(api, vera, sue)

    log = api.get(vera.path, token=ann).json
    assert told["session"] == log["session"]
    assert told["entries"] == log["entries"]
    assert {entry["kind"] for entry in told["entries"]} == {"message", "paused", "alert", "claimed", "note"}
    assert told["notifications"] == [{"seq": 3, "state": "archived"}]
    assert (told["facts"], told["cursor"]) == ({}, None)
    assert told["entries"][0]["at"] <= told["created_at"] <= told["exported_at"]


def test_an_export_comes_in_parts(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    parts, after = [], 0
    while after is not None:
        part = exported(api, vera, sue, after=str(after), limit="2")
        parts.append([entry["seq"] for entry in part["entries"]])
        after = part["cursor"]

    assert parts == [[1, 2], [3, 4], [5, 6], [7]]


def test_nobody_unknown_is_exported_or_erased(api: Api, sue: str):
    path = f"{SESSIONS}/webchat%3Anobody"

    assert api.get(f"{path}/export", token=sue).said == (404, "SessionNotFound")
    assert api.call("DELETE", path, token=sue).said == (404, "SessionNotFound")


def test_the_receipt_says_what_was_done(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    before = datetime.now(UTC)
    answer = api.call("DELETE", vera.path, token=sue)

    told = answer.json
    assert answer.status == 202
    assert before <= datetime.fromisoformat(told.pop("erased_at")) <= datetime.now(UTC)
    assert told == {"session_id": vera.session, "by": "sue", "entries": 7, "done": True}


def test_erasing_twice_is_answered_twice_the_same(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    first = api.call("DELETE", vera.path, token=sue)

    assert api.call("DELETE", vera.path, token=sue).json == first.json


def test_an_erased_person_is_seen_nowhere(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    api.call("DELETE", vera.path, token=sue)

    assert api.get(vera.path, token=ann).said == (404, "SessionNotFound")
    assert api.get(f"{vera.path}/export", token=sue).said == (404, "SessionNotFound")
    assert api.post(f"{vera.path}/message", {"text": "Are you there?"}, token=ann).said == (404, "SessionNotFound")
    for query in ({}, {"paused": "true"}, {"assignee": "ann"}, {"q": "Vera"}, {"q": vera.session}):
        assert api.get(SESSIONS, token=ann, query=query).json["sessions"] == []
    inbox = api.get(NOTIFICATIONS, token=ann).json
    assert (inbox["notifications"], inbox["unread"], inbox["waiting"]) == ([], 0, 0)


def test_the_visitor_reads_nothing_and_their_page_goes_on_from_its_place(api: Api, vera: Visitor, ann: str, sue: str):
    talked(api, vera, ann)
    api.call("DELETE", vera.path, token=sue)
    empty = vera.reads(after=2).json
    vera.says("Me again", "m3")

    assert (empty["entries"], empty["cursor"], empty["state"]["paused"]) == ([], 7, False)
    assert [entry["seq"] for entry in vera.reads(after=empty["cursor"]).json["entries"]] == [8]
    assert vera.post("typing").status == 200


def test_what_a_visitor_said_at_the_moment_of_their_erasure_is_not_kept(api: Api, desk: Desk, vera: Visitor):
    vera.says("Hello")
    erased_by_a_clock_ahead(desk, vera.session)

    assert vera.says("And", "m2").said == (404, "SessionNotFound")
    assert vera.reads().json["entries"] == []
