"""A line between a client and a server's socket, which is cut when the client says a certain word."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

COMMIT = b"COMMIT\x00"
"""The whole statement: a transaction of the level READ COMMITTED begins with the word."""


class Relay:
    """Listens at `here` and passes everything on to `there` and back, while entered."""

    def __init__(self, here: Path, there: Path) -> None:
        self.here = here
        self._there = there
        self._word: bytes | None = None
        self._swallowing = False
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(here))
        self._listener.listen()
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        for end in [self._listener, *self._open]:
            end.close()

    def cut_answer_to(self, word: bytes) -> None:
        """The next request with this word is answered by the server, and its answer is lost with the line."""
        self._word = word

    @property
    def armed(self) -> bool:
        """Whether that request is still to come."""
        return self._word is not None

    def swallow(self) -> None:
        """From now on, take connections and do nothing with them."""
        self._swallowing = True

    def _accept(self) -> None:
        serving: list[threading.Thread] = []
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                if self._swallowing:
                    continue
                server = socket.socket(socket.AF_UNIX)
                self._open.append(server)
                server.connect(str(self._there))
                serving.append(threading.Thread(target=self._serve, args=(client, server)))
                serving[-1].start()
        for end in self._open:
            _hang_up(end)
        for thread in serving:
            thread.join()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        lost = threading.Event()
        back = threading.Thread(target=_pass_on, args=(server, client, lost))
        back.start()
        while request := _received(client):
            if self._word is not None and self._word in request:
                self._word = None
                lost.set()
                with suppress(OSError):  # it does so, answers and hangs up, and only then the client hears of it
                    server.sendall(request)
                    server.shutdown(socket.SHUT_WR)
                break
            with suppress(OSError):
                server.sendall(request)
        else:
            _hang_up(server)
        back.join()


def _pass_on(sender: socket.socket, receiver: socket.socket, lost: threading.Event) -> None:
    while said := _received(sender):
        if lost.is_set():
            continue
        with suppress(OSError):  # nobody listens any more; the sender is heard out all the same
            receiver.sendall(said)
    _hang_up(receiver)


def _received(end: socket.socket) -> bytes:
    """What came next; empty when the line is closed."""
    try:
        return end.recv(65536)
    except OSError:
        return b""


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
