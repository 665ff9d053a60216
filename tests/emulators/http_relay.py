"""A line between DynamoDB's client and its emulator, on which a request that names a fault in a header meets it."""

import json
import socket
import struct
import threading
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

HEADER = "x-fault"
HOP_BY_HOP = {"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"}
ERRORS = {
    "throughput": (400, "ProvisionedThroughputExceededException"),
    "internal": (500, "InternalServerError"),
}
BEFORE = (*ERRORS, "reset", "hang")
"""Faults of a request that never takes place."""

AFTER = ("reset after", "cut", "hang after")
"""Faults of a request that takes place: its answer never begins, breaks off, or stays out."""

PATIENCE_SECONDS = 20
_RESET = struct.pack("ii", 1, 0)


class HttpRelay(ThreadingHTTPServer):
    """Listens on a free port of loopback and passes everything on to `there`, while entered.

    `hung` is released whenever a request hangs, and has taken place before if it was to.
    """

    daemon_threads = False

    def __init__(self, there: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.there = urlsplit(there).netloc
        self.over = threading.Event()
        self.hung = threading.Semaphore(0)
        self._open: set[socket.socket] = set()
        self._serving = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.shutdown()
        self._serving.join()
        for line in tuple(self._open):
            with suppress(OSError):  # its client has hung up
                line.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """A client that has gone away is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: HttpRelay

    def setup(self) -> None:
        super().setup()
        self.upstream = HTTPConnection(self.server.there, timeout=PATIENCE_SECONDS)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.headers.get(HEADER, "")
        if fault in ERRORS:
            status, name = ERRORS[fault]
            self._answer(status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({"__type": name}).encode())
        elif fault in BEFORE:
            self._break_off(fault)
        else:
            self._pass_on(body, fault)

    def log_message(self, *_: Any) -> None:
        pass

    def _pass_on(self, body: bytes, fault: str) -> None:
        given = {name: value for name, value in self.headers.items() if name.lower() not in {*HOP_BY_HOP, HEADER}}
        self.upstream.request("POST", self.path, body, given)
        answer = self.upstream.getresponse()
        said = answer.read()
        if fault in ("reset after", "hang after"):
            self._break_off(fault)
            return
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        if fault == "cut":
            self._answer(answer.status, headers, said, sent=len(said) // 2)
            self._break_off("reset")
        else:
            self._answer(answer.status, headers, said)

    def _answer(self, status: int, headers: dict[str, str], body: bytes, *, sent: int | None = None) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:sent])

    def _break_off(self, fault: str) -> None:
        """Say nothing more: hang up rudely, or, until all is over, not even that."""
        self.close_connection = True
        if fault.startswith("hang"):
            self.server.hung.release()
            self.server.over.wait(PATIENCE_SECONDS)
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()
