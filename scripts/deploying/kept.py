"""What an earlier stack has left, to be taken up by the next one."""

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.store.dynamodb_check import complaints
from scripts.deploying.account import Account
from scripts.deploying.errors import DeployFailed, code


def left_table(account: Account, stack: str) -> str | None:
    """The table that an earlier stack of this name has left; None: there is none. Raises DeployFailed when there are several."""
    pages = account.client("dynamodb").get_paginator("list_tables").paginate()
    names = (name for page in pages for name in page["TableNames"] if name.startswith(f"{stack}-SessionTable-"))
    return _only(account, stack, "table", "TABLE", names)


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

    CloudFormation does not look after it: it belongs to no stack.
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
