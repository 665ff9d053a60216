"""The calls around sending, and what goes wrong with calls when a test says so."""

import hashlib
import hmac
import json

import httpx
import pytest

from local.messenger.server import running

PAGE = "1002003004"
ANN = "7007007007"
INBOX = "263902037430900"


def test_a_user_is_known_by_name_and_without_permission_by_nothing(platform, client):
    assert client.ask("GET", ANN, query="fields=first_name,last_name,profile_pic") == (
        200,
        {"first_name": "Ann", "last_name": "Lee", "id": ANN},
    )
    platform.page().profiles_readable = False
    assert client.ask("GET", ANN, query="fields=first_name") == (200, {})


def test_a_page_says_its_name_and_whether_routing_is_on(client):
    asked = "fields=name,messaging_feature_status"

    assert client.ask("GET", "me", query=asked)[1]["messaging_feature_status"]["hop_v2"] is True
    assert client.ask("GET", PAGE, query="fields=name") == (200, {"name": "Lamp Shop", "id": PAGE})


def test_a_token_tells_what_it_is(client, platform):
    assert client.ask("GET", "me/permissions")[1]["data"][0] == {"permission": "pages_messaging", "status": "granted"}
    told = client.ask("GET", "debug_token", query="input_token=simulated-page-token")[1]["data"]
    assert (told["is_valid"], told["profile_id"], told["app_id"]) == (True, PAGE, "555000111")
    assert client.ask("GET", "debug_token", query="input_token=other")[1]["data"]["is_valid"] is False


@pytest.mark.parametrize("way", ["header", "query", "json", "form"])
def test_a_token_may_come_in_the_header_the_query_or_the_body(platform, client, way):
    token = "simulated-page-token"
    body = {"recipient": {"id": ANN}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}}
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if way == "header" else {})
    query = f"access_token={token}" if way == "query" else ""
    if way == "json":
        body["access_token"] = token
    data = json.dumps(body).encode()
    if way == "form":
        headers = {}
        data = httpx.Request(
            "POST",
            "http://graph.example",
            data={
                "access_token": token,
                **{name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()},
            },
        ).content

    assert platform.handle("POST", f"/v26.0/{PAGE}/messages", query, headers, data)[0] == 200


def test_a_post_may_say_that_it_means_to_get(client, platform):
    body = b"method=get&input_token=simulated-page-token&access_token=simulated-page-token"

    status, _, told = platform.handle("POST", "/v25.0/debug_token", "", {}, body)

    assert (status, json.loads(told)["data"]["is_valid"]) == (200, True)


def test_a_subscription_is_set_shown_and_ended(client):
    client.ask("DELETE", f"{PAGE}/subscribed_apps")
    assert client.ask("GET", f"{PAGE}/subscribed_apps") == (200, {"data": []})

    given = {"subscribed_fields": ["messages", "standby"]}
    assert client.ask("POST", f"{PAGE}/subscribed_apps", given) == (200, {"success": True})

    (app,) = client.ask("GET", f"{PAGE}/subscribed_apps")[1]["data"]
    assert (app["id"], app["subscribed_fields"]) == ("555000111", ["messages", "standby"])
    assert client.post(f"{PAGE}/subscribed_apps", subscribed_fields="feed")[0] == 400


def test_a_persona_is_made_used_and_let_go_and_what_it_said_keeps_its_name(client, platform, ann):
    made = client.post(f"{PAGE}/personas", name="Dana", profile_picture_url="https://files.example/d.png")[1]["id"]
    assert client.send(persona_id=made)[0] == 200
    assert client.ask("GET", made)[1]["name"] == "Dana"
    assert [one["id"] for one in client.ask("GET", f"{PAGE}/personas")[1]["data"]] == [made]

    assert client.ask("DELETE", made) == (200, {"success": True})

    assert client.refusal(persona_id=made) == (100, None)
    assert client.ask("GET", made)[0] == 400
    assert ann.thread.messages[-1].persona.name == "Dana"


@pytest.mark.parametrize("wrong", [{"name": "n" * 51}, {"name": ""}, {"profile_picture_url": "/d.png"}])
def test_a_persona_without_a_fit_name_and_picture_is_refused(client, wrong):
    given = {"name": "Dana", "profile_picture_url": "https://files.example/d.png"} | wrong

    assert client.post(f"{PAGE}/personas", **given)[1]["error"]["code"] == 100


