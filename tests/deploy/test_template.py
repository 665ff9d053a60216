"""The CloudFormation template: what it makes, and what its functions may do."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.handlers.jobs import BUDGET
from chalicelib.settings import read_settings
from scripts import deploy
from tests.deploy.conftest import ROOT

ROLES = ["ApiHandlerRole", "SweepRole"]
WITHOUT_ACTION = {"transact_write_items", "describe_table"}
"""Calls without an action of their own: a transaction needs those of its writes, and only operators describe."""


def test_cfn_lint_finds_nothing(package):
    command = [Path(sys.executable).with_name("cfn-lint"), package.out / "template.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_there_is_one_function_for_http_one_for_the_clock_and_one_for_the_queue(package):
    assert sorted(package.of_type("AWS::Serverless::Function")) == ["APIHandler", "Inbox", "Sweep"]


def test_the_sweep_runs_every_minute_and_is_not_retried(package):
    [event] = package.function("Sweep")["Events"].values()

    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}
    assert package.function("Sweep")["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_a_request_ends_before_api_gateway_gives_up(package):
    assert package.function("APIHandler")["Timeout"] < 29


def test_a_sweep_has_time_to_finish_what_it_began_last(package):
    longest_turn = read_settings({"HITL_BOT_TIMEOUT": "15s"}).policy.bot_timeout

    assert package.function("Sweep")["Timeout"] >= (BUDGET + 2 * longest_turn).total_seconds()


def test_any_answer_may_be_bytes_whatever_the_client_accepts(package):
    """API Gateway compares only the first type of Accept with this list, and gives base64 to everybody else."""
    definition = package.function("RestAPI")["DefinitionBody"]

    assert definition["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert "/api/health" in definition["paths"]


@pytest.mark.parametrize("name", ["APIHandler", "Sweep"])
def test_a_function_has_512_mb_on_arm(package, name):
    function = package.function(name)

    assert (function["MemorySize"], function["Architectures"]) == (512, ["arm64"])


def test_the_settings_of_the_functions_are_valid(package):
    given = package.template["Globals"]["Function"]["Environment"]["Variables"]
    assert given["HITL_STORE"] == {"Fn::Sub": "dynamodb://${SessionTable}"}
    assert given["HITL_ALERTS"] == {"Fn::Sub": "sns:${AlertTopic}"}

    settings = read_settings(
        {
            "HITL_STORE": "dynamodb://hitl-dev-SessionTable-1ABC",
            "HITL_ALERTS": "sns:arn:aws:sns:eu-central-1:123456789012:hitl-dev-AlertTopic-1ABC",
            "HITL_PUBLIC_URL": "",
        }
    )
    assert settings.public_url == ""


def test_every_setting_of_messenger_that_is_deployed_is_one_and_its_secrets_are_not_echoed(package):
    given = package.template["Globals"]["Function"]["Environment"]["Variables"]
    parameters = package.template["Parameters"]

    assert {name: given[name] for name in deploy.MESSENGER} == {
        name: {"Ref": parameter} for name, parameter in deploy.MESSENGER.items()
    }
    silent = {name for name, parameter in parameters.items() if parameter.get("NoEcho")}
    assert silent == {"MessengerPages", "MessengerAppSecrets", "MessengerVerifyToken"}
    assert {parameters[name]["Default"] for name in deploy.MESSENGER.values()} == {""}
    examples = ("{}", "secret", "token", "555")
    read_settings(dict(zip(deploy.MESSENGER, examples, strict=True)))


def test_an_e_mail_address_is_subscribed_only_when_it_is_given(package):
    [subscription] = package.of_type("AWS::SNS::Subscription").values()

    assert subscription["Condition"] == "MailsAlerts"
    assert package.template["Conditions"]["MailsAlerts"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlertEmail"}, ""]}]}
    assert package.template["Parameters"]["AlertEmail"]["Default"] == ""


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("AlertEmail", ["", "a@b.example"], ["a", "a b@c", "@"]),
        (
            "PublicUrl",
            ["", "https://chat.example.com", "https://x.example/hitl"],
            ["http://x", "https://x/", "x", "https://"],
        ),
        ("MessengerPages", ["", "{}", '{"1": "token", "2": "token"}'], ["1", '["token"]', "{", "{} x"]),
        ("MessengerAppIds", ["", "555", "555, 556"], ["hitl", "555;556"]),
    ],
)
def test_parameters_refuse_what_would_not_work(package, parameter, good, bad):
    pattern = re.compile(package.template["Parameters"][parameter]["AllowedPattern"])

    assert all(pattern.search(value) for value in good)
    assert not any(pattern.search(value) for value in bad)


def test_the_conversations_outlive_the_stack(package):
    table = package.template["Resources"]["SessionTable"]

    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_log_groups_are_those_the_functions_write_to(package):
    for function, group in (("APIHandler", "ApiHandlerLogGroup"), ("Sweep", "SweepLogGroup")):
        name = package.function(function)["FunctionName"]["Fn::Sub"]
        assert package.function(group)["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{name}"}


def test_each_function_has_a_role_of_its_own(package):
    assert package.function("APIHandler")["Role"] == {"Fn::GetAtt": ["ApiHandlerRole", "Arn"]}
    assert package.function("Sweep")["Role"] == {"Fn::GetAtt": ["SweepRole", "Arn"]}


@pytest.mark.parametrize("role", ROLES)
def test_every_action_is_named(package, role):
    for statement in package.policy(role):
        assert all(re.fullmatch(r"[a-z]+:[A-Za-z]+", action) for action in statement["Action"])


@pytest.mark.parametrize("role", ROLES)
def test_every_resource_is_one_of_the_stack(package, role):
    """The only star stands for the streams of one log group, which Lambda names by itself."""
    for statement in package.policy(role):
        resources = json.dumps(statement["Resource"])
        if statement["Sid"] == "WriteLogs":
            name = {"ApiHandlerRole": "api", "SweepRole": "sweep"}[role]
            assert f':log-group:/aws/lambda/${{AWS::StackName}}-{name}:*"' in resources
            resources = resources.replace(':*"', '"')
        assert "*" not in resources


@pytest.mark.parametrize("role", ROLES)
def test_every_index_of_the_table_may_be_queried(package, role):
    indexes = package.function("SessionTable")["GlobalSecondaryIndexes"]
    [listing] = [statement for statement in package.policy(role) if statement["Sid"] == "ListSessions"]

    assert listing["Resource"] == [
        {"Fn::Sub": f"${{SessionTable.Arn}}/index/{index['IndexName']}"} for index in indexes
    ]


@pytest.mark.parametrize("role", ROLES)
def test_every_call_of_the_store_is_allowed(package, role):
    sources = "".join(path.read_text() for path in (ROOT / "chalicelib/store").glob("dynamodb*.py"))
    calls = set(re.findall(r"\bclient\.([a-z]+(?:_[a-z]+)+)\(", sources)) - WITHOUT_ACTION
    wanted = {"dynamodb:" + "".join(word.title() for word in call.split("_")) for call in calls}
    [keeping] = [statement for statement in package.policy(role) if statement["Sid"] == "KeepSessions"]

    assert wanted
    assert wanted <= set(keeping["Action"])


def test_only_the_admin_page_looks_at_subscriptions(package):
    alerting = {
        role: next(statement["Action"] for statement in package.policy(role) if statement["Sid"] == "AlertAgents")
        for role in ROLES
    }

    assert alerting == {
        "ApiHandlerRole": ["sns:ListSubscriptionsByTopic", "sns:Publish"],
        "SweepRole": ["sns:Publish"],
    }
