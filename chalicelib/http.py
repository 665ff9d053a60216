"""The one HTTP client: a call that is over at its deadline, however slowly the other side answers.

The socket timeouts of `http.client` bound each read, so that an answer of a byte a second could hold a function for hours.
"""

import functools
import io
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

_HEAD_LIMIT = 64 * 1024
"""Bytes of an answer's head."""

_HEADER = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
"""A header's value: one line of Latin-1. What is none is not sent, and no error repeats it."""

_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself: what goes there needs no encryption."""

Method = Literal["GET", "POST", "DELETE"]


class CallFailed(Exception):
    """No answer came. `cause` is the name of what happened; `late`: the deadline passed.

    Neither repeats anything of the address or the request, which may be secret.
    """

    def __init__(self, host: str, cause: str, *, late: bool = False) -> None:
        super().__init__(f"{host}: {cause}")
        self.cause = cause
        self.late = late


class NotConnected(CallFailed):
    """Nothing was sent: the host is not known or not allowed, refused, or has no good certificate."""


class NotAnswered(CallFailed):
    """The request may have been received."""


class TooLong(NotAnswered):
    """The answer's body is over the limit."""


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names; `body` is empty where it was not asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def web_address(url: str) -> SplitResult:
    """The parts of an absolute http or https URL in ASCII without credentials. Raises ValueError, which does not repeat it."""
    try:
        parts = urlsplit(url)
        if _URL.fullmatch(url) and parts.hostname and parts.username is None and parts.port != 0:
            return parts
    except ValueError:  # brackets that do not match, or a port that is no number
        pass
    raise ValueError("no absolute http or https address")


def port_of(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def call(
    method: Method,
    url: str,
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    limit: int | None = None,
    may_connect: Callable[[str], bool] | None = None,
) -> Answer:
    """The answer, whatever its status; redirects are not followed.

    `seconds` are for all of it; only the resolver takes its own time beside them. `limit`: bytes of the answer's body; None:
    it is not read. `may_connect` is asked about each of the host's addresses, and one that it refuses is enough. Raises
    ValueError for what is no web address, NotConnected or NotAnswered.
    """
    parts = web_address(url)
    host = parts.hostname or ""
    if not all(_HEADER.fullmatch(value) for value in (headers or {}).values()):
        raise NotConnected(host, "BadHeader")
    deadline = time.monotonic() + seconds
    try:
        sock = _connect(host, port_of(parts), deadline, secure=parts.scheme == "https", may_connect=may_connect)
    except (OSError, UnicodeError) as error:  # UnicodeError: the name is none for the resolver
        raise NotConnected(host, type(error).__name__, late=isinstance(error, TimeoutError)) from error
    with sock:
        connection = HTTPConnection(host, port_of(parts))
        connection.default_port = _PORTS[parts.scheme]
        connection.sock = _Wire(sock, deadline, _HEAD_LIMIT + (limit or 0))
        try:
            connection.request(method, _target(parts), body, dict(headers or {}))
            return _answer(connection.getresponse(), host, limit)
        except TimeoutError as error:
            raise NotAnswered(host, "TimeoutError", late=True) from error
        except (OSError, HTTPException, ValueError) as error:
            raise NotAnswered(host, type(error).__name__) from error


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _answer(response: HTTPResponse, host: str, limit: int | None) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    if limit is None:
        return Answer(response.status, headers, b"")
    body = response.read(limit + 1)
    if len(body) > limit:
        raise TooLong(host, "TooLong")
    if response.length:  # it told how long it is, and broke off before
        raise NotAnswered(host, "IncompleteRead")
    return Answer(response.status, headers, body)


class _Wire:
    """A socket as `http.client` uses one; every read and write ends at the deadline, and reading after so many bytes."""

    def __init__(self, sock: socket.socket, deadline: float, allowed: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowed = allowed

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - it is always "rb"
        return io.BufferedReader(_Reader(self._sock, self._deadline, self._allowed))

    def close(self) -> None:
        """Nothing: `http.client` closes before the answer's body is read, and the call closes the socket."""


class _Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float, allowed: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowed = allowed

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


def _connect(
    host: str, port: int, deadline: float, *, secure: bool, may_connect: Callable[[str], bool] | None
) -> socket.socket:
    """A connection to the first of the host's addresses that answers; an address gets its share of the time that is left."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if may_connect and not all(may_connect(str(address[0])) for *_, address in addresses):
        raise PermissionError("an address that may not be called")
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
    context = _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return context.wrap_socket(sock, server_hostname=host)


@functools.lru_cache(maxsize=4)
def _context(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """The trusted certificates, which take long to read, once for each place that OpenSSL is told to read them from."""
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left
