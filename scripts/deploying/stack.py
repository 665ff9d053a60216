"""A stack of CloudFormation: how it is, and how it is made, changed and taken away."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from scripts.deploying.account import Account
from scripts.deploying.changes import describe, refuse_loss
from scripts.deploying.errors import DeployFailed, code, words
from scripts.deploying.events import SECONDS, Outcome, Watch

_LOOKS = 1440
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_NEVER_MADE = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")
"""What a first deployment leaves that failed, or that ended before it began."""


@dataclass(frozen=True)
class State:
    """What a stack is at a moment. Values of parameters that are secret are stars."""

    stack_id: str
    status: str
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


class Stack:
    """The stack of this name in an account."""

    def __init__(self, account: Account, name: str) -> None:
        self.name = name
        self._account = account
        self._cloudformation = account.client("cloudformation")

    def state(self) -> State | None:
        """None: there is none. Raises DeployFailed when that cannot be told, since a stack that may not be seen is not gone."""
        try:
            [found] = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if code(error) == "ValidationError" and "does not exist" in words(error):
                return None
            raise
        return State(
            found["StackId"],
            found["StackStatus"],
            {item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
            {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])},
        )

    def settle(self) -> State | None:
        """The state once nobody works on it any more; None: there is none. Raises DeployFailed when it never rests."""
        for look in range(_LOOKS):
            state = self.state()
            if state is None or state.status == "REVIEW_IN_PROGRESS" or not state.status.endswith("_IN_PROGRESS"):
                return None if state is None or state.status == "DELETE_COMPLETE" else state
            if look == 0:
                self._account.say(f"{self.name} is in the middle of something ({state.status}); waiting for its end.")
            self._account.pause(SECONDS)
        raise DeployFailed(f"{self.name} is still in the middle of something; try again when it is done.")

    def make_ready(self) -> State | None:
        """The state of a stack that can be changed; None: it is to be made. Raises DeployFailed when somebody must help."""
        state = self.settle()
        if state is None:
            return None
        if state.status in _NEVER_MADE:
            self._account.say(f"An earlier first deployment of {self.name} did not succeed; taking away what it left.")
            self._delete(state)
            return None
        if state.status == "UPDATE_ROLLBACK_FAILED":
            raise DeployFailed(
                f"{self.name} stands between an old and a new version, and CloudFormation could not go back by itself. In its"
                f" console, choose the stack, then Stack actions, Continue update rollback (or run `aws cloudformation"
                f" continue-update-rollback --stack-name {self.name} --region {self._account.region}`); then deploy again."
            )
        if state.status.endswith("_FAILED"):
            stage = self.name.removeprefix("hitl-")
            raise DeployFailed(
                f"{self.name} is in a state from which it cannot be changed ({state.status}): `make undeploy STAGE={stage}`,"
                " which keeps the table, then deploy again."
            )
        return state

    def apply(self, before: State | None, template_url: str, parameters: list[dict[str, Any]]) -> None:
        """Make the stack, or change it; nothing happens when nothing changed. Raises DeployFailed with the first reason."""
        made = self._cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=f"hitl-{uuid.uuid4().hex[:12]}",
            ChangeSetType="UPDATE" if before else "CREATE",
            TemplateURL=template_url,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM"],
        )
        try:
            changes = self._changes(made["Id"])
            refuse_loss(changes)
        except DeployFailed:
            self._drop(made, before)
            raise
        if not changes:
            self._account.say(f"Nothing has changed: {self.name} is as it should be.")
            self._drop(made, before)
            return
        for line in describe(self.name, changes):
            self._account.say(line)
        watch = Watch(self._account, made["StackId"])
        self._cloudformation.execute_change_set(ChangeSetName=made["Id"])
        self._judge(watch.follow(), "changed" if before else "made")

    def remove(self) -> State:
        """Take it away; returns what it was. Raises DeployFailed when there is none, or something of it would not go."""
        state = self.settle()
        if state is None:
            raise DeployFailed(f"There is no stack {self.name} in {self._account.region}.")
        self._delete(state)
        return state

    def _delete(self, state: State) -> None:
        watch = Watch(self._account, state.stack_id)
        try:
            self._cloudformation.delete_stack(StackName=state.stack_id)
        except ClientError as error:
            if code(error) == "ValidationError":  # it is protected from termination
                raise DeployFailed(f"{self.name} cannot be deleted: {words(error)}") from error
            raise
        self._judge(watch.follow(), "deleted")

    def _changes(self, change_set: str) -> list[dict[str, Any]]:
        """What a change set would do, once CloudFormation has found out; empty: nothing."""
        for _ in range(_LOOKS):
            pages = list(self._cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set))
            status, reason = pages[0]["Status"], pages[0].get("StatusReason", "")
            if status == "FAILED":
                if any(words in reason for words in _NO_CHANGES):
                    return []
                raise DeployFailed(f"CloudFormation does not take the template or a parameter: {reason}")
            if status == "CREATE_COMPLETE":
                return [change["ResourceChange"] for page in pages for change in page.get("Changes", [])]
            self._account.pause(SECONDS)
        raise DeployFailed("CloudFormation does not find out what would change; try again later.")

    def _drop(self, made: dict[str, Any], before: State | None) -> None:
        """Take away a change set that is not carried out, and the empty stack that was made for it."""
        self._cloudformation.delete_change_set(ChangeSetName=made["Id"])
        if before is None:
            self._cloudformation.delete_stack(StackName=made["StackId"])

    def _judge(self, outcome: Outcome, done: str) -> None:
        if outcome.well:
            return
        then = {
            "ROLLBACK_COMPLETE": "What was made is taken away again. Put that right and deploy again.",
            "UPDATE_ROLLBACK_COMPLETE": "The version before goes on running. Put that right and deploy again.",
            "UPDATE_ROLLBACK_FAILED": "CloudFormation could not go back either: deploy again to be told what to do.",
            "DELETE_FAILED": "Put that right and try again.",
        }.get(outcome.status, f"The stack is {outcome.status}.")
        reason = (outcome.failure or "CloudFormation names no reason").rstrip(".")
        raise DeployFailed(f"{self.name} could not be {done}: {reason}. {then}")
