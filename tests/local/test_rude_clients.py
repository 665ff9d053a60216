"""Clients that do not behave: the server answers or hangs up, and serves the others."""

import contextlib
import json
import select
import socket
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from local.gateway import BODY_LIMIT
from tests.local.people import WAIT_SECONDS

POST = b"POST /api/webchat/visitors HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
def patience():
    """Settings of the server's patience; a test that is about it has others."""
    return {}


@pytest.fixture
def office(opened, patience):
    with opened(running_with=patience) as office:
        yield office
        assert office.agent.get("/api/health") == {"status": "ok"}
        assert office.agent.get("/api/botpress-hitl/me")["role"] == "supervisor"


def connected(office):
    """A bare connection to the server."""
    parts = urlsplit(office.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=WAIT_SECONDS)


@pytest.fixture
def wire(office):
    with connected(office) as connection:
        yield connection


def answer_on(wire):
    """Status and body of the next answer; None when the server hung up."""
    with wire.makefile("rb") as stream:
        line = stream.readline()
        if not line:
            return None
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return int(line.split()[1]), stream.read(length)


def code(body):
    return json.loads(body)["Code"]


@pytest.mark.parametrize("patience", [{"body_seconds": 0.2}], ids=["0.2 s"])
def test_a_body_that_never_ends_is_answered_with_408(wire):
    wire.sendall(POST % 100 + b'{"name": "An')

    status, body = answer_on(wire)
    assert (status, code(body)) == (408, "RequestTimeout")


@pytest.mark.parametrize("patience", [{"body_seconds": 0.2}], ids=["0.2 s"])
@pytest.mark.parametrize(
    "begun", [b"", b"GET /api/health HTTP/1.1\r\nHost: a\r\nX-Slow: "], ids=["nothing", "half a head"]
)
def test_a_head_that_never_comes_is_answered_with_408(wire, begun):
    wire.sendall(begun)

    status, body = answer_on(wire)
    assert (status, code(body)) == (408, "RequestTimeout")
    assert answer_on(wire) is None


@pytest.mark.parametrize("patience", [{"body_seconds": 0.2}], ids=["0.2 s"])
def test_a_second_head_that_never_comes_is_answered_with_408(wire):
    wire.sendall(b"GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer_on(wire)[0] == 200

    wire.sendall(b"GET /api/hea")

    assert answer_on(wire)[0] == 408


@pytest.mark.parametrize("line", [b"X: " + b"a" * 1000 + b"\r\n", b"a"], ids=["many headers", "one without end"])
def test_a_head_that_grows_for_ever_is_answered_with_431(wire, line):
    wire.sendall(b"GET /api/health HTTP/1.1\r\nHost: a\r\nX: ")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for _ in range(100):
            wire.sendall(line * (16 * 1024 // len(line)))

    status, body = answer_on(wire)
    assert (status, code(body)) == (431, "TooLarge")


def test_a_length_of_11_mb_is_refused_before_a_byte_of_it_has_come(wire):
    wire.sendall(POST % (BODY_LIMIT + 1))

    status, body = answer_on(wire)
    assert (status, code(body)) == (413, "TooLarge")


def test_chunks_without_end_are_refused_and_then_hung_up_on(wire):
    wire.sendall(POST.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked"))
    for _ in range(BODY_LIMIT // 65_536 + 1):
        wire.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")

    status, body = answer_on(wire)
    assert (status, code(body)) == (413, "TooLarge")
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        while not select.select([wire], [], [], 0.1)[
            0
        ]:  # until the server hangs up; the suite's time limit is the bound
            wire.sendall(b"1\r\n \r\n")
        assert answer_on(wire) is None


def test_a_connection_goes_on_after_a_body_that_was_too_large_and_came_to_its_end(wire):
    wire.sendall(POST % (BODY_LIMIT + 1))
    assert answer_on(wire)[0] == 413
    wire.sendall(b" " * (BODY_LIMIT + 1) + b"GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n")

    assert answer_on(wire)[0] == 200


def test_a_client_that_leaves_in_the_middle_of_its_body_has_asked_nothing(opened):
    with opened() as office:
        ann = office.visitor()
        ann.says("hello", "m1")
        head = f"POST {ann.path}/pause HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n"
        with connected(office) as wire:
            wire.sendall(f"{head}Authorization: Bearer {office.agent.token}\r\n\r\n".encode())
            wire.shutdown(socket.SHUT_WR)
            assert answer_on(wire) is None

    # The server has ended, and with it all that it may have begun.
    assert not wiring.desk().is_paused("webchat", ann.id)


def test_a_client_that_says_nothing_and_closes_its_half_is_hung_up_on(wire):
    wire.shutdown(socket.SHUT_WR)

    assert answer_on(wire) is None


def test_a_body_of_11_mb_is_refused(office):
    answer = office.agent.http.post("/api/webchat/visitors", content=b" " * (BODY_LIMIT + 1024 * 1024))

    assert (answer.status_code, answer.json()["Code"]) == (413, "TooLarge")


def test_a_body_that_the_app_refuses_for_its_size_is_a_413_as_well(office):
    answer = office.agent.http.post(
        "/api/webchat/visitors", content=b" " * (BODY_LIMIT - 1), headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["Code"]) == (413, "TooLarge")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"GET\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"\r\n\r\n\x00\r\n\r\n",
    ],
    ids=["TLS", "no path", "no method", "no length", "nothing"],
)
def test_what_is_no_http_is_answered_with_400(wire, garbage):
    wire.sendall(garbage)

    assert answer_on(wire)[0] == 400


def test_a_request_that_stops_in_its_head_holds_up_nobody(office, wire):
    wire.sendall(b"GET /api/health HTTP/1.1\r\nHost: a\r\nX-Slow: ")

    assert office.agent.get("/api/health") == {"status": "ok"}


def test_head_has_the_length_of_what_get_would_answer_and_no_body(office):
    answer = office.agent.http.head("/api/health")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(office.agent.http.get("/api/health").content)


def test_a_path_that_nobody_serves_is_answered_in_our_shape(office):
    answer = office.agent.http.get("/nothing%00/../here")

    assert (answer.status_code, answer.json()["Code"]) == (404, "RouteNotFound")
