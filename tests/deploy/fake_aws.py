"""Stands in for the AWS command line: keeps one account in a file, and notes every command given to it.

Run as `aws`; the folder in HITL_FAKE_AWS holds `account.json` (what exists) and `commands.jsonl` (what was asked).
"""

import json
import os
import sys
from pathlib import Path

ACCOUNT = "123456789012"
ENDPOINT = "https://abc.execute-api.eu-central-1.amazonaws.com/hitl"


def value_of(arguments, option):
    return arguments[arguments.index(option) + 1]


def answer(arguments, account):  # noqa: C901 - a table of commands
    """The standard output and exit status of one command; changes the account."""
    match arguments[:2]:
        case ["sts", "get-caller-identity"] if account["signed_in"]:
            return {"Account": ACCOUNT}, 0
        case ["configure", "get"]:
            return None, 1
        case ["s3api", "head-bucket"]:
            return None, head_bucket(arguments, account)
        case ["s3", "mb"]:
            return None, make_bucket(arguments[2].removeprefix("s3://"), account)
        case ["dynamodb", "list-tables"]:
            return {"TableNames": account["tables"]}, 0
        case ["cloudformation", "package"]:
            return None, account["package_status"]
        case ["cloudformation", "deploy"]:
            parameters = account["stacks"].setdefault(
                value_of(arguments, "--stack-name"), {"AlertEmail": "", "PublicUrl": ""}
            )
            if "--parameter-overrides" in arguments:
                given = Path(value_of(arguments, "--parameter-overrides").removeprefix("file://"))
                account["modes"].append(oct(given.parent.stat().st_mode & 0o777))
                parameters.update((one["ParameterKey"], one["ParameterValue"]) for one in json.loads(given.read_text()))
            return None, 0
        case ["cloudformation", "describe-stacks"] if "--stack-name" not in arguments:
            listed = {"Stacks": [{"StackName": name} for name in account["stacks"]]}
            return (listed, 0) if account["may_list"] else (None, 254)
        case ["cloudformation", "describe-stacks"] if value_of(arguments, "--stack-name") in account["stacks"]:
            return describe(account["stacks"][value_of(arguments, "--stack-name")]), 0
        case ["cloudformation", "delete-stack" | "wait"]:
            account["stacks"].pop(value_of(arguments, "--stack-name"), None)
            return None, 0
    return None, 255


def head_bucket(arguments, account):
    """A stranger's bucket answers too, unless the owner is asked for."""
    there = list(account["buckets"])
    if "--expected-bucket-owner" not in arguments:
        there += account["strangers_buckets"]
    elif value_of(arguments, "--expected-bucket-owner") != ACCOUNT:
        there = account["strangers_buckets"]
    return 0 if value_of(arguments, "--bucket") in there else 254


def make_bucket(bucket, account):
    if bucket in account["strangers_buckets"]:
        return 1
    account["buckets"].append(bucket)
    return 0


def describe(parameters):
    if parameters.get("State") == "failed":
        return {"Stacks": [{}]}
    outputs = {
        "PublicURL": parameters["PublicUrl"] or ENDPOINT,
        "TableName": "hitl-dev-SessionTable-1ABC",
        "AlertTopicArn": "arn:aws:sns:eu-central-1:123456789012:hitl-dev-AlertTopic-1ABC",
    }
    return {
        "Stacks": [
            {
                "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
            }
        ]
    }


def main(arguments):
    folder = Path(os.environ["HITL_FAKE_AWS"])
    with (folder / "commands.jsonl").open("a") as commands:
        commands.write(json.dumps(arguments) + "\n")
    account = json.loads((folder / "account.json").read_text())
    output, status = answer(arguments, account)
    (folder / "account.json").write_text(json.dumps(account))
    if output is not None:
        sys.stdout.write(json.dumps(output))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
