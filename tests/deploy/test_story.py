"""`make deploy` itself, against an emulator of AWS that runs the functions: deployed, used, upgraded, taken away, deployed again.

The life is lived once for all tests, also when several processes share them (see `life.py`, and `checkout.py` for what differs
from a deployment to AWS). What cannot be seen here: the emulator's CloudFront asks no origin of AWS', so that requests go to
the API's own address; it sends no mail; its API Gateway has no error answers of ours; no role refuses anything.
"""

import fcntl
import json
import os
import shutil
import sys

import pytest

from tests.conftest import missing
from tests.deploy.life import AGENT, PUBLIC_URL, STACK, live
from tests.emulators.ministack import PROGRAM, running


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    if sys.platform != "linux":
        missing("Linux, for which the functions are packaged,")
    if not list(PROGRAM.parent.parent.glob("lib/python*/site-packages/samtranslator")):
        missing("aws-sam-translator (.venv-ministack/bin/pip install -r requirements-ministack.txt)")
    if not shutil.which("make"):
        missing("make")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    told = shared / "life.json"
    with (shared / "life.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            folder = tmp_path_factory.mktemp("life")
            with running(tmp_path_factory.mktemp("emulator")) as address:
                told.write_text(json.dumps(live(folder, address)))
    return json.loads(told.read_text())


def test_make_deploy_ends_with_where_everything_is(seen):
    said = seen["deploy"]["said"]

    assert f"Making {STACK}: " in said
    assert "  SessionTable made\n" in said
    for page in ("admin", "signin", "webchat"):
        assert f"{PUBLIC_URL}/{page}\n" in said


def test_the_first_agent_is_a_supervisor(seen):
    assert seen["deploy"]["groups"] == ["supervisor"]
    assert f"{AGENT} is a supervisor now" in seen["deploy"]["said"]


def test_no_secret_is_printed(seen):
    from tests.deploy.life import MESSENGER

    printed = "".join(seen[phase].get("said", "") for phase in seen)
    secrets = [MESSENGER[f"HITL_MESSENGER_{name}"] for name in ("PAGES", "APP_SECRETS", "VERIFY_TOKEN")]
    assert [secret for secret in secrets if secret in printed] == []


def test_the_deployed_pages_are_served(seen):
    assert "<html" in seen["deploy"]["page"]


def test_an_e_mail_address_is_subscribed(seen):
    assert seen["deploy"]["mailed"] == [AGENT]


def test_the_guides_story_is_true_of_a_deployment(seen):
    assert len(seen["guide"]["told"]) == 5
    assert seen["guide"]["told"][1].startswith("Agents are alerted")
    assert "Hello, a human here. How can I help?" in seen["guide"]["log"]


def test_a_pause_is_heard_by_subscribers_with_a_link_to_the_conversation(seen):
    [alert] = seen["guide"]["alerts"]

    assert alert["Subject"].endswith("wants to talk to a human")
    [link] = [line for line in alert["Message"].split("\n") if line.startswith("https://")]
    assert link.startswith(f"{PUBLIC_URL}/admin#session=webchat%3A")


def test_the_deployed_sweep_runs(seen):
    assert seen["guide"]["sweep"] == {"status": 200, "error": None}


def test_a_signed_delivery_of_messenger_goes_through_the_queue_and_is_answered(seen):
    taken, refused = seen["messenger"]["statuses"]

    assert taken == [200]
    assert refused == [403]
    assert seen["messenger"]["log"][0] == "Hello"
    assert "You said: Hello" in seen["messenger"]["log"][1]
    assert "You said: Hello" in json.dumps(seen["messenger"]["sent"])


def test_what_breaks_five_times_is_parked_and_nothing_is_a_dead_letter(seen):
    poison = seen["poison"]

    assert poison["receives"] == [4]
    assert poison["parked"] == [0, 0]
    assert (poison["found"]["session_id"], poison["found"]["reason"]) == (poison["session"], "It broke: KeyError.")
    assert poison["dead"] == 0


def test_an_upgrade_loses_and_doubles_nothing_that_waits(seen):
    """The last bot's answers are of the new version: it was the one that found them."""
    upgrade = seen["upgrade"]

    assert upgrade["statuses"] == [[200]] * 6
    assert upgrade["waiting"] == [6, 6]
    for log in upgrade["logs"]:
        waited = [text for text in log if text.startswith("waiting")]
        answers = [text.partition("\n")[0] for text in log if text.startswith("You have said")]
        assert waited == ["waiting 0", "waiting 1", "waiting 2"]
        assert answers == ["You have said: waiting 0", "You have said: waiting 1", "You have said: waiting 2"]


def test_an_upgrade_says_what_it_changes_and_keeps_what_was_set(seen):
    upgrade = seen["upgrade"]

    assert f"Changing {STACK}:\n" in upgrade["said"]
    assert "APIHandler (AWS::Lambda::Function)" in upgrade["said"]
    assert upgrade["changed"] == ["OperatorEmail"]


def test_what_was_parked_is_tried_again_by_http_once_the_bug_is_gone(seen):
    upgrade = seen["upgrade"]

    assert upgrade["replayed"]["done"]
    assert upgrade["left"] == []
    assert upgrade["poisoned"][0] == "poison"
    assert "You have said: poison" in upgrade["poisoned"][1]


def test_make_undeploy_takes_all_away_but_the_table_with_its_data(seen):
    gone = seen["undeploy"]

    assert (gone["stacks"], gone["functions"]) == ([], [])
    assert gone["items"][0] == gone["items"][1] > 0
    assert f"The table {gone['table']} and the user pool {gone['users']} stay" in gone["said"]


def test_a_deployment_after_that_goes_on_where_the_last_one_ended(seen):
    again, gone = seen["again"], seen["undeploy"]

    assert (again["table"], again["users"]) == (gone["table"], gone["users"])
    assert again["log"] == seen["guide"]["log"]
    assert "is mailed a first password again" in again["said"]
