"""The environment: read once, every mistake told at once, with the variable and an example."""

from datetime import timedelta

import pytest

from chalicelib.errors import BadSettings
from chalicelib.model.policy import Policy
from chalicelib.settings import MessengerSettings, Settings, read_settings

TOPIC = "sns:arn:aws:sns:eu-central-1:123456789012:hitl"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/hitl-inbox.fifo"

GOOD = [
    ("HITL_DATA", "/var/lib/hitl", "data", "/var/lib/hitl"),
    ("HITL_STORE", "sqlite:///x.db", "store", "sqlite:///x.db"),
    ("HITL_STORE", "postgresql://u:p@h/d", "store", "postgresql://u:p@h/d"),
    ("HITL_STORE", "dynamodb://hitl", "store", "dynamodb://hitl"),
    ("HITL_ADMIN_TOKEN", "sixteen-letters!", "admin_token", "sixteen-letters!"),
    ("HITL_SECRET", " sixteen-letters! ", "secret", "sixteen-letters!"),
    ("HITL_WEBHOOK_SECRET", "sixteen-letters!", "webhook_secret", "sixteen-letters!"),
    ("HITL_ALERTS", "log", "alerts", ("log",)),
    ("HITL_ALERTS", f"log, {TOPIC},", "alerts", ("log", TOPIC)),
    (
        "HITL_ALERTS",
        "sns:arn:aws-cn:sns:cn-north-1:123456789012:x",
        "alerts",
        ("sns:arn:aws-cn:sns:cn-north-1:123456789012:x",),
    ),
    ("HITL_INBOX", f"sqs:{QUEUE}", "inbox", QUEUE),
    ("HITL_INBOX", "inline", "inbox", None),
    ("HITL_BOT", "my.package:bot", "bot", "my.package:bot"),
    ("HITL_PUBLIC_URL", "https://chat.example.com/prod/", "public_url", "https://chat.example.com/prod"),
    ("HITL_PUBLIC_URL", "http://127.0.0.1:8000", "public_url", "http://127.0.0.1:8000"),
]

GOOD_POLICY = [
    ("HITL_PAUSE_LASTS", "90", "pause_lasts", timedelta(seconds=90)),
    ("HITL_PAUSE_LASTS", "30s", "pause_lasts", timedelta(seconds=30)),
    ("HITL_PAUSE_LASTS", "1.5h", "pause_lasts", timedelta(minutes=90)),
    ("HITL_PAUSE_LASTS", "3 d", "pause_lasts", timedelta(days=3)),
    ("HITL_PAUSE_LASTS", "36500d", "pause_lasts", timedelta(days=36_500)),
    ("HITL_ESCALATE_AFTER", "10m", "escalate_after", (timedelta(minutes=10),)),
    ("HITL_ESCALATE_AFTER", "5m, 1h", "escalate_after", (timedelta(minutes=5), timedelta(hours=1))),
    ("HITL_ESCALATE_AFTER", "Off", "escalate_after", ()),
    ("HITL_BOT_TIMEOUT", "15s", "bot_timeout", timedelta(seconds=15)),
    ("HITL_PAUSE_ON_FAILURE", "off", "pause_on_failure", False),
    ("HITL_PAUSE_ON_FAILURE", "TRUE", "pause_on_failure", True),
    ("HITL_PAUSE_ON_FAILURE", "0", "pause_on_failure", False),
    ("HITL_RETENTION", "90d", "retention", timedelta(days=90)),
    ("HITL_RETENTION", "168h", "retention", timedelta(days=7)),
    ("HITL_RETENTION", "off", "retention", None),
    ("HITL_VISITOR_BURST", "1", "visitor_burst", 1),
    ("HITL_VISITOR_RATE", "0.5", "visitor_rate", 0.5),
]

