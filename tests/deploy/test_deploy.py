"""`make deploy` and `make undeploy` against an AWS command line of our own."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from commands.arguments import parser
from scripts import deploy
from tests.deploy.conftest import ROOT
from tests.deploy.fake_aws import ENDPOINT

FAKE = Path(__file__).with_name("fake_aws.py")
MESSENGER = {
    "HITL_MESSENGER_PAGES": '{"1002003004": "token-of-the-page"}',
    "HITL_MESSENGER_APP_SECRETS": "app-secret",
    "HITL_MESSENGER_VERIFY_TOKEN": "verify-token = four words",
    "HITL_MESSENGER_APP_IDS": "555000111",
}
OUR_BUCKET = "hitl-deploy-123456789012-eu-central-1"


class Operator:
    """Runs the command on a machine with, or without, the AWS command line."""

    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.region = {"AWS_REGION": "eu-central-1"}
        self.exported = {}
        self.be(
            signed_in=True,
            buckets=[],
            strangers_buckets=[],
            stacks={},
            tables=[],
            may_list=True,
            package_status=0,
            modes=[],
        )

    def be(self, **account):
        path = self.folder / "account.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | account))

    def install(self):
        program = self.bin / "aws"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
        program.chmod(0o755)
        return self

    def run(self, *arguments):
        environment = {"PATH": str(self.bin), "HITL_FAKE_AWS": str(self.folder), **self.region, **self.exported}
        command = [sys.executable, "scripts/deploy.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    @property
    def commands(self):
        path = self.folder / "commands.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def account(self):
        return json.loads((self.folder / "account.json").read_text())

    def deployments(self):
        return [command for command in self.commands if command[:2] == ["cloudformation", "deploy"]]


@pytest.fixture
def operator(tmp_path):
    return Operator(tmp_path).install()


def test_without_the_aws_command_line_it_says_what_to_install(tmp_path):
    done = Operator(tmp_path).run()

    assert done.returncode == 1
    assert done.stderr == ("The AWS command line is missing: install it as https://aws.amazon.com/cli/ describes.\n")


def test_without_credentials_it_says_how_to_set_them_up(operator):
    operator.be(signed_in=False)
    done = operator.run()

    assert (done.returncode, done.stderr) == (
        1,
        "AWS does not know who you are: set up credentials with `aws configure`.\n",
    )


def test_without_a_region_it_says_how_to_set_one(operator):
    operator.region = {}
    done = operator.run()

    assert (done.returncode, done.stderr) == (1, "No region is set: for example `export AWS_REGION=eu-central-1`.\n")


def test_it_ends_with_the_links_and_the_way_to_a_first_token(operator):
    done = operator.run()

    assert done.returncode == 0, done.stderr
    assert f"Admin page  {ENDPOINT}/admin\n" in done.stdout
    assert f"Web chat    {ENDPOINT}/webchat\n" in done.stdout
    assert "AWS_REGION=eu-central-1 HITL_STORE=dynamodb://hitl-dev-SessionTable-1ABC" in done.stdout


def test_the_command_for_a_token_is_one_that_exists(operator):
    command = shlex.split(operator.run().stdout.partition("shown once:\n")[2].replace("\\\n", ""))

    given = parser().parse_args(command[command.index("manage.py") + 1 :])
    assert (given.name, given.role) == ("Ann", "supervisor")


def test_one_deployment_is_enough(operator):
    operator.run()

    assert operator.account["stacks"] == {"hitl-dev": {"AlertEmail": "", "PublicUrl": ""}}
    assert len(operator.deployments()) == 1


def test_an_address_that_an_earlier_version_has_set_by_itself_gives_way(operator):
    operator.be(stacks={"hitl-dev": {"AlertEmail": "", "PublicUrl": ENDPOINT}})
    operator.run()

    assert operator.account["stacks"]["hitl-dev"]["PublicUrl"] == ""


@pytest.mark.parametrize(
    ("option", "parameter"),
    [
        ("--operator-email", "OperatorEmail"),
        ("--domain", "DomainName"),
        ("--certificate", "CertificateArn"),
        ("--zone", "HostedZoneId"),
        ("--table", "KeptTable"),
        ("--users", "KeptUserPool"),
    ],
)
def test_an_option_becomes_a_parameter_of_the_stack(operator, package, option, parameter):
    operator.run(option, "given")

    assert operator.account["stacks"]["hitl-dev"][parameter] == "given"
    assert parameter in package.template["Parameters"]


def test_every_option_is_one_of_make(operator):
    said = subprocess.run(
        ["make", "-n", "deploy", *(f"{option.upper()}=x" for option in deploy.PARAMETERS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [option for option in deploy.PARAMETERS if f"--{option.replace('_', '-')} 'x'" not in said] == []


def test_a_table_that_an_earlier_stack_has_left_is_taken_up(operator):
    operator.be(tables=["hitl-dev-SessionTable-1ABC", "hitl-prod-SessionTable-2DEF", "orders"])
    done = operator.run()

    assert operator.account["stacks"]["hitl-dev"]["KeptTable"] == "hitl-dev-SessionTable-1ABC"
    assert "Taking up the table hitl-dev-SessionTable-1ABC" in done.stdout


def test_the_table_of_a_stack_that_is_there_is_its_own(operator):
    operator.run()
    operator.be(tables=["hitl-dev-SessionTable-1ABC"])
    operator.run()

    assert "KeptTable" not in operator.account["stacks"]["hitl-dev"]


def test_a_stack_that_may_not_be_seen_is_not_taken_for_one_that_is_gone(operator):
    operator.run()
    operator.be(tables=["hitl-dev-SessionTable-1ABC"], may_list=False)
    done = operator.run()

    assert (done.returncode, done.stderr) == (
        1,
        "The stacks in eu-central-1 cannot be listed with these credentials.\n",
    )
    assert "KeptTable" not in operator.account["stacks"]["hitl-dev"]


def test_of_several_tables_the_operator_chooses(operator):
    operator.be(tables=["hitl-dev-SessionTable-1ABC", "hitl-dev-SessionTable-2DEF"])
    done = operator.run()
    chosen = operator.run("--table", "")

    assert (done.returncode, operator.deployments()[1:]) == (1, [])
    assert "TABLE=hitl-dev-SessionTable-1ABC, or TABLE= for a new one" in done.stderr
    assert chosen.returncode == 0


def test_a_later_deployment_keeps_what_was_set_before(operator):
    operator.run("--email", "ann@example.com", "--public-url", "https://chat.example.com")
    before = operator.account
    operator.run()

    assert operator.account == before
    assert "--parameter-overrides" not in operator.deployments()[-1]


def test_a_public_address_of_ones_own_is_shown(operator):
    done = operator.run("--public-url", "https://chat.example.com")

    assert "Admin page  https://chat.example.com/admin\n" in done.stdout


def test_e_mail_can_be_switched_off_again(operator):
    operator.run("--email", "ann@example.com")
    operator.run("--email", "")

    assert operator.account["stacks"]["hitl-dev"]["AlertEmail"] == ""


def test_messengers_settings_come_from_the_environment_and_stay(operator):
    operator.exported = MESSENGER
    operator.run()
    operator.exported = {}
    operator.run()

    stack = operator.account["stacks"]["hitl-dev"]
    assert {name: stack[parameter] for name, parameter in deploy.MESSENGER.items()} == MESSENGER


def test_an_empty_variable_takes_messenger_away_again(operator):
    operator.exported = MESSENGER
    operator.run()
    operator.exported = {"HITL_MESSENGER_PAGES": ""}
    operator.run()

    stack = operator.account["stacks"]["hitl-dev"]
    assert (stack["MessengerPages"], stack["MessengerAppSecrets"]) == ("", MESSENGER["HITL_MESSENGER_APP_SECRETS"])


def test_no_secret_is_on_a_command_line_where_all_could_read_it(operator):
    operator.exported = MESSENGER
    done = operator.run()

    said = json.dumps(operator.commands) + done.stdout + done.stderr
    assert not [value for value in ("token-of-the-page", "app-secret", "verify-token") if value in said]
    assert operator.account["modes"] == ["0o700"]
    files = [command[command.index("--parameter-overrides") + 1] for command in operator.deployments()]
    assert not any(Path(file.removeprefix("file://")).exists() for file in files)


def test_a_bucket_is_made_once(operator):
    operator.run()
    operator.run()

    assert operator.account["buckets"] == [OUR_BUCKET]


def test_a_given_bucket_is_used(operator):
    operator.be(buckets=["mine"])
    operator.run("--bucket", "mine")

    [packaging] = [command for command in operator.commands if command[:2] == ["cloudformation", "package"]]
    assert packaging[packaging.index("--s3-bucket") + 1] == "mine"
    assert operator.account["buckets"] == ["mine"]


@pytest.mark.parametrize("given", [[], ["--bucket", "theirs"]])
def test_nothing_is_uploaded_to_a_strangers_bucket(operator, given):
    operator.be(strangers_buckets=[OUR_BUCKET, "theirs"])
    done = operator.run(*given)

    bucket = given[-1] if given else OUR_BUCKET
    assert (done.returncode, done.stderr) == (
        1,
        f"Account 123456789012 has no bucket {bucket}, and cannot make one; the lines above say why.\n",
    )
    assert not any(command[0] == "cloudformation" for command in operator.commands)


def test_the_template_goes_by_the_bucket_as_it_is_too_long_for_a_request(operator, package):
    operator.run()

    assert (package.out / "template.json").stat().st_size > 51_200
    for deployment in operator.deployments():
        assert deployment[deployment.index("--s3-bucket") + 1] == OUR_BUCKET


def test_stages_are_stacks_of_their_own(operator):
    operator.run()
    operator.run("--stage", "prod")

    assert sorted(operator.account["stacks"]) == ["hitl-dev", "hitl-prod"]


def test_no_role_may_be_given_a_name_of_its_own(operator):
    operator.run()

    deployment = operator.deployments()[0]
    assert deployment[deployment.index("--capabilities") + 1] == "CAPABILITY_IAM"


def test_a_step_that_fails_ends_it(operator):
    operator.be(package_status=1)
    done = operator.run()

    assert (done.returncode, done.stderr) == (
        1,
        "`aws cloudformation package` failed; the lines above say why.\n",
    )
    assert operator.deployments() == []


def test_removing_says_that_the_conversations_stay(operator):
    operator.run()
    done = operator.run("--remove")

    assert operator.account["stacks"] == {}
    assert "Its table hitl-dev-SessionTable-1ABC stays" in done.stdout


def test_a_stack_that_never_came_to_be_can_be_removed(operator):
    operator.be(stacks={"hitl-dev": {"State": "failed"}})
    done = operator.run("--remove")

    assert (done.returncode, done.stdout) == (0, "hitl-dev is gone.\n")


def test_removing_what_is_not_there_says_so(operator):
    done = operator.run("--remove", "--stage", "prod")

    assert (done.returncode, done.stderr) == (1, "There is no stack hitl-prod in eu-central-1.\n")
