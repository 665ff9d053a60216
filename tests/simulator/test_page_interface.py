"""What the simulator answers in the local server: its page, its commands, and who may give them."""

import json
import threading

import pytest

from local.messenger import start
from local.messenger.commands import COMMANDS
from local.messenger.page import Simulator
from local.messenger.platform import Platform

URL = "http://127.0.0.1:8000"
ANN = "7007007007"


class Browser:
    """The page, asking."""

    def __init__(self, simulator):
        self._simulator = simulator

    def ask(self, method, path, body=b"", query="", **headers):
        given = {"host": "127.0.0.1:8000", "content_type": "application/json"} | headers
        pairs = [(name.replace("_", "-"), value) for name, value in given.items() if value]
        return self._simulator.handle(method, path, query, pairs, body)

    def do(self, command, **given):
        """Give a command for Ann; the status and the answer."""
        answer = self.ask("POST", f"/simulator/api/{command}", json.dumps({"psid": ANN, **given}).encode())
        return answer.status, json.loads(answer.body)

    def state(self, query=""):
        return json.loads(self.ask("GET", "/simulator/api/state", query=query).body)


@pytest.fixture
def browser(platform):
    return Browser(Simulator(platform, URL))


@pytest.mark.parametrize("path", ["/", "/admin", "/simulators", "/api/simulator"])
def test_what_is_somebody_elses_is_left_to_them(browser, path):
    assert browser.ask("GET", path) is None


def test_the_page_and_its_files_come_with_a_strict_policy(browser):
    for path, kind in [("", "text/html"), ("/web/main.js", "text/javascript"), ("/media/lamp.png", "image/png")]:
        answer = browser.ask("GET", f"/simulator{path}")
        headers = dict(answer.headers)
        assert (answer.status, headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert dict(browser.ask("GET", "/simulator/").headers) == {"Location": "/simulator"}


@pytest.mark.parametrize("path", ["/web/../page.py", "/web/%2e%2e/page.py", "/page.py", "/api/none", "/web/", "/api/"])
def test_no_other_file_is_served(browser, path):
    assert browser.ask("GET", f"/simulator{path}").status == 404


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"content_type": ""}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:8001"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"host": "evil.example:8000"}, 403),
        ({"host": ""}, 403),
    ],
)
def test_no_other_site_can_command_it(browser, platform, changed, status):
    body = json.dumps({"psid": ANN, "text": "Hi"}).encode()

    assert browser.ask("POST", "/simulator/api/say", body, **changed).status == status
    assert platform.user().thread.messages == []


def test_its_own_page_can(browser, platform):
    body = json.dumps({"psid": ANN, "text": "Hi"}).encode()
    for own in ({"origin": URL, "sec_fetch_site": "same-origin"}, {"host": "localhost:8000"}):
        assert browser.ask("POST", "/simulator/api/say", body, **own).status == 200

    assert browser.ask("GET", "/simulator/api/say").status == 405
    assert len(platform.user().thread.messages) == 2


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"psid"'])
@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("redeliver", "mend", "verify", "clock")])
def test_a_command_without_sense_is_refused_and_no_worse(browser, command, body):
    answer = browser.ask("POST", f"/simulator/api/{command}", body)

    assert answer.status == (400 if body or command not in ("hold", "token", "block", "routing") else 200)


def test_the_users_deeds_and_the_inboxs_are_commands(browser, platform, webhook):
    platform.page().profile["get_started"] = {"payload": "GO"}
    browser.do("arrive", ref="flyer")
    browser.do("start")
    browser.do("say", text="Hi")
    mid = platform.user().thread.messages[-1].mid
    done = [
        browser.do("say", text="Really", reply_to=mid),
        browser.do("edit", mid=mid, text="Hello"),
        browser.do("react", mid=mid, emoji="👍"),
        browser.do("react", mid=mid, emoji=None),
        browser.do("picture"),
        browser.do("thumb"),
        browser.do("choose", title="Yes", payload="YES"),
        browser.do("press", title="Talk", payload="HUMAN"),
        browser.do("unsend", mid=mid),
        browser.do("inbox-ask"),
        browser.do("inbox-say", text="A person"),
        browser.do("inbox-pass"),
        browser.do("inbox-take"),
        browser.do("look", on=True),
    ]
    platform.pump()

    assert [status for status, _ in done] == [200] * len(done)
    assert [delivery.kind for delivery in platform.courier.done] == [
        "postback",
        "message",
        "message",
        "edit",
        "reaction",
        "reaction",
        "message",
        "message",
        "message",
        "postback",
        "unsend",
        "request_thread_control",
        "take_thread_control",
        "echo (standby)",
        "pass_thread_control",
        "take_thread_control",
        "read (standby)",
    ]
    picture = webhook.events("message")[2]["message"]["attachments"][0]["payload"]["url"]
    assert picture == f"{URL}/simulator/media/lamp.png"


