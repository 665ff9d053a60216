"""The environment, read once, every mistake reported at once."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from chalicelib.errors import BadSettings
from chalicelib.model.policy import Policy
from chalicelib.model.session import TOMBSTONE_KEPT

_STORES = ("sqlite:///", "postgresql://", "dynamodb://")
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_TOKEN = re.compile(r"[!-~]+")
_FIFO_URL = re.compile(r"https?://[^\s/?#]+/[^\s?#]*\.fifo")
_QUEUE_EXAMPLE = "https://sqs.eu-central-1.amazonaws.com/123456789012/hitl-inbox.fifo"
_ISSUER = re.compile(r"https?://[A-Za-z0-9.-]+(:(?P<port>[0-9]{1,5}))?(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?")
_ENCRYPTED_OR_HERE = r"https://|http://(127\.0\.0\.1|localhost)(:|/|$)"
_PORTS = range(1, 65536)
_HUMAN_TEXT_LIMIT = 1000
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_LONGEST = timedelta(days=36_500)
"""So that no date it is added to leaves the calendar."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, None: 1}


@dataclass(frozen=True)
class MessengerSettings:
    """What is set of Facebook Messenger; without pages it is off. `pages`: page id to token, `app_ids`: ours."""

    app_secrets: tuple[str, ...] = ()
    verify_token: str | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    app_ids: frozenset[str] = frozenset()
    automation_app_ids: frozenset[str] = frozenset()
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    proof: Literal["none", "classic", "timed"] = "classic"
    token_in_body: bool = False


@dataclass(frozen=True)
class OIDCSettings:
    """Who vouches for agents beside our own tokens; without an issuer nobody does. `groups`: the claim that holds them."""

    issuer: str = ""
    client_id: str = ""
    groups: str = "groups"
    agent_group: str = "agent"
    supervisor_group: str = "supervisor"
    scope: str = "openid profile email"


