"""What `doctor` finds, and how it says so."""

import sqlite3
from contextlib import closing

import boto3
import pytest
from moto import mock_aws

from chalicelib.wiring import build_store

TOPIC = "arn:aws:sns:eu-central-1:123456789012:hitl"
SECRET = "a-secret-of-the-tests-only"


def problems(told):
    """What is wrong, by what was looked at."""
    found, subject = {}, ""
    for line in told.out.splitlines():
        if line.startswith("         "):
            found[subject].append(line.strip())
        else:
            subject = line[9:]
            if line.startswith("PROBLEM"):
                found[subject] = []
    return found


@pytest.fixture
def started(tmp_path):
    """The installation has been started once."""
    build_store(f"sqlite:///{tmp_path}/hitl.db").close()


@pytest.mark.usefixtures("started")
def test_all_is_well_with_a_fresh_installation(run, tmp_path):
    told = run("doctor")

    assert (told.status, problems(told), told.err) == (0, {}, "")
    assert told.out.splitlines() == [
        "ok       settings",
        "ok       bot chalicelib.bot:bot",
        f"ok       store sqlite:///{tmp_path}/hitl.db",
        "ok       alerts (the admin page only; HITL_ALERTS adds e-mail by SNS, a webhook or the terminal)",
    ]


@pytest.mark.usefixtures("started")
def test_a_retention_is_told_with_what_brings_older_sessions_in(run, settings):
    settings(RETENTION="90d")

    told = run("doctor")

    assert told.out.splitlines()[-1] == (
        "ok       retention 90 days (`manage.py retain` brings in sessions from before it was set)"
    )


@pytest.mark.usefixtures("started")
def test_a_variable_that_is_nearly_a_setting_is_told_and_one_of_the_bots_own_is_not(run, settings):
    settings(PAUSE_LAST="8h", MESSENGER_PAGE="{}", SHOP_ADDRESS="https://shop.example.com")

    [said] = problems(run("doctor")).values()
    assert said == [
        "HITL_MESSENGER_PAGE is no setting, and does nothing; is HITL_MESSENGER_PAGES meant?",
        "HITL_PAUSE_LAST is no setting, and does nothing; is HITL_PAUSE_LASTS meant?",
    ]


def test_every_wrong_setting_is_named_with_an_example(run, settings):
    settings(PAUSE_LASTS="soon", BOT="bot", ALERTS="mail")

    told = run("doctor")

    assert told.status == 1
    [sentences] = problems(told).values()
    assert [sentence.partition(":")[0] for sentence in sentences] == ["HITL_ALERTS", "HITL_BOT", "HITL_PAUSE_LASTS"]
    assert all("; for example " in sentence for sentence in sentences)


@pytest.mark.parametrize("place", ["hitl.db", "not/there/yet.db"])
def test_a_database_that_is_not_there_is_told_and_not_made(run, settings, tmp_path, place):
    settings(STORE=f"sqlite:///{tmp_path}/{place}")

    told = run("doctor")

    assert told.status == 1
    assert problems(told) == {
        f"store sqlite:///{tmp_path}/{place}": [
            f"There is no file {tmp_path}/{place}: it is made by the first start; otherwise correct HITL_STORE."
        ]
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("started")
def test_the_database_is_closed_again(run, tmp_path):
    run("doctor")

    assert [*tmp_path.iterdir()] == [tmp_path / "hitl.db"]


def test_tables_that_are_yet_to_be_made_are_told_and_not_made(run, tmp_path):
    file = tmp_path / "hitl.db"
    file.touch()

    told = run("doctor")

    [[said]] = problems(told).values()
    assert said == "The tables are at version 0, and this release needs 2: start the server once to migrate."
    assert ([*tmp_path.iterdir()], file.stat().st_size) == ([file], 0)


def test_a_database_of_somebody_else_is_left_as_it_is(run, tmp_path):
    file = tmp_path / "hitl.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE letters (words TEXT)")
    before = file.read_bytes()

    assert run("doctor").status == 1
    assert ([*tmp_path.iterdir()], file.read_bytes()) == ([file], before)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("bot", ["no.such:bot", "chalicelib.bot:robot", "chalicelib.bot:re"])
def test_a_bot_that_is_none_is_named_and_the_rest_is_looked_at_all_the_same(run, settings, bot):
    settings(BOT=bot)

    told = run("doctor")

    assert told.status == 1
    [(subject, [said])] = problems(told).items()
    assert subject == f"bot {bot}"
    assert said.startswith(f"HITL_BOT: {bot} ")
    assert "ok       store sqlite:///" in told.out


def test_a_database_that_is_none_is_a_problem_of_the_store(run, tmp_path):
    (tmp_path / "hitl.db").write_text("This has been a letter to a friend. " * 100)

    told = run("doctor")

    assert told.status == 1
    [(subject, said)] = problems(told).items()
    assert subject == f"store sqlite:///{tmp_path}/hitl.db"
    assert "file is not a database" in said[0]


def test_why_the_store_cannot_be_reached_is_said(run, settings):
    settings(STORE="postgresql://hitl@127.0.0.1:1/hitl")

    [[said]] = problems(run("doctor")).values()
    assert said.startswith("The database cannot answer now.")
    assert "refused" in said


def test_the_stores_password_is_not_shown(run, settings):
    settings(STORE="postgresql://hitl:passw0rd@127.0.0.1:1/hitl")

    told = run("doctor")

    assert told.status == 1
    assert "postgresql://127.0.0.1:1/hitl" in told.out
    assert "passw0rd" not in told.out + told.err


@pytest.mark.usefixtures("started")
def test_alerts_without_the_address_of_the_pages_carry_no_link_and_that_is_said(run, settings):
    settings(ALERTS="webhook:http://127.0.0.1:9/alerts", WEBHOOK_SECRET=SECRET)

    told = run("doctor")

    assert told.status == 1
    assert problems(told) == {
        "settings": ["HITL_PUBLIC_URL is not set, so alerts carry no working link; set it to the address of the pages."]
    }


@pytest.mark.usefixtures("started")
def test_alerts_on_the_terminal_need_no_address(run, settings):
    settings(ALERTS="log")

    assert run("doctor").status == 0


@pytest.fixture
def sns():
    with mock_aws():
        client = boto3.client("sns", region_name="eu-central-1")
        yield client
        client.close()


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="hitl")["TopicArn"]


@pytest.mark.usefixtures("started")
def test_a_topic_that_nobody_subscribes_to_is_a_problem(run, settings, topic):
    settings(ALERTS=f"sns:{topic}", PUBLIC_URL="https://chat.example.com")

    told = run("doctor")

    assert told.status == 1
    [[said]] = problems(told).values()
    assert said == "Nobody subscribes to topic hitl: add an e-mail address, or another subscription, in SNS."


@pytest.mark.usefixtures("started")
def test_a_topic_with_a_confirmed_subscription_is_well(run, settings, sns, topic):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ann@example.com")
    settings(ALERTS=f"sns:{topic}", PUBLIC_URL="https://chat.example.com")

    assert run("doctor").status == 0


@pytest.mark.usefixtures("started")
def test_a_topic_that_does_not_exist_is_a_problem(run, settings, sns):
    settings(ALERTS=f"sns:{TOPIC}-gone", PUBLIC_URL="https://chat.example.com")

    told = run("doctor")

    assert told.status == 1
    [[said]] = problems(told).values()
    assert said == f"Topic {TOPIC}-gone does not exist: create it, or correct HITL_ALERTS."
