from pathlib import Path

import pytest


@pytest.fixture
def web():
    """The folder of the pages."""
    return Path(__file__).parents[2] / "chalicelib" / "web"
