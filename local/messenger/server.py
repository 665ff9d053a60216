"""The platform behind an address of this machine, for tests that want a connection."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.messenger.platform import Platform

HOST = "127.0.0.1"
BODY_LIMIT = 10 * 1024 * 1024


@contextmanager
def running(platform: Platform) -> Iterator[str]:
    """A server in threads of this process, for the time of a `with`: yields the address that versions are added to."""
    server = _Server((HOST, 0), _Handler)
    server.platform = platform
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    platform: Platform

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        size = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(size), BODY_LIMIT)) if size.isdigit() else b""
        path, _, query = self.path.partition("?")
        try:
            status, headers, answer = self.server.platform.handle(self.command, path, query, dict(self.headers), body)
        except TimeoutError:
            self._wait_for_the_client_to_go()
            return
        except ConnectionResetError:
            self._reset()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - as the base wants it

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base has it
        """Nothing: addresses may hold tokens."""

    def _wait_for_the_client_to_go(self) -> None:
        self.close_connection = True
        self.connection.settimeout(0.1)
        while not self.server.over.is_set():
            try:
                if not self.connection.recv(1024):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
