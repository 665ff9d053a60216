"""The desk's world, fresh for each test."""

import pytest

from tests.fakes.world import World


@pytest.fixture
def world() -> World:
    return World()
