"""Clients that dawdle, leave early or ask too much at once: they get what they asked for, and nobody waits for them."""

import contextlib
import json
import socket
from collections.abc import Iterator

import pytest

from tests.fire.place import Place, Talk
from tests.fire.wire import connected, read_answer, request, told

MANY = 200


@pytest.fixture
def talk(place: Place) -> Talk:
    return place.talk()


@pytest.fixture
def crowd(place: Place) -> Iterator[list[socket.socket]]:
    """Two hundred open connections."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connected(place)) for _ in range(MANY)]


def saying(talk: Talk, message_id: str) -> bytes:
    """The visitor's message, as a request."""
    said = json.dumps({"id": message_id, "text": "Are you there?"}).encode()
    headers = [(b"Authorization", b"Bearer " + talk.token.encode()), (b"Content-Type", b"application/json")]
    return request("POST", b"/api/webchat/messages", headers, said)


def said(place: Place, talk: Talk) -> list[str]:
    """The ids of what the visitor has said, as the visitor reads them."""
    answer = place.http.get("/api/webchat/messages", headers={"Authorization": f"Bearer {talk.token}"})
    return [entry["id"] for entry in answer.json()["entries"] if entry["kind"] == "message"]


def test_a_request_of_one_byte_at_a_time_is_answered(place: Place, talk: Talk):
    with connected(place) as wire:
        for byte in saying(talk, "slow"):
            wire.sendall(bytes([byte]))
        answer = told(wire)

    assert answer is not None
    assert answer.status == 200
    assert said(place, talk) == ["u:m1", "u:slow"]


def test_a_client_that_closes_its_half_after_the_request_gets_its_answer(place: Place, talk: Talk):
    with connected(place) as wire:
        wire.sendall(saying(talk, "half"))
        wire.shutdown(socket.SHUT_WR)
        answer = told(wire)

    assert answer is not None
    assert answer.status == 200
    assert json.loads(answer.body)["entry"]["id"] == "u:half"


def test_a_client_that_leaves_before_the_answer_has_asked_once(place: Place, talk: Talk):
    for number in range(20):
        with connected(place) as wire:
            wire.sendall(saying(talk, f"gone-{number}"))

    for number in range(20):  # as a client does that never saw the answer
        with connected(place) as wire:
            wire.sendall(saying(talk, f"gone-{number}"))
            answer = told(wire)
        assert answer is not None
        assert answer.status == 200

    assert sorted(said(place, talk)) == sorted(["u:m1", *(f"u:gone-{number}" for number in range(20))])


def test_requests_sent_without_waiting_are_answered_in_their_order(place: Place, talk: Talk):
    asked = b"".join(saying(talk, f"pipe-{number}") for number in range(10)).replace(b"Connection: close\r\n", b"")
    with connected(place) as wire, wire.makefile("rb") as stream:
        wire.sendall(asked)
        answers = [read_answer(stream) for _ in range(10)]

    assert [json.loads(answer.body)["entry"]["id"] for answer in answers if answer] == [
        f"u:pipe-{number}" for number in range(10)
    ]


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"P",
        b"POST /api/webchat/messages HTTP/1.1\r\nHost: a\r\nX-Slow: a",
        b"POST /api/webchat/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
        b"POST /api/webchat/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{",
    ],
    ids=["idle", "one byte", "half a head", "half a body", "half a chunk"],
)
def test_others_are_served_while_two_hundred_connections_get_nowhere(
    place: Place, crowd: list[socket.socket], begun: bytes
):
    for wire in crowd:
        wire.sendall(begun)

    assert said(place, place.talk()) == ["u:m1"]


def test_others_are_served_while_answers_are_not_read(place: Place, crowd: list[socket.socket]):
    big = request("GET", b"/openapi.json").replace(b"Connection: close\r\n", b"") * 20
    for wire in crowd[:50]:
        wire.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            wire.send(big)

    assert said(place, place.talk()) == ["u:m1"]


def test_a_crowd_that_hangs_up_at_once_leaves_nothing_behind(place: Place, talk: Talk, crowd: list[socket.socket]):
    for number, wire in enumerate(crowd):
        wire.sendall(saying(talk, "same")[: 50 + number])
        wire.close()

    assert said(place, talk) == ["u:m1"]
