"""The HTTP client against a server on loopback. What a webhook needs of it is in `tests/alerts`."""

import ipaddress
import socket
import traceback

import pytest

from chalicelib.http import Answer, CallFailed, NotAnswered, NotConnected, TooLong, call, web_address
from tests.alerts.receiver import Receiver, drip, hang, hang_up, status

LONG = 20.0
SHORT = 0.2


def sends(whole):
    return lambda connection, stopped: connection.sendall(whole)


def ask(answer, *, seconds=LONG, limit=100, **options):
    with Receiver(answer) as server:
        return call("GET", f"http://127.0.0.1:{server.port}/a?b=c", seconds=seconds, limit=limit, **options)


def test_an_answer_has_its_status_its_headers_and_its_body():
    answer = ask(sends(b"HTTP/1.1 404 Not Found\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nabc"))

    assert answer == Answer(404, {"x-one": "1", "content-length": "3"}, b"abc")


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_a_body_may_come_in_any_way_there_is(whole):
    assert ask(sends(whole)).body == b"abc"


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000,
    ],
    ids=["chunks", "a length", "no length"],
)
def test_a_body_over_the_limit_is_too_long(whole):
    with pytest.raises(TooLong):
        ask(sends(whole))


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
    ],
    ids=["a length", "chunks"],
)
def test_a_body_that_breaks_off_is_no_answer(whole):
    with pytest.raises(NotAnswered, match="IncompleteRead"):
        ask(sends(whole))


def test_a_body_that_nobody_wants_is_not_read():
    assert ask(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), limit=None).body == b""


def test_a_redirect_is_an_answer():
    assert ask(status("302 Found", "Location: http://127.0.0.1:9/")).status == 302


# whether anything was sent


@pytest.mark.parametrize("answer", [hang, drip(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 2000)])
def test_an_answer_that_takes_too_long_is_late(answer):
    with pytest.raises(NotAnswered) as raised:
        ask(answer, seconds=SHORT)

    assert raised.value.late


@pytest.mark.parametrize("answer", [hang_up, sends(b"SSH-2.0\r\n")])
def test_a_request_that_was_read_and_not_answered_may_have_been_received(answer):
    with pytest.raises(NotAnswered) as raised:
        ask(answer)

    assert not raised.value.late


def test_a_refused_connection_sent_nothing():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnected, match="ConnectionRefusedError"):
            call("GET", f"http://127.0.0.1:{held.getsockname()[1]}/", seconds=LONG)


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "a..invalid", "[::ffff:0:0:1%25eth9]"])
def test_a_host_that_is_not_known_sent_nothing(host):
    with pytest.raises(NotConnected):
        call("GET", f"http://{host}:9/", seconds=LONG)


def test_a_host_that_does_not_shake_hands_was_sent_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotConnected) as raised:
        call("GET", f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=SHORT)

    assert raised.value.late


def test_time_that_is_over_before_it_began_sent_nothing():
    with Receiver(status("200 OK")) as server, pytest.raises(NotConnected) as raised:
        call("GET", f"http://127.0.0.1:{server.port}/", seconds=-1)

    assert raised.value.late
    assert server.requests == []


def test_an_address_that_may_not_be_called_is_not():
    asked = []

    def is_global(address):
        asked.append(address)
        return ipaddress.ip_address(address).is_global

    with Receiver(status("200 OK")) as server, pytest.raises(NotConnected, match="PermissionError"):
        call("GET", f"http://127.0.0.1:{server.port}/", seconds=LONG, may_connect=is_global)

    assert asked == ["127.0.0.1"]
    assert server.requests == []


@pytest.mark.parametrize("value", ["a\r\nX: secret", "secret\u20ac", "secret\ud800"])
def test_a_header_that_is_none_is_not_sent_and_not_repeated(value):
    with Receiver(status("200 OK")) as server, pytest.raises(CallFailed) as raised:
        call("GET", f"http://127.0.0.1:{server.port}/", seconds=LONG, headers={"Authorization": value})

    assert server.requests == []
    assert "secret" not in "".join(traceback.format_exception(raised.value))


def test_the_host_is_named_with_its_port_only_where_it_is_another():
    with Receiver(status("200 OK")) as server:
        call("GET", f"http://127.0.0.1:{server.port}/", seconds=LONG)

    assert server.requests[0][1]["Host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    "url", ["", "a", "ftp://a/", "http://", "http://u:p@a/", "http://a:0/", "http://a b/", "http://ä/", "http://[/"]
)
def test_what_is_no_web_address_is_not_repeated(url):
    with pytest.raises(ValueError, match=r"^no absolute http or https address$"):
        web_address(url)
