"""The channel against a Graph API on loopback."""

import pytest

from chalicelib.channels.base import Channel, Outgoing, SendFailed
from chalicelib.channels.messenger import MessengerChannel
from chalicelib.model.content import Buttons, Postback, Text
from chalicelib.model.session import User
from tests.alerts.receiver import Receiver, hang_up
from tests.channels.graph_server import (
    ACCOUNT,
    LONG,
    PAGE,
    SENT,
    SESSION,
    USER,
    channel,
    doing,
    failing,
    graph,
    refuse,
    reply,
)

HELLO = Outgoing(SESSION, {"text": "Hello"}, "hitl:01HZX")


def send(outgoing=HELLO):
    return lambda channel: channel.send(outgoing, seconds=LONG)


def test_a_message_is_sent_for_its_page_with_its_mark():
    mid, calls = doing(SENT, send())

    body = {
        "recipient": {"id": USER},
        "messaging_type": "RESPONSE",
        "message": {"text": "Hello", "metadata": "hitl:01HZX"},
    }
    assert mid == "m_21"
    assert calls == [("POST", f"/v25.0/{PAGE}/messages", {}, body)]


# 6.9 the window


def test_a_late_message_is_marked_as_a_humans():
    [(*_, body)] = doing(SENT, send(Outgoing(SESSION, {"text": "Hello"}, "m", late=True)))[1]

    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_a_message_in_time_has_no_mark():
    [(*_, body)] = doing(SENT, send())[1]

    assert "tag" not in body


def test_a_message_may_show_another_face():
    [(*_, body)] = doing(SENT, send(Outgoing(SESSION, {"text": "Hello"}, "m", persona="31")))[1]

    assert body["persona_id"] == "31"


@pytest.mark.parametrize(
    "content", [Text("a" * 5000), Buttons("Close?", [Postback(f"C{number}", "C") for number in range(5)])]
)
def test_every_part_of_a_message_has_its_mark(content):
    with Receiver(SENT) as server:
        line = channel(server)
        for part in line.parts(content):
            line.send(Outgoing(SESSION, part, "hitl:1"), seconds=LONG)

    assert len(server.requests) > 1
    assert all(b'"metadata": "hitl:1"' in body for *_, body in server.requests)


def test_a_lone_surrogate_is_sent_without_an_exception():
    [(*_, body)] = doing(
        SENT, lambda line: [send(Outgoing(SESSION, part, "m"))(line) for part in line.parts(Text("a\ud83d"))]
    )[1]

    assert body["message"]["text"] == "a\ufffd"


@pytest.mark.parametrize("answer", [{}, {"recipient_id": USER}, {"message_id": None}, {"message_id": ""}], ids=str)
def test_a_success_without_an_id_may_be_none(answer):
    assert failing(reply(answer), send(), SendFailed).outcome == "unknown"


def test_a_message_whose_answer_was_lost_may_be_there():
    assert failing(hang_up, send(), SendFailed).outcome == "unknown"


@pytest.mark.parametrize("act", [send(), lambda line: line.check(ACCOUNT), lambda line: line.profile(SESSION)])
def test_a_page_without_a_token_is_stopped_and_nothing_is_called(act):
    with Receiver(SENT) as server, pytest.raises(SendFailed) as raised:
        act(MessengerChannel(graph(server), {"2002": "a token"}, seconds=LONG))

    assert (raised.value.outcome, raised.value.alert) == ("stopped", True)
    assert PAGE in raised.value.words
    assert server.requests == []


def test_another_apps_conversation_is_told_as_such():
    assert failing(refuse(10, 2018300), send(), SendFailed).elsewhere


@pytest.mark.parametrize(
    ("error", "persona", "told"),
    [((100, None), "31", True), ((100, 33), "31", True), ((100, None), None, False), ((190, 460), "31", False)],
)
def test_a_message_that_may_have_been_refused_for_its_face_may_go_without(error, persona, told):
    failure = failing(refuse(*error), send(Outgoing(SESSION, {"text": "Hello"}, "m", persona=persona)), SendFailed)

    assert failure.persona is told


