"""What the platform tells the webhook, how it is written and signed, and what becomes of what fails."""

import hashlib
import hmac
import json

import pytest

from local.messenger.courier import escaped, headers


def test_a_body_is_escaped_as_the_platform_does_and_signed_as_it_stands():
    event = {"sender": {"id": "7007007007"}, "recipient": {"id": "1002003004"}, "timestamp": 1790000000100}
    message = {"mid": "m_t1", "text": "naïve \U0001f680 5% a@b.example https://b.example/x"}
    entry = {"id": "1002003004", "time": 1790000000123, "messaging": [{**event, "message": message}]}

    body = escaped({"object": "page", "entry": [entry]})

    assert rb"na\u00efve \ud83d\ude80 5\u0025 a\u0040b.example https:\/\/b.example\/x" in body
    digest = "cecf5e030a79172440d3b225074dd3267ffbb6ecbef51c2e292e46831de0be66"
    assert headers("unit-test-secret", body)["X-Hub-Signature-256"] == f"sha256={digest}"


def test_every_delivery_is_signed_with_the_app_secret_over_its_raw_bytes(platform, ann, webhook):
    ann.says("Grüße @ 5/6 < 7")
    platform.pump()

    for body, given in zip(webhook.bodies, webhook.headers, strict=True):
        digest = hmac.new(b"simulated-app-secret", body, hashlib.sha256).hexdigest()
        assert given["X-Hub-Signature-256"] == f"sha256={digest}"
    assert rb"Gr\u00fc\u00dfe \u0040 5\/6 \u003C 7" in webhook.bodies[-1]
    assert webhook.events("message")[-1]["message"]["text"] == "Grüße @ 5/6 < 7"