def test_a_menu_needs_get_started_and_the_profile_is_set_shown_and_removed(client):
    menu = [
        {"locale": "default", "call_to_actions": [{"type": "postback", "title": "A person", "payload": "HUMAN_PLEASE"}]}
    ]
    path = f"{PAGE}/messenger_profile"
    assert client.post(path, persistent_menu=menu)[0] == 400

    assert client.post(path, get_started={"payload": "GO"}, persistent_menu=menu) == (200, {"result": "success"})

    asked = "fields=get_started,persistent_menu,greeting"
    assert client.ask("GET", path, query=asked)[1] == {
        "data": [{"get_started": {"payload": "GO"}, "persistent_menu": menu}]
    }
    assert client.ask("DELETE", path, {"fields": ["get_started"]})[0] == 400
    assert client.ask("DELETE", path, {"fields": ["get_started", "persistent_menu"]})[0] == 200
    assert client.ask("GET", path, query=asked)[1] == {"data": []}


def test_the_profile_may_be_changed_ten_times_in_ten_minutes(client, platform):
    greet = {"greeting": [{"locale": "default", "text": "Hi"}]}
    for _ in range(10):
        assert client.ask("POST", f"{PAGE}/messenger_profile", greet)[0] == 200
    assert client.ask("POST", f"{PAGE}/messenger_profile", greet)[1]["error"]["code"] == 613

    platform.clock.move(seconds=601)
    assert client.ask("POST", f"{PAGE}/messenger_profile", greet)[0] == 200


def test_a_thread_is_passed_to_the_inbox_and_taken_again(client, platform):
    to_ann = {"recipient": {"id": ANN}}
    owner = f"{PAGE}/thread_owner"
    assert client.ask("GET", owner, query=f"recipient={ANN}")[1]["data"][0]["thread_owner"]["app_id"] == "555000111"

    assert client.post(f"{PAGE}/pass_thread_control", target_app_id=INBOX, **to_ann) == (200, {"success": True})
    assert client.refusal() == (10, 2018300)
    assert client.ask("GET", owner, query=f"recipient={ANN}")[1]["data"][0]["thread_owner"]["app_id"] == INBOX

    assert client.post(f"{PAGE}/take_thread_control", **to_ann)[0] == 200
    assert client.send()[0] == 200
    assert client.post(f"{PAGE}/release_thread_control", **to_ann)[0] == 200
    assert client.ask("GET", owner, query=f"recipient={ANN}") == (200, {"data": []})
    kinds = [one.kind for one in platform.accepted]
    assert kinds == ["pass_thread_control", "take_thread_control", "message", "release_thread_control"]


def test_taking_needs_routing_and_asking_needs_none(client, platform):
    to_ann = {"recipient": {"id": ANN}}
    assert client.post(f"{PAGE}/request_thread_control", **to_ann)[0] == 403

    platform.world.routing = False

    assert client.post(f"{PAGE}/request_thread_control", **to_ann)[0] == 200
    assert client.post(f"{PAGE}/take_thread_control", **to_ann)[0] == 403


def test_a_send_can_pass_the_thread_along(client, platform):
    control = {"control_type": "pass", "app_id": INBOX}

    assert client.send(thread_control=control)[0] == 200
    assert client.refusal() == (10, 2018300)


def test_control_lapses_after_a_day_without_a_word(client, platform, ann):
    platform.inbox().takes()
    platform.clock.move(hours=24.1)
    ann.says("Anybody?")

    assert client.send()[0] == 200


@pytest.mark.parametrize(
    ("action", "more"), [("typing_on", {}), ("typing_off", {}), ("mark_seen", {}), ("react", {}), ("unreact", {})]
)
def test_sender_actions_are_accepted_and_kept_in_order(client, platform, ann, action, more):
    body = {"recipient": {"id": ANN}, "sender_action": action}
    if "react" in action:
        body["payload"] = {"message_id": ann.thread.messages[0].mid, "reaction": "👍"}

    assert client.post(f"{PAGE}/messages", **body) == (200, {"recipient_id": ANN})
    assert [(one.kind, one.psid) for one in platform.accepted] == [(action, ANN)]
    assert platform.sent() == []