# around sending


@pytest.mark.parametrize(("action", "called"), [("typing", "typing_on"), ("seen", "mark_seen")])
def test_an_action_is_a_call_of_its_own(action, called):
    _, calls = doing(reply({"recipient_id": USER}), lambda line: line.act(SESSION, action))

    assert [body for *_, body in calls] == [{"recipient": {"id": USER}, "sender_action": called}]


def test_giving_a_conversation_away_names_the_app():
    _, calls = doing(reply({"success": True}), lambda line: line.give(SESSION, "263902037430900"))

    body = {"recipient": {"id": USER}, "target_app_id": "263902037430900"}
    assert calls == [("POST", f"/v25.0/{PAGE}/pass_thread_control", {}, body)]


@pytest.mark.parametrize("act", [lambda line: line.act(SESSION, "typing"), lambda line: line.give(SESSION, "1")])
def test_what_is_only_shown_may_fail_with_a_line_in_the_log(act, caplog):
    doing(refuse(190, 460), act)

    assert "no longer accepts the Page's access token" in caplog.text


@pytest.mark.parametrize(
    ("told", "user"),
    [
        (
            {"first_name": "Zoë", "last_name": "Smith", "profile_pic": "https://p.fbsbx.com/z", "id": USER},
            User(name="Zoë Smith", picture_url="https://p.fbsbx.com/z"),
        ),
        ({"first_name": "Zoë\n\u202e", "last_name": None}, User(name="Zoë")),
        ({"first_name": "Zoë", "profile_pic": "javascript:alert(1)"}, User(name="Zoë")),
        ({"first_name": "Zoë", "profile_pic": "https://p.fbsbx.com/" + "z" * 2000}, User(name="Zoë")),
        ({}, None),
        ({"id": USER}, None),
    ],
    ids=str,
)
def test_a_profile_is_what_the_platform_tells(told, user):
    given, calls = doing(reply(told), lambda line: line.profile(SESSION))

    assert given == user
    assert calls == [("GET", f"/v25.0/{USER}", {"fields": "first_name,last_name,profile_pic"}, {})]


@pytest.mark.parametrize("error", [(100, 2018218), (2018218, None), (100, 2018247)])
def test_a_profile_that_is_not_told_is_none(error):
    assert doing(refuse(*error), lambda line: line.profile(SESSION))[0] is None


def test_a_profile_that_cannot_be_asked_now_is_an_error():
    assert failing(refuse(4), lambda line: line.profile(SESSION), SendFailed).outcome == "later"


def test_a_persona_has_a_name_that_fits():
    persona, calls = doing(
        reply({"id": "31"}), lambda line: line.create_persona(ACCOUNT, "x" * 60, "https://a.example/p")
    )

    body = {"name": "x" * 49 + "…", "profile_picture_url": "https://a.example/p"}
    assert persona == "31"
    assert calls == [("POST", f"/v25.0/{PAGE}/personas", {}, body)]


def test_a_persona_without_an_id_is_none():
    assert (
        failing(reply({}), lambda line: line.create_persona(ACCOUNT, "Ann", "https://a"), SendFailed).outcome
        == "failed"
    )


def test_a_check_asks_for_the_page_alone():
    _, calls = doing(reply({"id": PAGE}), lambda line: line.check(ACCOUNT))

    assert calls == [("GET", f"/v25.0/{PAGE}", {"fields": "id"}, {})]


def test_a_check_tells_why_a_page_is_not_let_in():
    assert failing(refuse(190, 460), lambda line: line.check(ACCOUNT), SendFailed).outcome == "stopped"


def test_the_account_of_a_session_is_its_page():
    with Receiver(SENT) as server:
        line = channel(server)

    assert isinstance(line, Channel)
    assert line.account(SESSION) == ACCOUNT
