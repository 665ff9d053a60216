"""What `doctor` says of whoever vouches for agents."""

import pytest

from tests.identity.making import CLIENT
from tests.identity.provider import DISCOVERY, KEYS, Provider


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


@pytest.fixture
def last_lines(run, settings, provider):
    """The end of what is told, with the provider set up."""

    def lines():
        settings(OIDC_ISSUER=provider.url, OIDC_CLIENT_ID=CLIENT, PUBLIC_URL="https://chat.example.com")
        told = run("doctor").out.splitlines()
        return told[told.index(next(line for line in told if "issuer http" in line)) :]

    return lines


def test_an_issuer_that_can_be_used_is_well(last_lines, provider):
    assert last_lines() == [f"ok       issuer {provider.url}"]


def test_an_issuer_that_calls_itself_otherwise_is_a_problem_that_says_so(last_lines, provider):
    provider.answers[DISCOVERY]["issuer"] = f"{provider.url}/"

    assert last_lines() == [
        f"PROBLEM  issuer {provider.url}",
        (
            "         its description cannot be used (it is another issuer's); "
            "HITL_OIDC_ISSUER is to the letter what it calls itself"
        ),
    ]


def test_keys_of_no_use_are_a_problem(last_lines, provider):
    provider.answers[KEYS] = {"keys": []}

    assert "its keys cannot be used (none of them is of use)" in last_lines()[1]
