"""What an operator does for Messenger's Pages: set them up, and let messages go out again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.channels.base import SendFailed
from chalicelib.channels.messenger_errors import (
    BAD_REQUEST,
    NOT_ALLOWED_HERE,
    PERMISSION,
    UNKNOWN,
    GraphRefused,
    Meaning,
)
from chalicelib.channels.messenger_keys import account_of, items, mapping, text
from chalicelib.channels.messenger_setup import FIELDS, MessengerSetup
from chalicelib.desk.desk import Desk
from chalicelib.errors import BadSettings
from chalicelib.model.talking import HUMAN_PAYLOAD
from chalicelib.settings import Settings
from chalicelib.wiring import build_setup
from commands.people import OPERATOR

SECONDS = 10.0
"""For each call to Meta."""

HUMAN_TITLE = "Talk to a human"
GET_STARTED = "GET_STARTED"
"""What a user's first tap says to the bot, as any button's payload does."""

_WORDS: dict[Meaning, str] = {
    BAD_REQUEST: "Meta refuses the call. Is the first of HITL_MESSENGER_APP_SECRETS the secret of the token's app?",
    NOT_ALLOWED_HERE: "Meta knows no such Page, or this app may not do it. Are Page and token of HITL_MESSENGER_PAGES a pair?",
    PERMISSION: "The app may not do this: the token lacks a permission, or the app is not live.",
    UNKNOWN: "Meta refuses the call for a reason that is new to us.",
}
"""Of errors that mean something else for a call than for a message."""


@dataclass(frozen=True)
class Result:
    """What was done for a Page, and what was not, in sentences."""

    done: tuple[str, ...]
    failed: tuple[str, ...]


def chosen(given: Settings, page: str | None) -> list[str]:
    """The Page, or all of the settings. Raises BadSettings when there is none."""
    pages = list(given.messenger.pages)
    if not pages:
        raise BadSettings(
            "HITL_MESSENGER_PAGES is not set, so there is no Page: docs/messenger.md tells how to connect one."
        )
    if page is not None and page not in pages:
        raise BadSettings(f"HITL_MESSENGER_PAGES has no Page {page}, only {', '.join(pages)}.")
    return pages if page is None else [page]


def set_up(given: Settings, page: str, *, greeting: str | None, human_title: str) -> Result:
    """Subscribe our app to a Page, and give the Page its button, greeting and menu; twice is once. No failure stops the rest."""
    setup = build_setup(given, page, seconds=SECONDS)
    done: list[str] = []
    failed: list[str] = []
    steps: Mapping[str, Callable[[], Iterator[str]]] = {
        "subscribed": lambda: _subscribe(setup),
        "given its menu": lambda: _furnish(setup, greeting, human_title),
    }
    for what, act in steps.items():
        try:
            done += [f"Page {page}: {sentence}" for sentence in act()]
        except SendFailed as failure:
            failed.append(f"Page {page} was not {what}: {words_of(failure)}")
    return Result(tuple(done), tuple(failed))


def resume(desk: Desk, given: Settings, page: str) -> str:
    """Let messages go out again; what was done, as a sentence. Raises BadSettings for a Page that nobody knows."""
    account = account_of(page)
    if page not in given.messenger.pages and desk.store.load(account) is None:
        chosen(given, page)
    if not desk.accounts.resume(account, by=OPERATOR):
        return f"Page {page} is not stopped: there is nothing to resume."
    return (
        f"Messages go out again for Page {page}. What waits goes out within a minute; if the cause is not mended, the first "
        "message that is refused stops the Page again."
    )


def words_of(failure: SendFailed) -> str:
    """Why a call failed, for an operator: without tokens, with what Meta's support asks for."""
    if failure.outcome == "unknown":
        return "No answer came, so it may be done or not. Try again."
    if not isinstance(failure, GraphRefused):
        return failure.words
    code = f"{failure.code}/{failure.subcode}" if failure.subcode else f"{failure.code}"
    trace = f", trace {failure.trace}" if failure.trace else ""
    return f"{_WORDS.get(failure.meaning, failure.words)} (Meta's error {code}{trace})"


def _subscribe(setup: MessengerSetup) -> Iterator[str]:
    setup.subscribe()
    yield f"what happens there is delivered to the webhook ({len(FIELDS)} fields are subscribed)."


def _furnish(setup: MessengerSetup, greeting: str | None, human_title: str) -> Iterator[str]:
    menu = {human_title: HUMAN_PAYLOAD}
    before = _menu_of(setup)
    setup.set_profile(get_started=GET_STARTED, greeting=greeting, menu=menu)
    yield f'it shows a "Get started" button and a menu with "{human_title}", which pauses the bot. Open apps may take a day.'
    if before not in ({}, menu):
        yield f"the menu that it had is replaced: {', '.join(before)}."
    if greeting is not None:
        yield "its greeting is set."


def _menu_of(setup: MessengerSetup) -> dict[str, str]:
    """The payload, or address, of each title in the Page's menu."""
    menus = [mapping(menu) for menu in items(setup.profile().get("persistent_menu"))]
    actions = [mapping(action) for menu in menus for action in items(menu.get("call_to_actions"))]
    return {text(action.get("title")): text(action.get("payload") or action.get("url")) for action in actions}