GOOD_MESSENGER = [
    ("HITL_MESSENGER_APP_SECRETS", "0f, 1e,", "app_secrets", ("0f", "1e")),
    ("HITL_MESSENGER_VERIFY_TOKEN", " four words of mine ", "verify_token", "four words of mine"),
    ("HITL_MESSENGER_PAGES", "{}", "pages", {}),
    ("HITL_MESSENGER_APP_IDS", "555, 556", "app_ids", frozenset({"555", "556"})),
    ("HITL_MESSENGER_AUTOMATION_APP_IDS", "557,", "automation_app_ids", frozenset({"557"})),
    ("HITL_MESSENGER_GRAPH_VERSION", "v25.0", "graph_version", "v25.0"),
    ("HITL_MESSENGER_PROOF", "timed", "proof", "timed"),
    ("HITL_MESSENGER_PROOF", "none", "proof", "none"),
    ("HITL_MESSENGER_TOKEN_IN", "header", "token_in_body", False),
    ("HITL_MESSENGER_TOKEN_IN", "body", "token_in_body", True),
    ("HITL_GRAPH_URL", "https://graph.example.com/", "graph_url", "https://graph.example.com"),
    ("HITL_GRAPH_URL", "http://127.0.0.1:8000/simulator/graph", "graph_url", "http://127.0.0.1:8000/simulator/graph"),
    ("HITL_GRAPH_URL", "http://localhost:8000", "graph_url", "http://localhost:8000"),
]

BAD = [
    (
        "HITL_STORE",
        ["mongodb://x", "sqlite://x", "sqlite:///", "dynamodb://", "hitl.db", "dynamodb://a b", "dynamodb://ab"],
    ),
    ("HITL_ADMIN_TOKEN", ["short", "fifteen-letters"]),
    ("HITL_SECRET", ["short"]),
    ("HITL_RETENTION", ["6d", "0", "for ever", "90 days", "167h"]),
    ("HITL_WEBHOOK_SECRET", ["short"]),
    ("HITL_ALERTS", ["mail", "log,mail", "sns:topic", "webhook:ftp://x", "webhook:", "sns:arn:aws:sqs:eu:1:x"]),
    (
        "HITL_INBOX",
        ["queue", "sqs:", "sqs:arn:aws:sqs:eu:1:x.fifo", QUEUE, f"sqs:{QUEUE[:-5]}", "sqs:https://x/a b.fifo"],
    ),
    ("HITL_BOT", ["bot", "bot:", ":bot", "my-package:bot", "1a:bot", "a:b:c", "a:b.c"]),
    ("HITL_PUBLIC_URL", ["chat.example.com", "ftp://x", "https://x?a=1", "https://x#a", "https://"]),
    ("HITL_PAUSE_LASTS", ["soon", "0", "0s", "-5m", "5 minutes", "1e9", "36501d", "9" * 400, "nan"]),
    ("HITL_ESCALATE_AFTER", ["15m,5m", "5m,5m", "5m,", ",", "5m;15m", "never"]),
    ("HITL_BOT_TIMEOUT", ["15.1s", "16s", "0", "1m"]),
    ("HITL_PAUSE_ON_FAILURE", ["yes", "2"]),
    ("HITL_VISITOR_BURST", ["0", "-1", "1.5", "many", "٣"]),
    ("HITL_VISITOR_RATE", ["0", "-1", "inf", "nan", "fast"]),
    (
        "HITL_MESSENGER_PAGES",
        [
            "1002003004",
            "1002003004=token",
            '["token"]',
            '{"1002003004": ""}',
            '{"1002003004": 7}',
            '{"1002003004": null}',
            '{"shop": "token"}',
            '{"": "token"}',
            '{"١٢": "token"}',
            '{"1": "two words"}',
            '{"1": "caf\u00e9"}',
            '{"1": "token\\n"}',
        ],
    ),
    ("HITL_MESSENGER_APP_IDS", ["hitl", "555;556", "555 556", "٣"]),
    ("HITL_MESSENGER_AUTOMATION_APP_IDS", ["hitl", "-1"]),
    ("HITL_MESSENGER_GRAPH_VERSION", ["26", "26.0", "v26", "latest", "v26.0/me"]),
    ("HITL_MESSENGER_PROOF", ["classic ,", "on", "Classic"]),
    ("HITL_MESSENGER_TOKEN_IN", ["on", "Body", "query"]),
    (
        "HITL_GRAPH_URL",
        [
            "graph.example.com",
            "http://graph.example.com",
            "http://127.0.0.1.example.com",
            "https://",
            "https://x?token=1",
            "http://localhost:8000 ; x",
        ],
    ),
]


