"""The `store` fixture: each test that asks for it runs once for every backend."""

from collections.abc import Iterator

import pytest

from chalicelib.store.base import Store
from tests.store.backends import BACKENDS, Backend


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `race` run only against backends whose commits are atomic between threads."""
    if "store" in metafunc.fixturenames:
        race = metafunc.definition.get_closest_marker("race") is not None
        backends = [backend for backend in BACKENDS if backend.atomic or not race]
        metafunc.parametrize("store", backends, ids=[backend.name for backend in backends], indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    backend: Backend = request.param
    with backend.open(request) as opened:
        yield opened
