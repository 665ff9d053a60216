"""One HTTP POST that is over at its deadline, however slowly the other side answers.

The socket timeouts of `http.client` bound each read, so that an answer of a byte a second could hold a function for hours.
"""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any

_HEAD_LIMIT = 64 * 1024
"""Bytes of an answer's head."""


def post(
    host: str, port: int, target: str, body: bytes, headers: Mapping[str, str], *, secure: bool, deadline: float
) -> int:
    """The answer's status; redirects are not followed, and the answer's body is not read.

    `deadline` is on the monotonic clock; only the resolver takes its own time beside it. Raises TimeoutError at the
    deadline, any other OSError for a failed connection, HTTPException for an answer that is no HTTP.
    """
    connection = HTTPConnection(host, port)
    connection.sock = _Wire(_connect(host, port, secure=secure, deadline=deadline), deadline)
    try:
        connection.request("POST", target, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


class _Wire:
    """A socket as `http.client` uses one; every read and write ends at the deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - it is always "rb"
        return io.BufferedReader(_Reader(self._sock, self._deadline))

    def close(self) -> None:
        self._sock.close()


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowed = _HEAD_LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As the base says; the stream ends at the limit, as if the other side had hung up."""
        if self._allowed <= 0:
            return 0
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._allowed -= count
        return count


def _connect(host: str, port: int, *, secure: bool, deadline: float) -> socket.socket:
    """A connection to the first of the host's addresses that answers; an address gets its share of the time that is left."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failure: OSError = OSError("no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(deadline) / (len(addresses) - number))
            sock.connect(address)
            return _encrypted(sock, host, deadline) if secure else sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure


def _encrypted(sock: socket.socket, host: str, deadline: float) -> socket.socket:
    sock.settimeout(_left(deadline))
    return ssl.create_default_context().wrap_socket(sock, server_hostname=host)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left
