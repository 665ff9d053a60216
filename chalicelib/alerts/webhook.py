"""Alerts to an external API: a signed JSON POST.

For receivers
-------------
The body is a JSON object: `id`, `session_id`, `channel`, `seq`, `text`, `level` (info, warning, error), `why` (paused,
notify, waiting), `at` (ISO 8601, UTC), `url` (the conversation in the admin page), `user_name`, and for `waiting` also
`waiting_minutes` and `others_waiting` (otherwise null). Three headers come with it:

    Hitl-Delivery: webchat%3Aabc.7               the same when an alert is delivered again
    Hitl-Timestamp: 1790000000                   Unix seconds of this attempt
    Hitl-Signature: sha256=<64 hex digits>       HMAC-SHA256, keyed with the shared secret, over "<timestamp>.<body>"

Verify before parsing, on the raw bytes of the body, with a comparison in constant time, and refuse old timestamps:

    signed = headers["Hitl-Timestamp"].encode() + b"." + body
    expected = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(expected, headers["Hitl-Signature"])
    fresh = abs(time.time() - int(headers["Hitl-Timestamp"])) < 300

Answer with any 2xx within 3 seconds, and do slow work afterwards. Everything else, a redirect too, counts as not delivered
and is tried again for three days, so remember each `Hitl-Delivery` for as long, and act on it once.
"""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable
from datetime import UTC
from urllib.parse import SplitResult

from chalicelib.alerts.base import Alert, Alerter, alerter_name
from chalicelib.errors import AlertFailed, BadSettings
from chalicelib.http import LOOPBACK, CallFailed, call, port_of, web_address


class WebhookAlerter(Alerter):
    """Posts to one URL. `timeout_seconds` is for connecting, sending and the answer's head together.

    Raises BadSettings for anything but an absolute http or https URL, or an empty secret.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        name: str | None = None,
        timeout_seconds: float = 3.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        parts = _parse(url)
        if not secret:
            raise BadSettings("HITL_ALERTS: a webhook needs a shared secret for its signatures")
        self._url = url
        self._host = parts.hostname or ""
        self._port = port_of(parts)
        self._secure = parts.scheme == "https"
        self._secret = secret.encode()
        self._timeout = timeout_seconds
        self._clock = clock
        self.name = name or alerter_name("webhook", self._host, url)

    def publish(self, alert: Alert) -> None:
        body = encode(alert)
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "hitl",
            "Hitl-Delivery": alert.id,
            "Hitl-Timestamp": timestamp,
            "Hitl-Signature": sign(self._secret, timestamp, body),
        }
        try:
            status = call("POST", self._url, seconds=self._timeout, headers=headers, body=body).status
        except CallFailed as error:
            if error.late:
                raise AlertFailed(f"{self._host} did not take an alert within {self._timeout:g} seconds.") from error
            raise AlertFailed(f"{self._host} could not be reached for an alert: {error.cause}.") from error
        if 300 <= status < 400:  # noqa: PLR2004 - the redirects
            raise AlertFailed(
                f"{self._host} redirects alerts ({status}), which is not followed: set the final address."
            )
        if not 200 <= status < 300:  # noqa: PLR2004 - the successes
            raise AlertFailed(f"{self._host} refused an alert with status {status}.")

    def check(self) -> list[str]:
        """Sends nothing: whether the host's name is known, and whether alerts travel encrypted."""
        wrong = []
        if not self._secure and self._host not in LOOPBACK:
            wrong.append(f"Alerts to {self._host} travel unencrypted: use https in HITL_ALERTS.")
        try:
            socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            wrong.append(f"The host {self._host} is not known: correct HITL_ALERTS, or its entry in the DNS.")
        return wrong


def encode(alert: Alert) -> bytes:
    """The body as receivers get it."""
    return json.dumps(
        {
            "id": alert.id,
            "session_id": alert.session_id,
            "channel": alert.channel,
            "seq": alert.seq,
            "text": alert.line,
            "level": alert.level,
            "why": alert.why,
            "at": alert.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "url": alert.url,
            "user_name": alert.user_name,
            "waiting_minutes": alert.waiting_minutes,
            "others_waiting": alert.others_waiting,
        },
        ensure_ascii=True,
        separators=(",", ":"),
    ).encode()


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of `Hitl-Signature`."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _parse(url: str) -> SplitResult:
    """The address's parts; the error does not repeat a secret address."""
    try:
        return web_address(url)
    except ValueError:
        raise BadSettings("HITL_ALERTS: a webhook needs an address like webhook:https://example.com/alerts") from None
