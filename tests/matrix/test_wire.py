"""The same faults where they really happen, on the wire: a server that throttles, a line that is cut or goes dead."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from chalicelib.errors import StoreBusy
from chalicelib.store.base import Store
from chalicelib.store.dynamodb import DynamoDBStore
from chalicelib.store.sql import SQLStore
from tests.emulators.http_relay import AFTER, BEFORE, HEADER, HttpRelay
from tests.emulators.postgresql import Server
from tests.emulators.relay import Relay
from tests.emulators.table import create_table
from tests.fakes.faults import Fault
from tests.matrix.backends import empty_dynamodb, empty_sql
from tests.matrix.layer import READS, Blow
from tests.matrix.run import Matrix, Next, Open
from tests.matrix.scene import UseCase
from tests.matrix.summary import STRUCK
from tests.matrix.use_cases import USE_CASES
from tests.store import making

pytestmark = pytest.mark.uncounted

WIRE = tuple(Blow(name, Fault.NONE, done=name in AFTER) for name in (*BEFORE, *AFTER))
CUT = Blow("the line is cut after the commit", Fault.NONE, done=True)
NOT_ON_THE_WIRE = {*READS, "publish", "scrub"}
WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
PATIENCE_SECONDS = 20
IMPATIENT_SECONDS = 0.02
"""How long a request is waited for that is to hang; with all others, the patience of a busy machine."""


class Line:
    """A store behind a relay; its next write after `strike` carries the fault's name."""

    def __init__(self, relay: HttpRelay) -> None:
        # It repeats nothing by itself: that is what the desk does, and without pauses here.
        config = Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_SECONDS)
        self.client = boto3.client("dynamodb", endpoint_url=relay.address, config=config)
        self.client.meta.events.register("before-send.dynamodb", self._mark)
        self.store = DynamoDBStore("wire", self.client, shards=1)
        self.fault: str | None = None
        self._relay = relay
        self._impatient = URLLib3Session(timeout=(PATIENCE_SECONDS, IMPATIENT_SECONDS))

    def strike(self, blow: Blow) -> None:
        self.fault = blow.name

    def close(self) -> None:
        self.client.close()
        self._impatient.close()

    def _mark(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        """None: the client sends the request as it is now."""
        if self.fault is None or event_name.rpartition(".")[2] not in WRITES:
            return None
        request.headers[HEADER], self.fault = self.fault, None
        if not request.headers[HEADER].startswith("hang"):
            return None
        try:
            return self._impatient.send(request)
        except HTTPClientError:
            assert self._relay.hung.acquire(timeout=PATIENCE_SECONDS), "the fault was not met"
            raise


@pytest.fixture(scope="module")
def line(ministack: str) -> Iterator[Line]:
    with HttpRelay(ministack) as relay:
        made = Line(relay)
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


WRITING = [case for case in USE_CASES if set(Matrix(case).calls) - NOT_ON_THE_WIRE]


@pytest.mark.parametrize("case", WRITING, ids=lambda case: case.name)
def test_dynamodb_that_throttles_breaks_off_or_hangs_leaves_nothing_lost_doubled_or_owed(
    case: UseCase, line: Line, record_property: Callable[[str, object], None]
):
    @contextmanager
    def opened() -> Iterator[Store]:
        empty_dynamodb(line.client, "wire")
        yield line.store
        assert line.fault is None, "no request has met the fault"

    found = Matrix(case).all(opened, (Next.AGAIN,), struck_by(*WIRE), line.strike)

    record_property(STRUCK, ("dynamodb, on the wire", found.calls, found.runs, len(found.failures)))
    assert not found.failures, "\n".join(found.failures)


@pytest.mark.parametrize("case", WRITING, ids=lambda case: case.name)
def test_a_line_to_postgresql_cut_after_a_commit_leaves_nothing_lost_doubled_or_owed(
    case: UseCase, relay: Relay, relayed: Open, record_property: Callable[[str, object], None]
):
    found = Matrix(case).all(relayed, (Next.AGAIN,), struck_by(CUT), lambda blow: relay.cut_answer_to(b"COMMIT"))

    record_property(STRUCK, ("postgresql, on the wire", found.calls, found.runs, len(found.failures)))
    assert not found.failures, "\n".join(found.failures)


@pytest.mark.parametrize("blow", WIRE, ids=lambda blow: blow.name)
def test_a_fault_reaches_the_store_and_the_write_has_taken_place_or_not(blow: Blow, line: Line):
    empty_dynamodb(line.client, "wire")
    draft = making.decide(None, making.SESSION, making.says())
    line.strike(blow)
    with pytest.raises(StoreBusy):
        making.commit(line.store, draft)

    assert len(making.log(line.store, making.SESSION)) == (1 if blow.done else 0)
