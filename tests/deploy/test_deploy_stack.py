"""How a stack is made, changed and taken away, and what is told of it: above all the one reason for which it failed."""

import pytest

from tests.deploy.fake_aws import FakeAWS, Stack, refused
from tests.deploy.operator import Operator

TABLE, TOPIC, FUNCTION = "AWS::DynamoDB::Table", "AWS::SNS::Topic", "AWS::Lambda::Function"
NAME = "hitl-dev"


@pytest.fixture
def aws():
    return FakeAWS()


@pytest.fixture
def operator(aws, built, capsys):
    return Operator(aws, str(built.out), capsys)


def there(aws, status="UPDATE_COMPLETE", **more):
    """A stack in this state."""
    aws.stacks[NAME] = Stack(NAME, status, **more)
    aws.stacks[NAME].happen([aws.stacks[NAME].of(status, "of old times")])
    return aws.stacks[NAME]


def modify(name, kind=FUNCTION, replacement="False"):
    return {"Action": "Modify", "LogicalResourceId": name, "ResourceType": kind, "Replacement": replacement}


def test_what_will_be_made_is_said_before_and_each_resource_when_it_is_there(operator):
    said = operator.deploys()

    assert said.index("Making hitl-dev: 1 resources.") < said.index("  SessionTable made\n")


def test_what_will_change_is_said_in_a_few_lines(operator, aws):
    there(aws)
    remove = {"Action": "Remove", "LogicalResourceId": "OldTopic", "ResourceType": TOPIC}
    add = {"Action": "Add", "LogicalResourceId": "NewTopic", "ResourceType": TOPIC}
    aws.changes = [add, modify("Sweep"), modify("Queue", "AWS::SQS::Queue", "True"), remove]
    said = operator.deploys()

    assert said.startswith(
        "Made the bucket hitl-deploy-123456789012-eu-central-1 for uploads.\n"
        "Changing hitl-dev:\n"
        "  changes Sweep (AWS::Lambda::Function)\n"
        "  replaces Queue (AWS::SQS::Queue)\n"
        "  removes OldTopic (AWS::SNS::Topic)\n"
        "  adds NewTopic (AWS::SNS::Topic)\n"
        "  SessionTable changed\n"
    )


def test_of_many_changes_the_first_are_named(operator, aws):
    there(aws)
    aws.changes = [modify(f"Function{number}") for number in range(40)]

    assert "Function14 (AWS::Lambda::Function)\n  and 25 more\n" in operator.deploys()


@pytest.mark.parametrize("kind", [TABLE, "AWS::Cognito::UserPool"])
def test_what_holds_data_is_never_replaced(operator, aws, kind):
    there(aws)
    aws.changes = [modify("SessionTable", kind, "True")]

    assert operator.fails().startswith("This would replace SessionTable by an empty one, so nothing was done")
    assert aws.asked("ExecuteChangeSet") == []
    assert aws.change_sets == {}


def test_nothing_to_change_is_well(operator, aws):
    operator.deploys()
    said = operator.deploys()

    assert said.startswith("Nothing has changed: hitl-dev is as it should be.\n")
    assert len(aws.asked("ExecuteChangeSet")) == 1
    assert aws.change_sets == {}


def test_a_template_that_cloudformation_does_not_take_leaves_no_empty_stack(operator, aws):
    def refuse(**given):
        made = FakeAWS.do_CreateChangeSet(aws, **given)
        aws.change_sets[made["Id"]] |= {"Becomes": "FAILED", "StatusReason": "Transform failed: no such property."}
        return made

    aws.do_CreateChangeSet = refuse
    complained = operator.fails()

    assert (
        complained == "CloudFormation does not take the template or a parameter: Transform failed: no such property.\n"
    )
    assert aws.stacks == {}


def failing(stack, verb, end):
    """A resource fails, its neighbours are cancelled for it, and all goes back."""
    return [
        [stack.of(f"{verb}_IN_PROGRESS"), ("AlertTopic", TOPIC, f"{verb}_COMPLETE", "")],
        [
            ("SessionTable", TABLE, f"{verb}_IN_PROGRESS", ""),
            ("Sweep", FUNCTION, f"{verb}_FAILED", "Resource creation cancelled"),
            ("UserPoolDomain", "AWS::Cognito::UserPoolDomain", f"{verb}_FAILED", "Domain already exists."),
            ("Inbox", FUNCTION, f"{verb}_FAILED", "Resource update cancelled"),
            ("SessionTable", TABLE, f"{verb}_FAILED", "Resource creation cancelled"),
        ],
        [
            stack.of(end.replace("_COMPLETE", "_IN_PROGRESS"), "The following resource(s) failed"),
            ("AlertTopic", TOPIC, "DELETE_FAILED", "A later failure"),
        ],
        [stack.of(end)],
    ]


