"""The CloudFormation template as a whole: its functions, what they are told, what outlives it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chalicelib.handlers.jobs import BUDGET
from chalicelib.settings import read_settings
from scripts.deploying import command
from scripts.package import PackagingFailed, merge_resources
from tests.deploy.imagined import Stack
from tests.deploy.installation import GIVEN

FUNCTIONS = {
    "APIHandler": "hitl-dev-api",
    "Inbox": "hitl-dev-inbox",
    "Sweep": "hitl-dev-sweep",
    "WebsocketConnect": "hitl-dev-sockets",
}
WORKING = ["APIHandler", "Inbox", "Sweep"]
"""Those that work on sessions."""


class Asked(Mapping[str, str]):
    """An environment that remembers which variables were looked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values, self.names = values, set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pytest.fixture
def stack(package):
    return Stack(package.template)


def test_cfn_lint_finds_nothing(package):
    command = [Path(sys.executable).with_name("cfn-lint"), package.out / "template.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_there_are_functions_for_http_for_the_queue_for_the_clock_and_for_sockets(package, stack):
    names = {name: stack.reference(name) for name in package.of_type("AWS::Serverless::Function")}

    assert names == FUNCTIONS


def test_the_sweep_runs_every_minute_and_is_not_retried(package):
    [event] = package.function("Sweep")["Events"].values()

    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}
    assert package.function("Sweep")["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_a_request_ends_before_api_gateway_gives_up(package):
    assert package.function("APIHandler")["Timeout"] < 29


def test_a_sweep_has_time_to_finish_what_it_began_last(package):
    longest_turn = read_settings({"HITL_BOT_TIMEOUT": "15s"}).policy.bot_timeout

    assert package.function("Sweep")["Timeout"] >= (BUDGET + 2 * longest_turn).total_seconds()


@pytest.mark.parametrize("name", WORKING)
def test_a_function_has_512_mb_on_arm(package, name):
    function = package.function(name)

    assert (function["MemorySize"], function["Architectures"]) == (512, ["arm64"])


def test_every_name_that_is_referred_to_is_one_of_the_template(package):
    known = package.template["Resources"].keys() | package.template["Parameters"].keys()
    text = json.dumps(package.template["Resources"]) + json.dumps(package.template["Outputs"])
    referred = set(re.findall(r'"Ref": "(\w+)"', text)) | set(re.findall(r'"Fn::GetAtt": \["(\w+)"', text))
    filled = set(re.findall(r"\$\{(\w+)(?:\.\w+)?\}", text)) - {"Table", "Pool", "Site", "RestAPIId"}

    assert referred | filled - {"WebsocketAPIId", "WebsocketHandler"} <= known
    assert "SessionTable" in referred


@pytest.mark.parametrize("given", [{}, {"KeptTable": "hitl-dev-1"}, {"PublicUrl": "https://chat.example.com"}])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_variables_of_a_function_are_settings_and_all_valid(package, given, function):
    variables = Stack(package.template, given).variables(function)
    asked = Asked(variables)
    read_settings(asked)

    assert variables.keys() <= asked.names


@pytest.mark.parametrize("function", WORKING)
def test_the_variables_point_at_what_the_stack_makes(stack, function):
    variables = stack.variables(function)

    assert variables["HITL_STORE"] == f"dynamodb://{stack.reference('SessionTable')}"
    assert variables["HITL_ALERTS"] == f"sns:{stack.attribute('AlertTopic', 'Arn')}"
    assert variables["HITL_PUBLIC_URL"] == f"https://{stack.attribute('Distribution', 'DomainName')}"
    assert variables["HITL_METRICS"] == stack.name


def test_only_who_answers_agents_and_webhooks_is_told_what_only_they_need(stack):
    """Who vouches for agents, and what Meta proves itself with; the sweep has no business with the queue either."""
    told = {function: set(stack.variables(function)) for function in FUNCTIONS}
    only = {"HITL_OIDC_ISSUER", "HITL_OIDC_CLIENT_ID", "HITL_OIDC_GROUPS", "HITL_MESSENGER_VERIFY_TOKEN"}

    assert told["APIHandler"] - told["Inbox"] == only
    assert told["Inbox"] - told["Sweep"] == {"HITL_INBOX"}
    assert told["WebsocketConnect"] == {"HITL_METRICS"}


@pytest.mark.parametrize("function", ["APIHandler", "Inbox"])
def test_who_fills_and_who_empties_the_queue_know_it(stack, function):
    assert stack.variables(function)["HITL_INBOX"] == f"sqs:{stack.reference('InboxQueue')}"


def test_the_api_is_told_of_the_users(stack):
    variables = stack.variables("APIHandler")

    assert variables["HITL_OIDC_CLIENT_ID"] == stack.reference("UserPoolClient")
    assert variables["HITL_OIDC_ISSUER"].endswith(f"/{stack.reference('UserPool')}")
    assert variables["HITL_OIDC_GROUPS"] == "cognito:groups"


def test_a_kept_table_and_kept_users_are_gone_on_with(package):
    stack = Stack(package.template, {"KeptTable": "hitl-dev-1ABC", "KeptUserPool": "eu-central-1_Kept"})

    assert not {"SessionTable", "UserPool", "AgentGroup", "SupervisorGroup"} & stack.made()
    assert stack.variables("Sweep")["HITL_STORE"] == "dynamodb://hitl-dev-1ABC"
    assert stack.variables("APIHandler")["HITL_OIDC_ISSUER"].endswith("/eu-central-1_Kept")
    assert stack.resolve(package.template["Outputs"]["TableName"]["Value"]) == "hitl-dev-1ABC"
    assert stack.resolve(package.template["Outputs"]["UserPoolId"]["Value"]) == "eu-central-1_Kept"


def test_every_setting_of_messenger_that_is_deployed_is_one_and_its_secrets_are_not_echoed(package):
    parameters = package.template["Parameters"]
    given = Stack(package.template, GIVEN).variables("APIHandler")

    assert {name: given[name] for name in command.MESSENGER} == {
        name: GIVEN[parameter] for name, parameter in command.MESSENGER.items()
    }
    silent = {name for name, parameter in parameters.items() if parameter.get("NoEcho")}
    assert silent == {"MessengerPages", "MessengerAppSecrets", "MessengerVerifyToken"}
    assert {parameters[name]["Default"] for name in command.MESSENGER.values()} == {""}


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        ("AlertEmail", ["", "a@b.example"], ["a", "a b@c", "@"]),
        ("OperatorEmail", ["", "a@b.example"], ["a", "a b@c", "@"]),
        (
            "PublicUrl",
            ["", "https://chat.example.com", "https://x.example/hitl"],
            ["http://x", "https://x/", "x", "https://"],
        ),
        ("KeptTable", ["", "hitl-dev-SessionTable-1ABC"], ["a", "a b c", "table/x"]),
        ("KeptUserPool", ["", "eu-central-1_AbC123"], ["AbC123", "eu-central-1_", "a b_c"]),
        ("DomainName", ["", "chat.example.com"], ["https://x.example", "Chat.example.com", "chat", "x.example/"]),
        (
            "CertificateArn",
            ["", "arn:aws:acm:us-east-1:123456789012:certificate/ab-12"],
            ["arn:aws:acm:eu-central-1:123456789012:certificate/ab-12", "ab-12"],
        ),
        ("HostedZoneId", ["", "Z2FDTNDATAQYW2"], ["/hostedzone/Z2", "z2"]),
        (
            "MessengerPages",
            ["", "{}", '{"1": "token", "2": "token"}', "ssm:/hitl-dev/pages", "secretsmanager:hitl-dev/pages"],
            ["1", '["token"]', "{", "{} x", "ssm:", "vault:x", "ssm:a b"],
        ),
        ("MessengerAppIds", ["", "555", "555, 556"], ["hitl", "555;556"]),
    ],
)
def test_parameters_refuse_what_would_not_work(package, parameter, good, bad):
    pattern = re.compile(package.template["Parameters"][parameter]["AllowedPattern"])

    assert all(pattern.search(value) for value in good)
    assert not any(pattern.search(value) for value in bad)


