"""Every backend of the conformance suite: how to open a fresh store of it, and whether it may judge a race."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from chalicelib.store.base import Store
from chalicelib.store.sql import SQLStore
from tests.fakes.memory import MemoryStore
from tests.store import backends_dynamodb


@dataclass(frozen=True)
class Backend:
    """`open` gives a prepared, empty store for one test; `atomic`: its commits are atomic between threads."""

    name: str
    open: Callable[[pytest.FixtureRequest], AbstractContextManager[Store]]
    atomic: bool


@contextmanager
def sqlite(request: pytest.FixtureRequest) -> Iterator[Store]:
    folder: Path = request.getfixturevalue("tmp_path")
    store = SQLStore(f"sqlite:///{folder}/data/hitl.db")
    store.prepare()
    yield store
    store.close()


@contextmanager
def postgresql(request: pytest.FixtureRequest) -> Iterator[Store]:
    store = SQLStore(request.getfixturevalue("postgresql_url"))
    store.prepare()
    yield store
    store.close()


@contextmanager
def memory(request: pytest.FixtureRequest) -> Iterator[Store]:
    yield MemoryStore()


BACKENDS = (
    Backend("memory", memory, atomic=True),
    Backend("sqlite", sqlite, atomic=True),
    Backend("postgresql", postgresql, atomic=True),
    Backend("dynamodb-moto", backends_dynamodb.moto, atomic=False),
    Backend("dynamodb-ministack", backends_dynamodb.ministack, atomic=True),
)
"""A new backend is one function above and one line here."""
