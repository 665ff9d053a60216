"""What a stack leaves, and the next one takes up."""

import json
import shlex

import pytest

from tests.deploy.fake_aws import DEAD_LETTERS, INBOX, POOL, TABLE, FakeAWS, Stack, refused
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


def test_a_restored_table_beside_the_old_one_is_not_passed_over(operator, aws, built):
    """The old one has the name that the stack gave it, and is out of date."""
    aws.tables = {name: complete_table(built) for name in (TABLE, "hitl-dev-restored", "hitl-dev2-restored")}
    complained = operator.fails()

    assert f"several tables: {TABLE}, hitl-dev-restored." in complained
    assert aws.stacks == {}


def test_a_table_of_another_name_alone_is_nobodys(operator, aws, built):
    aws.tables = {name: complete_table(built) for name in ("hitl-dev-orders", "hitl-dev-eu-SessionTable-1")}
    operator.deploys()

    assert set_parameters(aws) == {}


def test_what_a_table_that_was_taken_up_lacks_of_its_protection_is_said_with_the_commands(operator, aws, built):
    """One that was restored has none, nor need one that a failed first deployment left."""
    aws.tables[TABLE] = complete_table(built, DeletionProtectionEnabled=False)
    aws.restorable = False
    said = [shlex.split(line) for line in operator.deploys().splitlines() if line.startswith("  aws dynamodb")]

    assert [one[2] for one in said] == ["update-table", "update-continuous-backups"]
    assert all(one[one.index("--table-name") + 1] == TABLE for one in said)
    assert "--deletion-protection-enabled" in said[0]
    assert said[1][-1] == "PointInTimeRecoveryEnabled=true"


def test_nothing_is_said_of_a_table_that_is_protected(operator, aws, built):
    aws.tables[TABLE] = complete_table(built)

    assert "aws dynamodb" not in operator.deploys()


def test_a_user_pool_without_its_groups_is_given_them(operator, aws, built):
    """So a first deployment leaves it that fails early, and so is one of somebody's own."""
    aws.pools = {POOL: "hitl-dev"}
    aws.groups[POOL] = [{"GroupName": "agent", "Precedence": 7}]
    operator.deploys("--agent", "ann@example.com")
    definition = built.template["Resources"]["SupervisorGroup"]["Properties"]
    wanted = {name: definition[name] for name in ("GroupName", "Description", "Precedence")}

    assert aws.groups[POOL] == [{"GroupName": "agent", "Precedence": 7}, wanted]
    operator.deploys()
    assert len(aws.groups[POOL]) == 2


def test_a_user_pool_that_is_not_there_is_said(operator, aws):
    complained = operator.fails("--users", "eu-central-1_None")

    assert complained.startswith("There is no user pool eu-central-1_None in eu-central-1 to take up")
    assert aws.stacks == {}


@pytest.mark.parametrize("other", ["eu-central-1_Other", ""])
def test_a_stack_does_not_change_to_another_user_pool(operator, aws, other):
    """Its page to sign in has one name, which CloudFormation would give to the new one before it is free."""
    aws.groups = {POOL: [], "eu-central-1_Other": []}
    operator.deploys("--users", POOL)
    complained = operator.fails("--users", other)

    assert complained.startswith(f"hitl-dev has the user pool {POOL}, and cannot change to another one")
    assert f"`make undeploy STAGE=dev`, then `make deploy STAGE=dev TABLE={TABLE} USERS={other}`" in complained
    assert len(aws.asked("CreateChangeSet")) == 1


def test_the_user_pool_that_a_stack_has_may_be_named(operator):
    operator.deploys()
    operator.deploys("--users", POOL)


def test_removing_says_what_stays(operator, aws):
    operator.deploys()
    said = operator.deploys("--remove")

    assert aws.stacks == {}
    assert "  SessionTable kept\n" in said
    assert f"hitl-dev is gone. The table {TABLE} and the user pool {POOL} stay" in said
    assert f"`make deploy STAGE=dev TABLE={TABLE} USERS={POOL}`" in said


@pytest.mark.parametrize(
    ("queue", "count", "said"), [(INBOX, 1, "1 event waits"), (INBOX, 3, "3 events wait"), (DEAD_LETTERS, 2, "2 dead")]
)
def test_what_was_delivered_and_not_processed_is_not_removed_with_its_queue(operator, aws, queue, count, said):
    """The platform was told that it is kept."""
    operator.deploys()
    aws.queues[queue] = count
    complained = operator.fails("--remove")

    assert complained.startswith(said)
    assert f"aws sqs purge-queue --region eu-central-1 --queue-url {queue}" in complained
    assert aws.asked("DeleteStack") == []


def test_a_stack_whose_queues_somebody_has_deleted_is_removed(operator, aws):
    operator.deploys()
    aws.queues.clear()
    operator.deploys("--remove")

    assert aws.stacks == {}


def test_a_stack_that_never_came_to_be_can_be_removed(operator, aws):
    aws.stacks["hitl-dev"] = Stack("hitl-dev", "ROLLBACK_COMPLETE", outputs=False)

    assert operator.deploys("--remove").endswith("hitl-dev is gone.\n")


def test_removing_what_is_not_there_says_so(operator):
    assert operator.fails("--remove", "--stage", "prod") == "There is no stack hitl-prod in eu-central-1.\n"


def test_a_stack_that_is_protected_is_not_removed(operator, aws):
    operator.deploys()
    aws.denied["DeleteStack"] = refused("ValidationError", "TerminationProtection is enabled")

    assert operator.fails("--remove") == "hitl-dev cannot be deleted: TerminationProtection is enabled\n"