def test_nothing_has_to_be_given(package):
    assert all("Default" in parameter for parameter in package.template["Parameters"].values())


@pytest.mark.parametrize("kept", ["SessionTable", "UserPool", "AgentGroup", "SupervisorGroup"])
def test_conversations_and_agents_outlive_the_stack(package, kept):
    resource = package.template["Resources"][kept]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_nobody_deletes_conversations_or_agents_by_mistake(package):
    assert package.function("SessionTable")["DeletionProtectionEnabled"]
    assert package.function("UserPool")["DeletionProtection"] == "ACTIVE"


def test_two_stages_stand_side_by_side(package):
    """What has a name of its own has the stack's name in it; AWS names the rest."""
    dev, prod = (Stack(package.template, name=name) for name in ("hitl-dev", "hitl-prod"))
    properties = {
        "FunctionName",
        "LogGroupName",
        "QueueName",
        "TopicName",
        "TableName",
        "AlarmName",
        "DashboardName",
        "Domain",
        "UserPoolName",
        "RoleName",
        "Name",
    }
    found = 0
    for resource in package.template["Resources"].values():
        given = resource["Properties"].get("CachePolicyConfig", resource["Properties"])
        for name in properties & given.keys():
            if resource["Type"] != "AWS::Route53::RecordSet":
                found += 1
                assert dev.resolve(given[name]) != prod.resolve(given[name]), given[name]
                assert "hitl-dev" in dev.resolve(given[name])
    assert found > len(FUNCTIONS)


def test_the_log_groups_are_those_the_functions_write_to_and_none_is_kept_for_ever(package, stack):
    groups = [item["Properties"] for item in package.of_type("AWS::Logs::LogGroup").values()]

    assert {stack.resolve(one["LogGroupName"]) for one in groups} == {
        f"/aws/lambda/{name}" for name in FUNCTIONS.values()
    }
    assert {one["RetentionInDays"] for one in groups} == {7}


def test_a_resource_that_two_files_describe_is_refused(tmp_path):
    (tmp_path / "dashboard.json").write_text("{}")
    for name in ("resources.json", "resources-more.json"):
        (tmp_path / name).write_text('{"Resources": {"Queue": {}}}')

    with pytest.raises(PackagingFailed, match=r"resources\.json says Queue a second time"):
        merge_resources(tmp_path)
