"""The list of alerts, shared by all agents, and what an agent is told about the installation."""

import base64

import pytest

from chalicelib import wiring
from chalicelib.model.entry import SYSTEM
from tests.handlers.api import Api
from tests.handlers.people import NOTIFICATIONS, SESSIONS, Visitor


@pytest.fixture
def alerts(api: Api, ann: str) -> list[str]:
    """Three visitors have asked for a human; the ids of their alerts, newest first."""
    for name in ("One", "Two", "Three"):
        visitor = Visitor.arrives(api, name)
        visitor.says("Hello")
        visitor.asks_for_a_human()
    return [alert["id"] for alert in api.get(NOTIFICATIONS, token=ann).json["notifications"]]


def test_alerts_are_listed_newest_first_with_counts(api: Api, ann: str, alerts: list[str]):
    answer = api.get(NOTIFICATIONS, token=ann).json

    assert [alert["text"].split()[0] for alert in answer["notifications"]] == ["Three", "Two", "One"]
    assert (answer["unread"], answer["waiting"], answer["cursor"]) == (3, 3, None)


def test_an_alert_read_by_one_agent_is_read_for_all(api: Api, ann: str, ben: str, alerts: list[str]):
    assert api.post(f"{NOTIFICATIONS}/{alerts[1]}/read", token=ann).json == {"unread": 2}

    assert [alert["read"] for alert in api.get(NOTIFICATIONS, token=ben).json["notifications"]] == [False, True, False]


def test_an_archived_alert_is_off_the_list(api: Api, ann: str, alerts: list[str]):
    assert api.post(f"{NOTIFICATIONS}/{alerts[0]}/archive", token=ann).json == {"unread": 2}

    left = api.get(NOTIFICATIONS, token=ann).json["notifications"]
    assert [alert["id"] for alert in left] == alerts[1:]


@pytest.mark.parametrize("mark", ["read", "archive"])
def test_marking_twice_is_once(api: Api, ann: str, alerts: list[str], mark: str):
    first = api.post(f"{NOTIFICATIONS}/{alerts[0]}/{mark}", token=ann)

    assert api.post(f"{NOTIFICATIONS}/{alerts[0]}/{mark}", token=ann).json == first.json


def test_reading_an_archived_alert_does_not_bring_it_back(api: Api, ann: str, alerts: list[str]):
    api.post(f"{NOTIFICATIONS}/{alerts[0]}/archive", token=ann)

    api.post(f"{NOTIFICATIONS}/{alerts[0]}/read", token=ann)

    assert len(api.get(NOTIFICATIONS, token=ann).json["notifications"]) == 2


def test_all_can_be_read_at_once(api: Api, ann: str, alerts: list[str]):
    assert api.post(f"{NOTIFICATIONS}/read", token=ann).json == {"unread": 0}

    assert all(alert["read"] for alert in api.get(NOTIFICATIONS, token=ann).json["notifications"])


def test_pages_join_to_the_whole_list(api: Api, ann: str, alerts: list[str]):
    first = api.get(NOTIFICATIONS, token=ann, query={"limit": "2"}).json
    second = api.get(NOTIFICATIONS, token=ann, query={"limit": "2", "cursor": first["cursor"]}).json

    assert [alert["id"] for page in (first, second) for alert in page["notifications"]] == alerts
    assert second["cursor"] is None


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"cursor": "garbage"}, {"cursor": "\ud800"}])
def test_a_query_that_makes_no_sense_is_refused(api: Api, ann: str, query: dict[str, str]):
    assert api.get(NOTIFICATIONS, token=ann, query=query).said == (400, "Malformed")


