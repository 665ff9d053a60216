"""What a change set is about to do, in a few lines."""

from collections.abc import Iterable
from typing import Any

from scripts.deploying.errors import DeployFailed

MOST_LINES = 15

_HOLDS_DATA = ("AWS::DynamoDB::Table", "AWS::Cognito::UserPool")


def describe(stack: str, changes: list[dict[str, Any]]) -> list[str]:
    """One line for all that is new, and one for each resource that was there before."""
    added = [change for change in changes if change["Action"] == "Add"]
    others = [change for change in changes if change["Action"] != "Add"]
    if not others:
        return [f"Making {stack}: {len(added)} resources."]
    lines = [f"  {_verb(change)} {change['LogicalResourceId']} ({change['ResourceType']})" for change in others]
    lines += [f"  adds {change['LogicalResourceId']} ({change['ResourceType']})" for change in added]
    more = [f"  and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return [f"Changing {stack}:", *lines[:MOST_LINES], *more]


def refuse_loss(changes: Iterable[dict[str, Any]]) -> None:
    """Raises DeployFailed when a table or the accounts would be put aside for an empty one."""
    for change in changes:
        if change["ResourceType"] in _HOLDS_DATA and change.get("Replacement") == "True":
            raise DeployFailed(
                f"This would replace {change['LogicalResourceId']} by an empty one, so nothing was done: change what made it"
                " necessary, or deploy a new stage."
            )


def _verb(change: dict[str, Any]) -> str:
    if change["Action"] == "Remove":
        return "removes"
    return {"True": "replaces", "Conditional": "changes, perhaps replaces,"}.get(
        change.get("Replacement", ""), "changes"
    )
