"""Settings to desk: the only module that names backends. Lazy and cached; nothing happens at import."""

import logging
import os
import secrets
import threading
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.alerts.base import Alerter
from chalicelib.bots.base import Bot
from chalicelib.channels.base import Channel, Media
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.errors import BadSettings
from chalicelib.metrics import EmbeddedMeter, NoMeter
from chalicelib.queue.base import Queue
from chalicelib.references import References
from chalicelib.settings import OIDCSettings, Settings, read_settings
from chalicelib.store.base import Store

if TYPE_CHECKING:
    from chalicelib.channels.messenger_graph import Graph
    from chalicelib.channels.messenger_setup import MessengerSetup
    from chalicelib.identity.codes import Codes
    from chalicelib.identity.issuer import Issuer

log = logging.getLogger(__name__)
_renewing = threading.Lock()


@cache
def _references() -> References:
    return References()


@cache
def _settings() -> Settings:
    return read_settings(_references().resolved(os.environ))


def settings() -> Settings:
    """The settings of this process. Raises BadSettings.

    What they refer to is read again after five minutes; when it has changed, so that a secret is replaced without a
    deployment, the next `desk()` is a new one. Values that are no good any more leave all as it was.
    """
    if _references().due():
        with _renewing:
            _renew()
    return _settings()


def _renew() -> None:
    before = _settings()
    try:
        now = read_settings(_references().resolved(os.environ))
    except BadSettings as error:
        log.error("a changed secret is not used: %s", error)  # noqa: TRY400 - the words are for operators, and hold no value
        return
    if now != before:
        _settings.cache_clear()
        _desk.cache_clear()  # whoever works with the old one finishes with it
        media.cache_clear()


@cache
def _desk() -> Desk:
    return build(settings())


def desk() -> Desk:
    """The desk of this process: `desk().pause("webchat", user_id)`."""
    settings()
    return _desk()


def signing_secret() -> str:
    """What visitors' tokens are signed with: HITL_SECRET, or a random one made once and kept in the store."""
    return settings().secret or _stored_secret()


@cache
def _stored_secret() -> str:
    return desk().store.secret(secrets.token_urlsafe(32))


@cache
def media() -> Media:
    """What fetches pictures and attachments for the agents' page. A simulator on this machine may serve some, too."""
    from chalicelib.channels.media import MessengerMedia

    graph = urlsplit(settings().messenger.graph_url)
    return MessengerMedia([f"{graph.scheme}://{graph.netloc}"] if graph.hostname == "127.0.0.1" else [])


def issuer() -> "Issuer | None":
    """Who vouches for agents beside our own tokens, with what it published; None: nobody does."""
    oidc = settings().oidc
    return _issuer(oidc) if oidc.issuer else None


@cache
def _issuer(oidc: OIDCSettings) -> "Issuer":
    """Kept when another setting is renewed."""
    return build_issuer(oidc)


def codes() -> "Codes | None":
    """What turns codes into tokens at the issuer; None: there is no issuer."""
    oidc = settings().oidc
    return _codes(oidc) if oidc.issuer else None


@cache
def _codes(oidc: OIDCSettings) -> "Codes":
    from chalicelib.identity.codes import Codes

    return Codes(_issuer(oidc))


def build(given: Settings) -> Desk:
    """A desk as these settings describe it."""
    alerters = build_alerters(given)
    return Desk(
        build_store(given.store),
        build_bot(given.bot),
        alerters=alerters,
        policy=given.policy,
        tools=Tools(meter=EmbeddedMeter(given.metrics) if given.metrics else NoMeter()),
        public_url=given.public_url,
        channels=build_channels(given),
        picture_url=f"{given.public_url}/assets/shared/agent.png" if given.public_url else "",
        queue=build_queue(given),
    )


def build_store(url: str) -> Store:
    """The store of a `HITL_STORE`, its own structures made where that needs no operator. Raises BadSettings, StoreBusy."""
    store = open_store(url)
    store.prepare()
    return store


