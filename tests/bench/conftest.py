from pathlib import Path

import pytest

from tests.deploy.conftest import package, project  # noqa: F401 - fixtures


@pytest.fixture
def web():
    """The folder of the pages."""
    return Path(__file__).parents[2] / "chalicelib" / "web"
