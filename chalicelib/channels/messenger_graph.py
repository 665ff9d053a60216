"""Calls of Meta's Graph API. Tokens and texts are in no address, no log line and no error."""

import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlencode

from pydantic import JsonValue

from chalicelib.channels.base import SendFailed
from chalicelib.channels.messenger_errors import refused
from chalicelib.channels.messenger_keys import Json, mapping
from chalicelib.http import Answer, Method, NotAnswered, NotConnected, call

log = logging.getLogger(__name__)

Proof = Literal["none", "classic", "timed"]
"""How a call proves that it knows the app secret; Meta accepts either way, and demands one if the app is set so."""

_ANSWER_LIMIT = 1024 * 1024
_TOKEN = re.compile(r"[!-~]+")
_FORM = "application/x-www-form-urlencoded"


class Graph:
    """One installation's way to the Graph API; `base_url` is another one only for a simulator.

    `token_in_body`: the token goes into the body instead of a header, and what only reads is asked by POST too. `secret`:
    the app secret; without one there is no proof.
    """

    def __init__(
        self,
        *,
        base_url: str,
        version: str,
        secret: str = "",
        proof: Proof = "classic",
        token_in_body: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._secret = secret.encode()
        self._proof = proof
        self._token_in_body = token_in_body
        self._clock = clock

    def get(self, path: str, token: str, *, seconds: float, **fields: str) -> Mapping[str, Json]:
        """What it answers. `path`: such as `1002003004/personas`, already quoted. Raises SendFailed."""
        if self._token_in_body:
            return self.get_hidden(path, token, seconds=seconds, **fields)
        query = urlencode({**fields, **self._proofs(token)})
        return self._ask("GET", f"{path}?{query}" if query else path, token, None, seconds, reads=True)

    def get_hidden(self, path: str, token: str, *, seconds: float, **fields: str) -> Mapping[str, Json]:
        """As `get`, with fields that are secret: they go into a body, with the method that Meta is to take it for."""
        form = {**fields, "method": "get", **self._proofs(token), **self._token(token)}
        return self._ask("POST", path, token, urlencode(form).encode(), seconds, kind=_FORM, reads=True)

    def post(self, path: str, token: str, body: Mapping[str, JsonValue], *, seconds: float) -> Mapping[str, Json]:
        """What it answers. Raises SendFailed: `later` only where nothing was done."""
        whole = {**body, **self._proofs(token), **self._token(token)}
        return self._ask("POST", path, token, json.dumps(whole).encode(), seconds)

    def _token(self, token: str) -> dict[str, str]:
        return {"access_token": token} if self._token_in_body else {}

    def _proofs(self, token: str) -> dict[str, str]:
        if not self._secret or self._proof == "none":
            return {}
        if self._proof == "classic":
            return {"appsecret_proof": self._signed(token)}
        moment = str(int(self._clock()))
        return {"appsecret_proof": self._signed(f"{token}|{moment}"), "appsecret_time": moment}

    def _signed(self, words: str) -> str:
        return hmac.new(self._secret, words.encode(), hashlib.sha256).hexdigest()

    def _ask(
        self,
        method: Method,
        path: str,
        token: str,
        body: bytes | None,
        seconds: float,
        *,
        kind: str = "application/json",
        reads: bool = False,
    ) -> Mapping[str, Json]:
        """The answer's object. `reads`: asking twice does no harm, so that what is not known to be done may be done later."""
        if not _TOKEN.fullmatch(token):
            raise SendFailed("stopped", "The Page's access token is none: set it anew.", alert=True)
        headers = {"User-Agent": "hitl", "Accept": "application/json"}
        headers |= {"Content-Type": kind} if body is not None else {}
        headers |= {} if self._token_in_body else {"Authorization": f"Bearer {token}"}
        try:
            answer = call(
                method, f"{self._root}/{path}", seconds=seconds, headers=headers, body=body, limit=_ANSWER_LIMIT
            )
        except NotConnected as error:
            raise SendFailed("later", "Messenger could not be reached.") from error
        except NotAnswered as error:
            raise _unclear("Messenger did not answer in time." if error.late else _BROKEN, reads=reads) from error
        return _object(answer, reads=reads)


_BROKEN = "Messenger's answer could not be read."
_MAYBE = " The message may have been sent."


def _unclear(words: str, *, reads: bool) -> SendFailed:
    return SendFailed("later", words) if reads else SendFailed("unknown", words + _MAYBE)


def _object(answer: Answer, *, reads: bool) -> Mapping[str, Json]:
    """The object in the answer. Raises SendFailed for an error, or what is no answer of the Graph API's."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if mapping(body).get("error"):
        failure = refused(answer.status, answer.headers, body)
        log.warning(
            "Graph API: code %d/%d, status %d, trace %s", failure.code, failure.subcode, answer.status, failure.trace
        )
        raise failure
    if 200 <= answer.status < 300:  # noqa: PLR2004 - the successes
        if isinstance(body, dict):
            return body
        raise _unclear(_BROKEN, reads=reads)
    log.warning("Graph API: no error told, status %d", answer.status)
    if answer.status >= 500:  # noqa: PLR2004 - a proxy's, who knows when
        raise _unclear(_BROKEN, reads=reads)
    raise refused(answer.status, answer.headers, body)
