"""`make deploy` and `make undeploy`: what is asked of AWS, and what the operator is told."""

import os
import shlex
import subprocess
import sys

import pytest

from commands.arguments import parser
from scripts.deploying import command
from scripts.deploying.names import LONGEST_STAGE, stack_of
from tests.deploy.conftest import ROOT
from tests.deploy.fake_aws import POOL, SITE, TABLE, FakeAWS, Stack, refused
from tests.deploy.imagined import Stack as Imagined
from tests.deploy.operator import Operator, complete_table

MESSENGER = {
    "HITL_MESSENGER_PAGES": '{"1002003004": "token-of-the-page"}',
    "HITL_MESSENGER_APP_SECRETS": "secret-of-the-app",
    "HITL_MESSENGER_VERIFY_TOKEN": "token-to-verify = four words",
    "HITL_MESSENGER_APP_IDS": "555000111",
}
OLD_ADDRESS = "https://abc.execute-api.eu-central-1.amazonaws.com/hitl"


@pytest.fixture
def aws(monkeypatch):
    for name in [name for name in os.environ if name.startswith("HITL_")]:
        monkeypatch.delenv(name)
    return FakeAWS()


@pytest.fixture
def operator(aws, built, capsys):
    return Operator(aws, str(built.out), capsys)


def set_parameters(aws, stack="hitl-dev"):
    """What was set of a stack's parameters."""
    return aws.stacks[stack].parameters


def bare(tmp_path, command=(sys.executable, "scripts/deploy.py"), **environment):
    """The command on a machine where nothing is set up."""
    nowhere = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", **environment}
    done = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_without_credentials_it_says_how_to_set_them_up(tmp_path):
    status, said = bare(tmp_path, AWS_REGION="eu-central-1")

    assert status == 1
    assert said.startswith("AWS does not know who you are: set up credentials")
    assert said.count("\n") == 1


def test_without_a_region_it_says_how_to_set_one(tmp_path):
    assert bare(tmp_path) == (1, "No region is set: for example `export AWS_DEFAULT_REGION=eu-central-1`.\n")


def test_it_says_so_before_it_packages(tmp_path):
    for option, complaint in (("STAGE=x_y", "STAGE has"), ("AGENT=ann", "AGENT is"), ("STAGE=dev", "No region")):
        _, said = bare(tmp_path, ("make", "deploy", option))

        assert said.startswith(complaint)
        assert ": account]" in said  # the step of make that failed


def test_a_look_changes_nothing(operator, aws):
    assert operator.deploys("--look") == ""
    assert aws.stacks == {}


def test_a_profile_that_is_not_there_is_said(tmp_path):
    assert bare(tmp_path, AWS_PROFILE="prod") == (
        1,
        "The config profile (prod) could not be found; correct AWS_PROFILE.\n",
    )


def test_credentials_that_are_over_are_told_from_an_account_that_is_not_there(operator, aws):
    aws.denied["GetCallerIdentity"] = refused("ExpiredToken", "The security token included in the request is expired")

    assert operator.fails().startswith(
        "AWS does not take these credentials (ExpiredToken): they are over, or mistyped."
    )


def test_what_may_not_be_done_is_said_with_its_name(operator, aws):
    aws.denied["CreateChangeSet"] = refused("AccessDenied", "User: ann is not authorized", 403)

    assert operator.fails() == "These credentials may not do CreateChangeSet: User: ann is not authorized\n"


def test_without_a_package_it_says_what_makes_one(operator, aws, tmp_path):
    assert operator.fails("--build", str(tmp_path)).startswith("There is no package yet: `make package` first")
    assert aws.asked("CreateChangeSet") == []


def test_it_ends_with_the_links_and_the_way_to_a_first_token(operator):
    said = operator.deploys()

    for page, path in (("Admin page", "admin"), ("Sign in", "signin"), ("Web chat", "webchat")):
        assert f"{page:12}{SITE}/{path}\n" in said
    assert f"AWS_DEFAULT_REGION=eu-central-1 HITL_STORE=dynamodb://{TABLE}" in said


