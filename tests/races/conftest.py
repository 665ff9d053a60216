"""The rings that races take place in: each test that asks for `ring` runs once in each."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.wiring import build_store
from tests.emulators.table import create_table
from tests.races.rings import ProcessRing, Ring, ThreadRing

Wanted = pytest.FixtureRequest
RINGS: dict[str, Callable[[Wanted], AbstractContextManager[Ring]]] = {}


def _sql(name: str, address: Callable[[Wanted], AbstractContextManager[str]]) -> None:
    def opened(way: str) -> Callable[[Wanted], AbstractContextManager[Ring]]:
        @contextmanager
        def opens(request: Wanted) -> Iterator[Ring]:
            with address(request) as url:
                store = build_store(url)
                title = f"{name}, {way}"
                ring: Ring
                if way == "processes":
                    ring = ProcessRing(title, store, url)
                else:
                    ring = ThreadRing(title, store, one_desk=way == "one desk")
                yield ring
                ring.close()

        return opens

    for way in ("one desk", "desks", "processes"):
        RINGS[f"{name}-{way.replace(' ', '-')}"] = opened(way)


@contextmanager
def _file(request: Wanted) -> Iterator[str]:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("races")
    yield f"sqlite:///{folder}/hitl.db"


@contextmanager
def _database(request: Wanted) -> Iterator[str]:
    server = request.getfixturevalue("postgresql")
    database = server.create()
    yield server.url(database)
    server.drop(database)


_sql("sqlite", _file)
_sql("postgresql", _database)


@contextmanager
def _dynamodb(request: Wanted) -> Iterator[Ring]:
    client = request.getfixturevalue("ministack_dynamodb")
    name = f"races-{uuid.uuid4().hex}"
    create_table(client, name)
    yield ThreadRing("dynamodb, desks", DynamoDBStore(name, client), one_desk=False)
    client.delete_table(TableName=name)


RINGS["dynamodb-desks"] = _dynamodb


@pytest.fixture(scope="module", params=RINGS)
def ring(request: Wanted) -> Iterator[Ring]:
    with RINGS[request.param](request) as opened:
        yield opened
