"""Pictures and attachments that users sent, fetched from Meta's hosts and from nowhere else."""

import ipaddress
import re
import time
from collections.abc import Sequence
from urllib.parse import SplitResult, urljoin

from chalicelib.channels.base import Fetched, Media
from chalicelib.errors import MediaRefused
from chalicelib.http import Answer, CallFailed, TooLong, call, port_of, web_address

HOSTS = ("fbcdn.net", "fbsbx.com")
"""Below these, Meta keeps what users send."""

LIMIT = 4 * 1024 * 1024
SECONDS = 8.0
HOPS = 3

_HTTPS = 443
_HOST = re.compile(r"[a-z0-9.-]+")
_MOVED = frozenset({301, 302, 303, 307, 308})
_SHOWN = re.compile(r"image/(png|jpeg|gif|webp)|audio/[a-z0-9.+-]{1,40}|video/(mp4|webm|quicktime|ogg|3gpp)")
_OTHER = "application/octet-stream"


class MessengerMedia(Media):
    """`origins`: further places that are trusted as they are, such as a simulator's `http://127.0.0.1:8000`."""

    def __init__(
        self,
        origins: Sequence[str] = (),
        *,
        hosts: Sequence[str] = HOSTS,
        seconds: float = SECONDS,
        limit: int = LIMIT,
    ) -> None:
        self._origins = frozenset(_origin(web_address(origin)) for origin in origins)
        self._hosts = tuple(f".{host}" for host in hosts)
        self._seconds = seconds
        self._limit = limit

    def fetch(self, url: str) -> Fetched:
        deadline = time.monotonic() + self._seconds
        for _ in range(HOPS + 1):
            answer = self._call(url, deadline - time.monotonic())
            if answer.status in _MOVED and answer.headers.get("location"):
                url = _moved(url, answer.headers["location"])
            elif answer.status == 200:  # noqa: PLR2004 - OK, and all of it
                return Fetched(answer.body, kind(answer.headers.get("content-type", "")))
            else:
                raise MediaRefused("The file is not there any more.")
        raise MediaRefused("The file is moved too often.")

    def _call(self, url: str, seconds: float) -> Answer:
        try:
            parts = web_address(url)
        except ValueError:
            raise MediaRefused("The file has no address that can be asked.") from None
        trusted = _origin(parts) in self._origins
        if not trusted and not self._is_metas(parts):
            raise MediaRefused("The file is at a host that files are not fetched from.")
        headers = {"User-Agent": "hitl", "Accept": "*/*"}
        may_connect = None if trusted else is_public
        try:
            return call("GET", url, seconds=seconds, headers=headers, limit=self._limit, may_connect=may_connect)
        except TooLong:
            raise MediaRefused(f"The file is over {self._limit // (1024 * 1024)} MB.") from None
        except CallFailed as error:
            raise MediaRefused("The file could not be fetched.") from error

    def _is_metas(self, parts: SplitResult) -> bool:
        """Whether it is encrypted, at the usual port, and below one of Meta's hosts."""
        host = parts.hostname or ""
        return (
            parts.scheme == "https"
            and port_of(parts) == _HTTPS
            and _HOST.fullmatch(host) is not None
            and host.endswith(self._hosts)
        )


def _moved(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # brackets that do not match
        return ""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; none of this machine's or its network's is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def kind(content_type: str) -> str:
    """The media type, if a browser may show it; SVG and HTML hold programs, and become bytes."""
    given = content_type.partition(";")[0].strip().lower()
    return given if _SHOWN.fullmatch(given) else _OTHER


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", port_of(parts)