def test_nothing_is_required():
    assert read_settings({}) == Settings()


@pytest.mark.parametrize(("variable", "given", "field", "meant"), GOOD)
def test_a_good_value_is_taken(variable: str, given: str, field: str, meant: object):
    assert getattr(read_settings({variable: given}), field) == meant


@pytest.mark.parametrize(("variable", "given", "field", "meant"), GOOD_POLICY)
def test_a_good_number_or_switch_is_taken(variable: str, given: str, field: str, meant: object):
    assert getattr(read_settings({variable: given}).policy, field) == meant


@pytest.mark.parametrize(("variable", "given"), [(variable, given) for variable, values in BAD for given in values])
def test_a_bad_value_is_told_with_the_variable_and_an_example(variable: str, given: str):
    with pytest.raises(BadSettings) as refused:
        read_settings({variable: given})

    told = str(refused.value)
    assert told.startswith(f"{variable}: ")
    assert "for example" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("variable", [variable for variable, _ in BAD])
def test_the_example_that_is_told_is_itself_good(variable: str):
    with pytest.raises(BadSettings) as refused:
        read_settings({variable: "?"})
    example = str(refused.value).rpartition("for example ")[2].partition(" (")[0]

    if not example.startswith("a random text"):
        read_settings({variable: example, "HITL_MESSENGER_APP_SECRETS": "secret"})


@pytest.mark.parametrize(
    "variable",
    [variable for variable, _ in BAD]
    + ["HITL_DATA", "HITL_HUMAN_TEXT", "HITL_MESSENGER_APP_SECRETS", "HITL_MESSENGER_VERIFY_TOKEN"],
)
@pytest.mark.parametrize("given", ["", "  "])
def test_an_empty_variable_counts_as_not_set(variable: str, given: str):
    assert read_settings({variable: given}) == Settings()


def test_every_mistake_is_told_at_once():
    with pytest.raises(BadSettings) as refused:
        read_settings({variable: values[0] for variable, values in BAD})

    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "HITL_STORE", "HITL_ADMIN_TOKEN", "HITL_SECRET", "HITL_ALERTS", "HITL_INBOX", "HITL_BOT", "HITL_PUBLIC_URL",
        "HITL_WEBHOOK_SECRET",
        "HITL_MESSENGER_PAGES", "HITL_MESSENGER_APP_IDS", "HITL_MESSENGER_AUTOMATION_APP_IDS", "HITL_GRAPH_URL",
        "HITL_MESSENGER_GRAPH_VERSION", "HITL_MESSENGER_PROOF", "HITL_MESSENGER_TOKEN_IN",
        "HITL_PAUSE_LASTS", "HITL_ESCALATE_AFTER", "HITL_BOT_TIMEOUT", "HITL_PAUSE_ON_FAILURE", "HITL_VISITOR_BURST",
        "HITL_RETENTION", "HITL_VISITOR_RATE",
    ]  # fmt: skip


@pytest.mark.parametrize("variable", ["HITL_ADMIN_TOKEN", "HITL_SECRET", "HITL_WEBHOOK_SECRET"])
def test_a_secret_that_is_too_short_is_not_repeated(variable: str):
    with pytest.raises(BadSettings) as refused:
        read_settings({variable: "xyzzy"})

    assert "xyzzy" not in str(refused.value)


def test_a_webhook_needs_a_secret_to_sign_with():
    with pytest.raises(BadSettings, match="HITL_WEBHOOK_SECRET: needed"):
        read_settings({"HITL_ALERTS": "webhook:https://example.com/alerts"})


