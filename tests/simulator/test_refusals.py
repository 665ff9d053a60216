"""What the platform refuses, unasked, and with which code."""

import pytest

from tests.simulator.conftest import Client

IMAGE = {"type": "image", "payload": {"url": "https://files.example/a.png"}}
POSTBACK = {"type": "postback", "title": "Close", "payload": "CLOSE"}
EMOJI = "\U0001f680"


def buttons(count=1, text="Close this chat?", **button):
    payload = {"template_type": "button", "text": text, "buttons": [POSTBACK | button] * count}
    return {"attachment": {"type": "template", "payload": payload}}


def cards(count=1, **card):
    element = {"title": "Lamp", "subtitle": "40 EUR"} | card
    return {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [element] * count}}}


def replies(count=1, **reply):
    plain = {"content_type": "text", "title": "Person", "payload": "HUMAN_PLEASE"}
    return {"text": "Pick one", "quick_replies": [plain | reply] * count}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a" * 1999},
        {"text": EMOJI * 999},
        {"text": "Hi", "metadata": "m" * 999},
        replies(13, title="t" * 20, payload="p" * 1000),
        buttons(3, text="t" * 640, title="t" * 20),
        cards(10, title="t" * 80, subtitle="t" * 80, buttons=[POSTBACK] * 3),
        {"attachment": IMAGE},
        {"attachments": [IMAGE, IMAGE]},
        {"sticker_id": 369239263222822},
    ],
)
def test_a_message_at_its_limits_is_accepted(client, platform, message):
    status, answer = client.send(message=message)

    assert (status, answer["recipient_id"]) == (200, "7007007007")
    assert [(one.message_id, one.body["message"]) for one in platform.sent()] == [(answer["message_id"], message)]


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a" * 2000},
        {"text": EMOJI * 1000},
        {"text": ""},
        {"text": " \n"},
        {"text": 7},
        {"text": "Hi", "metadata": "m" * 1000},
        {"text": "Hi", "attachment": IMAGE},
        {"metadata": "alone"},
        {},
        "Hi",
        replies(14),
        replies(title="t" * 21),
        replies(title=""),
        replies(payload="p" * 1001),
        replies(content_type="location"),
        {"text": "Pick one", "quick_replies": []},
        buttons(0),
        buttons(4),
        buttons(text="t" * 641),
        buttons(title="t" * 21),
        buttons(payload="p" * 1001),
        buttons(type="call"),
        buttons(type="web_url", url="not an address"),
        cards(11),
        cards(0),
        cards(title="t" * 81),
        cards(subtitle="t" * 81),
        cards(subtitle=None),
        cards(buttons=[POSTBACK] * 4),
        {"attachment": {"type": "template", "payload": {"template_type": "list"}}},
        {"attachment": {"type": "gif", "payload": {"url": "https://files.example/a.gif"}}},
        {"attachment": {"type": "image"}},
    ],
)
def test_a_message_beyond_them_is_a_bad_parameter(client, platform, message):
    assert client.refusal(message=message) == (100, None)
    assert platform.sent() == []


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"messaging_type": None}, (100, None)),
        ({"messaging_type": "PROMOTION"}, (100, None)),
        ({"messaging_type": "UTILITY"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG"}, (100, None)),
        ({"tag": "HUMAN_AGENT"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK"}, (100, None)),
        ({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, (100, None)),
        ({"notification_type": "LOUD"}, (100, None)),
        ({"sender_action": "typing_on"}, (100, 2018014)),
        ({"recipient": {"id": "1"}}, (100, 2018001)),
        ({"recipient": {}}, (100, None)),
        ({"persona_id": "31"}, (100, None)),
        ({"reply_to": {"mid": "m_none"}}, (100, None)),
        ({"thread_control": {"control_type": "keep"}}, (100, None)),
        ({"message": {"attachment": {"type": "image", "payload": {"url": "/relative.png"}}}}, (100, 2018008)),
        ({"message": {"attachment": {"type": "image", "payload": {"attachment_id": "7700"}}}}, (100, 2018074)),
    ],
)
def test_what_is_wrong_around_the_message_has_its_own_code(client, platform, changed, refusal):
    assert client.refusal(**changed) == refusal
    assert platform.sent() == []


@pytest.mark.parametrize(
    "action",
    [
        {"sender_action": "dance"},
        {"sender_action": "react"},
        {"sender_action": "react", "payload": {"message_id": "m_none", "reaction": "👍"}},
        {"sender_action": "unreact", "payload": {}},
    ],
)
def test_an_action_that_is_none_is_a_bad_parameter(client, action):
    assert client.refusal(messaging_type=None, message=None, **action) == (100, None)


@pytest.mark.parametrize(
    ("hours", "tagged", "refusal"),
    [
        (24, False, None),
        (24.01, False, (10, 2018278)),
        (24, True, (100, None)),
        (24.01, True, None),
        (168, True, None),
        (168.01, True, (10, 2018278)),
        (168.01, False, (10, 2018278)),
    ],
)
def test_the_window_is_a_day_and_for_human_agents_a_week_by_the_platforms_clock(
    client, platform, hours, tagged, refusal
):
    platform.clock.move(hours=hours)
    given = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if tagged else {}

    if refusal is None:
        assert client.send(**given)[0] == 200
    else:
        assert client.refusal(**given) == refusal


def test_nobody_is_written_to_who_has_not_written_first(platform):
    platform.add_user("Bob", psid="8008")

    assert Client(platform).refusal(recipient={"id": "8008"}) == (10, 2018278)


def test_a_user_of_another_page_is_unknown(client, platform):
    platform.add_page("2", "Chair Shop", "another-token")
    platform.add_user("Bob", psid="8008", page_id="2")

    assert client.refusal(recipient={"id": "8008"}) == (100, 2018001)


def test_a_token_is_for_its_own_page_only(client, platform):
    platform.add_page("2", "Chair Shop", "another-token")

    client.token = "another-token"
    assert client.refusal() == (190, None)
    client.token = "made up"
    assert client.refusal() == (190, None)
    client.token = ""
    assert client.refusal() == (104, None)


def test_a_page_that_is_none_does_not_exist(client):
    assert client.post("999/messages")[1]["error"]["error_subcode"] == 33


def test_a_dead_token_is_said_to_be_and_may_come_back(client, platform):
    platform.kill_token()
    assert client.refusal() == (190, 460)

    platform.kill_token(dead=False)
    assert client.send()[0] == 200


def test_a_send_into_a_thread_of_another_app_is_refused(client, platform):
    platform.inbox().says("I am from the inbox")

    assert client.refusal() == (10, 2018300)


def test_a_version_that_has_ended_is_refused(platform, client):
    status, _, body = platform.handle(
        "GET", "/v20.0/me", "access_token=simulated-page-token", {"Host": "graph.example"}, b""
    )

    assert (status, b'"code": 2635' in body) == (400, True)


def test_a_body_that_is_no_json_is_a_bad_parameter(platform):
    _, _, body = platform.handle("POST", "/v25.0/1/messages", "", {"content-type": "application/json"}, b"{")

    assert b'"code": 100' in body
