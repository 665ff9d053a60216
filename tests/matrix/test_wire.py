"""The same faults where they really happen, on the wire: a server that throttles, a line that is cut or goes dead."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chalicelib.errors import StoreBusy
from chalicelib.store.base import Store
from chalicelib.store.sql import SQLStore
from tests.emulators.http_relay import AFTER, BEFORE, HttpRelay
from tests.emulators.postgresql import Server
from tests.emulators.relay import COMMIT, Relay
from tests.emulators.table import create_table
from tests.fakes.faults import Fault
from tests.matrix.backends import empty_dynamodb, empty_sql
from tests.matrix.layer import READS, Blow
from tests.matrix.line import Impatient, Line
from tests.matrix.plan import WHOLE, Next, Ways, each, in_turn
from tests.matrix.run import Matrix, Open
from tests.matrix.scene import UseCase
from tests.matrix.summary import STRUCK
from tests.matrix.use_cases import USE_CASES
from tests.store import making

pytestmark = pytest.mark.uncounted

WIRE = tuple(Blow(name, Fault.NONE, done=name in AFTER) for name in (*BEFORE, *AFTER))
CUT = Blow("the line is cut after the commit", Fault.NONE, done=True)
NOT_ON_THE_WIRE = {*READS, "publish", "scrub"}
IN_PARTS = {"mark_all_read"}
"""Several writes to DynamoDB, each of them whole; those after one that failed are not done, and nothing is owed."""


@pytest.fixture(scope="module")
def line(ministack: str) -> Iterator[Line]:
    with HttpRelay(ministack) as relay:
        made = Impatient(relay)
        create_table(made.client, "wire")
        yield made
        made.client.delete_table(TableName="wire")
        made.close()


@pytest.fixture(scope="module")
def relay(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    folder: Path = tmp_path_factory.mktemp("relay")
    with Relay(folder / ".s.PGSQL.5432", postgresql.socket) as made:
        yield made


@pytest.fixture(scope="module")
def relayed(postgresql: Server, relay: Relay) -> Iterator[Open]:
    database = postgresql.create()
    store = SQLStore(postgresql.url(database).replace(str(postgresql.folder), str(relay.here.parent)))
    store.prepare()

    @contextmanager
    def opened() -> Iterator[Store]:
        empty_sql(store)
        yield store
        assert not relay.armed, "no commit has met the cut"

    yield opened
    store.close()
    postgresql.drop(database)


def struck_by(*blows: Blow) -> Callable[[str], tuple[Blow, ...]]:
    """These, for each call that writes to the store."""
    return lambda call: () if call in NOT_ON_THE_WIRE else blows


def comes_next(case: UseCase) -> Ways:
    return each if WHOLE else in_turn(USE_CASES.index(case))


def comes_next_on_dynamodb(case: UseCase) -> Ways:
    """Who asked for what is done in parts, and never learned that it was, asks again."""
    ways = comes_next(case)
    if IN_PARTS.isdisjoint(Matrix(case).calls):
        return ways
    return lambda number: [after for after in ways(number) if after is not Next.NEVER] or [Next.AGAIN]


WRITING = [case for case in USE_CASES if set(Matrix(case).calls) - NOT_ON_THE_WIRE]
COMMITTING = [case for case in WRITING if case.name != "an id again, with other words"]
"""That one is refused by the database, and rolled back."""


@pytest.mark.parametrize("case", WRITING, ids=lambda case: case.name)
def test_dynamodb_that_throttles_breaks_off_or_hangs_leaves_nothing_lost_doubled_or_owed(
    case: UseCase, line: Line, record_property: Callable[[str, object], None]
):
    @contextmanager
    def opened() -> Iterator[Store]:
        empty_dynamodb(line.client, "wire")
        yield line.store
        assert line.fault is None, "no request has met the fault"

    found = Matrix(case).all(opened, comes_next_on_dynamodb(case), struck_by(*WIRE), line.strike)

    record_property(STRUCK, ("dynamodb, on the wire", *found.sizes))
    assert not found.failures, "\n".join(found.failures)


@pytest.mark.parametrize("case", COMMITTING, ids=lambda case: case.name)
def test_a_line_to_postgresql_cut_after_a_commit_leaves_nothing_lost_doubled_or_owed(
    case: UseCase, relay: Relay, relayed: Open, record_property: Callable[[str, object], None]
):
    found = Matrix(case).all(relayed, comes_next(case), struck_by(CUT), lambda blow: relay.cut_answer_to(COMMIT))

    record_property(STRUCK, ("postgresql, on the wire", *found.sizes))
    assert not found.failures, "\n".join(found.failures)


@pytest.mark.parametrize("blow", WIRE, ids=lambda blow: blow.name)
def test_a_fault_reaches_the_store_and_the_write_has_taken_place_or_not(blow: Blow, line: Line):
    empty_dynamodb(line.client, "wire")
    draft = making.decide(None, making.SESSION, making.says())
    line.strike(blow)
    with pytest.raises(StoreBusy):
        making.commit(line.store, draft)

    assert len(making.log(line.store, making.SESSION)) == (1 if blow.done else 0)


def test_a_cut_reaches_the_store_and_the_commit_has_taken_place(relay: Relay, relayed: Open):
    draft = making.decide(None, making.SESSION, making.says())
    with relayed() as store:
        relay.cut_answer_to(COMMIT)
        with pytest.raises(StoreBusy):
            making.commit(store, draft)

        assert len(making.log(store, making.SESSION)) == 1
