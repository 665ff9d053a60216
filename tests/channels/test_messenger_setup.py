"""What commands ask of a Page."""

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.channels.messenger_setup import FIELDS, MessengerSetup, Token
from tests.alerts.receiver import Receiver
from tests.channels.graph_server import LONG, PAGE, TOKEN, asked, graph, refuse, reply


def doing(answer, act):
    with Receiver(answer) as server:
        given = act(MessengerSetup(graph(server), PAGE, TOKEN, seconds=LONG))
    return given, asked(server)


def test_a_page_is_subscribed_to_all_that_is_read():
    _, calls = doing(reply({"success": True}), lambda setup: setup.subscribe())

    assert calls == [("POST", f"/v25.0/{PAGE}/subscribed_apps", {}, {"subscribed_fields": ",".join(FIELDS)})]
    assert {"messages", "message_echoes", "standby", "messaging_policy_enforcement"} <= set(FIELDS)
    assert "response_feedback" not in FIELDS


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (
            {"data": [{"id": "5", "name": "hitl", "subscribed_fields": ["messages", "standby"]}]},
            {"5": ("messages", "standby")},
        ),
        ({"data": [{"id": 5}]}, {"5": ()}),
        ({"data": []}, {}),
        ({}, {}),
    ],
)
def test_the_subscriptions_of_a_page_are_told_by_app(told, found):
    assert doing(reply(told), lambda setup: setup.subscriptions())[0] == found


def test_a_page_has_a_name():
    given, calls = doing(reply({"name": "Lamps", "id": PAGE}), lambda setup: setup.page_name())

    assert given == "Lamps"
    assert calls == [("GET", f"/v25.0/{PAGE}", {"fields": "name"}, {})]


def test_what_a_page_shows_is_set():
    _, calls = doing(
        reply({"result": "success"}),
        lambda setup: setup.set_profile(
            get_started="GET_STARTED", greeting="x" * 161, menu={"Talk to a person, " + "x" * 20: "HUMAN_PLEASE"}
        ),
    )

    [(_, path, _, body)] = calls
    assert path == f"/v25.0/{PAGE}/messenger_profile"
    assert body == {
        "get_started": {"payload": "GET_STARTED"},
        "greeting": [{"locale": "default", "text": "x" * 159 + "…"}],
        "persistent_menu": [
            {
                "locale": "default",
                "composer_input_disabled": False,
                "call_to_actions": [
                    {"type": "postback", "title": "Talk to a person, " + "x" * 11 + "…", "payload": "HUMAN_PLEASE"}
                ],
            }
        ],
    }


def test_what_is_not_given_is_left_as_it_is():
    _, calls = doing(reply({"result": "success"}), lambda setup: setup.set_profile(get_started="GO"))

    assert calls[0][3] == {"get_started": {"payload": "GO"}}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"data": [{"get_started": {"payload": "GET_STARTED"}}]}, {"get_started": {"payload": "GET_STARTED"}}),
        ({"data": []}, {}),
    ],
)
def test_what_a_page_shows_is_told(told, found):
    given, calls = doing(reply(told), lambda setup: setup.profile())

    assert given == found
    assert calls[0][2] == {"fields": "get_started,greeting,persistent_menu"}


@pytest.mark.parametrize(
    ("told", "token"),
    [
        (
            {"data": {"app_id": "5", "is_valid": True, "expires_at": 0, "scopes": ["pages_messaging"]}},
            Token(valid=True, app_id="5", scopes=("pages_messaging",), expires_at=0),
        ),
        ({"data": {"is_valid": False, "expires_at": 9}}, Token(valid=False, app_id="", scopes=(), expires_at=9)),
        ({}, Token(valid=False, app_id="", scopes=(), expires_at=0)),
    ],
    ids=str,
)
def test_a_token_is_asked_about_and_stands_in_no_address(told, token):
    given, calls = doing(reply(told), lambda setup: setup.token())

    assert given == token
    assert calls == [("POST", "/v25.0/debug_token", {}, {"method": "get", "input_token": TOKEN})]


def test_a_page_that_is_not_let_in_is_an_error():
    with pytest.raises(SendFailed, match="no longer accepts the Page's access token"):
        doing(refuse(190), lambda setup: setup.page_name())
