"""Put the packaged app on AWS, or take it away again. Used by `make deploy STAGE=dev` and `make undeploy STAGE=dev`.

One CloudFormation stack, `hitl-<stage>`, with everything in it. Running it again updates what has changed; what was set
before (the e-mail address, the public address, Messenger's settings) stays unless it is given again.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUILD = Path(__file__).resolve().parent.parent / "build"

MESSENGER = {
    "HITL_MESSENGER_PAGES": "MessengerPages",
    "HITL_MESSENGER_APP_SECRETS": "MessengerAppSecrets",
    "HITL_MESSENGER_VERIFY_TOKEN": "MessengerVerifyToken",
    "HITL_MESSENGER_APP_IDS": "MessengerAppIds",
}
"""The stack's parameter for each of these variables. They are taken from the environment, so that no shell keeps them in its
history; a variable that is there and empty takes a setting away."""

_ENDPOINT = re.compile(r"https://[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/hitl")
"""The API's own address."""

PARAMETERS = {
    "email": ("AlertEmail", "who gets alerts by e-mail; '' for nobody"),
    "operator_email": ("OperatorEmail", "who is mailed when an alarm goes off; '' for nobody"),
    "public_url": ("PublicUrl", "where the pages are reached, https, if something of yours is in front"),
    "domain": ("DomainName", "a domain for the pages and the API"),
    "certificate": ("CertificateArn", "the domain's certificate, of us-east-1"),
    "zone": ("HostedZoneId", "the Route 53 zone that gets the domain's records"),
    "table": ("KeptTable", "a table that an earlier stack has left; '' for a new one"),
    "users": ("KeptUserPool", "a user pool that an earlier stack has left"),
}
"""The stack's parameter for each option of the command, and what it says."""


class DeployFailed(Exception):
    """One sentence for the operator."""


class AWS:
    """The AWS command line, with the account and region it is set up for."""

    def __init__(self) -> None:
        program = shutil.which("aws")
        if program is None:
            raise DeployFailed("The AWS command line is missing: install it as https://aws.amazon.com/cli/ describes.")
        self._program = program
        identity = self.ask("sts", "get-caller-identity")
        if identity is None:
            raise DeployFailed("AWS does not know who you are: set up credentials with `aws configure`.")
        self.account: str = identity["Account"]
        self.region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or self._set_up_region()

    def ask(self, *arguments: str) -> Any:
        """The JSON answer to a question; None when AWS refuses, or knows no such thing."""
        done = subprocess.run(
            [self._program, *arguments, "--output", "json"], capture_output=True, text=True, check=False
        )
        return json.loads(done.stdout or "{}") if done.returncode == 0 else None

    def do(self, *arguments: str, quiet: bool = False) -> None:
        """Run a command in the open, `quiet`: all but its complaints. Raises DeployFailed."""
        output = subprocess.DEVNULL if quiet else None
        if subprocess.run([self._program, *arguments], stdout=output, check=False).returncode != 0:
            raise DeployFailed(f"`aws {' '.join(arguments[:2])}` failed; the lines above say why.")

    def _set_up_region(self) -> str:
        done = subprocess.run(
            [self._program, "configure", "get", "region"], capture_output=True, text=True, check=False
        )
        if not done.stdout.strip():
            raise DeployFailed("No region is set: for example `export AWS_REGION=eu-central-1`.")
        return done.stdout.strip()


def deploy(aws: AWS, stack: str, *, bucket: str | None, given: dict[str, str | None]) -> dict[str, str]:
    """Upload `build/` and create or update the stack; returns its outputs. A parameter that is None stays as it was."""
    packaged = str(BUILD / "packaged.json")
    place = bucket or f"hitl-deploy-{aws.account}-{aws.region}"
    ensure_bucket(aws, place)
    aws.do(
        *("cloudformation", "package", "--template-file", str(BUILD / "template.json"), "--use-json"),
        *("--s3-bucket", place, "--s3-prefix", stack, "--output-template-file", packaged, "--region", aws.region),
        quiet=True,  # it ends with advice on what to run next, which we do ourselves
    )
    before = parameters_of(aws, stack)
    if before is None and given.get("KeptTable") is None:
        given = given | {"KeptTable": kept_table(aws, stack)}
    elif before is not None and given.get("PublicUrl") is None and _ENDPOINT.fullmatch(before.get("PublicUrl", "")):
        given = given | {"PublicUrl": ""}  # set by a deployment before there was CloudFront, and not by the operator
    update(aws, stack, packaged, place, {name: value for name, value in given.items() if value is not None})
    return describe(aws, stack)[1]


def parameters_of(aws: AWS, stack: str) -> dict[str, str] | None:
    """What the stack was given before; None: there is no such stack. Raises DeployFailed when that cannot be told."""
    listed = aws.ask("cloudformation", "describe-stacks", "--region", aws.region)
    if listed is None:  # else the table of one that is there might be taken for one that was left
        raise DeployFailed(f"The stacks in {aws.region} cannot be listed with these credentials.")
    if stack not in {found["StackName"] for found in listed["Stacks"]}:
        return None
    return describe(aws, stack)[0]