def _id(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@pytest.mark.parametrize(
    "notification",
    [
        "1",
        "%",
        "%00",
        "%C3%A9",
        "a" * 5000,
        _id("1"),
        _id("1#"),
        _id("#webchat:a"),
        _id("-1#webchat:a"),
        _id("1#webchat:nobody"),
        _id("1#webchat:a\x00"),
        _id("1#pigeon:a"),
        _id("٣#webchat:a"),
        _id("9" * 12 + "#webchat:a"),
        _id("9" * 400 + "#webchat:a"),
        _id("1#webchat:\ud800"),
        _id("1#webchat:" + "a" * 3000),
    ],
)
@pytest.mark.parametrize("mark", ["read", "archive"])
def test_an_unknown_alert_is_told(api: Api, ann: str, notification: str, mark: str):
    assert api.post(f"{NOTIFICATIONS}/{notification}/{mark}", token=ann).said == (404, "NotificationNotFound")


def test_an_entry_that_is_no_alert_cannot_be_marked(api: Api, ann: str, vera: Visitor):
    vera.says("Hello")

    answer = api.post(f"{NOTIFICATIONS}/{_id(f'1#{vera.session}')}/read", token=ann)

    assert answer.said == (404, "NotificationNotFound")


def test_an_alert_leads_to_its_session(api: Api, ann: str, alerts: list[str]):
    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]

    assert api.get(f"{SESSIONS}/{alert['session_id']}", token=ann).status == 200


def test_what_the_bot_says_of_a_user_is_the_alert(api: Api, ann: str, settings):
    settings(BOT="chalicelib.bot:bot")
    Visitor.arrives(api, "Vera Vogel").says("HITL_START")

    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]

    assert (alert["text"], alert["level"], alert["why"]) == ("Vera wants to talk to a human", "info", "paused")


def test_a_bot_that_fails_hands_the_user_to_a_human(api: Api, ann: str, settings):
    settings(BOT="tests.handlers.bots:failing")
    visitor = Visitor.arrives(api, "Vera")

    assert visitor.says("Hello").status == 200

    alert = api.get(NOTIFICATIONS, token=ann).json["notifications"][0]
    assert (alert["level"], alert["session_id"]) == ("error", visitor.session)


def test_an_agent_is_warned_of_alerts_that_reach_nobody(api: Api, ann: str, sue: str, settings):
    settings(
        ALERTS="webhook:http://127.0.0.1:1/alerts,webhook:http://192.0.2.7/alerts", WEBHOOK_SECRET="sixteen-letters!"
    )

    for token in (ann, sue):
        warnings = api.get("/api/botpress-hitl/me", token=token).json["warnings"]
        assert len(warnings) == 1
        assert "192.0.2.7" in warnings[0]


def test_a_program_is_not_bothered_with_warnings(api: Api, robot: str, settings):
    settings(ALERTS="webhook:http://192.0.2.7/alerts", WEBHOOK_SECRET="sixteen-letters!")

    assert api.get("/api/botpress-hitl/me", token=robot).json == {
        "id": "robot",
        "name": "Robot",
        "role": "bot",
        "warnings": [],
    }


@pytest.fixture
def pages(settings):
    """Two Pages of Messenger, and no alerter."""
    settings(MESSENGER_PAGES='{"100": "token-a", "200": "token-b"}', MESSENGER_APP_SECRETS="secret")


def test_agents_are_told_of_every_page_for_which_nothing_goes_out(api: Api, pages, ann: str, sue: str, robot: str):
    for page, reason in (("100", "Meta no longer accepts the token."), ("200", "Facebook blocked it (spam).")):
        wiring.desk().accounts.stop(f"messenger:{page}", reason)

    told = {token: api.get("/api/botpress-hitl/me", token=token).json["warnings"] for token in (ann, sue, robot)}

    until = "What is written there waits until that is mended."
    assert (
        told[ann]
        == told[sue]
        == [
            f"Nothing goes out for the Messenger Page 100: Meta no longer accepts the token. {until}",
            f"Nothing goes out for the Messenger Page 200: Facebook blocked it (spam). {until}",
        ]
    )
    assert told[robot] == []


def test_a_page_that_was_resumed_and_one_that_is_not_ours_any_more_are_not_told(api: Api, pages, ann: str):
    for page in ("100", "300"):
        wiring.desk().accounts.stop(f"messenger:{page}", "It is blocked.")
    wiring.desk().accounts.resume("messenger:100", by=SYSTEM)

    assert api.get("/api/botpress-hitl/me", token=ann).json["warnings"] == []