def test_a_first_deployment_that_fails_names_the_resource_that_failed_first(operator, aws):
    aws.fate = failing(Stack(NAME, ""), "CREATE", "ROLLBACK_COMPLETE")
    complained = operator.fails()

    assert complained == (
        "hitl-dev could not be made: UserPoolDomain (AWS::Cognito::UserPoolDomain): Domain already exists."
        " What was made is taken away again. Put that right and deploy again.\n"
    )
    assert "cancelled" not in operator.said
    assert "is running" not in operator.said


def test_an_update_that_fails_says_that_the_version_before_goes_on(operator, aws):
    aws.fate = failing(there(aws), "UPDATE", "UPDATE_ROLLBACK_COMPLETE")

    assert operator.fails() == (
        "hitl-dev could not be changed: UserPoolDomain (AWS::Cognito::UserPoolDomain): Domain already exists."
        " The version before goes on running. Put that right and deploy again.\n"
    )


def test_a_stack_that_fails_without_a_resource_has_its_own_reason(operator, aws):
    stack = there(aws)
    aws.fate = [[stack.of("UPDATE_ROLLBACK_COMPLETE", "Export in use")]]

    assert operator.fails().startswith("hitl-dev could not be changed: Export in use. The version before")


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_what_a_failed_first_deployment_left_is_taken_away_and_made_again(operator, aws, status):
    failed = there(aws, status)
    said = operator.deploys()

    assert said.startswith("An earlier first deployment of hitl-dev did not succeed")
    assert aws.stacks[NAME].id != failed.id
    assert [asked["ChangeSetType"] for asked in aws.asked("CreateChangeSet")] == ["CREATE"]


def test_a_stack_that_somebody_works_on_is_waited_for(operator, aws):
    stack = there(aws, "UPDATE_IN_PROGRESS")
    stack.coming = [[], [stack.of("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")], [stack.of("UPDATE_COMPLETE")]]
    said = operator.deploys()

    assert said.startswith("hitl-dev is in the middle of something (UPDATE_IN_PROGRESS); waiting for its end.\n")
    assert said.count("middle of something") == 1
    assert "  SessionTable changed\n" in said


def test_an_update_is_over_only_when_it_is_cleaned_up(operator, aws):
    stack = there(aws)
    tidying = ("Sweep", FUNCTION, "DELETE_COMPLETE", "")
    aws.fate = [[stack.of("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")], [tidying], [stack.of("UPDATE_COMPLETE")]]

    assert "  Sweep deleted\n" in operator.deploys()


def test_a_stack_between_two_versions_needs_a_person_who_is_told_what_to_do(operator, aws):
    there(aws, "UPDATE_ROLLBACK_FAILED")
    complained = operator.fails()

    assert "Continue update rollback" in complained
    assert "aws cloudformation continue-update-rollback --stack-name hitl-dev --region eu-central-1" in complained
    assert aws.asked("CreateChangeSet") == []


@pytest.mark.parametrize("status", ["ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"])
def test_a_stack_that_cannot_be_changed_any_more_has_a_way_out(operator, aws, status):
    there(aws, status)

    assert f"({status}): `make undeploy STAGE=dev`" in operator.fails()


def test_what_takes_long_is_named_while_nothing_else_happens(operator, aws):
    stack = Stack(NAME, "")
    begun = ("Distribution", "AWS::CloudFront::Distribution", "CREATE_IN_PROGRESS", "")
    done = [("AlertTopic", TOPIC, f"CREATE_{status}", "") for status in ("IN_PROGRESS", "COMPLETE")]
    aws.fate = [[stack.of("CREATE_IN_PROGRESS"), begun, *done], *[[] for _ in range(13)], [stack.of("CREATE_COMPLETE")]]

    assert operator.deploys().count("  still at work on Distribution\n") == 1


def test_removing_names_what_would_not_go(operator, aws):
    stack = there(aws)
    failed = ("InboxRole", "AWS::IAM::Role", "DELETE_FAILED", "It is in use")
    aws.fate = [[stack.of("DELETE_IN_PROGRESS")], [failed], [stack.of("DELETE_FAILED", "The following failed")]]

    assert operator.fails("--remove") == (
        "hitl-dev could not be deleted: InboxRole (AWS::IAM::Role): It is in use. Put that right and try again.\n"
    )


def test_what_happened_before_is_not_told_again(operator, aws):
    stack = there(aws)
    stack.happen([(f"Old{number}", TOPIC, "CREATE_COMPLETE", "") for number in range(5)])

    assert "Old" not in operator.deploys()


def test_a_stack_that_never_ends_is_given_up(operator, aws):
    there(aws)
    aws.fate = [[]]

    assert "does not come to an end" in operator.fails()


def test_a_slow_answer_of_aws_is_no_stack_trace(operator, aws):
    aws.denied["DescribeStackEvents"] = refused("Throttling", "Rate exceeded")

    assert operator.fails() == "AWS refused DescribeStackEvents (Throttling): Rate exceeded\n"
