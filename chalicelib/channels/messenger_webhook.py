"""Who may call the Messenger webhook: its verification, and the signature of each delivery."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

BODY_LIMIT = 1024 * 1024
"""Bytes of one delivery; more is refused before it is hashed."""

SIGNATURE = "X-Hub-Signature-256"

_CHALLENGE = re.compile(r"[\w.-]{1,256}")
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


def challenge(query: Mapping[str, str] | None, verify_token: str | None) -> str | None:
    """What to answer a verification, as bare `text/plain`; None: it is refused, as all are while no token is set."""
    query = query or {}
    wanted = query.get("hub.challenge", "")
    if not verify_token or query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(wanted):
        return None
    return wanted if _same(query.get("hub.verify_token", ""), verify_token) else None


def is_signed(body: bytes, signature: str | None, secrets: Sequence[str]) -> bool:
    """Whether the raw body was signed with one of the app secrets. `signature`: the header's value. Never raises."""
    given = _SIGNATURE.fullmatch(signature or "")
    if given is None:
        return False
    digest = given[1].encode()
    fits = [hmac.compare_digest(_sign(secret, body), digest) for secret in secrets if secret]
    return any(fits)  # after all of them, so that the time does not tell which one fits


def _sign(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).hexdigest().encode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