@dataclass(frozen=True)
class Settings:
    """What the operator set. `alerts` holds `log`, `sns:<arn>` and `webhook:<url>`; `inbox` a queue's URL, None: inline."""

    data: str = ".hitl"
    store: str = "sqlite:///.hitl/hitl.db"
    admin_token: str | None = None
    secret: str | None = None
    alerts: tuple[str, ...] = ()
    inbox: str | None = None
    metrics: str = ""
    bot: str = "chalicelib.bot:bot"
    public_url: str = ""
    webhook_secret: str | None = None
    messenger: MessengerSettings = field(default_factory=MessengerSettings)
    oidc: OIDCSettings = field(default_factory=OIDCSettings)
    policy: Policy = field(default_factory=Policy)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in these variables. Raises BadSettings with a sentence for each mistake, the variable and an example."""
    reader = _Reader(environment)
    default = Policy()
    data = reader.text("HITL_DATA", ".hitl")
    settings = Settings(
        data=data,
        store=reader.value("HITL_STORE", _store, f"sqlite:///{data}/hitl.db", "sqlite:///.hitl/hitl.db"),
        admin_token=reader.value("HITL_ADMIN_TOKEN", _secret, None, "a random text of at least 16 characters"),
        secret=reader.value("HITL_SECRET", _secret, None, "a random text of at least 16 characters"),
        alerts=reader.value("HITL_ALERTS", _alerts, (), "log,sns:arn:aws:sns:eu-central-1:123456789012:hitl"),
        inbox=reader.value("HITL_INBOX", _inbox, None, f"sqs:{_QUEUE_EXAMPLE}"),
        metrics=reader.text("HITL_METRICS", ""),
        bot=reader.value("HITL_BOT", _bot, "chalicelib.bot:bot", "chalicelib.bot:bot"),
        public_url=reader.value("HITL_PUBLIC_URL", _url, "", "https://chat.example.com"),
        webhook_secret=reader.value("HITL_WEBHOOK_SECRET", _secret, None, "a random text of at least 16 characters"),
        messenger=_messenger(reader),
        oidc=_oidc(reader),
        policy=Policy(
            human_text=reader.value("HITL_HUMAN_TEXT", _human_text, default.human_text, default.human_text),
            pause_lasts=reader.value("HITL_PAUSE_LASTS", _duration, default.pause_lasts, "24h"),
            escalate_after=reader.value("HITL_ESCALATE_AFTER", _durations, default.escalate_after, "5m,15m,60m"),
            bot_timeout=reader.value("HITL_BOT_TIMEOUT", _bot_timeout, default.bot_timeout, "8s (at most 15s)"),
            pause_on_failure=reader.value("HITL_PAUSE_ON_FAILURE", _switch, default.pause_on_failure, "on"),
            visitor_burst=reader.value("HITL_VISITOR_BURST", _count, default.visitor_burst, "60"),
            retention=reader.value("HITL_RETENTION", _retention, default.retention, "90d"),
            visitor_rate=reader.value("HITL_VISITOR_RATE", _rate, default.visitor_rate, "2 (messages a second)"),
        ),
    )
    if any(alert.startswith("webhook:") for alert in settings.alerts) and settings.webhook_secret is None:
        reader.lacks("HITL_WEBHOOK_SECRET", "needed to sign what HITL_ALERTS sends to a webhook")
    messenger = settings.messenger
    if messenger.pages and not messenger.app_secrets:
        reader.lacks("HITL_MESSENGER_APP_SECRETS", "needed to tell Facebook's deliveries from others'")
    if settings.oidc.issuer and not settings.public_url:
        reader.lacks("HITL_PUBLIC_URL", "needed with HITL_OIDC_ISSUER, since agents come back there")
    elif settings.oidc.issuer and not re.match(_ENCRYPTED_OR_HERE, settings.public_url):
        reader.lacks("HITL_PUBLIC_URL", "must be https with HITL_OIDC_ISSUER: browsers sign nobody in on other pages")
    if reader.mistakes:
        raise BadSettings("\n".join(reader.mistakes))
    return settings


def _messenger(reader: "_Reader") -> MessengerSettings:
    default = MessengerSettings()
    name = "HITL_MESSENGER_"
    return MessengerSettings(
        app_secrets=reader.value(f"{name}APP_SECRETS", _listed, (), "0123456789abcdef,fedcba9876543210"),
        verify_token=reader.value(f"{name}VERIFY_TOKEN", str, None, "a random text"),
        pages=reader.value(f"{name}PAGES", _pages, {}, '{"1002003004": "EAAB-the-token-of-this-Page"}'),
        app_ids=frozenset(reader.value(f"{name}APP_IDS", _numbers, (), "555000111")),
        automation_app_ids=frozenset(reader.value(f"{name}AUTOMATION_APP_IDS", _numbers, (), "555000222")),
        graph_url=reader.value("HITL_GRAPH_URL", _graph_url, default.graph_url, default.graph_url),
        graph_version=reader.value(f"{name}GRAPH_VERSION", _version, default.graph_version, default.graph_version),
        proof=reader.value(f"{name}PROOF", _proof, default.proof, "classic"),
        token_in_body=reader.value(f"{name}TOKEN_IN", _in_body, default.token_in_body, "header"),
    )


def _oidc(reader: "_Reader") -> OIDCSettings:
    default = OIDCSettings()
    name = "HITL_OIDC_"
    issuer = reader.value(f"{name}ISSUER", _issuer, "", "https://login.example.com")
    client_id = reader.value(f"{name}CLIENT_ID", _word, "", "hitl-admin")
    if issuer and not client_id:
        reader.lacks("HITL_OIDC_CLIENT_ID", "needed with HITL_OIDC_ISSUER: the audience of its tokens")
    if client_id and not issuer:
        reader.lacks("HITL_OIDC_ISSUER", "needed with HITL_OIDC_CLIENT_ID")
    return OIDCSettings(
        issuer=issuer,
        client_id=client_id,
        groups=reader.value(f"{name}GROUPS", _word, default.groups, "cognito:groups"),
        agent_group=reader.text(f"{name}AGENT_GROUP", default.agent_group),
        supervisor_group=reader.text(f"{name}SUPERVISOR_GROUP", default.supervisor_group),
        scope=reader.value(f"{name}SCOPE", _scope, default.scope, default.scope),
    )


class _Reader:
    """Reads variables and collects what is wrong with them; an empty variable counts as not set."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.mistakes: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def value(self, name: str, parse: Callable[[str], Any], default: Any, example: str) -> Any:
        given = self._environment.get(name, "").strip()
        if not given:
            return default
        try:
            return parse(given)
        except ValueError as error:
            self.mistakes.append(f"{name}: {error}; for example {example}")
            return default

    def lacks(self, name: str, sentence: str) -> None:
        """What is wrong with a variable beside others; one whose value is no good has been told of already."""
        if not any(mistake.startswith(f"{name}: ") for mistake in self.mistakes):
            self.mistakes.append(f"{name}: {sentence}")


def _store(given: str) -> str:
    if not given.startswith(_STORES) or given in _STORES:
        raise ValueError(f"must begin with one of {', '.join(_STORES)}")
    kind, _, name = given.partition("://")
    if kind == "dynamodb" and not _TABLE.fullmatch(name):
        raise ValueError("a table's name has 3 to 255 of the characters A-Z a-z 0-9 _ . -")
    return given


def _secret(given: str) -> str:
    if len(given) < 16:  # noqa: PLR2004 - said in the sentence
        raise ValueError("must have at least 16 characters")
    return given


