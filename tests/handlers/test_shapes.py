"""The exact keys of the answers that pages and programs are written against."""

from datetime import datetime

from tests.handlers.api import Api
from tests.handlers.people import NOTIFICATIONS, SESSIONS, Visitor

SESSION = {
    "id", "channel", "user", "paused", "pause", "assignee", "waiting_since", "last_user_at", "last_event_at", "seq",
    "sent_to", "delivered_to", "read_to", "unread", "last_message", "tags", "typing",
    "reply_window",
}  # fmt: skip
ENTRY = {"seq", "id", "kind", "author", "content", "at", "status", "failure", "edited", "reaction"}


def test_a_session_that_is_not_paused(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    session = api.get(vera.path, token=ann).json["session"]

    assert session.keys() == SESSION
    assert session["user"] == {"id": vera.id, "name": "Vera", "picture_url": None}
    assert (session["id"], session["channel"]) == (f"webchat:{vera.id}", "webchat")
    assert (session["paused"], session["pause"], session["assignee"], session["waiting_since"]) == (
        False,
        None,
        None,
        None,
    )
    assert session["last_message"].keys() == {"text", "author", "at", "seq"}
    assert (session["last_message"]["text"], session["last_message"]["author"]) == ("Hello", "user")
    assert (session["seq"], session["unread"], session["tags"]) == (1, 1, [])


def test_a_session_that_an_agent_took_over(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    session = api.post(f"{vera.path}/claim", token=ann).json

    assert session.keys() == SESSION
    assert session["assignee"] == {"id": "ann", "name": "Ann"}
    assert session["pause"].keys() == {"trigger", "by", "reason", "at", "until", "draining_until"}
    assert session["pause"]["by"] == {"kind": "agent", "id": "ann", "name": "Ann"}
    assert (session["paused"], session["pause"]["trigger"]) == (True, "agent")


def test_times_are_iso_8601_in_utc(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    session = api.post(f"{vera.path}/pause", token=ann).json

    for time in (session["pause"]["at"], session["pause"]["until"], session["waiting_since"], session["last_user_at"]):
        assert time.endswith("Z")
        assert datetime.fromisoformat(time)


def test_an_entry_of_the_user(api: Api, vera: Visitor, ann: str):
    vera.says("Hello", "m1")

    entry = api.get(vera.path, token=ann).json["entries"][0]

    assert entry.keys() == ENTRY
    assert entry["author"] == {"kind": "user", "id": vera.id, "name": "Vera"}
    assert entry["content"] == {"type": "text", "text": "Hello", "payload": None}
    assert (entry["seq"], entry["id"], entry["kind"], entry["status"]) == (1, "u:m1", "message", None)


def test_an_agents_message_answers_with_entry_and_session(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    answer = api.post(f"{vera.path}/message", {"id": "1", "text": "Hi"}, token=ann).json

    assert answer.keys() == {"entry", "session"}
    assert (answer["entry"].keys(), answer["session"].keys()) == (ENTRY, SESSION)
    assert (answer["entry"]["id"], answer["entry"]["status"]) == ("a:ann:1", "sent")


def test_a_note_answers_with_entry_and_session(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    answer = api.post(f"{vera.path}/note", {"id": "1", "text": "A regular"}, token=ann).json

    assert answer.keys() == {"entry", "session"}
    assert (answer["entry"]["kind"], answer["entry"]["status"]) == ("note", None)


def test_a_log_answers_with_session_entries_and_cursor(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    assert api.get(vera.path, token=ann).json.keys() == {"session", "entries", "cursor"}


def test_a_list_of_sessions_answers_with_sessions_and_cursor(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    answer = api.get(SESSIONS, token=ann).json

    assert answer.keys() == {"sessions", "cursor"}
    assert [session.keys() for session in answer["sessions"]] == [SESSION]


def test_notifications_answer_with_counts_and_cursor(api: Api, vera: Visitor, ann: str):
    vera.asks_for_a_human()

    answer = api.get(NOTIFICATIONS, token=ann).json

    assert answer.keys() == {"notifications", "unread", "waiting", "cursor"}
    assert answer["notifications"][0].keys() == {"id", "session_id", "text", "level", "why", "at", "read", "archived"}


def test_a_visitors_message_answers_with_the_entry_alone(vera: Visitor):
    answer = vera.says("Hello").json

    assert answer.keys() == {"entry"}
    assert answer["entry"].keys() == {"seq", "id", "kind", "author", "content", "at"}


def test_a_visitors_log_answers_with_entries_cursor_and_state(vera: Visitor):
    vera.says("Hello")

    answer = vera.reads().json

    assert answer.keys() == {"entries", "cursor", "state"}
    assert answer["state"].keys() == {"paused", "agent", "sent_to", "delivered_to", "read_to", "typing"}


def test_a_visitor_is_shown_an_agent_by_name_and_picture(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")
    api.post(f"{vera.path}/claim", token=ann)

    assert vera.reads().json["state"]["agent"] == {"name": "Ann", "picture_url": None}


def test_a_new_visitor_is_told_their_id_and_token(api: Api):
    answer = api.post("/api/webchat/visitors", {}).json

    assert (answer.keys(), answer["visitor"].keys()) == ({"visitor", "token"}, {"id"})


def test_health_says_ok_without_a_store(api: Api, settings):
    settings(STORE="dynamodb://no-such-table")

    assert api.get("/api/health").json == {"status": "ok"}
