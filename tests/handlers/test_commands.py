"""What agents and programs do to one session."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.desk.desk import Desk
from tests.handlers.api import Api
from tests.handlers.people import NOTIFICATIONS, Visitor, pause_that_ran_out


def kinds(api: Api, visitor: Visitor, token: str) -> list[str]:
    return [entry["kind"] for entry in api.get(visitor.path, token=token).json["entries"]]


@pytest.fixture(autouse=True)
def somebody_wrote(vera: Visitor) -> None:
    vera.says("Hello")


def test_pausing_twice_answers_the_same(api: Api, vera: Visitor, ann: str):
    first = api.post(f"{vera.path}/pause", {"reason": "asked"}, token=ann)

    assert api.post(f"{vera.path}/pause", {"reason": "again"}, token=ann).json == first.json


def test_a_second_pause_with_an_end_replaces_the_end(api: Api, vera: Visitor, ann: str):
    end = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    api.post(f"{vera.path}/pause", token=ann)

    answer = api.post(f"{vera.path}/pause", {"until": end.isoformat()}, token=ann)

    assert datetime.fromisoformat(answer.json["pause"]["until"]) == end


def test_an_end_in_another_time_zone_is_told_in_utc(api: Api, vera: Visitor, ann: str):
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    answer = api.post(f"{vera.path}/pause", {"until": f"{day}T02:00:00+02:00"}, token=ann)

    assert answer.json["pause"]["until"] == f"{day}T00:00:00Z"


def test_a_pause_may_not_last_for_years(api: Api, vera: Visitor, ann: str):
    answer = api.post(f"{vera.path}/pause", {"until": "2999-01-01T00:00:00Z"}, token=ann)

    assert answer.said == (400, "Malformed")


def test_unpausing_twice_answers_the_same(api: Api, vera: Visitor, ann: str):
    api.post(f"{vera.path}/pause", token=ann)
    first = api.post(f"{vera.path}/unpause", token=ann)

    assert api.post(f"{vera.path}/unpause", token=ann).json == first.json
    assert first.json["paused"] is False


def test_an_agents_message_pauses_and_claims(api: Api, vera: Visitor, ann: str):
    session = api.post(f"{vera.path}/message", {"text": "Hi"}, token=ann).json["session"]

    assert (session["paused"], session["assignee"]["id"]) == (True, "ann")
    assert kinds(api, vera, ann) == ["message", "paused", "claimed", "message"]


def test_the_same_id_and_words_again_are_one_message(api: Api, vera: Visitor, ann: str):
    first = api.post(f"{vera.path}/message", {"id": "1", "text": "Hi"}, token=ann)

    assert api.post(f"{vera.path}/message", {"id": "1", "text": "Hi"}, token=ann).json["entry"] == first.json["entry"]
    assert kinds(api, vera, ann).count("message") == 2


def test_the_same_id_with_other_words_is_refused(api: Api, vera: Visitor, ann: str):
    api.post(f"{vera.path}/message", {"id": "1", "text": "Hi"}, token=ann)

    assert api.post(f"{vera.path}/message", {"id": "1", "text": "Ho"}, token=ann).said == (409, "IdReused")
    assert api.post(f"{vera.path}/note", {"id": "1", "text": "Hi"}, token=ann).said == (409, "IdReused")


def test_two_agents_may_use_the_same_id(api: Api, vera: Visitor, ann: str, ben: str):
    api.post(f"{vera.path}/message", {"id": "1", "text": "Hi"}, token=ann)

    assert api.post(f"{vera.path}/message", {"id": "1", "text": "Ho"}, token=ben).status == 200


def test_an_agent_can_send_buttons(api: Api, vera: Visitor, ann: str):
    content = {"type": "buttons", "text": "Pick", "buttons": [{"type": "postback", "title": "Yes", "payload": "YES"}]}

    assert api.post(f"{vera.path}/message", {"content": content}, token=ann).json["entry"]["content"] == content


def test_claiming_anothers_session_names_who_has_it(api: Api, vera: Visitor, ann: str, ben: str):
    api.post(f"{vera.path}/claim", token=ann)

    answer = api.post(f"{vera.path}/claim", token=ben)

    assert answer.said == (409, "AlreadyClaimed")
    assert "Ann" in answer.json["Message"]


def test_claiming_ones_own_session_again_answers_the_same(api: Api, vera: Visitor, ann: str):
    first = api.post(f"{vera.path}/claim", token=ann)

    assert api.post(f"{vera.path}/claim", token=ann).json == first.json


def test_a_supervisor_may_force_a_claim(api: Api, vera: Visitor, ann: str, sue: str):
    api.post(f"{vera.path}/claim", token=ann)

    assert api.post(f"{vera.path}/claim", token=sue).said == (409, "AlreadyClaimed")
    assert api.post(f"{vera.path}/claim", {"force": True}, token=sue).json["assignee"]["id"] == "sue"


def test_an_agent_may_not_force_a_claim(api: Api, vera: Visitor, ann: str, ben: str):
    api.post(f"{vera.path}/claim", token=ann)

    assert api.post(f"{vera.path}/claim", {"force": True}, token=ben).said == (403, "Forbidden")


def test_only_the_owner_and_supervisors_release(api: Api, vera: Visitor, ann: str, ben: str, sue: str):
    api.post(f"{vera.path}/claim", token=ann)

    assert api.post(f"{vera.path}/release", token=ben).said == (409, "AlreadyClaimed")
    released = api.post(f"{vera.path}/release", token=sue).json
    assert (released["assignee"], released["paused"]) == (None, True)


def test_unpausing_clears_the_assignee(api: Api, vera: Visitor, ann: str):
    api.post(f"{vera.path}/claim", token=ann)

    assert api.post(f"{vera.path}/unpause", token=ann).json["assignee"] is None


def test_reading_lowers_the_count_of_what_is_unread(api: Api, vera: Visitor, ann: str):
    vera.says("Anybody?", "m2")

    assert api.post(f"{vera.path}/read", {"seq": 1}, token=ann).json["unread"] == 1
    assert api.post(f"{vera.path}/read", {"seq": 10**12}, token=ann).json["unread"] == 0
    assert api.post(f"{vera.path}/read", {"seq": 0}, token=ann).json["unread"] == 0


def test_the_visitor_sees_an_agent_typing(api: Api, vera: Visitor, ann: str):
    api.post(f"{vera.path}/typing", token=ann)

    assert vera.reads().json["state"]["typing"] is True


def test_a_programs_pause_counts_as_the_interfaces_and_alerts(api: Api, vera: Visitor, ann: str, robot: str):
    session = api.post(f"{vera.path}/pause", {"reason": "order stuck"}, token=robot).json

    assert (session["pause"]["trigger"], session["pause"]["by"]["kind"]) == ("api", "bot")
    assert len(api.get(NOTIFICATIONS, token=ann).json["notifications"]) == 1


def test_an_agents_pause_alerts_nobody(api: Api, vera: Visitor, ann: str):
    api.post(f"{vera.path}/pause", token=ann)

    assert api.get(NOTIFICATIONS, token=ann).json["notifications"] == []


def test_a_program_speaks_as_the_bot(api: Api, vera: Visitor, robot: str):
    answer = api.post(f"{vera.path}/message", {"id": "1", "text": "Your order left"}, token=robot).json

    assert (answer["entry"]["author"]["kind"], answer["entry"]["status"]) == ("bot", "sent")
    assert answer["session"]["paused"] is False
    assert vera.reads().json["entries"][-1]["content"]["text"] == "Your order left"


def test_while_paused_a_programs_message_is_kept_from_the_user(api: Api, vera: Visitor, ann: str, robot: str):
    api.post(f"{vera.path}/pause", token=ann)

    answer = api.post(f"{vera.path}/message", {"id": "1", "text": "Your order left"}, token=robot).json

    assert answer["entry"]["status"] == "suppressed"
    assert "order left" not in vera.reads().text


@pytest.mark.parametrize("command", ["claim", "release", "note", "typing", "read"])
def test_a_program_may_not_do_what_agents_do(api: Api, vera: Visitor, robot: str, command: str):
    assert api.post(f"{vera.path}/{command}", {}, token=robot).said == (403, "Forbidden")


@pytest.mark.parametrize("command", ["pause", "unpause", "message", "claim", "release", "note", "typing", "read"])
def test_a_command_for_an_unknown_session_makes_none(api: Api, sue: str, desk: Desk, command: str):
    bodies = {"message": {"text": "Hi"}, "note": {"text": "Hi"}, "read": {"seq": 1}}

    answer = api.post(f"/api/botpress-hitl/sessions/webchat%3Anobody/{command}", bodies.get(command, {}), token=sue)

    assert answer.said == (404, "SessionNotFound")
    assert desk.store.load("webchat:nobody") is None


def test_a_pause_that_ran_out_is_shown_as_over_though_nothing_was_written(
    api: Api, vera: Visitor, ann: str, desk: Desk
):
    pause_that_ran_out(desk, vera.session)
    head = desk.store.load(vera.session)

    shown = api.get(vera.path, token=ann).json["session"]

    assert (shown["paused"], shown["pause"], shown["assignee"], shown["waiting_since"]) == (False, None, None, None)
    assert vera.reads().json["state"]["paused"] is False
    assert api.get("/api/botpress-hitl/sessions", token=ann, query={"paused": "true"}).json["sessions"] == []
    assert desk.store.load(vera.session) == head


def test_the_next_command_writes_down_that_a_pause_ran_out(api: Api, vera: Visitor, ann: str, desk: Desk):
    pause_that_ran_out(desk, vera.session)

    api.post(f"{vera.path}/note", {"text": "A regular"}, token=ann)

    assert kinds(api, vera, ann) == ["message", "paused", "unpaused", "note"]
