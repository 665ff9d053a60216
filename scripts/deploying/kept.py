"""What an earlier stack has left, to be taken up by the next one."""

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.store.dynamodb_check import complaints
from scripts.deploying.account import Account
from scripts.deploying.errors import DeployFailed, code


def left_table(account: Account, stack: str) -> str | None:
    """The table that an earlier stack of this name has left; None: there is none. Raises DeployFailed when there are several.

    One that was restored has another name, `<stack>-…`, and may be newer than what has the stack's own: the operator knows.
    """
    pages = account.client("dynamodb").get_paginator("list_tables").paginate()
    names = [name for page in pages for name in page["TableNames"] if name.startswith(f"{stack}-")]
    own = [name for name in names if name.startswith(f"{stack}-SessionTable-")]
    restored = [name for name in names if "-SessionTable-" not in name]
    return _only(account, stack, "table", "TABLE", [*own, *restored] if own else [])


def left_users(account: Account, stack: str) -> str | None:
    """The user pool, as `left_table`."""
    pages = account.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
    ids = (pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == stack)
    return _only(account, stack, "user pool", "USERS", ids)


def _only(account: Account, stack: str, what: str, option: str, found: Iterable[str]) -> str | None:
    left = sorted(found)
    if len(left) > 1:
        raise DeployFailed(
            f"Earlier stacks called {stack} have left several {what}s: {', '.join(left)}. Name the one to take up,"
            f" for example {option}={left[0]}, or {option}= for a new one."
        )
    if left:
        account.say(f"Taking up the {what} {left[0]}, which an earlier {stack} has left.")
    return left[0] if left else None


def check_table(account: Account, name: str, template: dict[str, Any]) -> None:
    """Raises DeployFailed when the functions could not work on this table, with a command for each index that it lacks.

    What it lacks of the template's protection is only said. CloudFormation does not look after it: it belongs to no stack.
    """
    try:
        table = account.client("dynamodb").describe_table(TableName=name)["Table"]
    except ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        raise DeployFailed(
            f"There is no table {name} in {account.region} to take up: correct TABLE=, or give TABLE= for a new one."
        ) from error
    definition = template["Resources"]["SessionTable"]["Properties"]
    found = complaints(
        name,
        table,
        lacks_index=lambda index: f"add it, which takes a while\n  {_command(account, name, definition, index)}",
    )
    if found:
        raise DeployFailed("\n".join(found))
    for lacking in _unprotected(account, table):
        account.say(lacking)


def _unprotected(account: Account, table: dict[str, Any]) -> list[str]:
    """What a table lacks that was restored, or that a failed first deployment left half made."""
    name = table["TableName"]
    which = f"--region {account.region} --table-name {name}"
    backups = account.client("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    found = []
    if not table.get("DeletionProtectionEnabled"):
        command = f"aws dynamodb update-table {which} --deletion-protection-enabled"
        found.append(f"The table {name} is not protected from deletion:\n  {command}")
    if backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        command = f"aws dynamodb update-continuous-backups {which}"
        command += " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
        found.append(f"The table {name} cannot be restored to an earlier time:\n  {command}")
    return found


def complete_users(account: Account, pool: str, template: dict[str, Any]) -> None:
    """Make the groups that a user pool lacks which belongs to no stack. Raises DeployFailed when there is no such pool.

    A first deployment that failed may have left it without; one that the operator names never had them.
    """
    cognito = account.client("cognito-idp")
    try:
        pages = list(cognito.get_paginator("list_groups").paginate(UserPoolId=pool))
    except ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        raise DeployFailed(
            f"There is no user pool {pool} in {account.region} to take up: correct USERS=, or give USERS= for a new one."
        ) from error
    there = {group["GroupName"] for page in pages for group in page["Groups"]}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Cognito::UserPoolGroup" and resource["Properties"]["GroupName"] not in there:
            cognito.create_group(**resource["Properties"] | {"UserPoolId": pool})
            account.say(f"Made the group {resource['Properties']['GroupName']}, which the user pool {pool} lacked.")


def _command(account: Account, table: str, definition: dict[str, Any], name: str) -> str:
    """How to add an index; DynamoDB adds one at a time."""
    [index] = [one for one in definition["GlobalSecondaryIndexes"] if one["IndexName"] == name]
    used = {key["AttributeName"] for key in index["KeySchema"]}
    attributes = [one for one in definition["AttributeDefinitions"] if one["AttributeName"] in used]
    return (
        f"aws dynamodb update-table --region {account.region} --table-name {table}"
        f" --attribute-definitions '{json.dumps(attributes)}'"
        f" --global-secondary-index-updates '{json.dumps([{'Create': index}])}'"
    )
