"""A command that cannot do its work says why and what to do, in a sentence."""

import pytest

NOBODY = "AWS does not know who you are: set up credentials"


@pytest.fixture
def nowhere(settings, monkeypatch):
    """A table on AWS, and nothing that says where, or who asks."""
    settings(STORE="dynamodb://hitl")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


@pytest.mark.parametrize("command", [("token", "list"), ("parked",), ("export", "webchat:x"), ("sweep",), ("doctor",)])
def test_a_table_that_is_nowhere(run, nowhere, command):
    told = run(*command)

    assert told.status == 1
    assert "No region is set: for example `export AWS_DEFAULT_REGION=eu-central-1`." in told.out + told.err


def test_a_table_of_nobody(run, nowhere):
    nowhere.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    told = run("token", "list")
    assert (told.status, told.err.count("\n")) == (1, 1)
    assert told.err.startswith(NOBODY)


def test_a_profile_that_is_not_there(run, nowhere):
    nowhere.setenv("AWS_PROFILE", "nope")

    told = run("token", "list")
    assert (told.status, told.err) == (1, "The config profile (nope) could not be found; correct AWS_PROFILE.\n")


def test_why_a_database_does_not_answer(run, settings):
    settings(STORE="postgresql://hitl:passw0rd@127.0.0.1:1/hitl")

    told = run("token", "list")
    assert told.status == 1
    assert told.err.startswith("The database cannot answer now. Please try again. (")
    assert "refused" in told.err
    assert "passw0rd" not in told.err
