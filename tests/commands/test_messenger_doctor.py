"""`messenger doctor`, against the simulated platform and a server of this installation, over their own connections."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import wiring
from chalicelib.channels.messenger_setup import FIELDS
from chalicelib.wiring import build_store
from local.messenger.state import PAGE_ID
from local.server import running as local_server
from tests.alerts.receiver import Receiver, status
from tests.channels.graph_server import refuse, reply
from tests.commands.pages import OTHER, OTHER_TOKEN, SECRET, TOKEN, VERIFY, stop


def findings(told):
    """Verdict and sentences, by what was looked at."""
    found, subject = {}, ""
    for line in told.out.splitlines():
        if line.startswith("         "):
            found[subject][1].append(line.strip())
        else:
            subject = line[9:]
            found[subject] = (line[:9].strip(), [])
    return found


def of(told, name):
    """The one finding about something."""
    [found] = [found for subject, found in findings(told).items() if name in subject]
    return found


@pytest.fixture
def served(platform, settings):
    """The installation is running, where HITL_PUBLIC_URL says, and its Pages are set up."""
    build_store(wiring.settings().store).close()
    for page in (PAGE_ID, OTHER):
        platform.page(page).subscribed = set(FIELDS)
    with local_server(sweep_seconds=3600) as url:
        settings(PUBLIC_URL=url)
        yield url


def test_all_is_well_with_pages_that_are_connected(run, platform, served):
    told = run("messenger", "doctor")

    assert (told.status, told.err) == (0, "")
    assert told.out.splitlines() == [
        "ok       Messenger settings",
        f"ok       Messenger webhook {served}/api/webhooks/messenger",
        f"ok       Messenger Page Sofa Shop ({OTHER}), token of app 555000111",
        f"ok       Messenger Page Lamp Shop ({PAGE_ID}), token of app 555000111",
    ]


def test_the_general_doctor_tells_the_same_of_messenger(run, platform, served):
    general, special = run("doctor"), run("messenger", "doctor")

    assert general.status == 0
    assert general.out.splitlines()[-4:] == special.out.splitlines()


def test_the_general_doctor_says_nothing_of_messenger_without_pages(run, settings):
    settings(MESSENGER_VERIFY_TOKEN="x")

    assert "Messenger" not in run("doctor").out


@pytest.mark.parametrize("command", [("doctor",), ("messenger", "doctor")])
def test_a_dead_token_is_told_with_what_to_do_and_the_other_page_is_looked_at(run, platform, served, command):
    platform.kill_token()

    told = run(*command)

    assert told.status == 1
    verdict, [said] = of(told, f"Page {PAGE_ID}")
    assert verdict == "PROBLEM"
    assert said.startswith(
        "Meta no longer accepts the Page's access token: make a new one and set it. (Meta's error 190/460"
    )
    assert of(told, OTHER) == ("ok", [])


def test_missing_permissions_and_fields_are_named(run, platform, served):
    platform.page().scopes = ["pages_show_list", "pages_messaging"]
    platform.page().subscribed -= {"message_echoes", "standby"}

    told = run("messenger", "doctor")

    assert of(told, PAGE_ID) == (
        "PROBLEM",
        [
            "The token lacks pages_manage_metadata: give the app that permission and make a new token.",
            (
                "The app is not subscribed to message_echoes, standby: "
                f"`manage.py messenger setup --page {PAGE_ID}` does it."
            ),
        ],
    )


def test_a_page_that_is_not_subscribed_at_all_is_told(run, platform, served):
    platform.page().subscribed = set()

    assert of(run("messenger", "doctor"), PAGE_ID) == (
        "PROBLEM",
        [
            (
                "The app is not subscribed, so nothing that happens there is delivered: "
                f"`manage.py messenger setup --page {PAGE_ID}` does it."
            )
        ],
    )


@pytest.mark.parametrize(("days", "told_of"), [(13, True), (15, False)])
def test_a_token_that_ends_soon_is_worth_a_warning(run, platform, served, days, told_of):
    at = datetime.fromtimestamp(int(time.time()), UTC) + timedelta(days=days)
    platform.page().token_ends_at = int(at.timestamp())

    told = run("messenger", "doctor")

    words = f"The token ends on {at:%Y-%m-%d %H:%M} UTC: make one from a long-lived token, which has no fixed end."
    assert told.status == 0
    assert of(told, PAGE_ID) == (("warning", [words]) if told_of else ("ok", []))


def test_a_token_of_another_app_is_told(run, platform, served, settings):
    settings(MESSENGER_APP_IDS="999")

    verdict, [said] = of(run("messenger", "doctor"), PAGE_ID)

    assert (verdict, said.partition(",")[0]) == ("PROBLEM", "HITL_MESSENGER_APP_IDS does not have the token's app")


def test_app_ids_that_are_not_set_are_a_warning_and_nothing_is_wrong(run, platform, served, settings):
    settings(MESSENGER_APP_IDS="")

    told = run("messenger", "doctor")

    assert told.status == 0
    assert of(told, "settings") == (
        "warning",
        [
            (
                "HITL_MESSENGER_APP_IDS is not set: our own messages are known by their metadata alone. "
                "Set the id of your app."
            )
        ],
    )


def test_a_stopped_page_is_told_with_its_reason_and_the_way_out(run, platform, served, desk):
    stop(PAGE_ID, "Facebook blocked it (spam).", policy=True)

    told = run("messenger", "doctor")

    verdict, [said] = of(told, PAGE_ID)
    assert (told.status, verdict) == (1, "PROBLEM")
    assert "UTC: Facebook blocked it (spam). What is written waits. " in said
    assert said.endswith(f"or at once with `manage.py messenger resume {PAGE_ID}`.")


def test_a_store_that_is_not_there_is_not_made_and_the_rest_is_looked_at(run, platform, served, settings, tmp_path):
    settings(STORE=f"sqlite:///{tmp_path}/other.db")

    told = run("messenger", "doctor")

    assert of(told, PAGE_ID) == ("warning", ["Whether it is stopped cannot be seen: the store does not answer."])
    assert not (tmp_path / "other.db").exists()


def test_a_verify_token_that_is_not_set_is_told(run, platform, served, settings):
    settings(MESSENGER_VERIFY_TOKEN="")

    told = run("messenger", "doctor")

    assert told.status == 1
    assert of(told, "settings")[1] == [
        "HITL_MESSENGER_VERIFY_TOKEN is not set: make up a text, set it, and give it to Meta with the webhook."
    ]


def test_an_address_that_is_not_set_is_told(run, platform):
    assert of(run("messenger", "doctor"), "webhook") == (
        "PROBLEM",
        [
            (
                "HITL_PUBLIC_URL is not set: Meta delivers to that address and /api/webhooks/messenger, and gets agents' "
                "pictures from there."
            )
        ],
    )


def test_an_address_where_nothing_answers_is_told(run, platform, settings):
    settings(PUBLIC_URL="http://127.0.0.1:9")

    assert of(run("messenger", "doctor"), "webhook") == (
        "PROBLEM",
        [
            (
                "Nothing answers there (ConnectionRefusedError): is HITL_PUBLIC_URL the address of this installation, and is "
                "it running?"
            )
        ],
    )


def test_an_address_of_something_else_is_told(run, platform, settings):
    with local_server(sweep_seconds=3600) as url:
        settings(PUBLIC_URL=f"{url}/elsewhere")

        told = run("messenger", "doctor")

    assert of(told, "webhook") == (
        "PROBLEM",
        ["It answers 404 where it should echo Meta's challenge: is HITL_PUBLIC_URL the address of this installation?"],
    )


def test_only_a_simulator_delivers_without_encryption(run, platform, served, settings):
    settings(GRAPH_URL="https://127.0.0.2:9")

    told = run("messenger", "doctor")

    assert of(told, "webhook") == ("PROBLEM", ["Meta delivers to https addresses only: set HITL_PUBLIC_URL to one."])


def test_a_server_with_another_verify_token_is_told(run, platform, settings):
    with Receiver(status("403 Forbidden")) as server:
        settings(PUBLIC_URL=f"http://127.0.0.1:{server.port}")
        told = run("messenger", "doctor")

    assert of(told, "webhook") == (
        "PROBLEM",
        ["It refuses the verify token: set the same HITL_MESSENGER_VERIFY_TOKEN there as here."],
    )


def test_a_server_that_takes_any_verify_token_is_told(run, platform, settings):
    def echo(connection, stopped):
        query = parse_qs(urlsplit(server.requests[-1][0].split()[1]).query)
        reply(query["hub.challenge"][0].encode())(connection, stopped)

    with Receiver(echo) as server:
        settings(PUBLIC_URL=f"http://127.0.0.1:{server.port}")
        told = run("messenger", "doctor")

    assert of(told, "webhook") == (
        "PROBLEM",
        ["It takes any verify token, so it is not this installation that answers: correct HITL_PUBLIC_URL."],
    )


def test_a_platform_that_does_not_say_what_a_token_may_do_leaves_a_warning(run, one_page, served, settings):
    def answer(connection, stopped):
        asked = server.requests[-1][0]
        if "debug_token" in asked:
            refuse(100)(connection, stopped)
        elif "subscribed_apps" in asked:
            reply({"data": [{"id": "555000111", "subscribed_fields": FIELDS}]})(connection, stopped)
        else:
            reply({"name": "Lamp Shop"})(connection, stopped)

    with Receiver(answer) as server:
        settings(GRAPH_URL=f"http://127.0.0.1:{server.port}")
        told = run("messenger", "doctor")

    verdict, [said] = of(told, PAGE_ID)
    assert (told.status, verdict) == (0, "warning")
    assert said.startswith("What the token may do cannot be seen: Meta refuses the call.")


@pytest.mark.parametrize(
    "command", [("messenger", "setup"), ("messenger", "doctor"), ("doctor",), ("messenger", "resume", "7")]
)
@pytest.mark.parametrize("trouble", ["none", "dead", "secret", "unreachable"])
def test_no_token_and_no_secret_is_ever_shown(run, platform, settings, served, command, trouble):
    if trouble == "dead":
        platform.kill_token()
    elif trouble == "secret":
        settings(MESSENGER_APP_SECRETS="another-secret")
    elif trouble == "unreachable":
        settings(GRAPH_URL="http://127.0.0.1:9", PUBLIC_URL="http://127.0.0.1:9")

    told = run(*command)

    for kept in (TOKEN, OTHER_TOKEN, SECRET, VERIFY, "another-secret"):
        assert kept not in told.out + told.err