def _alerts(given: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in given.split(",") if part.strip())
    for number, part in enumerate(parts, start=1):
        if part != "log" and not re.fullmatch(r"sns:arn:aws[\w-]*:sns:\S+|webhook:https?://\S+", part):
            # not repeated: the address of a webhook is often a secret, and any caller is told what is wrong
            raise ValueError(f"number {number} is none of log, sns:<topic arn>, webhook:<url>")
    return parts


def _inbox(given: str) -> str | None:
    if given == "inline":
        return None
    kind, _, url = given.partition(":")
    if kind != "sqs" or not _FIFO_URL.fullmatch(url):
        raise ValueError("must be inline, or sqs:<address of a FIFO queue>")
    return url


def _bot(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", given):
        raise ValueError("must be module:name")
    return given


def _url(given: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#]+", given):
        raise ValueError("must be the address of the pages")
    return given.rstrip("/")


def _duration(given: str) -> timedelta:
    match = _DURATION.fullmatch(given.strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError("must be a time such as 30s, 5m, 24h or 3d")
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("is longer than a hundred years")
    return timedelta(seconds=seconds)


def _durations(given: str) -> tuple[timedelta, ...]:
    if given.lower() == "off":
        return ()
    steps = tuple(_duration(part) for part in given.split(","))
    if list(steps) != sorted(set(steps)):
        raise ValueError("must grow from step to step")
    return steps


def _retention(given: str) -> timedelta | None:
    if given.lower() == "off":
        return None
    length = _duration(given)
    if length < TOMBSTONE_KEPT:
        raise ValueError(f"must be off, or at least {TOMBSTONE_KEPT.days}d")
    return length


def _bot_timeout(given: str) -> timedelta:
    length = _duration(given)
    if length > timedelta(seconds=15):
        raise ValueError(
            "must be at most 15s: a request ends after 28 s, and may need 5 s for each of two commits and some for alerts"
        )
    return length


def _switch(given: str) -> bool:
    try:
        return {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}[given.lower()]
    except KeyError as error:
        raise ValueError("must be on or off") from error


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ValueError("must be a whole number above 0")
    return int(given)


def _rate(given: str) -> float:
    rate = float(given)
    if not 0 < rate < float("inf"):
        raise ValueError("must be a number above 0")
    return rate


def _listed(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _numbers(given: str) -> tuple[str, ...]:
    parts = _listed(given)
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("must be app ids, which are numbers, separated by commas")
    return parts


def _pages(given: str) -> dict[str, str]:
    try:
        pages = json.loads(given)
    except ValueError as error:
        raise ValueError("must be JSON, page id to token") from error
    if not isinstance(pages, dict) or not all(isinstance(token, str) and token for token in pages.values()):
        raise ValueError("must be a JSON object, page id to token")
    if not all(page.isascii() and page.isdigit() for page in pages):
        raise ValueError("a page id is a number")
    if not all(_TOKEN.fullmatch(token) for token in pages.values()):
        raise ValueError("a token has no spaces, and no letters but those of ASCII")
    return pages


def _graph_url(given: str) -> str:
    """Tokens go there, so that only a simulator on this machine does without encryption."""
    if not re.fullmatch(r"https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?", given):
        raise ValueError("must be the https address of the Graph API, or of a simulator on this machine")
    return given.rstrip("/")


def _issuer(given: str) -> str:
    """Kept to the letter, since tokens must say the same; only one on this machine does without encryption."""
    match = _ISSUER.fullmatch(given)
    if match is None or int(match["port"] or 443) not in _PORTS or not re.match(_ENCRYPTED_OR_HERE, given):
        raise ValueError("must be an https address, without parameters")
    return given


def _word(given: str) -> str:
    if not _TOKEN.fullmatch(given):
        raise ValueError("must be one word, in letters of ASCII")
    return given


def _scope(given: str) -> str:
    scopes = given.split()
    if "openid" not in scopes or not all(_TOKEN.fullmatch(scope) for scope in scopes):
        raise ValueError("must be words separated by spaces, and openid among them")
    return " ".join(scopes)


def _human_text(given: str) -> str:
    if len(given) > _HUMAN_TEXT_LIMIT:
        raise ValueError(f"must have at most {_HUMAN_TEXT_LIMIT} characters")
    return "" if given.lower() == "off" else given


def _version(given: str) -> str:
    if not re.fullmatch(r"v\d{1,3}\.\d", given):
        raise ValueError("must be a version of the Graph API")
    return given


def _proof(given: str) -> str:
    if given not in ("none", "classic", "timed"):
        raise ValueError("must be none, classic or timed")
    return given


def _in_body(given: str) -> bool:
    if given not in ("header", "body"):
        raise ValueError("must be header or body")
    return given == "body"