def test_what_a_user_does_is_told_in_the_platforms_shapes(platform, ann, client, webhook):
    webhook.heard.clear()
    mid = ann.says("Is my order here?")
    answered = ann.says("That one", reply_to=mid)
    ann.edits(mid, "Is my order 12 here?")
    ann.sends_picture("https://cdn.example/a.png")
    ann.sends_thumb("https://cdn.example/thumb.png")
    ann.presses("Talk", "HUMAN_PLEASE")
    ann.chooses("Yes", "YES")
    ann.reacts(mid, "❤️")
    ann.reacts(mid, None)
    ann.arrives("table-7")
    ann.unsends(answered)
    platform.pump()

    told = webhook.events()
    assert all((one["sender"]["id"], one["recipient"]["id"]) == ("7007007007", "1002003004") for one in told)
    assert all(one["timestamp"] == 1_790_000_000_000 for one in told)
    parts = [{k: v for k, v in one.items() if k not in ("sender", "recipient", "timestamp")} for one in told]
    for part in parts:
        for value in part.values():
            value.pop("mid", None)
    assert parts == [
        {"message": {"text": "Is my order here?"}},
        {"message": {"text": "That one", "reply_to": {"mid": mid, "is_self_reply": True}}},
        {"message_edit": {"text": "Is my order 12 here?", "num_edit": "1"}},
        {"message": {"attachments": [{"type": "image", "payload": {"url": "https://cdn.example/a.png"}}]}},
        {
            "message": {
                "attachments": [
                    {
                        "type": "sticker",
                        "payload": {"url": "https://cdn.example/thumb.png", "sticker_id": 369239263222822},
                    }
                ]
            }
        },
        {"postback": {"title": "Talk", "payload": "HUMAN_PLEASE"}},
        {"message": {"text": "Yes", "quick_reply": {"payload": "YES"}}},
        {"reaction": {"action": "react", "reaction": "love", "emoji": "❤️"}},
        {"reaction": {"action": "unreact"}},
        {"referral": {"ref": "table-7", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
        {"message": {"is_deleted": True}},
    ]


def test_the_ref_of_a_link_comes_with_the_first_press_of_get_started(platform, webhook):
    platform.page().profile["get_started"] = {"payload": "GET_STARTED"}
    ann = platform.user()
    ann.arrives("flyer")
    ann.starts()
    platform.pump()

    (told,) = webhook.events()
    assert told["postback"]["payload"] == "GET_STARTED"
    assert told["postback"]["referral"] == {"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"}


def test_a_button_is_pressed_by_its_title_when_it_is_there(platform, ann, client, webhook):
    button = {"type": "postback", "title": "Close", "payload": "CLOSE"}
    payload = {"template_type": "button", "text": "Close it?", "buttons": [button]}
    client.send(message={"attachment": {"type": "template", "payload": payload}})
    client.send(
        message={"text": "Or?", "quick_replies": [{"content_type": "text", "title": "No", "payload": "KEEP_IT"}]}
    )

    ann.chooses("No")
    ann.presses("Close")
    with pytest.raises(LookupError):
        ann.chooses("No")
    with pytest.raises(LookupError):
        ann.presses("Open")
    platform.pump()

    assert webhook.events("postback")[0]["postback"]["payload"] == "CLOSE"
    assert webhook.events("message")[-1]["message"]["quick_reply"] == {"payload": "KEEP_IT"}


def test_a_send_is_echoed_with_app_id_and_metadata_and_then_delivered(platform, client, webhook):
    _, answer = client.send(message={"text": "An agent is here", "metadata": "send:01HZX"})
    assert len(webhook.heard) == 1

    platform.pump()

    echo, delivery = webhook.events()[1:]
    mid = answer["message_id"]
    assert echo["sender"] == {"id": "1002003004"}
    assert echo["recipient"] == {"id": "7007007007"}
    assert echo["message"] == {
        "mid": mid,
        "is_echo": True,
        "app_id": 555000111,
        "text": "An agent is here",
        "metadata": "send:01HZX",
    }
    assert delivery["delivery"] == {"mids": [mid], "watermark": 1_790_000_000_000}
    assert "timestamp" not in delivery


def test_every_second_echo_comes_before_its_answer(platform, client, webhook):
    platform.echo = "in turn"
    seen = []
    for _ in range(4):
        _, answer = client.send()
        echoes = [one["message"]["mid"] for one in webhook.events("message") if one["message"].get("is_echo")]
        seen.append(answer["message_id"] in echoes)

    assert seen == [False, True, False, True]
    platform.pump()
    assert len([one for one in webhook.events("message") if one["message"].get("is_echo")]) == 4


def test_an_echo_that_failed_before_the_answer_is_tried_again(platform, client, webhook):
    platform.echo = "before"
    webhook.answers = [500]
    client.send()

    platform.pump()

    assert [one["message"]["is_echo"] for one in webhook.events("message")[1:]] == [True]


def test_reading_is_told_once_and_at_once_while_the_user_looks(platform, ann, client, webhook):
    client.send()
    ann.looks()
    ann.looks()
    platform.pump()
    assert [one["read"] for one in webhook.events("read")] == [{"watermark": 1_790_000_000_000}]

    ann.thread.looking = True
    client.send()
    platform.pump()
    assert len(webhook.events("read")) == 2


def test_a_delivery_that_fails_is_tried_again_later_and_later_and_then_given_up(platform, webhook):
    webhook.answers = [0, 503, *[500] * 8]
    platform.user().says("Hi")

    attempts = 0
    for seconds in (0, 0, 4, 1, 30, 120, 600, 1800, 99_999):
        platform.clock.move(seconds=seconds)
        attempts += len(platform.pump())

    assert attempts == 7
    assert platform.courier.done[0].statuses == [0, 503, 500, 500, 500, 500, 500]
    assert platform.courier.waiting == []


def test_a_retry_comes_with_another_time_of_its_entry_and_the_same_event(platform, webhook):
    webhook.answers = [503]
    platform.user().says("Hi")
    platform.pump()
    platform.clock.move(seconds=9)
    platform.pump()

    first, second = (json.loads(body)["entry"][0] for body in webhook.bodies)
    assert second.pop("time") - first.pop("time") == 9000
    assert first == second


def test_the_last_delivery_can_come_again(platform, ann, webhook):
    platform.courier.redeliver()
    platform.pump()

    first, second = webhook.events("message")
    assert first == second


def test_deliveries_can_be_held_and_come_the_other_way_round(platform, ann, webhook):
    platform.courier.hold()
    for text in ("one", "two", "three"):
        ann.says(text)
    assert platform.pump() == []

    platform.courier.release(reverse=True)
    platform.pump()

    assert [one["message"]["text"] for one in webhook.events("message")[1:]] == ["three", "two", "one"]


def test_deliveries_can_be_late_by_the_platforms_clock(platform, ann, webhook):
    platform.courier.delay_seconds = 10
    ann.says("late")
    assert platform.pump() == []

    platform.clock.move(seconds=10)
    platform.pump()

    assert webhook.events("message")[-1]["timestamp"] == 1_790_000_000_000
    assert webhook.heard[-1]["entry"][0]["time"] == 1_790_000_010_000


def test_deliveries_of_several_pages_can_come_in_one_body(platform, ann, webhook):
    platform.add_page("2", "Chair Shop", "another-token")
    bob = platform.add_user("Bob", page_id="2")
    ann.says("a lamp")
    bob.says("a chair")

    platform.courier.pump_together()

    assert [entry["id"] for entry in webhook.heard[-1]["entry"]] == ["1002003004", "2"]


def test_any_event_at_all_can_be_told(platform, webhook):
    platform.tell({"sender": {"id": 1}, "message": "a text"}, place="standby")
    platform.pump()

    assert webhook.heard[0]["entry"][0]["standby"] == [{"sender": {"id": 1}, "message": "a text"}]


def test_what_is_not_subscribed_to_is_not_told(platform, ann, client, webhook):
    client.post("1002003004/subscribed_apps", subscribed_fields="messages,message_echoes")
    webhook.heard.clear()
    client.send()
    ann.looks()
    ann.says("Thanks")
    platform.pump()

    assert [one["message"].get("is_echo", False) for one in webhook.events()] == [True, False]


def test_the_inbox_takes_the_thread_and_what_is_said_then_is_only_overheard(platform, ann, client, webhook):
    webhook.heard.clear()
    platform.inbox().says("A person here")
    ann.says("Oh good")
    ann.presses("Menu", "SECRET_PAYLOAD")
    platform.pump()

    (taken,) = webhook.events()
    assert taken["take_thread_control"] == {
        "previous_owner_app_id": 555000111,
        "new_owner_app_id": 263902037430900,
        "metadata": "",
    }
    echo, message, postback = webhook.events(place="standby")
    assert (echo["message"]["app_id"], "metadata" in echo["message"]) == (263902037430900, False)
    assert message["message"]["text"] == "Oh good"
    assert "payload" not in postback["postback"]


def test_the_inbox_gives_back_and_asks(platform, ann, client, webhook):
    platform.inbox().takes()
    platform.inbox().passes_back("conv=42")
    platform.inbox().requests("please")
    platform.pump()

    assert webhook.events("pass_thread_control")[0]["pass_thread_control"] == {
        "previous_owner_app_id": "263902037430900",
        "new_owner_app_id": "555000111",
        "metadata": "conv=42",
    }
    assert webhook.events("request_thread_control")[0]["request_thread_control"]["metadata"] == "please"
    assert client.send()[0] == 200


def test_without_routing_the_inbox_answers_beside_our_app(platform, ann, client, webhook):
    platform.world.routing = False
    platform.inbox().says("A person here")
    platform.pump()

    (echo,) = [one for one in webhook.events("message") if one["message"].get("is_echo")]
    assert echo["message"]["app_id"] == 263902037430900
    assert webhook.events("take_thread_control") == []
    assert client.send()[0] == 200


def test_a_blocked_page_is_told_so_and_may_not_send_until_it_is_let_go(platform, client, webhook):
    platform.block()
    assert client.refusal() == (368, None)
    platform.unblock()
    assert client.send()[0] == 200
    platform.pump()

    told = webhook.events("policy_enforcement")
    assert [one["policy_enforcement"]["action"] for one in told] == ["block", "unblock"]
    assert "sender" not in told[0]


def test_the_callback_is_asked_for_the_challenge_to_the_byte(platform):
    asked = []

    def honest(query):
        asked.append(query)
        return 200, query.partition("hub.challenge=")[2].partition("&")[0].encode()

    assert platform.verify_callback(honest)
    assert "hub.mode=subscribe" in asked[0]
    assert "hub.verify_token=simulated-verify-token" in asked[0]
    assert not platform.verify_callback(lambda query: (200, honest(query)[1] + b"\n"))
    assert not platform.verify_callback(lambda _: (403, b""))
