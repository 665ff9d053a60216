"""The stores of the matrix."""

import logging
from collections.abc import Iterator

import pytest

from tests.matrix.backends import BACKENDS, Backend
from tests.matrix.run import Open


@pytest.fixture(scope="module", params=BACKENDS, ids=lambda backend: backend.name)
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, backend: Backend) -> Iterator[Open]:
    yield from backend.open(request)


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """What fails on purpose here is logged a hundred times a second."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
