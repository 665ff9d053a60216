"""Settings to desk: the only module that names backends. Lazy and cached; nothing happens at import."""

import os
import secrets
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from chalicelib.alerts.base import Alerter
from chalicelib.bots.base import Bot
from chalicelib.desk.desk import Desk
from chalicelib.errors import BadSettings
from chalicelib.settings import Settings, read_settings
from chalicelib.store.base import Store


@cache
def settings() -> Settings:
    """The settings of this process. Raises BadSettings."""
    return read_settings(os.environ)


@cache
def desk() -> Desk:
    """The desk of this process: `desk().pause("webchat", user_id)`."""
    return build(settings())


@cache
def signing_secret() -> str:
    """What visitors' tokens are signed with: HITL_SECRET, or a random one made once and kept in the store."""
    return settings().secret or desk().store.secret(secrets.token_urlsafe(32))


def build(given: Settings) -> Desk:
    """A desk as these settings describe it."""
    alerters = build_alerters(given)
    return Desk(
        build_store(given.store),
        build_bot(given.bot),
        alerters=alerters,
        policy=given.policy,
        public_url=given.public_url,
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


def build_bot(path: str) -> Bot:
    """The bot of a `HITL_BOT`. Raises BadSettings when there is none."""
    module, _, name = path.partition(":")
    try:
        bot = getattr(import_module(module), name)
    except Exception as error:  # the user's own module: whatever it raises, there is no bot
        raise BadSettings(f"HITL_BOT: {path} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(bot, Bot):
        raise BadSettings(f"HITL_BOT: {path} is no Bot; for example chalicelib.bot:bot, a ScriptBot")
    return bot


def forget(environment: Mapping[str, str] | None = None) -> None:
    """Drop what is cached, so that the next call reads the environment again; for tests and the local server."""
    if desk.cache_info().currsize:
        desk().store.close()
    for cached in (settings, desk, signing_secret):
        cached.cache_clear()
    if environment:
        os.environ.update(environment)
