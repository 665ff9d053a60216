"""`messenger setup` and `messenger resume`, against the simulated platform over its own connection."""

import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.channels.messenger_setup import FIELDS
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.model.content import Text
from chalicelib.model.entry import Author
from chalicelib.model.event import Event
from chalicelib.model.talking import HUMAN_PAYLOAD
from chalicelib.settings import read_settings
from chalicelib.wiring import build_store
from local.messenger.state import PAGE_ID
from tests.commands.pages import OTHER, OTHER_TOKEN, stop
from tests.fakes.bot import ScriptedBot


def test_setup_subscribes_each_page_and_gives_it_a_menu_with_a_human(run, platform):
    for page in (PAGE_ID, OTHER):
        platform.page(page).subscribed = set()

    told = run("messenger", "setup")

    assert (told.status, told.err) == (0, "")
    for page in (PAGE_ID, OTHER):
        assert platform.page(page).subscribed == set(FIELDS)
        assert platform.page(page).profile["get_started"] == {"payload": "GET_STARTED"}
        [menu] = platform.page(page).profile["persistent_menu"]
        assert menu["call_to_actions"] == [{"type": "postback", "title": "Talk to a human", "payload": HUMAN_PAYLOAD}]
        assert "greeting" not in platform.page(page).profile


def test_setup_says_what_it_did(run, one_page):
    assert run("messenger", "setup", "--greeting", "Hello!").out.splitlines() == [
        f"Page {PAGE_ID}: what happens there is delivered to the webhook (11 fields are subscribed).",
        (
            f'Page {PAGE_ID}: it shows a "Get started" button and a menu with "Talk to a human", which pauses the bot. '
            "Open apps may take a day."
        ),
        f"Page {PAGE_ID}: its greeting is set.",
    ]


def test_setup_again_changes_nothing(run, one_page):
    first = run("messenger", "setup", "--greeting", "Hello!")
    after_one = (set(one_page.page().subscribed), json.dumps(one_page.page().profile))

    again = run("messenger", "setup", "--greeting", "Hello!")

    assert (set(one_page.page().subscribed), json.dumps(one_page.page().profile)) == after_one
    assert (again.status, again.out) == (0, first.out)


def test_setup_takes_a_greeting_and_other_words_for_the_human(run, platform):
    run(
        "messenger", "setup", "--page", PAGE_ID, "--greeting", "Hi {{user_first_name}}", "--human-title", "Une personne"
    )

    profile = platform.page().profile
    assert profile["greeting"] == [{"locale": "default", "text": "Hi {{user_first_name}}"}]
    assert profile["persistent_menu"][0]["call_to_actions"][0]["title"] == "Une personne"
    assert platform.page(OTHER).profile == {}


def test_setup_without_a_greeting_leaves_the_one_that_is_there(run, one_page):
    run("messenger", "setup", "--greeting", "Hello!")
    run("messenger", "setup")

    assert one_page.page().profile["greeting"] == [{"locale": "default", "text": "Hello!"}]


def test_setup_says_which_menu_it_replaced(run, one_page):
    other = [{"type": "web_url", "title": "Prices", "url": "https://example.com"}]
    one_page.page().profile = {"get_started": {"payload": "x"}, "persistent_menu": [{"call_to_actions": other}]}

    told = run("messenger", "setup")

    assert f"Page {PAGE_ID}: the menu that it had is replaced: Prices." in told.out.splitlines()


def test_a_page_that_fails_does_not_stop_the_others_and_the_status_is_1(run, platform):
    platform.kill_token(OTHER)
    platform.page().subscribed = set()

    told = run("messenger", "setup")

    assert told.status == 1
    dead = "Meta no longer accepts the Page's access token: make a new one and set it. (Meta's error 190/460, trace "
    assert [line.partition("trace ")[0] + "trace " for line in told.err.splitlines()] == [
        f"Page {OTHER} was not subscribed: {dead}",
        f"Page {OTHER} was not given its menu: {dead}",
    ]
    assert platform.page().subscribed == set(FIELDS)
    assert "persistent_menu" in platform.page().profile


def test_a_subscription_that_fails_does_not_stop_the_menu(run, one_page):
    one_page.fail_next(200, of="page")

    told = run("messenger", "setup")

    assert told.status == 1
    assert told.err.startswith(
        f"Page {PAGE_ID} was not subscribed: The app may not do this: the token lacks a permission"
    )
    assert "persistent_menu" in one_page.page().profile


def test_a_wrong_app_secret_is_what_setup_asks_about(run, one_page, settings):
    settings(MESSENGER_APP_SECRETS="not-the-one")

    told = run("messenger", "setup")

    assert told.status == 1
    assert "Is the first of HITL_MESSENGER_APP_SECRETS the secret of the token's app?" in told.err


