"""One local server for all tests of a run that throw things at it: what one of them threw must not break the next."""

from collections.abc import Iterator

import pytest

from tests.fire.place import Place, Watch, burning
from tests.handlers.meta import INSTALLED
from tests.handlers.people import SECRET


@pytest.fixture(scope="session")
def burning_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("fire")
    with burning(folder, BOT="tests.handlers.bots:silent", SECRET=SECRET, **INSTALLED) as place:
        place.talk()
        yield place


@pytest.fixture
def place(burning_place: Place) -> Iterator[Place]:
    """The server, which is held to be well after the test too."""
    yield burning_place
    burning_place.is_well()


@pytest.fixture
def watch(place: Place) -> Iterator[Watch]:
    """Sees commits to the server's database."""
    watch = Watch(place.database)
    yield watch
    watch.close()
