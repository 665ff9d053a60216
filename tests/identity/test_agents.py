"""Whoever the issuer vouches for is an agent like any other, by HTTP."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import wiring
from tests.handlers.people import ADMIN_TOKEN, Visitor, hire
from tests.identity import making
from tests.identity.making import CLIENT, rsa_key
from tests.identity.provider import KEYS

ROOT = Path(__file__).parents[2]
ME = "/api/botpress-hitl/me"
SITE = "https://chat.example.com"

IMPORTED = """
import sys
from app import app

def ask(token):
    event = {"requestContext": {"httpMethod": "GET", "resourcePath": "/api/botpress-hitl/me"},
             "headers": {"Authorization": f"Bearer {token}"}, "multiValueQueryStringParameters": None}
    return app(event, None)["statusCode"]

print([ask(token) for token in sys.argv[1:]])
print([name for name in sys.modules if name.startswith(("cryptography", "chalicelib.identity", "jwt"))])
"""


@pytest.fixture
def oidc(settings, provider):
    """Sets the issuer, and whatever else is given."""

    def set_to(**variables):
        settings(OIDC_ISSUER=provider.url, OIDC_CLIENT_ID=CLIENT, PUBLIC_URL=SITE, **variables)

    set_to()
    return set_to


def test_an_agent_of_the_issuer_is_signed_in(api, oidc, token):
    who = api.get(ME, token=token()).json

    assert (who["name"], who["role"]) == ("Ann", "agent")


@pytest.mark.usefixtures("oidc")
def test_they_claim_answer_and_hand_back_like_any_other(api, token):
    vera = Visitor.arrives(api, "Vera")
    vera.says("Hello")
    ann = token()

    claimed = api.post(f"{vera.path}/claim", token=ann).json
    assert claimed["assignee"] == {"id": api.get(ME, token=ann).json["id"], "name": "Ann"}
    assert api.post(f"{vera.path}/message", {"text": "Ann here"}, token=ann).status == 200
    assert api.post(f"{vera.path}/claim", token=token(sub="ben-2", name="Ben")).said == (409, "AlreadyClaimed")
    assert [
        one["id"]
        for one in api.get("/api/botpress-hitl/sessions", token=ann, query={"assignee": "me"}).json["sessions"]
    ] == [vera.session]
    assert "Ann here" in vera.reads().text
    assert not api.post(f"{vera.path}/unpause", token=ann).json["paused"]


@pytest.mark.usefixtures("oidc")
def test_the_group_decides_what_one_may_do(api, token):
    parked = "/api/botpress-hitl/parked"

    assert api.get(parked, token=token()).said == (403, "Forbidden")
    assert api.get(parked, token=token(groups=["supervisor"])).status == 200


@pytest.mark.usefixtures("oidc")
def test_who_is_in_no_group_is_told_what_to_do(api, token):
    answer = api.get(ME, token=token(groups=[]))

    assert answer.said == (403, "Forbidden")
    assert "groups agent and supervisor" in answer.json["Message"]


@pytest.mark.usefixtures("oidc")
def test_our_own_tokens_count_as_before_and_do_not_need_the_issuer(api, provider):
    provider.down = True
    robot = hire(wiring.desk(), "robot", "bot")

    assert api.get(ME, token=robot).json["role"] == "bot"
    assert api.get(ME, token=ADMIN_TOKEN).json["role"] == "supervisor"
    assert provider.asked == []


@pytest.mark.usefixtures("oidc")
def test_an_issuer_that_is_down_is_a_busy_server_and_not_a_bad_token(api, provider, token):
    provider.down = True
    answer = api.get(ME, token=token())

    assert answer.said == (503, "IssuerBusy")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.usefixtures("oidc")
@pytest.mark.parametrize("bad", [{"exp": 1}, {"aud": "x"}, {"iss": "x"}])
def test_a_bad_token_is_refused_as_others_are(api, token, bad):
    assert api.get(ME, token=token(**bad)).said == (401, "NotSignedIn")


def test_without_an_issuer_no_signed_token_counts(api, provider, token):
    assert api.get(ME, token=token()).said == (401, "NotSignedIn")
    assert provider.asked == []


@pytest.mark.usefixtures("oidc")
def test_a_visitors_token_is_none_of_an_agents_and_the_other_way_round(api, token):
    vera = Visitor.arrives(api, "Vera")

    assert api.get(ME, token=vera.token).said == (401, "NotSignedIn")
    assert api.get("/api/webchat/messages", token=token()).said == (401, "NotSignedIn")


@pytest.mark.usefixtures("oidc")
def test_the_keys_are_kept_between_requests(api, provider, token):
    for _ in range(3):
        assert api.get(ME, token=token()).status == 200

    assert provider.count(KEYS) == 1


def test_the_groups_are_those_that_are_set(api, oidc, token):
    oidc(OIDC_GROUPS="cognito:groups", OIDC_AGENT_GROUP="helpers", OIDC_SUPERVISOR_GROUP="chiefs")

    assert api.get(ME, token=token(**{"cognito:groups": ["chiefs"]})).json["role"] == "supervisor"
    assert api.get(ME, token=token()).status == 403


@pytest.mark.usefixtures("oidc")
def test_nothing_of_a_token_is_logged(api, token, caplog):
    caplog.set_level(logging.DEBUG)
    vera = Visitor.arrives(api, "Vera")
    vera.says("Hello")
    tokens = [token(name="Marked"), token(rsa_key("another")), token(groups=["Marked"]), token(exp=1)]
    for one in tokens:
        api.post(f"{vera.path}/claim", token=one)

    assert not [part for one in tokens for part in one.split(".") if part in caplog.text]
    assert "Marked" not in caplog.text


@pytest.mark.parametrize(
    ("set_up", "given", "answers"),
    [(False, "jwt", [401]), (True, "plain", [401]), (True, "jwt", [503])],
)
def test_what_verifies_is_imported_only_when_it_is_needed(tmp_path, set_up, given, answers):
    issuer = {"HITL_OIDC_ISSUER": "http://127.0.0.1:9", "HITL_OIDC_CLIENT_ID": CLIENT, "HITL_PUBLIC_URL": SITE}
    shown = {"jwt": making.token(making.claims("http://127.0.0.1:9")), "plain": "the-token-of-nobody"}[given]
    environment = {"PATH": os.environ["PATH"], "HITL_STORE": f"sqlite:///{tmp_path}/hitl.db"} | (
        issuer if set_up else {}
    )
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, shown], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    statuses, imported = done.stdout.splitlines()[-2:]

    assert json.loads(statuses) == answers
    assert (imported == "[]") == (answers == [401])
    assert "cryptography" not in imported  # nor while there is no key to verify with
