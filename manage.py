"""The operator's commands: `python manage.py --help`."""

import argparse
import logging
import os
import sys

from chalicelib.errors import HitlError
from chalicelib.model.text import clean_name
from chalicelib.settings import read_settings
from chalicelib.store.base import Store
from chalicelib.wiring import build_store, desk
from commands import demo, doctor, people, tokens


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 something is wrong, 2 for a call that makes no sense."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except HitlError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py",
        description="Look after an installation of hitl. Settings come from the environment, as for the server.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    token = commands.add_parser("token", help="tokens of agents, supervisors and programs")
    kinds = token.add_subparsers(required=True, metavar="create|list|revoke")
    create = kinds.add_parser("create", help="make a token; its text is shown once")
    create.add_argument("name", type=_name, help="who it is for, as users and other agents see it")
    create.add_argument("--role", choices=("agent", "supervisor", "bot"), default="agent")
    create.set_defaults(run=_create_token)
    kinds.add_parser("list", help="all tokens, without their texts").set_defaults(run=_list_tokens)
    revoke = kinds.add_parser("revoke", help="make a token invalid at once")
    revoke.add_argument("id", help="as `token list` shows it")
    revoke.set_defaults(run=_revoke_token)

    export = commands.add_parser("export", help="all that is kept about a person, as JSON")
    export.add_argument("session", help="the session's id, like webchat:ann-17")
    export.add_argument("--output", help="a file, made for your eyes only; the terminal when not given")
    export.set_defaults(run=_export)
    erase = commands.add_parser("erase", help="erase a person, with all that is kept about them")
    erase.add_argument("session", help="the session's id, like webchat:ann-17")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    erase.set_defaults(run=_erase)
    commands.add_parser("retain", help="put all sessions under HITL_RETENTION as it is now").set_defaults(run=_retain)
    commands.add_parser("sweep", help="do what is due now").set_defaults(run=_sweep)
    commands.add_parser("doctor", help="what is wrong, and what to do").set_defaults(run=_doctor)
    fill = commands.add_parser("demo", help="sessions in every state, to look at the pages with")
    fill.add_argument("--count", type=_count, default=demo.SESSIONS)
    fill.set_defaults(run=_demo)
    return parser


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise argparse.ArgumentTypeError("must be a whole number above 0")
    return int(given)


def _name(given: str) -> str:
    if not clean_name(given):
        raise argparse.ArgumentTypeError("must not be empty: users see it")
    return given


def _store() -> Store:
    return build_store(read_settings(os.environ).store)


def _create_token(given: argparse.Namespace) -> int:
    token, secret = tokens.create(_store(), given.name, given.role)
    print(f"{token.role} {token.name}, id {token.id}. The token, shown only now:\n{secret}")
    return 0


def _list_tokens(_given: argparse.Namespace) -> int:
    print(tokens.listing(_store()))
    return 0


def _revoke_token(given: argparse.Namespace) -> int:
    if _store().revoke_token(given.id):
        print("Revoked.")
        return 0
    print(f"There is no token {given.id}; `manage.py token list` shows them.", file=sys.stderr)
    return 1


def _export(given: argparse.Namespace) -> int:
    document = people.export(desk(), given.session)
    if given.output is None:
        print(document)
    else:
        people.write(document, given.output)
    return 0


def _erase(given: argparse.Namespace) -> int:
    if not given.yes and not people.agreed(desk(), given.session, input):
        print("Nothing was erased.")
        return 1
    print(people.erase(desk(), given.session))
    return 0


def _retain(_given: argparse.Namespace) -> int:
    if read_settings(os.environ).policy.retention is None:
        print("HITL_RETENTION is not set: nothing is deleted by age.", file=sys.stderr)
        return 1
    print(f"Sessions under the retention now: {desk().eraser.retain()}")
    return 0


def _sweep(_given: argparse.Namespace) -> int:
    print(f"Sessions with something due: {desk().sweeper.sweep()}")
    return 0


def _doctor(_given: argparse.Namespace) -> int:
    findings = doctor.examine(os.environ)
    for finding in findings:
        print(f"{'PROBLEM' if finding.problems else 'ok':8} {finding.subject}")
        for problem in finding.problems:
            print(f"         {problem}")
    return 1 if any(finding.problems for finding in findings) else 0


def _demo(given: argparse.Namespace) -> int:
    logging.getLogger("chalicelib").setLevel(logging.CRITICAL)  # one of the demo's bots fails on purpose
    print(f"{demo.play(_store(), count=given.count)} demo sessions are there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
