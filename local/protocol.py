"""HTTP on a connection, without the patience of uvicorn's own: heads have a size and a time, and refusals our shape."""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from local.gateway import refuse

HEAD_LIMIT = 64 * 1024
"""Bytes of a request's first line and headers, give or take what one read brings; API Gateway takes 10 kB."""


class BoundedHttp(HttpToolsProtocol):
    """Refuses what is no HTTP, a head that grows for ever, and one that does not end in time."""

    def __init__(self, *args: Any, head_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_seconds = head_seconds
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """As the base, and the first head is waited for."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """As the base, and nothing is waited for, nor written by the request that runs while others stand behind it."""
        self._head_came()
        self.pipeline.clear()
        if self._running is not None:
            self._running.disconnected = True
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """As the base, and the rest of the head is waited for."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        """As the base, and the head is there. What this raises is answered with 400."""
        self._head_came()
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            raise ValueError("a version that has no headers, or that is none yet")
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """As the base, unless a head has gone on for too long."""
        begun = self._head_timer
        super().data_received(data)
        if begun is not None and self._head_timer is begun:
            self._head_size += len(data)
            if self._head_size > HEAD_LIMIT:
                self._refuse(431, "TooLarge", f"A request's head may have {HEAD_LIMIT} bytes.")

    def on_message_complete(self) -> None:
        """As the base, and the rest of a request that was answered early has come too."""
        if self.cycle.response_complete:
            self.cycle.more_body = False
        super().on_message_complete()

    def eof_received(self) -> bool:  # type: ignore[override] # the base closes always
        """Whether the connection stays: a client that has asked to the end, and sends no more, gets its answer first."""
        if self.cycle is None or self.cycle.more_body or self.cycle.response_complete:
            return False
        self.cycle.keep_alive = False
        return True

    def _unset_keepalive_if_required(self) -> None:
        """As the base, but who was answered before the end of their request has as long as an idle client to send it."""
        if self.cycle is None or not (self.cycle.response_complete and self.cycle.more_body):
            super()._unset_keepalive_if_required()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the base's words are not in our shape
        """Refuse what is no HTTP, or what ends nobody knows where."""
        self._refuse(400, "Malformed", "This is no HTTP request.")

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """As the base, which remembers only the last request that came."""
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _expect_head(self) -> None:
        self._head_came()
        self._head_timer = self.loop.call_later(self._head_seconds, self._too_slow)

    def _head_came(self) -> None:
        self._head_size = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._expect_head()  # an answer is on its way to somebody who began to ask for the next
            return
        self._refuse(408, "RequestTimeout", "The request did not arrive in time.")

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer and hang up."""
        self._head_came()
        if self.transport.is_closing():
            return
        answer = refuse(status, code, message)
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        lines += [f"Content-Length: {len(answer.body)}", "Connection: close", "", ""]
        self.transport.write("\r\n".join(lines).encode() + answer.body)
        self.transport.close()
