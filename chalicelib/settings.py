"""The environment, read once, every mistake reported at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib import setting_values
from chalicelib.errors import BadSettings
from chalicelib.model.policy import Policy

_QUEUE_EXAMPLE = "https://sqs.eu-central-1.amazonaws.com/123456789012/hitl-inbox.fifo"


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
    settings = _settings(reader)
    if reader.mistakes:
        raise BadSettings("\n".join(reader.mistakes))
    return settings


def names() -> frozenset[str]:
    """Of all variables that are read."""
    reader = _Reader({})
    _settings(reader)
    return frozenset(reader.names)


def _settings(reader: "_Reader") -> Settings:
    default = Policy()
    data = reader.text("HITL_DATA", ".hitl")
    settings = Settings(
        data=data,
        store=reader.value("HITL_STORE", setting_values.store, f"sqlite:///{data}/hitl.db", "sqlite:///.hitl/hitl.db"),
        admin_token=reader.value(
            "HITL_ADMIN_TOKEN", setting_values.secret, None, "a random text of at least 16 characters"
        ),
        secret=reader.value("HITL_SECRET", setting_values.secret, None, "a random text of at least 16 characters"),
        alerts=reader.value(
            "HITL_ALERTS", setting_values.alerts, (), "log,sns:arn:aws:sns:eu-central-1:123456789012:hitl"
        ),
        inbox=reader.value("HITL_INBOX", setting_values.inbox, None, f"sqs:{_QUEUE_EXAMPLE}"),
        metrics=reader.text("HITL_METRICS", ""),
        bot=reader.value("HITL_BOT", setting_values.bot, "chalicelib.bot:bot", "chalicelib.bot:bot"),
        public_url=reader.value("HITL_PUBLIC_URL", setting_values.url, "", "https://chat.example.com"),
        webhook_secret=reader.value(
            "HITL_WEBHOOK_SECRET", setting_values.secret, None, "a random text of at least 16 characters"
        ),
        messenger=_messenger(reader),
        oidc=_oidc(reader),
        policy=Policy(
            human_text=reader.value(
                "HITL_HUMAN_TEXT", setting_values.human_text, default.human_text, default.human_text
            ),
            pause_lasts=reader.value("HITL_PAUSE_LASTS", setting_values.duration, default.pause_lasts, "24h"),
            escalate_after=reader.value(
                "HITL_ESCALATE_AFTER", setting_values.durations, default.escalate_after, "5m,15m,60m"
            ),
            bot_timeout=reader.value(
                "HITL_BOT_TIMEOUT", setting_values.bot_timeout, default.bot_timeout, "8s (at most 15s)"
            ),
            pause_on_failure=reader.value(
                "HITL_PAUSE_ON_FAILURE", setting_values.switch, default.pause_on_failure, "on"
            ),
            visitor_burst=reader.value("HITL_VISITOR_BURST", setting_values.count, default.visitor_burst, "60"),
            retention=reader.value("HITL_RETENTION", setting_values.retention, default.retention, "90d"),
            visitor_rate=reader.value(
                "HITL_VISITOR_RATE", setting_values.rate, default.visitor_rate, "2 (messages a second)"
            ),
        ),
    )
    if any(alert.startswith("webhook:") for alert in settings.alerts) and settings.webhook_secret is None:
        reader.lacks("HITL_WEBHOOK_SECRET", "needed to sign what HITL_ALERTS sends to a webhook")
    messenger = settings.messenger
    if messenger.pages and not messenger.app_secrets:
        reader.lacks("HITL_MESSENGER_APP_SECRETS", "needed to tell Facebook's deliveries from others'")
    if settings.oidc.issuer and not settings.public_url:
        reader.lacks("HITL_PUBLIC_URL", "needed with HITL_OIDC_ISSUER, since agents come back there")
    elif settings.oidc.issuer and not setting_values.keeps_secrets(settings.public_url):
        reader.lacks("HITL_PUBLIC_URL", "must be https with HITL_OIDC_ISSUER: browsers sign nobody in on other pages")
    return settings


def _messenger(reader: "_Reader") -> MessengerSettings:
    default = MessengerSettings()
    name = "HITL_MESSENGER_"
    return MessengerSettings(
        app_secrets=reader.value(f"{name}APP_SECRETS", setting_values.listed, (), "0123456789abcdef,fedcba9876543210"),
        verify_token=reader.value(f"{name}VERIFY_TOKEN", str, None, "a random text"),
        pages=reader.value(f"{name}PAGES", setting_values.pages, {}, '{"1002003004": "EAAB-the-token-of-this-Page"}'),
        app_ids=frozenset(reader.value(f"{name}APP_IDS", setting_values.numbers, (), "555000111")),
        automation_app_ids=frozenset(
            reader.value(f"{name}AUTOMATION_APP_IDS", setting_values.numbers, (), "555000222")
        ),
        graph_url=reader.value("HITL_GRAPH_URL", setting_values.graph_url, default.graph_url, default.graph_url),
        graph_version=reader.value(
            f"{name}GRAPH_VERSION", setting_values.version, default.graph_version, default.graph_version
        ),
        proof=reader.value(f"{name}PROOF", setting_values.proof, default.proof, "classic"),
        token_in_body=reader.value(f"{name}TOKEN_IN", setting_values.in_body, default.token_in_body, "header"),
    )


def _oidc(reader: "_Reader") -> OIDCSettings:
    default = OIDCSettings()
    name = "HITL_OIDC_"
    issuer = reader.value(f"{name}ISSUER", setting_values.issuer, "", "https://login.example.com")
    client_id = reader.value(f"{name}CLIENT_ID", setting_values.word, "", "hitl-admin")
    if issuer and not client_id:
        reader.lacks("HITL_OIDC_CLIENT_ID", "needed with HITL_OIDC_ISSUER: the audience of its tokens")
    if client_id and not issuer:
        reader.lacks("HITL_OIDC_ISSUER", "needed with HITL_OIDC_CLIENT_ID")
    return OIDCSettings(
        issuer=issuer,
        client_id=client_id,
        groups=reader.value(f"{name}GROUPS", setting_values.word, default.groups, "cognito:groups"),
        agent_group=reader.text(f"{name}AGENT_GROUP", default.agent_group),
        supervisor_group=reader.text(f"{name}SUPERVISOR_GROUP", default.supervisor_group),
        scope=reader.value(f"{name}SCOPE", setting_values.scope, default.scope, default.scope),
    )


class _Reader:
    """Reads variables and collects what is wrong with them; an empty variable counts as not set."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.names: set[str] = set()
        self.mistakes: list[str] = []

    def text(self, name: str, default: str) -> str:
        self.names.add(name)
        return self._environment.get(name, "").strip() or default

    def value(self, name: str, parse: Callable[[str], Any], default: Any, example: str) -> Any:
        given = self.text(name, "")
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
