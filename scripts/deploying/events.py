"""What CloudFormation tells while it works on a stack, told on in fewer words."""

from dataclasses import dataclass, field
from typing import Any

from scripts.deploying.account import Account
from scripts.deploying.errors import DeployFailed

SECONDS = 5.0
"""Between two looks."""

_LOOKS = 1440
"""Two hours; CloudFormation gives up earlier."""

_QUIET_LOOKS = 12
"""After a minute in which nothing was finished, what is waited for is named."""

_DONE = {
    "CREATE_COMPLETE": "made",
    "UPDATE_COMPLETE": "changed",
    "DELETE_COMPLETE": "deleted",
    "DELETE_SKIPPED": "kept",
}
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
"""What every neighbour of the one that failed is said to have failed for."""


@dataclass
class Outcome:
    """How an operation ended: the stack's status, and the first resource that failed, in words."""

    status: str
    failure: str | None

    @property
    def well(self) -> bool:
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")


@dataclass
class Watch:
    """The events of a stack from now on. Made before the operation begins, so that none is missed."""

    account: Account
    stack_id: str
    _last: str | None = None
    _pending: dict[str, None] = field(default_factory=dict)
    _failure: str | None = None

    def __post_init__(self) -> None:
        self._news()

    def follow(self) -> Outcome:
        """Tell what happens until the operation has ended. Raises DeployFailed when it does not end."""
        quiet = 0
        for _ in range(_LOOKS):
            news = self._news()
            for event in news:
                if event["PhysicalResourceId"] == self.stack_id:
                    if not event["ResourceStatus"].endswith("_IN_PROGRESS"):
                        return Outcome(event["ResourceStatus"], self._failure or event.get("ResourceStatusReason"))
                    self._tell_turn(event)
                else:
                    self._tell(event)
            quiet = 0 if news else quiet + 1
            if quiet > 1 and self._is_gone():
                return Outcome("DELETE_COMPLETE", None)
            if quiet == _QUIET_LOOKS and self._pending:
                self.account.say(f"  still at work on {', '.join(self._pending)}")
                quiet = 0
            self.account.pause(SECONDS)
        raise DeployFailed(
            f"{self.stack_id} does not come to an end; CloudFormation's console shows what it waits for."
        )

    def _is_gone(self) -> bool:
        """Whether the stack is, of which no event tells when nothing was ever made for it."""
        [stack] = self.account.client("cloudformation").describe_stacks(StackName=self.stack_id)["Stacks"]
        return bool(stack["StackStatus"] == "DELETE_COMPLETE")

    def _tell_turn(self, event: dict[str, Any]) -> None:
        """Of the stack: only that it goes back is worth a line."""
        if "ROLLBACK" in event["ResourceStatus"] and "CLEANUP" not in event["ResourceStatus"]:
            self._pending.clear()
            self.account.say("  something failed; putting back what was there before")

    def _tell(self, event: dict[str, Any]) -> None:
        """Of a resource: what became of it. A line for each that is begun would double the list and say nothing more."""
        name, status, reason = (
            event["LogicalResourceId"],
            event["ResourceStatus"],
            event.get("ResourceStatusReason", ""),
        )
        if status.endswith("_IN_PROGRESS"):
            self._pending[name] = None
            return
        self._pending.pop(name, None)
        if word := _DONE.get(status):
            self.account.say(f"  {name} {word}")
        elif status.endswith("_FAILED") and not reason.startswith(_CANCELLED):
            told = f"{name} ({event['ResourceType']}): {reason or status}"
            self._failure = self._failure or told
            self.account.say(f"  {told}")

    def _news(self) -> list[dict[str, Any]]:
        """The events since the last look, oldest first."""
        found: list[dict[str, Any]] = []
        pages = self.account.client("cloudformation").get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=self.stack_id):
            for event in page["StackEvents"]:
                if event["EventId"] == self._last:
                    return self._noted(found)
                found.append(event)
        return self._noted(found)

    def _noted(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if found:
            self._last = found[0]["EventId"]
        return found[::-1]
