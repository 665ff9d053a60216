"""A receiver on loopback that answers as it is told, byte by byte if need be."""

import socket
import ssl
import threading
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """Listens until closed; `answer(connection, stopped)` replies to each request after it was recorded."""

    answer: object
    tls: ssl.SSLContext | None = None
    requests: list = field(default_factory=list)

    def __enter__(self):
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self._converse(connection)
                except OSError:
                    continue

    def _converse(self, connection):
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as stream:
            line = stream.readline().decode()
            headers = {}
            while header := stream.readline().strip():
                name, _, value = header.decode().partition(": ")
                headers[name] = value
            self.requests.append((line.strip(), headers, stream.read(int(headers.get("Content-Length", 0)))))
            self.answer(connection, self._stopped)


def status(line, *headers):
    reply = "\r\n".join([f"HTTP/1.1 {line}", *headers, "Content-Length: 0", "", ""]).encode()
    return lambda connection, stopped: connection.sendall(reply)


def drip(head, forever):
    """Sends the head at once, then the rest a byte every few milliseconds."""

    def answer(connection, stopped):
        connection.sendall(head)
        for byte in forever:
            if stopped.wait(0.005):
                return
            connection.sendall(bytes([byte]))

    return answer


def hang(connection, stopped):
    stopped.wait(10)


def hang_up(connection, stopped):
    pass
