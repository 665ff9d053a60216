"""The command `python scripts/deploy.py`."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.deploying.account import Account
from scripts.deploying.agents import invite
from scripts.deploying.bucket import Bucket, upload
from scripts.deploying.errors import DeployFailed, in_words, without
from scripts.deploying.kept import check_table, complete_users, left_table, left_users
from scripts.deploying.names import address_of, stack_of
from scripts.deploying.stack import Stack, State
from scripts.deploying.waiting import refuse_unprocessed

BUILD = Path(__file__).resolve().parents[2] / "build"

MESSENGER = {
    "HITL_MESSENGER_PAGES": "MessengerPages",
    "HITL_MESSENGER_APP_SECRETS": "MessengerAppSecrets",
    "HITL_MESSENGER_VERIFY_TOKEN": "MessengerVerifyToken",
    "HITL_MESSENGER_APP_IDS": "MessengerAppIds",
}
"""The stack's parameter for each of these variables. They are taken from the environment, so that no shell keeps them in its
history; a variable that is there and empty takes a setting away."""

SECRETS = ("HITL_MESSENGER_PAGES", "HITL_MESSENGER_APP_SECRETS", "HITL_MESSENGER_VERIFY_TOKEN")

PARAMETERS = {
    "email": ("AlertEmail", "who gets alerts by e-mail; '' for nobody"),
    "operator_email": ("OperatorEmail", "who is mailed when an alarm goes off; '' for nobody"),
    "public_url": ("PublicUrl", "where the pages are reached, https, if something of yours is in front"),
    "domain": ("DomainName", "a domain for the pages and the API"),
    "certificate": ("CertificateArn", "the domain's certificate, of us-east-1"),
    "zone": ("HostedZoneId", "the Route 53 zone that gets the domain's records"),
    "table": ("KeptTable", "a table that an earlier stack has left; '' for a new one"),
    "users": ("KeptUserPool", "a user pool that an earlier stack has left; '' for a new one"),
}
"""The stack's parameter for each option of the command, and what it says."""

_ENDPOINT = re.compile(r"https://[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/hitl")
"""The API's own address."""

_INTERRUPTED = 130


def deploy(
    account: Account, name: str, *, bucket: str | None, given: Mapping[str, str | None], folder: Path
) -> dict[str, str]:
    """Upload the folder's package and make or change the stack; returns its outputs. A parameter None stays as it was."""
    template = _template(folder)
    stack = Stack(account, name)
    before = stack.make_ready()
    chosen = {parameter: value for parameter, value in given.items() if value is not None}
    if before is None:
        chosen = taken_up(account, name, chosen)
    else:
        refuse_other_users(name, before, chosen)
        if "PublicUrl" not in chosen and _ENDPOINT.fullmatch(before.parameters.get("PublicUrl", "")):
            chosen["PublicUrl"] = ""  # set by a deployment before there was CloudFront, and not by the operator
    settings = chosen if before is None else before.parameters | chosen
    if settings.get("DomainName") and not settings.get("CertificateArn"):
        raise DeployFailed(
            f"DOMAIN={settings['DomainName']} needs CERTIFICATE=, the ARN of a certificate for it in us-east-1: CloudFront"
            " takes no name without one."
        )
    if table := settings.get("KeptTable"):
        check_table(account, table, template)
    if users := settings.get("KeptUserPool"):
        complete_users(account, users, template)
    place = Bucket(account, bucket)
    packaged = upload(place, name, template, folder)
    key = place.put(name, json.dumps(packaged).encode(), ".json")  # by the bucket: it is too long for a request
    stack.apply(before, place.address(key), parameters(template, before, chosen))
    after = stack.state()
    return after.outputs if after else {}