def test_what_cannot_be_done_is_said_in_a_sentence(browser, platform):
    assert browser.do("unsend", mid="m_none") == (400, {"Code": "Refused", "Message": "there is no such message"})
    assert browser.do("say", text="Hi", reply_to="m_none")[0] == 400
    assert browser.do("say", text="Hi", psid="1")[1]["Message"] == "There is no such user."
    assert browser.do("break", kind="magic")[0] == 400
    assert browser.do("start")[1]["Message"] == "the Page has no get started button"


def test_the_switches_are_commands(browser, platform, client):
    browser.do("hold", on=True)
    browser.do("delay", seconds=3)
    browser.do("clock", hours=25)
    browser.do("routing", on=False)
    browser.do("token", alive=False)
    browser.do("block", on=True)
    browser.do("join", name="Bob Ross")
    browser.do("break", kind="error", code=10, subcode=2018278)
    for kind in ("lost", "empty", "garbled", "limit"):
        browser.do("break", kind=kind)

    state = browser.state()
    assert state["switches"] == {
        "routing": False,
        "holding": True,
        "delay": 3.0,
        "waiting": 1,
        "faults": 5,
        "moved_hours": 25.0,
    }
    assert (state["page"]["token_alive"], state["page"]["blocked"]) == (False, True)
    assert [one["name"] for one in state["people"]] == ["Ann Lee", "Bob Ross"]

    browser.do("hold", on=False, reverse=True)
    browser.do("delay", seconds=0)
    browser.do("clock")
    browser.do("mend")
    browser.do("token", alive=True)
    browser.do("block", on=False)
    assert browser.do("redeliver")[0] == 200
    assert client.send()[0] == 200


def test_a_poll_that_knows_it_all_is_answered_with_the_time_alone(browser, platform, client):
    state = browser.state()
    again = f"after={state['cursor']}&psid={ANN}"
    assert browser.state(again).keys() == {"cursor", "now", "typing", "psid"}

    client.post("1002003004/messages", recipient={"id": ANN}, sender_action="typing_on")

    assert browser.state(again)["typing"] is True
    assert "thread" in browser.state(again)
    assert "thread" in browser.state("after=x&psid=1")


def test_the_page_is_told_who_said_what_and_what_the_calls_got(browser, platform, ann, client):
    client.send(message={"text": ""})
    _, made = client.post("1002003004/personas", name="Dana", profile_picture_url="https://files.example/d.png")
    client.send("Hello", persona_id=made["id"])
    platform.inbox().says("From the inbox")

    state = browser.state()

    said = [(one["side"], one["by"], (one["persona"] or {}).get("name")) for one in state["thread"]["messages"]]
    assert said == [("user", "app", None), ("page", "app", "Dana"), ("page", "inbox", None)]
    assert state["thread"]["control"] == "inbox"
    assert [(line["way"], line["what"], line["status"], line["fine"]) for line in state["log"]] == [
        ("in", "POST messages (text)", "200", True),
        ("in", "POST personas", "200", True),
        ("in", "POST messages (text)", "100", False),
        ("out", "message", "200", True),
    ]


def test_the_graph_is_below_the_page_and_a_lost_answer_is_an_empty_error(browser, platform, ann):
    body = b'{"recipient":{"id":"7007007007"},"messaging_type":"RESPONSE","message":{"text":"Hi"}}'
    path = "/simulator/graph/v25.0/1002003004/messages"
    token = "Bearer simulated-page-token"

    assert browser.ask("POST", path, body, authorization=token, host="anything").status == 200
    platform.lose_next()
    lost = browser.ask("POST", path, body, authorization=token)

    assert (lost.status, lost.body) == (502, b"")
    assert len(platform.sent()) == 2


def test_the_simulator_is_set_up_by_settings_that_lead_to_it():
    environment = {"HITL_DATA": ".hitl", "HITL_MESSENGER_PAGES": " "}
    assert start.is_wanted(environment)

    platform, _ = start.set_up(URL, environment)

    assert environment["HITL_GRAPH_URL"] == "http://127.0.0.1:8000/simulator/graph"
    assert json.loads(environment["HITL_MESSENGER_PAGES"]) == {"1002003004": platform.page().token}
    assert environment["HITL_MESSENGER_APP_SECRETS"] == platform.world.app_secret
    assert environment["HITL_MESSENGER_VERIFY_TOKEN"] == platform.verify_token
    assert environment["HITL_MESSENGER_APP_IDS"] == "555000111"
    assert platform.callback == "http://127.0.0.1:8000/api/webhooks/messenger"
    assert platform.page().token != start.set_up(URL, {})[0].page().token


@pytest.mark.parametrize("name", ["HITL_MESSENGER_PAGES", "HITL_MESSENGER_VERIFY_TOKEN", "HITL_GRAPH_URL"])
def test_an_installations_own_settings_win(name):
    assert not start.is_wanted({name: "theirs"})


def test_a_thread_can_do_the_pumping():
    heard = threading.Event()

    def deliver(body, headers):
        heard.set()
        return 200

    platform = Platform(deliver=deliver)
    stop = platform.start_pumping()
    platform.user().says("Hi")

    assert heard.wait(30)
    stop()
    assert platform.courier.waiting == []
