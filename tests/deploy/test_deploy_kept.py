"""What a stack leaves, and the next one takes up."""

import json
import shlex

import pytest

from tests.deploy.fake_aws import POOL, TABLE, FakeAWS, Stack, refused
from tests.deploy.operator import Operator, complete_table


@pytest.fixture
def aws():
    return FakeAWS()


@pytest.fixture
def operator(aws, built, capsys):
    return Operator(aws, str(built.out), capsys)


def set_parameters(aws):
    return aws.stacks["hitl-dev"].parameters


def test_what_an_earlier_stack_has_left_is_taken_up(operator, aws, built):
    aws.tables = {name: complete_table(built) for name in (TABLE, "hitl-prod-SessionTable-2DEF", "orders")}
    aws.pools = {POOL: "hitl-dev", "eu-central-1_Other": "hitl-prod"}
    said = operator.deploys()

    assert set_parameters(aws) == {"KeptTable": TABLE, "KeptUserPool": POOL}
    assert f"Taking up the table {TABLE}" in said
    assert f"Taking up the user pool {POOL}" in said


def test_the_table_of_a_stack_that_is_there_is_its_own(operator, aws, built):
    operator.deploys()
    aws.tables[TABLE] = complete_table(built)
    operator.deploys("--email", "ann@example.com")

    assert set_parameters(aws) == {"AlertEmail": "ann@example.com"}


@pytest.mark.parametrize("operation", ["DescribeStacks", "ListTables", "ListUserPools"])
def test_what_may_not_be_seen_is_not_taken_for_what_is_gone(operator, aws, operation):
    aws.denied[operation] = refused("AccessDenied", "no", 403)

    assert operator.fails() == f"These credentials may not do {operation}: no\n"
    assert aws.asked("CreateChangeSet") == []


def test_of_several_tables_the_operator_chooses(operator, aws, built):
    aws.tables = {name: complete_table(built) for name in (TABLE, "hitl-dev-SessionTable-2DEF")}
    complained = operator.fails()
    operator.deploys("--table", "")

    assert f"TABLE={TABLE}, or TABLE= for a new one" in complained
    assert set_parameters(aws)["KeptTable"] == ""


def test_a_table_that_lacks_an_index_is_not_taken_up_and_the_command_to_add_it_is_told(operator, aws, built):
    aws.tables[TABLE] = complete_table(built, without=["unread"])
    complained = operator.fails()

    sentence, line = complained.rstrip("\n").split("\n")
    assert sentence == f"The table {TABLE} has no index unread: add it, which takes a while"
    said = shlex.split(line)
    assert said[:3] == ["aws", "dynamodb", "update-table"]
    [update] = json.loads(said[said.index("--global-secondary-index-updates") + 1])
    attributes = json.loads(said[said.index("--attribute-definitions") + 1])
    assert update["Create"]["KeySchema"][0] == {"AttributeName": "u", "KeyType": "HASH"}
    assert {one["AttributeName"] for one in attributes} == {"u", "lk"}
    assert aws.stacks == {}


def test_a_table_that_was_taken_up_is_looked_at_at_each_deployment(operator, aws, built):
    aws.tables[TABLE] = complete_table(built)
    operator.deploys()
    aws.tables[TABLE] = complete_table(built, without=["due"])

    assert f"The table {TABLE} has no index due" in operator.fails()


def test_a_table_with_other_keys_is_not_taken_up(operator, aws, built):
    keys = [{"AttributeName": "id", "KeyType": "HASH"}]
    aws.tables["orders"] = complete_table(built, KeySchema=keys)

    assert "The table orders has other keys than pk and sk" in operator.fails("--table", "orders")


def test_a_table_that_is_not_there_is_said(operator):
    assert operator.fails("--table", "nowhere").startswith("There is no table nowhere in eu-central-1 to take up")


def test_removing_says_what_stays(operator, aws):
    operator.deploys()
    said = operator.deploys("--remove")

    assert aws.stacks == {}
    assert "  SessionTable kept\n" in said
    assert f"hitl-dev is gone. The table {TABLE} and the user pool {POOL} stay" in said


def test_a_stack_that_never_came_to_be_can_be_removed(operator, aws):
    aws.stacks["hitl-dev"] = Stack("hitl-dev", "ROLLBACK_COMPLETE", outputs=False)

    assert operator.deploys("--remove").endswith("hitl-dev is gone.\n")


def test_removing_what_is_not_there_says_so(operator):
    assert operator.fails("--remove", "--stage", "prod") == "There is no stack hitl-prod in eu-central-1.\n"


def test_a_stack_that_is_protected_is_not_removed(operator, aws):
    operator.deploys()
    aws.denied["DeleteStack"] = refused("ValidationError", "TerminationProtection is enabled")

    assert operator.fails("--remove") == "hitl-dev cannot be deleted: TerminationProtection is enabled\n"
