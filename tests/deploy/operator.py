"""Whoever types `make deploy`, with an account of AWS inside this process."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scripts.deploying.account import Account
from scripts.deploying.command import main
from tests.deploy.conftest import Package
from tests.deploy.fake_aws import TABLE, FakeAWS


class Operator:
    """Runs the command. `said` and `complained` are of its last run."""

    def __init__(self, aws: FakeAWS, build: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.aws = aws
        self._build = build
        self._capsys = capsys
        self.said = self.complained = ""

    def run(self, *arguments: str) -> int:
        status = main(["--build", self._build, *arguments], self._account())
        self.said, self.complained = self._capsys.readouterr()
        return status

    def deploys(self, *arguments: str) -> str:
        """It goes well; what was said."""
        assert self.run(*arguments) == 0, self.complained
        return self.said

    def fails(self, *arguments: str) -> str:
        """It does not; what was complained of."""
        assert self.run(*arguments) == 1, self.said
        return self.complained

    def _account(self) -> Callable[[], Account]:
        return lambda: Account(self.aws.session, pause=self.aws.pause)


def complete_table(built: Package, without: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """A table as DynamoDB describes it, with all indexes of the template but these."""
    definition = built.template["Resources"]["SessionTable"]["Properties"]
    indexes = [
        index | {"IndexStatus": "ACTIVE"}
        for index in definition["GlobalSecondaryIndexes"]
        if index["IndexName"] not in without
    ]
    return {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "KeySchema": definition["KeySchema"],
        "GlobalSecondaryIndexes": indexes,
        "DeletionProtectionEnabled": True,
        **more,
    }
