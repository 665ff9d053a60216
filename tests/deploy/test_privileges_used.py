"""What the functions ask of AWS, against what their policies allow: no call more, no permission more."""

from fnmatch import fnmatchcase

import pytest

from tests.deploy.recorder import Need

ROLES = {
    "APIHandler": "ApiHandlerRole",
    "Inbox": "InboxRole",
    "Sweep": "SweepRole",
    "WebsocketConnect": "WebsocketConnectRole",
}

NOT_OURS = {
    "logs:CreateLogStream": "Lambda does it in the function's name, for its log",
    "logs:PutLogEvents": "Lambda does it in the function's name, for its log",
    "sqs:DeleteMessage": "Lambda does it in the function's name, with what was processed",
    "sqs:GetQueueAttributes": "Lambda does it in the function's name, to know the queue",
    "sqs:ReceiveMessage": "Lambda does it in the function's name, to hand over what waits",
}
"""Permissions that no call of ours needs, with the reason."""


@pytest.fixture(params=ROLES)
def function(request):
    return request.param


def covers(allowed: Need, need: Need) -> bool:
    """Whether a permission is enough. A star in it stands for anything, as IAM has it."""
    return allowed.action == need.action and fnmatchcase(need.resource, allowed.resource)


def allowed(installation, function):
    """What the function's policy allows, action by action and resource by resource."""
    return {
        Need(action, resource)
        for statement in installation.stack.statements(ROLES[function])
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def test_a_function_may_do_all_that_it_does(installation, function):
    given = allowed(installation, function)
    needed = installation.recorder.needs.get(function, set())

    assert sorted(need for need in needed if not any(covers(one, need) for one in given)) == []


def test_a_function_may_do_nothing_that_it_does_not(installation, function):
    given = {one for one in allowed(installation, function) if one.action not in NOT_OURS}
    needed = installation.recorder.needs.get(function, set())

    assert sorted(one for one in given if not any(covers(one, need) for need in needed)) == []


def test_every_function_was_recorded(installation, package):
    assert sorted(package.of_type("AWS::Serverless::Function")) == sorted(ROLES)
    assert {"APIHandler", "Inbox", "Sweep"} <= installation.recorder.needs.keys()


def test_the_list_of_what_is_not_ours_names_nothing_that_is(installation):
    """Else the first two tests would look away."""
    given = {one.action for function in ROLES for one in allowed(installation, function)}
    needed = {need.action for function in ROLES for need in installation.recorder.needs.get(function, ())}

    assert NOT_OURS.keys() <= given - needed


def test_what_is_not_ours_is_allowed_only_to_whom_it_is_done_for(installation):
    """Lambda polls for the worker alone, and secrets are for those who work on sessions."""
    given = {function: {one.action for one in allowed(installation, function)} for function in ROLES}
    logging = {"logs:CreateLogStream", "logs:PutLogEvents"}
    polling = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}

    assert {function for function in ROLES if polling & given[function]} == {"Inbox"}
    assert given["WebsocketConnect"] == logging
    assert polling | logging == NOT_OURS.keys()


@pytest.mark.parametrize(
    "need",
    [
        Need("dynamodb:Scan", "arn:aws:dynamodb:eu-central-1:123456789012:table/hitl-dev-SessionTable"),
        Need("dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/hitl-prod-SessionTable"),
        Need("ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/hitl-prod/app-secrets"),
        Need("ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/hitl-dev-2/app-secrets"),
        Need("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:hitl-dev-InboxDeadLetters.fifo"),
        Need("sns:Publish", "arn:aws:sns:eu-central-1:123456789012:hitl-dev-OperatorTopic"),
    ],
)
def test_what_is_another_stages_or_another_resources_is_not_allowed(installation, need, function):
    assert not any(covers(one, need) for one in allowed(installation, function))
