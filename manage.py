"""The operator's commands: `python manage.py --help`."""

import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import wiring
from chalicelib.errors import HitlError
from chalicelib.handlers.replaying import replay
from chalicelib.settings import read_settings
from chalicelib.store.base import Store
from chalicelib.wiring import build_store, desk
from commands import demo, doctor, messenger, messenger_doctor, parked, people, tokens, trouble
from commands.arguments import parser
from commands.finding import Finding, listing


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 something is wrong, 2 for a call that makes no sense."""
    given = parser().parse_args(arguments)
    try:
        return COMMANDS[given.command](given)
    except (HitlError, BotoCoreError, ClientError) as error:
        return _complain(trouble.in_words(error))


def _store() -> Store:
    return build_store(read_settings(os.environ).store)


def _create_token(given: Namespace) -> int:
    token, secret = tokens.create(_store(), given.name, given.role, given.picture)
    print(f"{token.role} {token.name}, id {token.id}. The token, shown only now:\n{secret}")
    return 0


def _list_tokens(_given: Namespace) -> int:
    print(tokens.listing(_store()))
    return 0


def _revoke_token(given: Namespace) -> int:
    if _store().revoke_token(given.id):
        print("Revoked.")
        return 0
    return _complain(f"There is no token {given.id}; `manage.py token list` shows them.")


def _set_up_messenger(given: Namespace) -> int:
    settings = read_settings(os.environ)
    failed = False
    for page in messenger.chosen(settings, given.page):
        result = messenger.set_up(settings, page, greeting=given.greeting, human_title=given.human_title)
        for sentence in result.done:
            print(sentence)
        for sentence in result.failed:
            _complain(sentence)
        failed = failed or bool(result.failed)
    return 1 if failed else 0


def _examine_messenger(_given: Namespace) -> int:
    settings = read_settings(os.environ)
    messenger.chosen(settings, None)
    return _tell(messenger_doctor.examine(settings, seconds=messenger.SECONDS))


def _resume_page(given: Namespace) -> int:
    print(messenger.resume(desk(), wiring.settings(), given.page))
    return 0


def _list_parked(given: Namespace) -> int:
    if given.show is None:
        print(parked.listing(_store()))
        return 0
    found = _store().find_parked(given.show)
    if found is None:
        return _nothing_parked(given.show)
    print(found.body)
    return 0


def _replay_parked(given: Namespace) -> int:
    store = desk().store
    found = list(parked.everything(store)) if given.all else [store.find_parked(given.id)]
    if not found:
        print("Nothing is parked.")
    failed = False
    for one in found:
        if one is None:
            return _nothing_parked(given.id)
        told = replay(desk(), wiring.settings().messenger, one)
        print(f"{told.id}: {told.words}", file=sys.stdout if told.done else sys.stderr)
        failed = failed or not told.done
    return 1 if failed else 0


def _drop_parked(given: Namespace) -> int:
    if _store().unpark(given.id):
        print("Dropped.")
        return 0
    return _nothing_parked(given.id)


def _export(given: Namespace) -> int:
    document = people.export(desk(), given.session)
    if given.output is None:
        print(document)
    else:
        people.write(document, given.output)
    return 0


def _erase(given: Namespace) -> int:
    if not given.yes and not people.agreed(desk(), given.session, input):
        print("Nothing was erased.")
        return 1
    print(people.erase(desk(), given.session))
    return 0


def _retain(_given: Namespace) -> int:
    if read_settings(os.environ).policy.retention is None:
        return _complain("HITL_RETENTION is not set: nothing is deleted by age.")
    print(f"Sessions under the retention now: {desk().eraser.retain()}")
    return 0


def _sweep(_given: Namespace) -> int:
    print(f"Sessions with something due: {desk().sweeper.sweep()}")
    return 0


def _doctor(_given: Namespace) -> int:
    return _tell(doctor.examine(os.environ))


def _demo(given: Namespace) -> int:
    logging.getLogger("chalicelib").setLevel(logging.CRITICAL)  # one of the demo's bots fails on purpose
    print(f"{demo.play(_store(), count=given.count)} demo sessions are there.")
    return 0


def _tell(findings: list[Finding]) -> int:
    print(listing(findings))
    return 1 if any(finding.problems for finding in findings) else 0


def _nothing_parked(parked_id: str) -> int:
    return _complain(f"Nothing is parked as {parked_id}; `manage.py parked` shows what is.")


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "token create": _create_token,
    "token list": _list_tokens,
    "token revoke": _revoke_token,
    "messenger setup": _set_up_messenger,
    "messenger doctor": _examine_messenger,
    "messenger resume": _resume_page,
    "parked": _list_parked,
    "parked replay": _replay_parked,
    "parked drop": _drop_parked,
    "export": _export,
    "erase": _erase,
    "retain": _retain,
    "sweep": _sweep,
    "doctor": _doctor,
    "demo": _demo,
}

if __name__ == "__main__":
    sys.exit(main())