def test_the_command_for_a_token_is_one_that_exists(operator):
    said = shlex.split(operator.deploys().partition("shown once:\n")[2].replace("\\\n", ""))

    given = parser().parse_args(said[said.index("manage.py") + 1 :])
    assert (given.name, given.role) == ("Ann", "supervisor")


@pytest.mark.parametrize("option", command.PARAMETERS)
def test_an_option_becomes_a_parameter_of_the_stack(operator, aws, built, option):
    aws.tables["given"], aws.groups["given"] = complete_table(built), []
    beside = ["--certificate", "arn"] if option == "domain" else []
    operator.deploys(*beside, f"--{option.replace('_', '-')}", "given")

    parameter, _ = command.PARAMETERS[option]
    assert set_parameters(aws)[parameter] == "given"
    assert parameter in built.template["Parameters"]


def test_every_option_is_one_of_make():
    options = [*command.PARAMETERS, "agent"]
    said = subprocess.run(
        ["make", "-n", "deploy", *(f"{option.upper()}=x" for option in options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [option for option in options if f"--{option.replace('_', '-')} 'x'" not in said] == []


def test_an_address_that_an_earlier_version_has_set_by_itself_gives_way(operator, aws):
    aws.stacks["hitl-dev"] = Stack("hitl-dev", "UPDATE_COMPLETE", {"AlertEmail": "", "PublicUrl": OLD_ADDRESS})
    operator.deploys()

    assert set_parameters(aws)["PublicUrl"] == ""


def test_a_later_deployment_keeps_what_was_set_before(operator, aws):
    operator.deploys("--email", "ann@example.com", "--public-url", "https://chat.example.com")
    operator.deploys("--operator-email", "ops@example.com")

    assert set_parameters(aws) == {
        "AlertEmail": "ann@example.com",
        "PublicUrl": "https://chat.example.com",
        "OperatorEmail": "ops@example.com",
    }


def test_a_parameter_that_a_later_version_does_not_have_is_left_out(operator, aws):
    aws.stacks["hitl-dev"] = Stack("hitl-dev", "UPDATE_COMPLETE", {"AlertEmail": "a@x.example", "OfOldTimes": "x"})
    operator.deploys()

    assert set_parameters(aws) == {"AlertEmail": "a@x.example"}


def test_e_mail_can_be_switched_off_again(operator, aws):
    operator.deploys("--email", "ann@example.com")
    operator.deploys("--email", "")

    assert set_parameters(aws)["AlertEmail"] == ""


def test_messengers_settings_come_from_the_environment_and_stay(operator, aws, monkeypatch):
    for name, value in MESSENGER.items():
        monkeypatch.setenv(name, value)
    operator.deploys()
    for name in MESSENGER:
        monkeypatch.delenv(name)
    operator.deploys("--email", "ann@example.com")

    assert {name: set_parameters(aws)[parameter] for name, parameter in command.MESSENGER.items()} == MESSENGER


def test_an_empty_variable_takes_messenger_away_again(operator, aws, monkeypatch):
    for name, value in MESSENGER.items():
        monkeypatch.setenv(name, value)
    operator.deploys()
    monkeypatch.setenv("HITL_MESSENGER_PAGES", "")
    operator.deploys()

    assert set_parameters(aws)["MessengerPages"] == ""
    assert set_parameters(aws)["MessengerAppSecrets"] == MESSENGER["HITL_MESSENGER_APP_SECRETS"]


def test_a_secret_that_aws_repeats_in_a_complaint_is_not_shown(operator, aws, monkeypatch):
    secret = MESSENGER["HITL_MESSENGER_PAGES"]
    monkeypatch.setenv("HITL_MESSENGER_PAGES", secret)
    aws.denied["CreateChangeSet"] = refused("ValidationError", f"Value '{secret}' at 'parameters.1' is too long")

    assert operator.fails().endswith("Value '(not shown)' at 'parameters.1' is too long\n")


def test_no_secret_is_printed_or_uploaded(operator, aws, monkeypatch):
    for name, value in MESSENGER.items():
        monkeypatch.setenv(name, value)
    said = operator.deploys() + operator.complained

    uploaded = b"".join(content for bucket in aws.buckets.values() for content in bucket.objects.values())
    for value in ("token-of-the-page", "secret-of-the-app", "token-to-verify"):
        assert value not in said
        assert value.encode() not in uploaded


def test_stages_are_stacks_of_their_own(operator, aws):
    operator.deploys()
    operator.deploys("--stage", "prod")

    assert sorted(aws.stacks) == ["hitl-dev", "hitl-prod"]


def test_no_role_may_be_given_a_name_of_its_own(operator, aws):
    operator.deploys()

    assert [asked["Capabilities"] for asked in aws.asked("CreateChangeSet")] == [["CAPABILITY_IAM"]]


@pytest.mark.parametrize(
    "stage", ["", "Prod", "a_b", "a.b", "-a", "a-", "é", "a" * (LONGEST_STAGE + 1), "laws", "my-cognito", "amazon"]
)
def test_a_stage_after_which_nothing_could_be_called_is_refused_before_anything_is_asked(operator, aws, stage):
    assert operator.fails(f"--stage={stage}").startswith("STAGE ")
    assert aws.calls == []


def test_all_names_fit_their_limits_with_the_longest_stage(package):
    """A name that CloudFormation makes is `<stack>-<logical id>-<13 characters>`."""
    name = stack_of("s" * LONGEST_STAGE)
    stack = Imagined(package.template, name=name)
    functions = [
        stack.resolve(package.function(each)["FunctionName"]) for each in package.of_type("AWS::Serverless::Function")
    ]
    queues = [f"{name}-{each}-{'x' * 13}.fifo" for each in package.of_type("AWS::SQS::Queue")]
    domain = stack.resolve(package.function("UserPoolDomain")["Domain"])

    assert (len(functions), len(queues)) == (4, 2)
    assert max(map(len, functions)) <= 64
    assert max(map(len, queues)) <= 80
    assert len(domain) <= 63


def test_an_agent_becomes_a_supervisor_and_is_mailed_a_password(operator, aws):
    said = operator.deploys("--agent", "ann@example.com")

    ann = aws.users["ann@example.com"]
    assert (ann["pool"], ann["groups"], ann["mails"]) == (POOL, ["supervisor"], 1)
    assert {"Name": "email_verified", "Value": "true"} in ann["attributes"]
    assert "ann@example.com is a supervisor now; AWS mails a first password" in said


def test_an_agent_who_never_signed_in_is_mailed_again(operator, aws):
    operator.deploys("--agent", "ann@example.com")
    said = operator.deploys("--agent", "ann@example.com")

    assert aws.users["ann@example.com"]["mails"] == 2
    assert "is mailed a first password again" in said


def test_an_agent_who_has_a_password_is_left_alone(operator, aws):
    operator.deploys("--agent", "ann@example.com")
    aws.users["ann@example.com"]["status"] = "CONFIRMED"
    said = operator.deploys("--agent", "ann@example.com")

    assert aws.users["ann@example.com"]["mails"] == 1
    assert "signs in with the password as before" in said


def test_an_agent_without_an_e_mail_address_is_refused_before_anything_is_asked(operator, aws):
    assert operator.fails("--agent", "ann").startswith("AGENT is an e-mail address")
    assert aws.calls == []


def test_what_was_begun_goes_on_when_the_operator_goes_away(operator, aws, monkeypatch):
    def go_away(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(aws, "pause", go_away)

    assert operator.run() == 130
    assert operator.complained.startswith("Not watched any more")


def test_a_domain_without_a_certificate_is_refused_before_anything_is_made(operator, aws):
    """CloudFront would refuse it after minutes, and all that was made would go back."""
    complained = operator.fails("--domain", "chat.example.com")

    assert complained.startswith("DOMAIN=chat.example.com needs CERTIFICATE=")
    assert aws.stacks == {}


def test_a_certificate_that_was_given_before_is_enough(operator):
    operator.deploys("--certificate", "arn:aws:acm:us-east-1:123456789012:certificate/a")
    operator.deploys("--domain", "chat.example.com")