def test_a_webhooks_secret_that_is_too_short_is_not_called_missing_too():
    with pytest.raises(BadSettings) as refused:
        read_settings({"HITL_ALERTS": "webhook:https://example.com/alerts", "HITL_WEBHOOK_SECRET": "short"})

    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["HITL_WEBHOOK_SECRET"]


def test_a_webhook_with_a_secret_is_taken():
    given = {"HITL_ALERTS": "webhook:https://example.com/alerts", "HITL_WEBHOOK_SECRET": "sixteen-letters!"}

    assert read_settings(given).alerts == ("webhook:https://example.com/alerts",)


def test_without_a_store_the_data_folder_holds_it():
    assert read_settings({"HITL_DATA": "/srv/chat"}).store == "sqlite:////srv/chat/hitl.db"


def test_a_store_that_is_named_wins_over_the_data_folder():
    assert read_settings({"HITL_DATA": "/srv/chat", "HITL_STORE": "dynamodb://hitl"}).store == "dynamodb://hitl"


def test_variables_of_others_are_left_alone():
    assert read_settings({"PATH": "/bin", "STORE": "mongodb://x", "HITL_UNKNOWN": "x"}) == Settings()


def test_the_policy_without_settings_is_the_default():
    assert read_settings({}).policy == Policy()


@pytest.mark.parametrize(("variable", "given", "field", "meant"), GOOD_MESSENGER)
def test_a_good_value_for_messenger_is_taken(variable: str, given: str, field: str, meant: object):
    assert getattr(read_settings({variable: given}).messenger, field) == meant


def test_pages_with_their_tokens_are_taken_together_with_a_secret():
    messenger = read_settings(
        {"HITL_MESSENGER_PAGES": '{"1002003004": "EAAB", "1002003005": "EAAC"}', "HITL_MESSENGER_APP_SECRETS": "0f"}
    ).messenger

    assert messenger == MessengerSettings(app_secrets=("0f",), pages={"1002003004": "EAAB", "1002003005": "EAAC"})


def test_without_settings_messenger_is_off_and_takes_no_verification():
    messenger = read_settings({}).messenger

    assert (messenger.pages, messenger.app_secrets, messenger.verify_token) == ({}, (), None)


@pytest.mark.parametrize("secrets", [None, "", ",", " , "])
def test_pages_need_a_secret_that_their_deliveries_are_signed_with(secrets: str | None):
    given = {"HITL_MESSENGER_PAGES": '{"1002003004": "EAAB-xyzzy"}'}

    with pytest.raises(BadSettings) as refused:
        read_settings(given if secrets is None else given | {"HITL_MESSENGER_APP_SECRETS": secrets})

    assert str(refused.value).startswith("HITL_MESSENGER_APP_SECRETS: needed ")
    assert "xyzzy" not in str(refused.value)


@pytest.mark.parametrize(
    "pages",
    [
        '{"1": "xyzzy plugh"}',
        '{"shop": "xyzzy"}',
        '{"1": "xyzzy"',
        '["xyzzy"]',
        '"xyzzy"',
        "xyzzy",
        '{"1": ["xyzzy"]}',
    ],
)
def test_no_token_is_repeated_in_what_is_wrong_about_the_pages(pages: str):
    with pytest.raises(BadSettings) as refused:
        read_settings({"HITL_MESSENGER_PAGES": pages})

    assert "HITL_MESSENGER_PAGES" in str(refused.value)
    assert "xyzzy" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("One moment please.", "One moment please."), ("off", ""), ("OFF", ""), ("x" * 1000, "x" * 1000)],
)
def test_what_is_said_to_who_asks_for_a_human_can_be_set_and_switched_off(given: str, meant: str):
    assert read_settings({"HITL_HUMAN_TEXT": given}).policy.human_text == meant


def test_what_is_said_to_who_asks_for_a_human_has_a_limit():
    with pytest.raises(BadSettings, match=r"^HITL_HUMAN_TEXT: must have at most 1000 characters; for example A human"):
        read_settings({"HITL_HUMAN_TEXT": "x" * 1001})
