import time

import pytest

from chalicelib.identity.claims import Expected
from chalicelib.identity.issuer import Issuer
from tests.handlers.conftest import api, desk, settings  # noqa: F401 - fixtures
from tests.identity import making
from tests.identity.making import CLIENT
from tests.identity.provider import Provider


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def issuer(provider, clock):
    return Issuer(Expected(provider.url, CLIENT), now=time.time, clock=clock)


@pytest.fixture
def token(provider):
    """A token of the provider's with other claims; `key`, `algorithm` and headers as `making.token`."""

    def make(key=None, algorithm="RS256", header=None, **other):
        return making.token(making.claims(provider.url, **other), key, algorithm, **(header or {}))

    return make
