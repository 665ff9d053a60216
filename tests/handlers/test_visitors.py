"""The web chat as a visitor uses it."""

from collections.abc import Iterator

import pytest

from chalicelib import wiring
from chalicelib.bots.script import ScriptBot
from chalicelib.desk.desk import Desk
from tests.fakes.faults import Faults, Faulty
from tests.fakes.memory import MemoryStore
from tests.handlers.api import Api
from tests.handlers.people import CHAT, NOTIFICATIONS, Visitor


@pytest.fixture
def faults(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """What a store is asked for, which keeps sessions in memory; ask for it before the visitor."""
    faults = Faults()
    # no variable names a store that takes notes
    monkeypatch.setattr(wiring, "build", lambda _: Desk(Faulty(MemoryStore(), faults), ScriptBot()))
    yield faults
    wiring.forget()


def test_a_new_visitor_reads_nothing_and_nothing_is_stored(vera: Visitor, desk: Desk):
    assert vera.reads().json == {
        "entries": [],
        "cursor": 0,
        "state": {
            "paused": False,
            "agent": None,
            "sent_to": 0,
            "delivered_to": 0,
            "read_to": 0,
            "typing": False,
        },
    }
    assert desk.store.load(vera.session) is None


def test_a_visitor_without_a_session_is_told_to_read_from_the_beginning(vera: Visitor):
    assert vera.reads(after=57).json["cursor"] == 0


@pytest.mark.parametrize(("what", "body"), [("typing", {}), ("read", {"seq": 3})])
def test_typing_and_reading_make_no_session(vera: Visitor, desk: Desk, what: str, body: dict[str, int]):
    assert vera.post(what, body).status == 200
    assert desk.store.load(vera.session) is None


@pytest.mark.parametrize(("what", "body"), [("typing", {}), ("read", {"seq": 1})])
def test_typing_and_reading_load_the_session_once(faults: Faults, vera: Visitor, what: str, body: dict[str, int]):
    vera.says("Hello")
    faults.calls.clear()

    assert vera.post(what, body).status == 200
    assert faults.calls == ["load", "commit"]


def test_a_message_is_stored_once_however_often_it_is_sent(vera: Visitor):
    first = vera.says("Hello", "m1")

    assert vera.says("Hello", "m1").json == first.json
    assert len(vera.reads().json["entries"]) == 1


def test_an_id_used_for_other_words_is_refused(vera: Visitor):
    vera.says("Hello", "m1")

    assert vera.says("Goodbye", "m1").said == (409, "IdReused")
    assert vera.post("postback", {"id": "m1", "payload": "YES"}).said == (409, "IdReused")


def test_a_visitor_may_send_a_picture(vera: Visitor):
    content = {"type": "image", "url": "https://example.com/cat.png", "text": "my cat"}

    assert vera.post("messages", {"id": "m1", "content": content}).json["entry"]["content"] == content


def test_a_pressed_button_shows_its_title_and_the_bot_hears_its_payload(vera: Visitor, settings):
    settings(BOT="chalicelib.bot:bot")

    entry = vera.post("postback", {"id": "p1", "payload": "HITL_START", "title": "A human, please"}).json["entry"]

    assert entry["content"] == {"type": "text", "text": "A human, please", "payload": "HITL_START"}
    assert vera.reads().json["state"]["paused"] is True


def test_a_button_without_a_title_shows_its_payload(vera: Visitor):
    entry = vera.post("postback", {"id": "p1", "payload": "YES"}).json["entry"]

    assert entry["content"] == {"type": "text", "text": "YES", "payload": "YES"}


def test_the_answer_comes_after_the_bots_turn(vera: Visitor, settings):
    settings(BOT="chalicelib.bot:bot")

    vera.says("Hello")

    assert [entry["author"]["kind"] for entry in vera.reads().json["entries"]] == ["user", "bot"]


def test_asking_for_a_human_twice_is_once(api: Api, vera: Visitor, ann: str):
    first = vera.asks_for_a_human()

    assert vera.asks_for_a_human().json == first.json
    assert first.json["state"]["paused"] is True
    assert len(api.get(NOTIFICATIONS, token=ann).json["notifications"]) == 1


def test_a_visitor_who_has_said_nothing_may_ask_for_a_human(api: Api, vera: Visitor, ann: str):
    vera.asks_for_a_human()

    session = api.get(vera.path, token=ann).json["session"]
    assert (session["paused"], session["pause"]["trigger"]) == (True, "user")


def test_a_visitor_may_go_back_to_the_bot_while_nobody_has_come(api: Api, vera: Visitor, ann: str, settings):
    settings(BOT="chalicelib.bot:bot")
    vera.asks_for_a_human()

    first = vera.goes_back_to_the_bot()
    assert (first.status, first.json["state"]["paused"]) == (200, False)
    assert vera.goes_back_to_the_bot().json == first.json
    vera.says("Hello")
    kinds = [(entry["kind"], entry["author"]["kind"]) for entry in api.get(vera.path, token=ann).json["entries"]]
    assert [kind for kind in kinds if kind[0] == "unpaused"] == [("unpaused", "user")]
    assert kinds[-1] == ("message", "bot")


def test_a_visitor_cannot_send_an_agent_away(api: Api, vera: Visitor, ann: str):
    vera.asks_for_a_human()
    api.post(f"{vera.path}/claim", token=ann)

    refused = vera.goes_back_to_the_bot()
    assert (refused.status, refused.json["Code"], refused.json["Message"]) == (409, "AlreadyClaimed", "Ann has joined.")
    assert vera.reads().json["state"]["paused"] is True


@pytest.mark.parametrize("who", ["ann", "robot"])
def test_a_visitor_cannot_end_a_pause_that_was_made_for_an_answer(
    api: Api, vera: Visitor, who: str, request: pytest.FixtureRequest
):
    vera.says("Hello")
    api.post(f"{vera.path}/pause", token=request.getfixturevalue(who))

    assert vera.goes_back_to_the_bot().status == 409
    assert vera.reads().json["state"]["paused"] is True


def test_a_visitor_who_has_said_nothing_is_with_the_bot_already(api: Api, vera: Visitor, ann: str):
    assert vera.goes_back_to_the_bot().json["state"]["paused"] is False
    assert api.get(vera.path, token=ann).status == 404


def test_an_agent_sees_the_visitor_typing(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")

    vera.post("typing")

    assert api.get(vera.path, token=ann).json["session"]["typing"] is True


def test_an_agent_sees_what_the_visitor_has_read(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")
    sent = api.post(f"{vera.path}/message", {"text": "Hi"}, token=ann).json["entry"]

    vera.post("read", {"seq": 10**12})

    log = api.get(vera.path, token=ann).json
    assert [entry["status"] for entry in log["entries"] if entry["seq"] == sent["seq"]] == ["read"]
    assert log["session"]["read_to"] == sent["seq"]


def test_what_was_read_never_becomes_unread(vera: Visitor):
    vera.says("Hello")
    vera.post("read", {"seq": 1})

    assert vera.post("read", {"seq": 0}).json["state"]["read_to"] == 1


def test_the_cursor_counts_entries_that_the_visitor_may_not_see(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")
    api.post(f"{vera.path}/note", {"text": "A regular"}, token=ann)
    api.post(f"{vera.path}/note", {"text": "Be kind"}, token=ann)

    page = vera.reads(after=1).json

    assert (page["entries"], page["cursor"]) == ([], 3)


def test_a_page_of_hidden_entries_alone_still_leads_on(api: Api, vera: Visitor, ann: str):
    vera.says("Hello")
    for number in range(3):
        api.post(f"{vera.path}/note", {"text": f"note {number}"}, token=ann)
    vera.says("Anybody?", "m2")

    seen: list[int] = []
    cursor = 0
    for _ in range(5):
        page = api.get(f"{CHAT}/messages", token=vera.token, query={"after": str(cursor), "limit": "1"}).json
        seen += [entry["seq"] for entry in page["entries"]]
        cursor = page["cursor"]

    assert (seen, cursor) == ([1, 5], 5)


def test_a_visitor_who_writes_too_fast_is_asked_to_wait(vera: Visitor, settings):
    settings(VISITOR_BURST="2", VISITOR_RATE="0.0001")
    vera.says("1", "m1")
    vera.says("2", "m2")

    refused = vera.says("3", "m3")

    assert refused.said == (429, "TooFast")
    assert [entry["content"]["text"] for entry in vera.reads().json["entries"]] == ["1", "2"]


@pytest.mark.parametrize("name", ["", " ", "\x00\x07", "Vera\nAdmin", "\u202eareV", "V" * 400, "Ve\ud800ra", "Véra 🎉"])
def test_whatever_a_visitor_is_called_agents_read_one_clean_line(api: Api, ann: str, name: str):
    visitor = Visitor.arrives(api, name)
    visitor.says("Hello")

    shown = api.get(visitor.path, token=ann).json["session"]["user"]["name"]

    assert 0 < len(shown) <= 80
    assert shown.isprintable()


def test_a_visitor_who_asks_for_a_human_before_saying_anything_is_called_by_their_name(api: Api, ann: str):
    vera = Visitor.arrives(api, "Vera")

    vera.asks_for_a_human()

    alerts = api.get("/api/botpress-hitl/notifications", token=ann).json["notifications"]
    assert [alert["text"] for alert in alerts] == ["Vera wants to talk to a human"]
    assert api.get(vera.path, token=ann).json["session"]["user"]["name"] == "Vera"


@pytest.mark.parametrize("name", ["V" * 401, 7, ["Vera"]])
def test_a_name_that_is_none_is_refused(api: Api, name: object):
    assert api.post(f"{CHAT}/visitors", {"name": name}).said == (400, "Malformed")


def test_two_visitors_get_different_ids(api: Api):
    assert Visitor.arrives(api).id != Visitor.arrives(api).id
