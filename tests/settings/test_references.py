"""Settings that name where a secret is kept: read when they are needed, read again after a while."""

import boto3
import pytest
from moto import mock_aws

from chalicelib import aws, wiring
from chalicelib.errors import BadSettings
from chalicelib.references import LASTS_SECONDS, REFERRING, RETRY_SECONDS, References
from chalicelib.settings import read_settings

FIRST, SECOND = "the-first-secret-of-all", "the-second-secret-of-all"


class Clock:
    seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def account(monkeypatch):
    """An account with one secret in each place."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        aws.session.cache_clear()
        boto3.client("ssm").put_parameter(Name="/hitl-dev/secret", Value=FIRST, Type="SecureString")
        boto3.client("secretsmanager").create_secret(Name="hitl-dev/secret", SecretString=FIRST)
        yield
    aws.session.cache_clear()


def rotate():
    boto3.client("ssm").put_parameter(Name="/hitl-dev/secret", Value=SECOND, Type="SecureString", Overwrite=True)
    boto3.client("secretsmanager").put_secret_value(SecretId="hitl-dev/secret", SecretString=SECOND)


def lose():
    boto3.client("ssm").delete_parameter(Name="/hitl-dev/secret")


@pytest.mark.parametrize("reference", ["ssm:/hitl-dev/secret", "secretsmanager:hitl-dev/secret"])
def test_a_reference_is_replaced_by_what_it_names(account, reference):
    assert References().resolved({"HITL_SECRET": f" {reference} ", "PORT": "1"}) == {"HITL_SECRET": FIRST, "PORT": "1"}


@pytest.mark.parametrize("name", REFERRING)
def test_every_secret_may_be_a_reference(account, name):
    assert References().resolved({name: "ssm:/hitl-dev/secret"}) == {name: FIRST}


def test_a_setting_that_is_no_secret_is_left_alone(account):
    assert References().resolved({"HITL_BOT": "ssm:/hitl-dev/secret"}) == {"HITL_BOT": "ssm:/hitl-dev/secret"}


@pytest.mark.parametrize("reference", ["ssm:/hitl-dev/secret", "secretsmanager:hitl-dev/secret"])
def test_a_value_is_kept_for_five_minutes_and_then_read_again(account, clock, reference):
    references = References(clock)
    references.resolved({"HITL_SECRET": reference})
    rotate()
    clock.seconds += LASTS_SECONDS - 1
    early = references.due(), references.resolved({"HITL_SECRET": reference})
    clock.seconds += 1
    late = references.due(), references.resolved({"HITL_SECRET": reference})

    assert (early, late) == ((False, {"HITL_SECRET": FIRST}), (True, {"HITL_SECRET": SECOND}))


def test_a_value_that_cannot_be_read_again_is_kept_and_asked_for_soon(account, clock):
    references = References(clock)
    references.resolved({"HITL_SECRET": "ssm:/hitl-dev/secret"})
    lose()
    clock.seconds += LASTS_SECONDS
    kept = references.resolved({"HITL_SECRET": "ssm:/hitl-dev/secret"})
    due = references.due()
    clock.seconds += RETRY_SECONDS

    assert (kept, due, references.due()) == ({"HITL_SECRET": FIRST}, False, True)


@pytest.mark.parametrize("reference", ["ssm:/hitl-dev/none", "secretsmanager:hitl-dev/none"])
def test_a_value_that_was_never_read_is_a_mistake_that_names_the_setting(account, reference):
    with pytest.raises(BadSettings, match=r"HITL_SECRET: what it refers to cannot be read: .*NotFound"):
        References().resolved({"HITL_SECRET": reference})


def test_what_a_reference_names_is_held_to_the_rules_of_the_setting(account):
    boto3.client("ssm").put_parameter(Name="/hitl-dev/short", Value="short", Type="SecureString")

    with pytest.raises(BadSettings, match="HITL_SECRET: must have at least 16 characters"):
        read_settings(References().resolved({"HITL_SECRET": "ssm:/hitl-dev/short"}))


@pytest.fixture
def installed(account, clock, monkeypatch, tmp_path):
    """This process, with a secret that its settings name."""
    wiring.forget({})
    monkeypatch.setenv("HITL_STORE", f"sqlite:///{tmp_path}/hitl.db")
    monkeypatch.setenv("HITL_SECRET", "ssm:/hitl-dev/secret")
    monkeypatch.setattr(wiring._references(), "_clock", clock)
    yield
    wiring.forget({})


def test_a_secret_is_replaced_without_a_deployment(installed, clock):
    before = wiring.signing_secret(), wiring.desk()
    rotate()
    clock.seconds += LASTS_SECONDS

    assert (before[0], wiring.signing_secret()) == (FIRST, SECOND)
    assert wiring.desk() is not before[1]


def test_a_secret_that_is_still_the_same_leaves_the_desk_as_it_is(installed, clock):
    before = wiring.desk()
    clock.seconds += LASTS_SECONDS

    assert wiring.desk() is before


def test_a_new_value_that_is_no_good_is_not_used(installed, clock):
    wiring.signing_secret()
    boto3.client("ssm").put_parameter(Name="/hitl-dev/secret", Value="short", Type="SecureString", Overwrite=True)
    clock.seconds += LASTS_SECONDS

    assert wiring.signing_secret() == FIRST
