"""Is Messenger connected? What is not is said in a sentence that says what to do. No token is ever shown."""

import secrets
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from chalicelib.channels.base import SendFailed
from chalicelib.channels.messenger_keys import account_of
from chalicelib.channels.messenger_setup import FIELDS, PERMISSIONS, MessengerSetup, Token
from chalicelib.errors import HitlError
from chalicelib.http import Answer, CallFailed, call
from chalicelib.model.session import Stop
from chalicelib.settings import Settings
from chalicelib.wiring import build_setup, open_store
from commands.finding import Finding
from commands.messenger import words_of

PATH = "/api/webhooks/messenger"
SOON = timedelta(days=14)
"""A token that ends within this is worth a word."""

_ANSWER_LIMIT = 4096
_OK, _FORBIDDEN = 200, 403


def examine(given: Settings, *, seconds: float) -> list[Finding]:
    """Look at the settings, the webhook and each Page; `seconds` for each call."""
    stops = _stops(given)
    pages = [_page(given, page, stops, seconds) for page in given.messenger.pages]
    return [_settings(given), _webhook(given, seconds), *pages]


def _settings(given: Settings) -> Finding:
    messenger = given.messenger
    problems, warnings = [], []
    if not messenger.verify_token:
        problems.append(
            "HITL_MESSENGER_VERIFY_TOKEN is not set: make up a text, set it, and give it to Meta with the webhook."
        )
    if not messenger.app_ids:
        warnings.append(
            "HITL_MESSENGER_APP_IDS is not set: our own messages are known by their metadata alone. Set the id of your app."
        )
    return Finding("Messenger settings", tuple(problems), tuple(warnings))


def _webhook(given: Settings, seconds: float) -> Finding:
    if not given.public_url:
        problem = f"HITL_PUBLIC_URL is not set: Meta delivers to that address and {PATH}, and gets agents' pictures from there."
        return Finding("Messenger webhook", (problem,))
    address = f"{given.public_url}{PATH}"
    problems = []
    simulated = urlsplit(given.messenger.graph_url).hostname in {"127.0.0.1", "localhost"}
    if not address.startswith("https://") and not simulated:
        problems.append("Meta delivers to https addresses only: set HITL_PUBLIC_URL to one.")
    if given.messenger.verify_token:
        problems += _verification(address, given.messenger.verify_token, seconds)
    return Finding(f"Messenger webhook {address}", tuple(problems))


def _verification(address: str, verify_token: str, seconds: float) -> list[str]:
    """What is wrong with how the webhook answers whoever asks as Meta does, with the right token and with a wrong one."""
    wanted = str(secrets.randbelow(10**10))
    try:
        right = _ask(address, verify_token, wanted, seconds)
        wrong = _ask(address, secrets.token_urlsafe(16), wanted, seconds)
    except (CallFailed, ValueError) as error:
        cause = error.cause if isinstance(error, CallFailed) else "it is no address that can be called"
        return [
            f"Nothing answers there ({cause}): is HITL_PUBLIC_URL the address of this installation, and is it running?"
        ]
    if wrong.status == _OK and wanted.encode() in wrong.body:
        return ["It takes any verify token, so it is not this installation that answers: correct HITL_PUBLIC_URL."]
    if right.status == _FORBIDDEN:
        return ["It refuses the verify token: set the same HITL_MESSENGER_VERIFY_TOKEN there as here."]
    if (right.status, right.body) != (_OK, wanted.encode()):
        found = f"It answers {right.status} where it should echo Meta's challenge"
        return [f"{found}: is HITL_PUBLIC_URL the address of this installation?"]
    return []


def _ask(address: str, token: str, challenge: str, seconds: float) -> Answer:
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token})
    return call("GET", f"{address}?{query}", seconds=seconds, limit=_ANSWER_LIMIT)


def _page(given: Settings, page: str, stops: dict[str, Stop] | None, seconds: float) -> Finding:
    setup = build_setup(given, page, seconds=seconds)
    problems = _stop(page, (stops or {}).get(page))
    warnings = [] if stops is not None else ["Whether it is stopped cannot be seen: the store does not answer."]
    subject = f"Messenger Page {page}"
    try:
        subject = f"Messenger Page {setup.page_name() or 'without a name'} ({page})"
        token = _told(setup, warnings)
        if token is not None:
            subject += f", token of app {token.app_id}"
            problems += _token_problems(token, given)
            warnings += _ending(token)
        problems += _subscription_problems(setup, page, token, given)
    except SendFailed as failure:
        problems.append(words_of(failure))
    return Finding(subject, tuple(problems), tuple(warnings))


def _told(setup: MessengerSetup, warnings: list[str]) -> Token | None:
    """What Meta says of the token; None, with a warning, where it does not say but takes the token all the same."""
    try:
        return setup.token()
    except SendFailed as failure:
        if failure.outcome != "failed":
            raise
        warnings.append(f"What the token may do cannot be seen: {words_of(failure)}")
        return None


def _token_problems(token: Token, given: Settings) -> list[str]:
    if not token.valid:
        return ["Meta no longer accepts the Page's token: make a new one and set it in HITL_MESSENGER_PAGES."]
    problems = []
    app_ids = given.messenger.app_ids
    if app_ids and token.app_id not in app_ids:
        problems.append(
            "HITL_MESSENGER_APP_IDS does not have the token's app, whose messages would count as another's: "
            "add it, or make a token with an app that is there."
        )
    missing = [name for name in PERMISSIONS if name not in token.scopes]
    if missing:
        problems.append(f"The token lacks {', '.join(missing)}: give the app that permission and make a new token.")
    return problems


def _ending(token: Token) -> list[str]:
    if not token.expires_at:
        return []
    at = datetime.fromtimestamp(token.expires_at, UTC)
    if at - datetime.now(UTC) > SOON:
        return []
    return [f"The token ends on {at:%Y-%m-%d %H:%M} UTC: make one from a long-lived token, which has no fixed end."]


def _subscription_problems(setup: MessengerSetup, page: str, token: Token | None, given: Settings) -> list[str]:
    known = setup.subscriptions()
    ours = [token.app_id] if token is not None else sorted(given.messenger.app_ids)
    found = next((known[app] for app in ours if app in known), None)
    remedy = f"`manage.py messenger setup --page {page}` does it."
    if found is None:
        return [f"The app is not subscribed, so nothing that happens there is delivered: {remedy}"]
    missing = [name for name in FIELDS if name not in found]
    return [f"The app is not subscribed to {', '.join(missing)}: {remedy}"] if missing else []


def _stop(page: str, stop: Stop | None) -> list[str]:
    if stop is None:
        return []
    since = f"Nothing goes out since {stop.at:%Y-%m-%d %H:%M} UTC: {stop.reason} What is written waits."
    remedy = f"within five minutes, or at once with `manage.py messenger resume {page}`."
    return [f"{since} Once that is mended it goes on by itself {remedy}"]


def _stops(given: Settings) -> dict[str, Stop] | None:
    """Why nothing goes out, by Page; None where that cannot be seen. The store is only looked at."""
    try:
        with closing(open_store(given.store)) as store:
            if store.check():
                return None
            heads = {page: store.load(account_of(page)) for page in given.messenger.pages}
    except HitlError:
        return None
    return {page: head.stopped for page, head in heads.items() if head is not None and head.stopped is not None}