@pytest.mark.parametrize("time", [None, "1790000000", "1789999000", "soon"])
def test_a_proof_of_the_app_secret_is_checked_where_there_is_one(client, platform, time):
    platform.world.require_proof = True
    assert client.refusal() == (100, None)

    signed = client.token if time is None else f"{client.token}|{time}"
    proof = hmac.new(b"simulated-app-secret", signed.encode(), hashlib.sha256).hexdigest()
    given = {"appsecret_proof": proof} | ({} if time is None else {"appsecret_time": time})

    assert client.send(**given)[0] == (200 if time in (None, "1790000000") else 400)
    assert client.refusal(appsecret_proof="0" * 64) == (100, None)


ROWS = [(10, 2018278), (551, 1545041), (190, 463), (613, 2534040), (80006, None), (2, None), (368, None), (77, 88)]


@pytest.mark.parametrize(("code", "subcode"), ROWS)
def test_any_error_can_be_asked_for_and_is_over_with_the_call(client, platform, code, subcode):
    platform.fail_next(code, subcode)

    assert client.refusal() == (code, subcode)
    assert platform.sent() == []
    assert client.send()[0] == 200


def test_an_error_can_be_for_other_calls_with_another_status_and_more_than_once(client, platform):
    platform.fail_next(100, 2018218, of="profile", http_status=418, times=2)

    assert client.send()[0] == 200
    assert [client.ask("GET", ANN)[0] for _ in range(3)] == [418, 418, 200]


def test_the_error_that_comes_although_the_message_was_sent_sends_it(client, platform, webhook):
    platform.fail_next(1, 1357046)

    assert client.refusal() == (1, 1357046)
    assert len(platform.sent()) == 1
    platform.pump()
    assert webhook.events("message")[-1]["message"]["is_echo"]


@pytest.mark.parametrize(("how", "error"), [("timeout", TimeoutError), ("reset", ConnectionResetError)])
def test_an_answer_can_be_lost_after_the_message_was_taken(client, platform, webhook, how, error):
    platform.lose_next(how)

    with pytest.raises(error):
        client.send()
    assert len(platform.sent()) == 1
    platform.pump()
    assert webhook.events("message")[-1]["message"]["is_echo"]


def test_an_answer_can_be_an_empty_error_or_unreadable(client, platform):
    platform.break_next(502)
    platform.garble_next()

    ask = (f"/v25.0/{PAGE}/messages", "", {"Authorization": f"Bearer {client.token}"})
    body = b'messaging_type=RESPONSE&recipient={"id":"7007007007"}&message={"text":"Hi"}'
    assert platform.handle("POST", *ask, body)[::2] == (502, b"")
    assert platform.sent() == []
    status, _, answer = platform.handle("POST", *ask, body)
    assert status == 200
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(answer)
    assert len(platform.sent()) == 1


def test_a_rate_limit_says_in_its_header_how_long_to_wait(client, platform):
    platform.limit_next(minutes=7)

    _, headers, body = platform.handle(
        "POST", f"/v25.0/{PAGE}/messages", f"access_token={client.token}", {}, b"message={}"
    )

    assert json.loads(body)["error"]["code"] == 80006
    usage = json.loads(headers["X-Business-Use-Case-Usage"])[PAGE][0]
    assert (usage["type"], usage["estimated_time_to_regain_access"]) == ("messenger", 7)


def test_the_same_platform_answers_at_an_address(client, platform):
    body = {"recipient": {"id": ANN}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}}
    headers = {"Authorization": f"Bearer {client.token}"}
    with running(platform) as url, httpx.Client(base_url=f"{url}/v25.0", headers=headers, trust_env=False) as http:
        assert http.post(f"/{PAGE}/messages", json=body).json()["recipient_id"] == ANN
        assert http.post("/999/messages", json=body).status_code == 400

        platform.lose_next("reset")
        with pytest.raises(httpx.TransportError):
            http.post(f"/{PAGE}/messages", json=body)
        platform.lose_next("timeout")
        with pytest.raises(httpx.ReadTimeout):
            http.post(f"/{PAGE}/messages", json=body, timeout=0.05)
        assert http.get(f"/{ANN}", params={"fields": "first_name"}).json()["first_name"] == "Ann"

    assert len(platform.sent()) == 3
