"""What anybody throws at the webhook and at the files of users: signatures, verifications, numbers."""

import pytest

from tests.fire import corpus
from tests.fire.place import Place, Talk, Watch
from tests.fire.wire import Lines, Told, ask, request
from tests.handlers.meta import APP_SECRET, SIGNATURE, VERIFY_TOKEN, signature
from tests.handlers.table import WEBHOOK

PATH = WEBHOOK.encode()
GOOD = b"?hub.mode=subscribe&hub.verify_token=" + VERIFY_TOKEN.encode()
EMPTY = b'{"object":"page","entry":[]}'
NUMBERED = ("entries/%s/retry", "entries/%s/media/0", "entries/1/media/%s")


def deliver(place: Place, body: bytes, given: bytes) -> Told | None:
    return ask(
        place, request("POST", PATH, [(b"Content-Type", b"application/json"), (SIGNATURE.encode(), given)], body)
    )


def test_whatever_is_not_signed_is_refused_and_nothing_is_done(place: Place, watch: Watch):
    hard = [value for case in corpus.CREDENTIALS.values() for value in case] + list(corpus.NUMBERS.values())
    forged = [signature(EMPTY, secret).encode() for secret in ("", "another", VERIFY_TOKEN, APP_SECRET[:-1])]
    watch.changed()

    for given in [*hard, *forged]:
        answer = deliver(place, EMPTY, given.replace(b"%s", APP_SECRET.encode()))
        assert answer is not None, given
        assert answer.status == 403, (given, answer)
        assert answer.refused_in_shape
        assert not watch.changed()


@pytest.mark.parametrize("cases", [corpus.IDS, corpus.CURSORS, corpus.NUMBERS], ids=["ids", "cursors", "numbers"])
def test_a_hard_verification_is_refused_or_echoed(place: Place, watch: Watch, cases: dict[str, bytes]):
    watch.changed()

    for case, hard in cases.items():
        for query in (
            GOOD + b"&hub.challenge=" + hard,
            GOOD.replace(VERIFY_TOKEN.encode(), hard) + b"&hub.challenge=1",
            GOOD.replace(b"subscribe", hard) + b"&hub.challenge=1",
            b"?" + hard,
        ):
            answer = ask(place, request("GET", PATH + query.replace(b" ", b"%20")))
            assert answer is not None, (case, query)
            assert answer.status in (200, 400, 403), (case, answer)
            assert answer.status == 200 or answer.refused_in_shape, (case, answer)
            assert answer.status != 200 or answer.headers["content-type"].startswith("text/plain"), (case, answer)
        assert not watch.changed()


@pytest.mark.parametrize("path", NUMBERED)
def test_a_hard_number_in_a_path_is_refused(place: Place, watch: Watch, path: str):
    talk: Talk = place.talk()
    bearer: Lines = [(b"Authorization", b"Bearer " + place.tokens["agent"].encode())]
    start = f"/api/botpress-hitl/sessions/{talk.session.replace(':', '%3A')}/{path}".encode()
    method = "POST" if path.endswith("retry") else "GET"
    watch.changed()

    for case, hard in corpus.PATH_NUMBERS.items():
        answer = ask(place, request(method, start.replace(b"%s", hard), bearer, b"{}" if method == "POST" else None))
        assert answer is not None, case
        assert answer.status in (400, 404), (case, answer)
        assert answer.refused_in_shape, (case, answer)
        assert not watch.changed(), case
