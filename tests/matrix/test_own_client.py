"""The client that hitl makes for itself repeats what meets a fault on the wire, as often and after as long as it is set to."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.http_relay import HttpRelay
from tests.emulators.table import create_table
from tests.matrix.backends import empty_dynamodb
from tests.matrix.layer import Blow
from tests.matrix.line import Line
from tests.matrix.plan import Next
from tests.matrix.run import Matrix
from tests.matrix.test_wire import NOT_ON_THE_WIRE, WIRE
from tests.matrix.use_cases import USE_CASES

CASE = next(case for case in USE_CASES if case.name == "a turn that sends, notifies, remembers and pauses")
SHORT = next(seed for seed in range(100_000) if random.Random(seed).random() < 0.001)  # noqa: S311 - of a pause
"""The client waits for up to a second, drawn at random, before it repeats anything: a beginning that draws little."""


@pytest.fixture(scope="module")
def own(ministack: str) -> Iterator[Line]:
    with HttpRelay(ministack) as relay, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", relay.address)
        made = Line(DynamoDBStore("own", shards=1))
        create_table(made.client, "own")
        yield made
        made.client.delete_table(TableName="own")
        made.close()


@pytest.fixture(autouse=True)
def _chance_is_as_before() -> Iterator[None]:
    before = random.getstate()
    yield
    random.setstate(before)


@pytest.mark.parametrize("blow", WIRE, ids=lambda blow: blow.name)
def test_a_write_that_meets_a_fault_is_repeated_once_and_all_ends_as_without_it(blow: Blow, own: Line):
    @contextmanager
    def opened() -> Iterator[Store]:
        empty_dynamodb(own.client, "own")
        yield own.store

    def arrange(blow: Blow) -> None:
        random.seed(SHORT)
        own.strike(blow)

    matrix = Matrix(CASE)
    writes = [number for number, call in enumerate(matrix.calls, 1) if call not in NOT_ON_THE_WIRE]
    assert len(writes) > 1
    for number in writes[:1] if blow.name.startswith("hang") else writes:  # two seconds each, which it really waits for
        assert matrix.strike(opened, Next.NEVER, number, replace(blow, done=True), arrange) == []
        assert own.attempts[:2] == ["1", "2"]
        assert own.attempts[2:] == ["1"] * len(own.attempts[2:])