def _template(folder: Path) -> dict[str, Any]:
    try:
        template: dict[str, Any] = json.loads((folder / "template.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DeployFailed(
            "There is no package yet: `make package` first, or `make deploy`, which does both."
        ) from error
    return template


def taken_up(account: Account, name: str, chosen: dict[str, str]) -> dict[str, str]:
    """With what an earlier stack of this name has left, unless something else was chosen. Raises DeployFailed."""
    left = {"KeptTable": left_table, "KeptUserPool": left_users}
    found = {parameter: look(account, name) for parameter, look in left.items() if parameter not in chosen}
    return chosen | {parameter: value for parameter, value in found.items() if value}


def refuse_other_users(name: str, before: State, chosen: Mapping[str, str]) -> None:
    """Raises DeployFailed when a stack is to change to another user pool.

    The page to sign in is called after the stack. CloudFormation makes the new one before it takes the old one away, and
    Cognito gives no name twice.
    """
    wanted, pool = chosen.get("KeptUserPool"), before.outputs.get("UserPoolId")
    if pool and wanted not in (None, pool, before.parameters.get("KeptUserPool", "")):
        again = options_for(name, before.outputs.get("TableName"), wanted)
        raise DeployFailed(
            f"{name} has the user pool {pool}, and cannot change to another one, since the page to sign in would have its"
            f" name twice: `make undeploy {again[0]}`, then `make deploy {' '.join(again)}`."
        )


def options_for(name: str, table: str | None, users: str | None) -> list[str]:
    """Of `make`, for the stack of this name on this table, with this user pool. None: not said."""
    options = {"STAGE": name.removeprefix("hitl-"), "TABLE": table, "USERS": users}
    return [f"{option}={value}" for option, value in options.items() if value is not None]


def parameters(template: dict[str, Any], before: State | None, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """As CloudFormation wants them: what was chosen, and what was set before stays."""
    kept = (before.parameters.keys() if before else set()) & template["Parameters"].keys() - chosen.keys()
    return [
        *({"ParameterKey": parameter, "ParameterValue": value} for parameter, value in chosen.items()),
        *({"ParameterKey": parameter, "UsePreviousValue": True} for parameter in sorted(kept)),
    ]


def farewell(account: Account, stack: str, outputs: Mapping[str, str]) -> str:
    """What the operator does next."""
    return f"""
{stack} is running in {account.region}.

Admin page  {outputs["PublicURL"]}/admin
Sign in     {outputs["PublicURL"]}/signin
Web chat    {outputs["PublicURL"]}/webchat
Alerts      {outputs["AlertTopicArn"]} (an e-mail address must first confirm the mail it gets from AWS)

Make a token to sign in with; it is shown once:

  AWS_DEFAULT_REGION={account.region} HITL_STORE=dynamodb://{outputs["TableName"]} \\
    .venv/bin/python manage.py token create Ann --role supervisor
"""


def stays(name: str, outputs: Mapping[str, str]) -> str:
    """What is left of a stack that is gone, with the names by which it is taken up; empty: it never had any."""
    names = [("table", outputs.get("TableName")), ("user pool", outputs.get("UserPoolId"))]
    left = [f"the {what} {name}" for what, name in names if name]
    if not left:
        return ""
    verb = "stay" if len(left) > 1 else "stays"
    told = " and ".join(left)
    again = " ".join(options_for(name, outputs.get("TableName"), outputs.get("UserPoolId")))
    return (
        f" {told[0].upper()}{told[1:]} {verb}. `make deploy {again}` takes up just that; without names, the next one"
        f" takes up what {name} made, and asks where there are several."
    )


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Put the packaged app on AWS.")
    parser.add_argument("--stage", default="dev", help="the stack is called hitl-<stage> (default: dev)")
    parser.add_argument("--bucket", help="an S3 bucket for uploads (default: one of our own, created if needed)")
    for option, (_, words) in PARAMETERS.items():
        parser.add_argument(f"--{option.replace('_', '-')}", help=f"{words} (default: as before)")
    parser.add_argument("--agent", help="the e-mail address of somebody who shall sign in as a supervisor")
    parser.add_argument("--build", type=Path, default=BUILD, help="where `make package` has left its files")
    parser.add_argument("--look", action="store_true", help="only look whether AWS knows who asks")
    parser.add_argument("--remove", action="store_true", help="delete the stack; the table stays")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, environment: Mapping[str, str], open_account: Callable[[], Account]) -> None:
    """Do what was asked for. Raises DeployFailed, or what AWS says."""
    name = stack_of(options.stage)
    agent = address_of(options.agent) if options.agent else None
    account = open_account()
    if options.look:
        return
    if options.remove:
        stack = Stack(account, name)
        if state := stack.settle():
            refuse_unprocessed(account, state.outputs)
        outputs = stack.remove().outputs
        account.say(f"{name} is gone.{stays(name, outputs)}")
        return
    given = {parameter: getattr(options, option) for option, (parameter, _) in PARAMETERS.items()}
    given |= {parameter: environment.get(variable) for variable, parameter in MESSENGER.items()}
    outputs = deploy(account, name, bucket=options.bucket, given=given, folder=options.build)
    account.say(farewell(account, name, outputs))
    if agent:
        account.say(invite(account, outputs["UserPoolId"], agent))


def main(arguments: Sequence[str] | None = None, open_account: Callable[[], Account] = Account) -> int:
    """The command; returns its exit status."""
    options = options_of(arguments)
    secrets = [os.environ.get(variable, "") for variable in SECRETS]
    try:
        run(options, os.environ, open_account)
    except DeployFailed as failure:
        print(without(str(failure), secrets), file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        print(without(in_words(error), secrets), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Not watched any more: what CloudFormation has begun goes on. Run it again to follow.", file=sys.stderr)
        return _INTERRUPTED
    return 0
