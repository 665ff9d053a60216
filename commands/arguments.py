"""What `manage.py` understands. Each command has a name, under which `manage.py` knows what to do."""

import argparse
from typing import TypeAlias

from chalicelib.channels.messenger_setup import GREETING_UNITS, MENU_TITLE_UNITS
from chalicelib.channels.messenger_text import units
from chalicelib.http import web_address
from chalicelib.model.text import clean_name
from commands.demo import SESSIONS
from commands.messenger import HUMAN_TITLE

PICTURE_LIMIT = 2000
"""Characters of a picture's address."""

Kinds: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse gives it no other name


def parser() -> argparse.ArgumentParser:
    """Reads a call; it exits with status 2 for one that makes no sense."""
    made = argparse.ArgumentParser(
        prog="manage.py",
        description="Look after an installation of hitl. Settings come from the environment, as for the server.",
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    _tokens(commands.add_parser("token", help="tokens of agents, supervisors and programs"))
    _messenger(commands.add_parser("messenger", help="Facebook Messenger's Pages"))
    _parked(commands.add_parser("parked", help="deliveries that could not be processed"))
    _persons(commands)
    _named(commands, "retain", "put all sessions under HITL_RETENTION as it is now")
    _named(commands, "sweep", "do what is due now")
    _named(commands, "doctor", "what is wrong, and what to do")
    fill = _named(commands, "demo", "sessions in every state, to look at the pages with")
    fill.add_argument("--count", type=_count, default=SESSIONS)
    return made


def _named(kinds: Kinds, name: str, about: str, command: str = "") -> argparse.ArgumentParser:
    made = kinds.add_parser(name, help=about)
    made.set_defaults(command=command or name)
    return made


def _tokens(token: argparse.ArgumentParser) -> None:
    kinds = token.add_subparsers(required=True, metavar="create|list|revoke")
    create = _named(kinds, "create", "make a token; its text is shown once", "token create")
    create.add_argument("name", type=_name, help="who it is for, as users and other agents see it")
    create.add_argument("--role", choices=("agent", "supervisor", "bot"), default="agent")
    create.add_argument("--picture", metavar="URL", type=_picture, help="the face that Messenger's users see")
    _named(kinds, "list", "all tokens, without their texts", "token list")
    revoke = _named(kinds, "revoke", "make a token invalid at once", "token revoke")
    revoke.add_argument("id", help="as `token list` shows it")


def _messenger(messenger: argparse.ArgumentParser) -> None:
    kinds = messenger.add_subparsers(required=True, metavar="setup|doctor|resume")
    setup = _named(kinds, "setup", "subscribe to the Pages and give them their menu", "messenger setup")
    setup.add_argument("--page", metavar="ID", help="one of HITL_MESSENGER_PAGES; all of them when not given")
    setup.add_argument("--greeting", metavar="TEXT", type=_greeting, help="what a user reads before the first word")
    setup.add_argument("--human-title", metavar="TEXT", type=_title, default=HUMAN_TITLE, help="of the menu's entry")
    _named(kinds, "doctor", "what is wrong with the connection, and what to do", "messenger doctor")
    resume = _named(kinds, "resume", "let messages go out again for a Page", "messenger resume")
    resume.add_argument("page", metavar="PAGE", help="the Page's id")


def _parked(parked: argparse.ArgumentParser) -> None:
    parked.set_defaults(command="parked")
    parked.add_argument("--show", metavar="ID", help="all that is kept of this one, what users said included")
    kinds = parked.add_subparsers(metavar="list|replay|drop")
    kinds.add_parser("list", help="all of them, oldest first; as without a word")
    replay = _named(kinds, "replay", "try again", "parked replay")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", metavar="ID", help="as the list shows it")
    which.add_argument("--all", action="store_true", help="every one, oldest first")
    drop = _named(kinds, "drop", "delete one for good", "parked drop")
    drop.add_argument("id", metavar="ID", help="as the list shows it")


def _persons(commands: Kinds) -> None:
    export = _named(commands, "export", "all that is kept about a person, as JSON")
    export.add_argument("session", help="the session's id, like webchat:ann-17")
    export.add_argument("--output", help="a file, made for your eyes only; the terminal when not given")
    erase = _named(commands, "erase", "erase a person, with all that is kept about them")
    erase.add_argument("session", help="the session's id, like webchat:ann-17")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise argparse.ArgumentTypeError("must be a whole number above 0")
    return int(given)


def _name(given: str) -> str:
    if not clean_name(given):
        raise argparse.ArgumentTypeError("must not be empty: users see it")
    return given


def _picture(given: str) -> str:
    try:
        web_address(given)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be an http or https address") from error
    if len(given) > PICTURE_LIMIT:
        raise argparse.ArgumentTypeError(f"must have at most {PICTURE_LIMIT} characters")
    return given


def _greeting(given: str) -> str:
    return _bounded(given, GREETING_UNITS)


def _title(given: str) -> str:
    return _bounded(given, MENU_TITLE_UNITS)


def _bounded(given: str, most: int) -> str:
    if not given.strip() or units(given) > most:
        raise argparse.ArgumentTypeError(f"must have 1 to {most} characters: Messenger takes no more")
    return given
