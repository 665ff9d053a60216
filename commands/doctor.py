"""Is this installation able to do its job? What is not is said in a sentence that says what to do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from difflib import get_close_matches

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import BadSettings, HitlError
from chalicelib.settings import Settings, names, read_settings
from chalicelib.wiring import build_alerters, build_bot, build_issuer, open_store
from commands import messenger_doctor, queue_doctor, trouble
from commands.finding import Finding

_ALIKE = 0.9
"""Of two names' letters, by difflib: one left out, doubled or swapped in a name of ten or more."""

MESSENGER_SECONDS = 2.0
"""For each call to Meta and to our own webhook; three a Page, and two."""


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Look at settings, bot, store, alerters and queue; later ones are left out when the settings cannot be read."""
    try:
        settings = read_settings(environment)
    except BadSettings as mistakes:
        return [Finding("settings", tuple(str(mistakes).splitlines()))]
    return [
        Finding("settings", (*_mistyped(environment), *_advice(settings))),
        Finding(f"bot {settings.bot}", _problems(lambda: _loads(settings.bot))),
        Finding(f"store {_without_password(settings.store)}", _problems(lambda: _stores_problems(settings.store))),
        *_alerters(settings),
        *_retention(settings),
        *_issuer(settings),
        *queue_doctor.examine(settings),
        *(messenger_doctor.examine(settings, seconds=MESSENGER_SECONDS) if settings.messenger.pages else []),
    ]


def _mistyped(environment: Mapping[str, str]) -> Iterator[str]:
    """Variables that are nearly settings; others that begin as ours do may be the bot's own."""
    known = names()
    for name in sorted(environment):
        if name.startswith("HITL_") and name not in known and (near := get_close_matches(name, known, 1, _ALIKE)):
            yield f"{name} is no setting, and does nothing; is {near[0]} meant?"


def _advice(settings: Settings) -> tuple[str, ...]:
    reaches_out = any(alert != "log" for alert in settings.alerts)
    if reaches_out and not settings.public_url:
        return ("HITL_PUBLIC_URL is not set, so alerts carry no working link; set it to the address of the pages.",)
    return ()


def _alerters(settings: Settings) -> list[Finding]:
    if not settings.alerts:
        return [Finding("alerts (the admin page only; HITL_ALERTS adds e-mail by SNS, a webhook or the terminal)")]
    try:
        alerters = build_alerters(settings)
    except BadSettings as mistake:
        return [Finding("alerts", (str(mistake),))]
    return [Finding(f"alerts {alerter.name}", _problems(alerter.check)) for alerter in alerters]


def _retention(settings: Settings) -> list[Finding]:
    length = settings.policy.retention
    if length is None:
        return []
    return [Finding(f"retention {length.days} days (`manage.py retain` brings in sessions from before it was set)")]


def _issuer(settings: Settings) -> list[Finding]:
    if not settings.oidc.issuer:
        return []
    return [Finding(f"issuer {settings.oidc.issuer}", _problems(build_issuer(settings.oidc).check))]


def _problems(check: Callable[[], list[str]]) -> tuple[str, ...]:
    try:
        return tuple(check())
    except (HitlError, BotoCoreError, ClientError) as error:
        return (trouble.in_words(error),)
    except Exception as error:  # noqa: BLE001 - whatever breaks here is what the operator wants to be told
        return (f"{type(error).__name__}: {error}",)


def _loads(bot: str) -> list[str]:
    build_bot(bot)
    return []


def _stores_problems(url: str) -> list[str]:
    """What the store says of itself. It is only looked at: a typo must not make a database."""
    with closing(open_store(url)) as store:
        return store.check()


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
