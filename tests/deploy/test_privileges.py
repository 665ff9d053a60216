"""What the roles of the package may do, as it is written: each action named, each resource one of the stack's."""

import json
import re

import pytest

from tests.deploy.imagined import Stack

ROLES = {
    "APIHandler": "ApiHandlerRole",
    "Inbox": "InboxRole",
    "Sweep": "SweepRole",
    "WebsocketConnect": "WebsocketConnectRole",
}

STARS = {
    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/hitl-dev-api:*": "Lambda names the streams itself",
    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/hitl-dev-inbox:*": "Lambda names the streams itself",
    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/hitl-dev-sweep:*": "Lambda names the streams itself",
    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/hitl-dev-sockets:*": "Lambda names the streams itself",
    "arn:aws:ssm:eu-central-1:123456789012:parameter/hitl-dev/*": "the operator names the stage's parameters",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hitl-dev/*": "the operator names the stage's secrets, and "
    "Secrets Manager ends every name with six characters of its own",
    "arn:aws:execute-api:eu-central-1:123456789012:hitl-dev-RestAPI/*": "one function serves every route of this API",
    "arn:aws:execute-api:eu-central-1:123456789012:hitl-dev-WebsocketAPI/*": "the routes of this API alone",
}
"""Where a star stands, and why no name can."""


@pytest.fixture
def stack(package):
    return Stack(package.template)


def statements(stack):
    """Of every role of the package."""
    for role in stack.template["Resources"]:
        if stack.template["Resources"][role]["Type"] == "AWS::IAM::Role":
            yield from ((role, statement) for statement in stack.statements(role))


def test_every_function_has_a_role_of_its_own(package):
    roles = {name: item["Properties"]["Role"] for name, item in package.of_type("AWS::Serverless::Function").items()}

    assert roles == {function: {"Fn::GetAtt": [role, "Arn"]} for function, role in ROLES.items()}
    assert sorted(package.of_type("AWS::IAM::Role")) == sorted(ROLES.values())


def test_only_roles_of_functions_carry_policies(package):
    kinds = {item["Type"] for item in package.template["Resources"].values() if "Polic" in item["Type"]}

    assert kinds == {"AWS::CloudFront::CachePolicy"}
    for role in package.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
        [trusted] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_every_statement_allows_named_actions(stack):
    for role, statement in statements(stack):
        assert statement["Effect"] == "Allow", role
        assert not {"NotAction", "NotResource"} & statement.keys(), role
        assert all(re.fullmatch(r"[a-z]+:[A-Za-z]+", action) for action in statement["Action"]), role


def test_every_star_in_a_resource_is_on_the_list(stack, package):
    resources = [resource for _, statement in statements(stack) for resource in statement["Resource"]]
    callers = [
        stack.resolve(item["Properties"]["SourceArn"]) for item in package.of_type("AWS::Lambda::Permission").values()
    ]
    starred = {resource for resource in (*resources, *callers) if re.search(r"[*?]", resource)}

    assert starred == STARS.keys()


def test_nobody_but_this_stacks_apis_may_call_the_functions(package):
    permissions = [item["Properties"] for item in package.of_type("AWS::Lambda::Permission").values()]

    assert {one["Principal"] for one in permissions} == {"apigateway.amazonaws.com"}
    assert all(one["Action"] == "lambda:InvokeFunction" for one in permissions)
    assert all(one["SourceArn"] for one in permissions)


@pytest.mark.parametrize("function", ROLES)
def test_a_function_writes_to_its_own_log_only(stack, function):
    [writing] = [one for one in stack.statements(ROLES[function]) if "logs:PutLogEvents" in one["Action"]]
    name = stack.reference(function)

    assert writing["Resource"] == [f"arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/{name}:*"]


def test_a_kept_table_is_the_one_that_is_allowed(package):
    stack = Stack(package.template, {"KeptTable": "hitl-dev-SessionTable-1ABC"})
    named = [
        resource for _, statement in statements(stack) for resource in statement["Resource"] if ":dynamodb:" in resource
    ]

    assert named
    assert all(":table/hitl-dev-SessionTable-1ABC" in resource for resource in named)


def test_every_list_that_may_be_asked_for_is_one_of_the_table(package, stack):
    indexes = {index["IndexName"] for index in package.function("SessionTable")["GlobalSecondaryIndexes"]}
    asked = set(re.findall(r"/index/([a-z]+)", json.dumps([list(one["Resource"]) for _, one in statements(stack)])))

    assert asked == indexes