def kept_table(aws: AWS, stack: str) -> str | None:
    """The table that an earlier stack of this name has left, to be taken up; None: there is none.

    Raises DeployFailed when there are several.
    """
    listed = aws.ask("dynamodb", "list-tables", "--region", aws.region) or {}
    left = [name for name in listed.get("TableNames", []) if name.startswith(f"{stack}-SessionTable-")]
    if len(left) > 1:
        raise DeployFailed(
            f"Earlier stacks called {stack} have left several tables: {', '.join(left)}. Name the one to take up,"
            f" for example TABLE={left[0]}, or TABLE= for a new one."
        )
    if left:
        print(f"Taking up the table {left[0]}, which an earlier {stack} has left.")
    return left[0] if left else None


def ensure_bucket(aws: AWS, bucket: str) -> None:
    """Make the bucket unless this account has it.

    Whoever knows an account's number can guess the name and take it first, so a bucket that answers is not enough: a
    stranger's would hold the code that the functions run. Raises DeployFailed.
    """
    if aws.ask("s3api", "head-bucket", "--bucket", bucket, "--expected-bucket-owner", aws.account) is not None:
        return
    try:
        aws.do("s3", "mb", f"s3://{bucket}", "--region", aws.region)
    except DeployFailed as failure:
        raise DeployFailed(
            f"Account {aws.account} has no bucket {bucket}, and cannot make one; the lines above say why."
        ) from failure


def update(aws: AWS, stack: str, template: str, bucket: str, parameters: dict[str, str]) -> None:
    """Create or update the stack; nothing happens when nothing changed.

    The template goes by the bucket, since it has more than the 51,200 bytes that a request may hold.
    """
    with overrides(parameters) as given:
        aws.do(
            *("cloudformation", "deploy", "--template-file", template, "--stack-name", stack, "--region", aws.region),
            *("--s3-bucket", bucket, "--s3-prefix", stack),
            *("--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"),
            *given,
        )


@contextmanager
def overrides(parameters: dict[str, str]) -> Iterator[list[str]]:
    """The option that gives these parameters, by a file that only its owner can read and that is gone afterwards.

    What a command is given can be read by everybody on this machine while it runs, and some parameters are secret.
    """
    if not parameters:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder:  # nobody else may enter it
        path = Path(folder, "parameters.json")
        path.write_text(
            json.dumps([{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]),
            encoding="utf-8",
        )
        yield ["--parameter-overrides", f"file://{path}"]


def describe(aws: AWS, stack: str) -> tuple[dict[str, str], dict[str, str]]:
    """The stack's parameters and outputs. Raises DeployFailed when there is no such stack."""
    answer = aws.ask("cloudformation", "describe-stacks", "--stack-name", stack, "--region", aws.region)
    if answer is None:
        raise DeployFailed(f"There is no stack {stack} in {aws.region}.")
    found = answer["Stacks"][0]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}
    return parameters, {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}


def remove(aws: AWS, stack: str) -> str | None:
    """Delete the stack; returns the name of the table with the conversations, which stays. None: it never had one."""
    _, outputs = describe(aws, stack)
    aws.do("cloudformation", "delete-stack", "--stack-name", stack, "--region", aws.region)
    aws.do("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack, "--region", aws.region)
    return outputs.get("TableName")


def farewell(aws: AWS, stack: str, outputs: dict[str, str]) -> str:
    """What the operator does next."""
    return f"""
{stack} is running in {aws.region}.

Admin page  {outputs["PublicURL"]}/admin
Web chat    {outputs["PublicURL"]}/webchat
Alerts      {outputs["AlertTopicArn"]} (an e-mail address must first confirm the mail it gets from AWS)

Make a token to sign in with; it is shown once:

  AWS_REGION={aws.region} HITL_STORE=dynamodb://{outputs["TableName"]} \\
    .venv/bin/python manage.py token create Ann --role supervisor
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description="Put the packaged app on AWS.")
    parser.add_argument("--stage", default="dev", help="the stack is called hitl-<stage> (default: dev)")
    parser.add_argument("--bucket", help="an S3 bucket for uploads (default: one of our own, created if needed)")
    for option, (_, words) in PARAMETERS.items():
        parser.add_argument(f"--{option.replace('_', '-')}", help=f"{words} (default: as before)")
    parser.add_argument("--remove", action="store_true", help="delete the stack; the table stays")
    options = parser.parse_args(arguments)
    stack = f"hitl-{options.stage}"
    try:
        aws = AWS()
        if options.remove:
            table = remove(aws, stack)
            stays = f" Its table {table} stays, with every conversation and protected from deletion." if table else ""
            print(f"{stack} is gone.{stays}")
        else:
            given = {parameter: getattr(options, option) for option, (parameter, _) in PARAMETERS.items()}
            given |= {parameter: os.environ.get(variable) for variable, parameter in MESSENGER.items()}
            outputs = deploy(aws, stack, bucket=options.bucket, given=given)
            print(farewell(aws, stack, outputs))
    except DeployFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
