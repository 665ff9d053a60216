"""HTTP by hand: requests as bytes, since a client library sends nothing that is wrong."""

import contextlib
import socket
from dataclasses import dataclass
from typing import BinaryIO

from tests.fire.place import WAIT_SECONDS, Place, is_refusal

Lines = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Told:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refused_in_shape(self) -> bool:
        return is_refusal(self.headers.get("content-type", ""), self.body.decode())


def connected(place: Place) -> socket.socket:
    """A bare connection, on which nothing is waited for longer than half a minute."""
    return socket.create_connection((place.host, place.port), timeout=WAIT_SECONDS)


def request(method: str, target: bytes, headers: Lines | None = None, body: bytes | None = None) -> bytes:
    """A request's bytes, with the length of its body and a closing connection."""
    lines = [(b"Host", b"a"), (b"Connection", b"close"), *(headers or [])]
    if body is not None:
        lines.append((b"Content-Length", str(len(body)).encode()))
    head = b"".join(b"%s: %s\r\n" % line for line in lines)
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n" + (body or b"")


def told(wire: socket.socket) -> Told | None:
    """The next answer, None when the server hung up instead. What it promised as length must come."""
    with wire.makefile("rb") as stream:
        return read_answer(stream)


def read_answer(stream: BinaryIO) -> Told | None:
    """The next answer of a stream, which may hold more after it."""
    line = stream.readline()
    if not line:
        return None
    headers: dict[str, str] = {}
    while header := stream.readline().strip():
        name, _, value = header.partition(b":")
        headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
    status = int(line.split()[1])
    if status == 100:
        return read_answer(stream)
    body = stream.read(int(headers.get("content-length", "0")))
    return Told(status, headers, body)


def ask(place: Place, sent: bytes) -> Told | None:
    """Send on a connection of its own and read the answer. A server that answers early may stop reading."""
    with connected(place) as wire:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(sent)
        try:
            return told(wire)
        except ConnectionResetError:
            return None