def test_an_answer_that_is_lost_is_not_taken_for_a_failure_of_the_page(run, one_page):
    one_page.garble_next(of="page")

    assert run("messenger", "setup").err == (
        f"Page {PAGE_ID} was not subscribed: No answer came, so it may be done or not. Try again.\n"
    )


@pytest.mark.parametrize("command", [("setup",), ("doctor",), ("resume", PAGE_ID)])
def test_without_pages_a_command_says_where_to_begin(run, command):
    told = run("messenger", *command)

    assert (told.status, told.out) == (1, "")
    assert told.err == (
        "HITL_MESSENGER_PAGES is not set, so there is no Page: docs/messenger.md tells how to connect one.\n"
    )


@pytest.mark.parametrize("command", [("setup", "--page", "7"), ("resume", "7")])
def test_a_page_that_is_not_in_the_settings_is_told_with_those_that_are(run, platform, command):
    told = run("messenger", *command)

    assert (told.status, told.err) == (1, f"HITL_MESSENGER_PAGES has no Page 7, only {OTHER}, {PAGE_ID}.\n")


@pytest.mark.parametrize(
    "call",
    [
        ("messenger",),
        ("messenger", "resume"),
        ("messenger", "setup", "--greeting", "x" * 161),
        ("messenger", "setup", "--greeting", "  "),
        ("messenger", "setup", "--human-title", "x" * 31),
        ("messenger", "setup", "--human-title", "🙂" * 16),
    ],
)
def test_a_call_that_makes_no_sense_ends_with_status_2(run, call):
    with pytest.raises(SystemExit) as ended:
        run(*call)

    assert ended.value.code == 2


def test_resume_lets_messages_go_out_again_and_says_when(run, desk):
    stop(PAGE_ID)

    told = run("messenger", "resume", PAGE_ID)

    assert told.out == (
        f"Messages go out again for Page {PAGE_ID}. What waits goes out within a minute; if the cause is not mended, the "
        "first message that is refused stops the Page again.\n"
    )
    assert told.status == 0
    assert wiring.desk().accounts.stopped(f"messenger:{PAGE_ID}") is None


def test_what_waited_goes_out_within_a_minute_of_resume(run, platform, desk, settings):
    settings(BOT="tests.handlers.bots:silent")
    session = f"messenger:{PAGE_ID}.{platform.user().psid}"
    platform.user().says("Hello?")
    wiring.desk().intake.receive(Event("in:1", session, Text("Hello?"), datetime.now(UTC)))
    stop(PAGE_ID)
    wiring.desk().commands.say(
        session, Text("Here I am."), by=Author(kind="agent", id="ann", name="Ann"), client_id="1"
    )
    assert platform.sent() == []

    run("messenger", "resume", PAGE_ID)
    soon, given = datetime.now(UTC) + timedelta(minutes=1), read_settings(os.environ)
    with closing(build_store(given.store)) as store:
        channels = wiring.build_channels(given)
        Desk(store, ScriptedBot(), channels=channels, tools=Tools(clock=lambda: soon)).sweeper.sweep()

    assert [one.body["message"]["text"] for one in platform.sent()] == ["Here I am."]


def test_resume_of_a_page_that_is_not_stopped_says_so(run, platform):
    told = run("messenger", "resume", PAGE_ID)

    assert (told.status, told.out) == (0, f"Page {PAGE_ID} is not stopped: there is nothing to resume.\n")


def test_a_page_that_has_left_the_settings_can_still_be_resumed(run, desk, settings):
    stop(PAGE_ID)
    settings(MESSENGER_PAGES=json.dumps({OTHER: OTHER_TOKEN}))

    assert run("messenger", "resume", PAGE_ID).out.startswith(f"Messages go out again for Page {PAGE_ID}.")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("--picture", "https://example.com/ann.png"), "https://example.com/ann.png"),
        ((), "https://chat.example.com/assets/shared/agent.png"),
    ],
)
def test_users_see_the_picture_of_the_agents_token_or_else_our_own(run, platform, settings, arguments, shown):
    settings(BOT="tests.handlers.bots:silent", PUBLIC_URL="https://chat.example.com")
    agent = run("token", "create", "Ann", *arguments).out.partition(", id ")[2].partition(".")[0]
    session = f"messenger:{PAGE_ID}.{platform.user().psid}"
    platform.user().says("Hello?")
    wiring.desk().intake.receive(Event("in:1", session, Text("Hello?"), datetime.now(UTC)))

    wiring.desk().commands.say(session, Text("Hi"), by=Author(kind="agent", id=agent, name="Ann"), client_id="1")

    [persona] = platform.world.personas.values()
    assert (persona.name, persona.picture_url) == ("Ann", shown)
    assert platform.sent()[0].body["persona_id"] == persona.id