def open_store(url: str) -> Store:
    """The store of a `HITL_STORE` as it is: nothing is made, nothing is asked yet. Raises BadSettings."""
    kind, _, rest = url.partition("://")
    if kind == "dynamodb":
        from chalicelib.store.dynamodb import DynamoDBStore

        return DynamoDBStore(rest)
    from sqlalchemy.exc import ArgumentError

    from chalicelib.store.sql import SQLStore

    try:
        return SQLStore(url)
    except (ArgumentError, ImportError, OSError, ValueError) as error:  # its words may hold a password
        raise BadSettings(f"HITL_STORE: this database cannot be opened ({type(error).__name__})") from error


def build_alerters(given: Settings) -> list[Alerter]:
    """The alerters of `HITL_ALERTS`; one named twice is one."""
    alerters: dict[str, Alerter] = {}
    for alert in given.alerts:
        kind, _, rest = alert.partition(":")
        alerter: Alerter
        if kind == "sns":
            from chalicelib.alerts.sns import SNSAlerter

            alerter = SNSAlerter(rest)
        elif kind == "webhook":
            from chalicelib.alerts.webhook import WebhookAlerter

            alerter = WebhookAlerter(rest, given.webhook_secret or "")
        else:
            from chalicelib.alerts.log import LogAlerter

            alerter = LogAlerter()
        alerters[alerter.name] = alerter
    return list(alerters.values())


def build_queue(given: Settings) -> Queue | None:
    """The queue of `HITL_INBOX`; None: webhooks do without one."""
    if given.inbox is None:
        return None
    from chalicelib.queue.sqs import SQSQueue

    return SQSQueue(given.inbox)


def build_issuer(oidc: OIDCSettings) -> "Issuer":
    """Who vouches for agents, by these settings, of which nothing is asked yet."""
    from chalicelib.identity.claims import Expected
    from chalicelib.identity.issuer import Issuer

    expected = Expected(oidc.issuer, oidc.client_id, oidc.groups, oidc.agent_group, oidc.supervisor_group)
    return Issuer(expected)


def build_channels(given: Settings) -> list[Channel]:
    """The channels that a vendor carries."""
    if not given.messenger.pages:
        return []
    from chalicelib.channels.messenger import MessengerChannel

    return [MessengerChannel(build_graph(given), given.messenger.pages)]


def build_graph(given: Settings) -> "Graph":
    """The way to the Graph API; the first app secret is the one that proves who we are."""
    from chalicelib.channels.messenger_graph import Graph

    messenger = given.messenger
    secret = messenger.app_secrets[0] if messenger.app_secrets else ""
    return Graph(
        base_url=messenger.graph_url,
        version=messenger.graph_version,
        secret=secret,
        proof=messenger.proof,
        token_in_body=messenger.token_in_body,
    )


def build_setup(given: Settings, page: str, *, seconds: float) -> "MessengerSetup":
    """What is asked of, and set for, one of the Pages in the settings; `seconds` for each call."""
    from chalicelib.channels.messenger_setup import MessengerSetup

    return MessengerSetup(build_graph(given), page, given.messenger.pages[page], seconds=seconds)


def build_bot(path: str) -> Bot:
    """The bot of a `HITL_BOT`. Raises BadSettings when there is none."""
    module, _, name = path.partition(":")
    try:
        bot = getattr(import_module(module), name)
    except Exception as error:  # the user's own module: whatever it raises, there is no bot
        raised = f"{type(error).__name__}: {error}{_place(error)}"
        raise BadSettings(f"HITL_BOT: {path} cannot be imported: {raised}") from error
    if not isinstance(bot, Bot):
        raise BadSettings(f"HITL_BOT: {path} is no Bot; for example chalicelib.bot:bot, a ScriptBot")
    return bot


def _place(error: Exception) -> str:
    """Where in somebody's module it was raised; nothing where that is no module of theirs."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours_or_pythons = frame.filename == __file__ or "importlib" in frame.filename
    return "" if ours_or_pythons else f" ({frame.filename}, line {frame.lineno})"


def forget(environment: Mapping[str, str] | None = None) -> None:
    """Drop what is cached, so that the next call reads the environment again; for tests and the local server."""
    if _desk.cache_info().currsize:
        _desk().store.close()
    for cached in (_references, _settings, _desk, _stored_secret, media, _issuer, _codes):
        cached.cache_clear()
    if environment:
        os.environ.update(environment)
