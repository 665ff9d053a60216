"""Whole conversations: the simulated platform calls our webhook, and the desk behind it calls the platform, over HTTP."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.channels.messenger_kinds import PAGE_INBOX
from local.messenger.state import INBOX_APP_ID
from tests.channels.deliveries import OURS, PAGE, echo, event, said
from tests.handlers.conftest import Settings
from tests.handlers.meta import INSTALLED
from tests.handlers.talk import OTHER_SESSION, OTHER_USER, Talk

answering = pytest.mark.parametrize("talk", ["tests.handlers.bots:parrot"], indirect=True)
"""With a bot that repeats what it hears."""


@answering
def test_messenger_6_6_times_in_any_form_are_one_time(talk: Talk):
    at = int(wiring.desk().reader.now.timestamp()) - 60
    for number, given in enumerate((at * 1000, at, str(at * 1000), str(at))):
        talk.meta.tells({**said(mid=f"m_{number}"), "timestamp": given})
    for number, missing in enumerate((None, "soon", -1, [])):
        talk.meta.tells({**said(mid=f"n_{number}"), "timestamp": missing}, time=at * 1000)

    theirs = [int(entry.at.timestamp()) for entry in talk.log if entry.from_user()]
    assert theirs == [at] * 8


def test_messenger_6_6_a_late_word_never_moves_anything_back(talk: Talk):
    talk.user_says()
    talk.agent_says()
    late = int((talk.head.acted_at or talk.head.last_event_at).timestamp() * 1000) - 3_600_000
    talk.ann.looks()
    talk.pump()
    before = talk.head
    assert before.read_to == before.delivered_to == before.sent_to > 0

    for kind in ("read", "delivery"):
        talk.meta.tells({**event(timestamp=late), kind: {"watermark": late}})
    talk.meta.tells({**said("Written earlier", mid="m_late"), "timestamp": late})

    after = talk.head
    assert (after.read_to, after.delivered_to) == (before.read_to, before.delivered_to)
    assert after.last_user_at == before.last_user_at
    assert after.acted_at == before.acted_at


@answering
@pytest.mark.parametrize("place", ["messaging", "standby"])
@pytest.mark.parametrize(
    "content",
    [
        {"text": "Bob here"},
        {"attachments": [{"type": "audio", "payload": {"url": "https://a.example/v.mp4"}}]},
        {"attachments": [{"type": "sticker", "payload": {"url": "https://a.example/s.png", "sticker_id": 1}}]},
        {},
    ],
    ids=["text", "audio", "sticker", "nothing"],
)
@pytest.mark.parametrize("flag", [True, None], ids=["echo", "by its sender alone"])
def test_messenger_6_7_nothing_of_our_side_is_taken_for_the_users(
    talk: Talk, place: str, content: dict[str, Any], flag: bool | None
):
    told = echo(**content, app_id=INBOX_APP_ID)
    told["message"]["is_echo"] = flag
    body = {"object": "page", "entry": [{"id": PAGE, place: [told]}]}
    assert [talk.meta.delivers(body).status for _ in range(3)] == [200] * 3

    assert [who for who, _ in talk.messages] == ["agent"]
    assert talk.sent == []


@answering
@pytest.mark.parametrize("order", ["before", "after", "in turn"])
def test_messenger_6_7_echoes_of_what_we_send_start_no_loop(talk: Talk, order: Any):
    talk.platform.echo = order

    for number in range(3):
        talk.user_says(f"Hello {number}")

    assert [one.body["message"]["text"] for one in talk.sent] == [f"You said: Hello {number}" for number in range(3)]
    assert [who for who, _ in talk.messages] == ["user", "bot"] * 3
    assert not talk.head.paused


@pytest.mark.parametrize("order", ["before", "after"])
def test_messenger_6_7_an_agents_reply_is_stored_once_whenever_its_echo_comes(talk: Talk, order: Any):
    talk.user_says()
    talk.platform.echo = order
    talk.agent_says()

    assert talk.messages == [("user", "Hello"), ("agent", "Bob here")]
    assert len(talk.sent) == 1
    assert {one.vendor_id for one in talk.log if one.said == "Bob here"} == {talk.sent[0].message_id}


@answering
def test_messenger_6_8_a_person_in_the_inbox_silences_the_bot(talk: Talk):
    talk.user_says()
    talk.inbox.says("Carla here")
    talk.pump()
    talk.user_says("Thanks")

    assert talk.head.paused
    assert talk.messages[2:] == [("agent", "Carla here"), ("user", "Thanks")]
    assert len(talk.sent) == 1


@answering
@pytest.mark.parametrize("as_id", [str, int])
def test_messenger_6_8_a_conversation_that_was_taken_is_the_inboxs(talk: Talk, as_id: type):
    taken = {"previous_owner_app_id": as_id(OURS), "new_owner_app_id": as_id("263902037430900"), "metadata": ""}
    talk.meta.tells(event(take_thread_control=taken))
    talk.user_says()

    assert PAGE_INBOX == "263902037430900"
    assert talk.head.paused
    assert talk.sent == []


@answering
def test_messenger_6_8_what_comes_by_standby_is_recorded_and_never_answered(talk: Talk):
    talk.meta.tells(standby=[said("to the inbox agent", mid="m_30"), event(postback={"title": "Menu"})])

    assert [who for who, _ in talk.messages] == ["user", "user"]
    assert talk.sent == []


def test_messenger_6_8_a_request_of_the_inbox_is_met_once(talk: Talk):
    talk.user_says()
    for _ in range(2):
        talk.inbox.requests()
        talk.pump()

    passed = [one for one in talk.platform.accepted if one.kind == "pass_thread_control"]
    assert {one.body["target_app_id"] for one in passed} == {PAGE_INBOX}
    assert talk.head.paused


@answering
def test_messenger_6_9_the_bot_is_refused_here_after_a_day(talk: Talk):
    talk.user_says(hours_ago=25)

    assert talk.messages == [("user", "Hello"), ("bot", "You said: Hello")]
    assert talk.states() == ["failed"]
    assert talk.platform.accepted == []


@pytest.mark.parametrize(("hours", "tagged"), [(23, None), (25, "HUMAN_AGENT"), (167, "HUMAN_AGENT")])
def test_messenger_6_9_a_human_may_answer_for_a_week_marked_after_a_day(talk: Talk, hours: int, tagged: str | None):
    talk.user_says(hours_ago=hours)
    talk.agent_says()

    (sent,) = talk.sent
    assert sent.body.get("tag") == tagged
    assert sent.body["messaging_type"] == ("MESSAGE_TAG" if tagged else "RESPONSE")
    assert talk.states() == ["delivered"]


def test_messenger_6_9_nobody_may_answer_after_a_week(talk: Talk):
    talk.user_says(hours_ago=24 * 7 + 1)
    told = talk.agent_says()

    assert told["status"] == "failed"
    assert "7 days" in told["failure"]
    assert talk.platform.accepted == []


def test_messenger_6_10_a_lost_answer_is_not_sent_again_and_its_echo_settles_it(talk: Talk):
    talk.user_says()
    talk.platform.lose_next("reset")
    told = talk.agent_says()

    assert told["status"] == "unknown"
    assert talk.states() == ["delivered"]
    assert len(talk.sent) == 1


def test_messenger_6_10_a_lost_answer_without_an_echo_waits_for_a_person(talk: Talk):
    talk.user_says()
    talk.platform.page().subscribed.discard("message_echoes")
    talk.platform.lose_next("reset", accepting=False)
    told = talk.agent_says()
    path = f"entries/{told['seq']}/retry"

    assert (talk.states(), talk.sent) == (["unknown"], [])
    assert talk.asks("POST", path, {}).said == (409, "NothingToRetry")
    assert talk.asks("POST", path, {"again": True}).status == 200
    assert (talk.states(), len(talk.sent)) == (["sent"], 1)


def test_messenger_6_10_what_never_reached_the_platform_waits_to_be_tried_again(talk: Talk, settings: Settings):
    talk.user_says()
    settings(GRAPH_URL=INSTALLED["GRAPH_URL"])
    talk.agent_says()

    assert talk.states() == ["pending"]
    assert talk.head.send_at is not None
    assert talk.head.send_tries == 1


def test_messenger_6_10_a_rate_limit_is_waited_for_as_long_as_it_says(talk: Talk):
    talk.user_says()
    talk.platform.limit_next(minutes=5)
    talk.agent_says()

    assert talk.states() == ["pending"]
    assert talk.head.send_at is not None
    assert 290 < (talk.head.send_at - talk.head.last_event_at).total_seconds() < 310


@pytest.mark.parametrize(
    ("code", "subcode", "status"),
    [
        *((code, subcode, "failed") for code, subcode in ((10, 2018278), (551, None), (100, 2018001), (2018300, None))),
        *((code, None, "pending") for code in (1, 4, 613, 2018321)),
        *((code, subcode, "pending") for code, subcode in ((190, None), (368, None), (10, 1893063))),
        (1, 1357046, "delivered"),
        (999999, None, "failed"),
    ],
)
def test_messenger_6_10_each_error_has_its_end(talk: Talk, code: int, subcode: int | None, status: str):
    talk.user_says()
    talk.platform.fail_next(code, subcode)
    talk.agent_says()

    assert talk.states() == [status]


@pytest.mark.parametrize("text", ["🎉" * 3000, "👨‍👩‍👧‍👦" * 400, "word " * 1000, "ä" * 4000])
def test_messenger_6_12_a_long_text_arrives_whole_in_pieces_that_fit(talk: Talk, text: str):
    talk.user_says()
    talk.agent_says(text)

    pieces = [one.body["message"]["text"] for one in talk.sent]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert max(len(piece.encode("utf-16-le")) // 2 for piece in pieces) <= 1999
    assert not [piece for piece in pieces if piece[0] in "\u200d\udc00" or piece[-1] == "\u200d"]
    assert talk.states() == ["delivered"]


@answering
def test_messenger_6_12_a_lone_surrogate_is_stored_and_sent(talk: Talk):
    talk.user_says("a\ud83db")

    assert talk.messages == [("user", "a\ufffdb"), ("bot", "You said: a\ufffdb")]
    assert talk.sent[0].body["message"]["text"] == "You said: a\ufffdb"


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_messenger_6_12_an_empty_text_is_refused(talk: Talk, text: str):
    talk.user_says()

    assert talk.asks("POST", "message", {"text": text}).said == (400, "Malformed")
    assert talk.sent == []


def _stop(talk: Talk, how: str) -> None:
    if how == "block":
        talk.platform.block(reason="Too many messages")
        talk.pump()
    else:
        talk.platform.kill_token()
        talk.agent_says("Is this on?")


@pytest.mark.parametrize("how", ["block", "error 190"])
def test_messenger_6_14_a_block_and_a_dead_token_alert_and_stop_that_page_alone(talk: Talk, how: str):
    talk.user_says()
    otto = talk.platform.user(OTHER_USER)
    otto.says("Hi")
    talk.pump()

    _stop(talk, how)
    tried = len(talk.platform.world.lines)
    talk.agent_says("Anybody there?")
    stopped = len(talk.platform.world.lines)
    talk.agent_says("And here?", OTHER_SESSION)

    assert len([text for text in talk.alerts() if text.startswith("Nothing goes out for ")]) == 1
    assert (stopped, set(talk.states()), talk.sent) == (tried, {"pending"}, [])
    assert talk.states(OTHER_SESSION) == ["delivered"]


def test_messenger_6_14_a_warning_alerts_and_stops_nothing(talk: Talk):
    talk.user_says()
    for _ in range(2):
        talk.meta.tells(
            {"recipient": {"id": PAGE}, "timestamp": 1790000000500, "policy_enforcement": {"action": "warning"}}
        )
    talk.agent_says()

    assert len(talk.alerts()) == 1
    assert talk.states() == ["delivered"]


@answering
def test_messenger_6_14_a_message_taken_back_is_gone(talk: Talk):
    mid = talk.user_says("zanzibar")
    talk.ann.unsends(mid)
    talk.pump()

    assert "zanzibar" not in "".join(entry.to_json() for entry in talk.log) + talk.head.model_dump_json()
    assert [who for who, _ in talk.messages] == ["user", "bot"]
