"""One server with everything, on this machine only: pages, API and the sweep."""

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn

from chalicelib import wiring
from chalicelib.desk.trace import traced
from local.crew import Crew
from local.gateway import BODY_LIMIT, Answer, Gateway, Headers, refuse
from local.protocol import BoundedHttp

log = logging.getLogger("chalicelib.local")

HOST = "127.0.0.1"
BODY_SECONDS = 30
"""How long a client may take to send the head of a request, and then its body."""

SWEEP_SECONDS = 5
STOP_SECONDS = 3
"""How long requests, and a sweep, that run at the end may take to finish."""

BACKLOG = 256

Extra = Callable[[str, str, str, Headers, bytes], Answer | None]
"""Answers requests beside the Chalice app; None: it is not its own. Takes what `Gateway.handle` does."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class LocalApp:
    """The ASGI application around the Chalice app."""

    def __init__(self, *, body_seconds: float = BODY_SECONDS) -> None:
        """`crew` must be set before the first request comes."""
        from app import app

        self._body_seconds = body_seconds
        methods = {path: set(entries) for path, entries in app.routes.items()}
        self._gateway = Gateway(app, methods, methods)
        self.crew: Crew
        self.beside: Extra | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection's request; anything but HTTP is refused by the server."""
        if scope["type"] != "http":
            return
        try:
            async with asyncio.timeout(self._body_seconds):
                body = None if _said_length(scope) > BODY_LIMIT else await _body(receive)
        except TimeoutError:
            await _send(send, refuse(408, "RequestTimeout", "The request did not arrive in time."))
            return
        except ConnectionAbortedError:
            return
        if body is None:
            await _send(send, refuse(413, "TooLarge", f"A request may have {BODY_LIMIT} bytes."))
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        try:
            answer = await self.crew.do(lambda: self._answer(scope["method"], path, query, headers, body))
        except asyncio.CancelledError:  # the server stops, and has waited long enough
            answer = refuse(503, "StoreBusy", "The server is stopping. Please try again.")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as AWS does; uvicorn would log words, which may be a user's
            log.error("the server broke: %s", traced(error))  # noqa: TRY400 - no texts
            answer = refuse(502, "BadGateway", "Something broke on our side.")
        await _send(send, answer)

    def _answer(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Answer:
        other = self.beside(method, path, query, headers, body) if self.beside is not None else None
        return other or self._gateway.handle(method, path, query, headers, body)


class LocalServer:
    """A server that listens from its making on. `port` 0 takes a free one; an OSError tells that one is taken."""

    def __init__(self, port: int, *, sweep_seconds: float = SWEEP_SECONDS, body_seconds: float = BODY_SECONDS) -> None:
        self._app = LocalApp(body_seconds=body_seconds)
        self._config = uvicorn.Config(
            self._app,
            http=partial(BoundedHttp, head_seconds=body_seconds),  # type: ignore[arg-type] # it makes one, as the class would
            access_log=False,
            log_level="warning",
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            backlog=BACKLOG,
        )
        self._server = uvicorn.Server(self._config)
        self._socket = _listening(port)
        self._sweep_seconds = sweep_seconds
        self._stop = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def serve_also(self, extra: Extra) -> None:
        """Let this answer before the app does."""
        self._app.beside = extra

    def serve(self) -> None:
        """Serve and sweep until a signal comes (in the main thread) or `stop` is called."""
        sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        sweeper.start()
        try:
            with self._server.capture_signals(), asyncio.Runner(loop_factory=self._config.get_loop_factory()) as runner:
                self._app.crew = Crew(runner.get_loop())
                self._app.crew.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._stop.set()
            self.close()
            sweeper.join(STOP_SECONDS)  # so that it opens no store again after its owner closed it

    def stop(self) -> None:
        """End `serve` soon."""
        self._server.should_exit = True

    def close(self) -> None:
        """Listen no more. Twice is a no-op."""
        self._socket.close()

    def _sweep(self) -> None:
        while not self._stop.wait(self._sweep_seconds):
            try:
                wiring.desk().sweeper.sweep()
            except (Exception, SystemExit):  # whatever it was, the next sweep tries again
                log.exception("the sweep broke")


@contextmanager
def running(
    port: int = 0, *, sweep_seconds: float = SWEEP_SECONDS, body_seconds: float = BODY_SECONDS
) -> Iterator[str]:
    """A server in a thread of this process, for the time of a `with`: yields its address."""
    server = LocalServer(port, sweep_seconds=sweep_seconds, body_seconds=body_seconds)
    thread = threading.Thread(target=server.serve, name="server", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(10)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body go out as two writes
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _said_length(scope: MutableMapping[str, Any]) -> int:
    """The bytes that the body is said to have; 0: nothing is said. The parser lets only numbers pass."""
    return max((int(value) for name, value in scope["headers"] if name == b"content-length"), default=0)


async def _body(receive: Receive) -> bytes | None:
    """The request's body, None over the limit. Raises ConnectionAbortedError when the client went before its end."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
