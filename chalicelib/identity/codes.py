"""Codes and refresh tokens turned into id tokens by the issuer, and ended there, for a client without a secret."""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalicelib import http
from chalicelib.errors import BadSettings, IssuerBusy, NotSignedIn, TooFast
from chalicelib.identity.issuer import ANSWER_LIMIT, Issuer, parsed
from chalicelib.identity.kept import Unanswered

log = logging.getLogger(__name__)

SECONDS = 5.0
"""For one exchange, which the issuer may have to look up."""

BURST, PER_SECOND = 30, 3.0
"""Exchanges of one process: anybody may ask for them, and each is a request to the issuer."""

_ERROR = re.compile(r"[a-z_]{1,40}")
_SERVER_ERROR = 500
_OK = 200
_OVER = "This sign-in is over. Please sign in again."
_BUSY = "Who vouches for agents does not answer. Please try again."


@dataclass(frozen=True)
class Tokens:
    """What a sign-in is worth. `refresh_token`: for the next ones; None: the issuer gives none."""

    id_token: str
    refresh_token: str | None


class Codes:
    """Exchanges, for one issuer. All raise NotSignedIn, Forbidden, IssuerBusy, TooFast, or BadSettings when it refuses us."""

    def __init__(self, issuer: Issuer, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._lock = threading.Lock()
        self._left, self._counted_at = float(BURST), clock()

    def redeem(self, code: str, *, verifier: str, redirect_uri: str, nonce: str) -> Tokens:
        """The tokens for a code that came to `redirect_uri`; `verifier` proves that the sign-in was begun by who asks."""
        given = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return self._ask(given | {"redirect_uri": redirect_uri}, nonce=nonce)

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens; the refresh token among them is the old one where the issuer gives no new one."""
        tokens = self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token}, nonce=None)
        return Tokens(tokens.id_token, tokens.refresh_token or refresh_token)

    def revoke(self, refresh_token: str) -> bool:
        """Let the refresh token be worth nothing any more (RFC 7009); False where the issuer ends none.

        One that is over already is as good as ended.
        """
        self._count()
        url = self._issuer.discovered().revocation
        if not url:
            return False
        answer = self._post(url, {"token": refresh_token, "token_type_hint": "refresh_token"})
        if answer.status == _OK:
            return True
        told = _json(answer.body)
        if told.get("error") == "unsupported_token_type":  # any other text that somebody gives for one
            raise NotSignedIn(_OVER)
        raise _refusal(answer.status, told)

    def _ask(self, given: Mapping[str, str], *, nonce: str | None) -> Tokens:
        self._count()
        answer = self._post(self._issuer.discovered().token, given)
        told = _json(answer.body)
        if answer.status != _OK:
            raise _refusal(answer.status, told)
        id_token, refresh_token = told.get("id_token"), told.get("refresh_token")
        if not isinstance(id_token, str):
            if nonce is None:  # a refresh token need not be worth one, nor for ever
                log.info("a refresh token was worth no id token")
                raise NotSignedIn(_OVER)
            log.error("the issuer gives no id token: HITL_OIDC_SCOPE must have openid")
            raise BadSettings("the issuer gives no id token")
        self._issuer.who(id_token, nonce=nonce)  # here, so that who is no agent is told at once
        return Tokens(id_token, refresh_token if isinstance(refresh_token, str) else None)

    def _post(self, url: str, given: Mapping[str, str]) -> http.Answer:
        body = urlencode({**given, "client_id": self._issuer.expected.client_id}).encode("ascii")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            return http.call("POST", url, seconds=SECONDS, headers=headers, body=body, limit=ANSWER_LIMIT)
        except http.CallFailed as error:
            log.warning("the issuer was not reached: %s", error.cause)
            raise IssuerBusy(_BUSY) from error

    def _count(self) -> None:
        with self._lock:
            now = self._clock()
            self._left = min(float(BURST), self._left + (now - self._counted_at) * PER_SECOND)
            self._counted_at = now
            if self._left < 1:
                raise TooFast("Too many sign in at once. Please try again in a moment.")
            self._left -= 1


def _refusal(status: int, told: Mapping[str, Any]) -> Exception:
    """What a refusal means: a code or a token that is over, an outage, or that we are not known there."""
    said = told.get("error")
    kind = said if isinstance(said, str) and _ERROR.fullmatch(said) else "no reason"
    if kind == "invalid_grant":
        return NotSignedIn(_OVER)
    log.error("the issuer refuses what is asked of a sign-in: status %d, %s", status, kind)
    if status >= _SERVER_ERROR or kind in ("no reason", "temporarily_unavailable", "server_error"):
        return IssuerBusy(_BUSY)
    return BadSettings("the issuer refuses this client")


def _json(body: bytes) -> dict[str, Any]:
    """What it answered; nothing, where that is no object: the status tells the rest."""
    try:
        return parsed(body)
    except Unanswered:
        return {}
