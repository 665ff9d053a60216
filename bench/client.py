"""A small HTTP client that costs little itself: one kept connection, JSON both ways."""

import json
import socket
from typing import Any


class Connection:
    """One person's connection to the server."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = self._socket.makefile("rb")
        self._host = host
        self.become(token)

    def become(self, token: str) -> None:
        """Speak for whoever has this token from now on."""
        self._head = f"Host: {self._host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    def post(self, path: str, **body: Any) -> Any:
        """POST the body; an AssertionError for anything but 200."""
        return self._ask("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        """GET; an AssertionError for anything but 200."""
        return self._ask("GET", path, b"")

    def close(self) -> None:
        """End the connection."""
        self._reader.close()
        self._socket.close()

    def _ask(self, method: str, path: str, body: bytes) -> Any:
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        status = self._reader.readline()
        length = 0
        while (line := self._reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answer = self._reader.read(length)
        if b" 200 " not in status:
            raise AssertionError(f"{method} {path}: {status.decode().strip()} {answer.decode()}")
        return json.loads(answer)
