"""What the platform itself might throw at the webhook, which takes it all: at a server of its own, since that is kept."""

import json
from collections.abc import Iterator

import pytest

from tests.fire import corpus
from tests.fire.place import Place, burning
from tests.fire.wire import Lines, Told, ask, request
from tests.handlers.meta import INSTALLED, SIGNATURE, signature
from tests.handlers.people import SECRET
from tests.handlers.table import WEBHOOK

PATH = WEBHOOK.encode()
EMPTY = b'{"object":"page","entry":[]}'


@pytest.fixture(scope="module")
def burning_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("fire")
    with burning(folder, BOT="tests.handlers.bots:silent", SECRET=SECRET, **INSTALLED) as place:
        place.talk()
        yield place


def deliver(place: Place, body: bytes, more: Lines) -> Told | None:
    lines = [(b"Content-Type", b"application/json"), (SIGNATURE.encode(), signature(body).encode()), *more]
    return ask(place, request("POST", PATH, lines, body))


def test_whatever_is_signed_is_taken(place: Place):
    for case, hard in corpus.BODIES.items():
        answer = deliver(place, hard, [])
        assert answer is not None, case
        assert answer.status == (413 if len(hard) > 1024 * 1024 else 200), (case, answer)

    for case, hard in corpus.BODIES.items():
        text = hard[:1000].decode("latin-1")
        told = {"sender": {"id": text}, "recipient": {"id": "1"}, "message": {"mid": text, "text": text}}
        answer = deliver(
            place, json.dumps({"object": "page", "entry": [{"id": "1", "messaging": [told]}]}).encode(), []
        )
        assert answer is not None, case
        assert answer.status == 200, (case, answer)


def test_hard_headers_beside_a_good_signature_harm_nothing(place: Place):
    statuses = set()

    for case, hard in corpus.HEADERS.items():
        answer = deliver(place, EMPTY, hard)
        assert answer is not None, case
        assert answer.status in (200, 400, 403, 415, 431), (case, answer)
        statuses.add(answer.status)

    assert 200 in statuses
