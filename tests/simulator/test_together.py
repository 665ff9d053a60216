"""The simulator that `make run` starts, with the whole of our side behind it."""

import re

import httpx
import pytest

from tests.local.process import local_server

ANN = "7007007007"
LOOKS = 3000
SIMULATOR = r"^Messenger: +(http://127.0.0.1:\d+)/simulator   \(simulated\)$"


class Page:
    """The simulator's page, by its interface."""

    def __init__(self, url):
        self._http = httpx.Client(base_url=f"{url}/simulator/api/", timeout=30, trust_env=False)

    def do(self, command, **given):
        answer = self._http.post(command, json={"psid": ANN, **given})
        assert answer.status_code == 200, answer.text

    def until(self, what):
        """The state once this is true of it."""
        for _ in range(LOOKS):
            state = self._http.get("state", params={"psid": ANN}).json()
            if what(state):
                return state
        raise AssertionError(state)

    def close(self):
        self._http.close()


def reads(text):
    """Whether the user has been sent this."""
    return lambda state: any(
        text in str(one["content"]) for one in state["thread"]["messages"] if one["side"] == "page"
    )


@pytest.fixture
def page(tmp_path):
    with local_server(HITL_DATA=str(tmp_path)) as server:
        made = Page(server.read_until(SIMULATOR)[1])
        yield made
        made.close()


def test_a_user_of_the_simulated_messenger_talks_with_the_bot_and_is_paused(page):
    page.do("start")
    page.until(reads("You said: GET_STARTED"))
    page.do("say", text="Grüße an alle @ 5/6 😀")
    page.until(reads("You said: Grüße an alle @ 5/6 😀"))

    page.do("press", title="Talk to a human", payload="HITL_START")
    page.until(reads("Bot paused"))
    page.do("press", title="Cancel request", payload="HITL_STOP")
    page.until(reads("Bot resumed"))

    page.do("verify")
    state = page.until(lambda state: any(line["what"] == "verification" for line in state["log"]))
    assert {line["status"] for line in state["log"]} == {"200"}


def test_an_installation_with_settings_for_the_real_platform_gets_no_simulator(tmp_path):
    own = {"HITL_MESSENGER_VERIFY_TOKEN": "a-verify-token-of-their-own"}
    with local_server(HITL_DATA=str(tmp_path), **own) as server:
        url = server.read_until(r"^Web chat: +(\S+)/webchat$")[1]
        said = server.read_until(r"^Data: ")

        assert re.match("Data: ", said[0])
        assert httpx.get(f"{url}/simulator", trust_env=False).status_code == 404
    assert "simulated" not in server.output


def test_ctrl_c_ends_it_though_deliveries_are_under_way_and_others_wait(tmp_path):
    with local_server(HITL_DATA=str(tmp_path)) as server:
        page = Page(server.read_until(SIMULATOR)[1])
        page.do("start")
        page.until(reads("You said: GET_STARTED"))
        page.do("hold", on=True)
        for number in range(20):
            page.do("say", text=f"Message {number}")
        page.do("hold", on=False)
        page.do("delay", seconds=600)
        page.do("say", text="Later")
        page.close()

        assert server.interrupt() == 0
    assert server.output.endswith("Stopped.\n")
    assert "Traceback" not in server.output
