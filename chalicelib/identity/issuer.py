"""Whoever vouches for agents: an OpenID provider, found by its address alone."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib import http
from chalicelib.errors import IssuerBusy, NotSignedIn
from chalicelib.identity.claims import Expected, Person, check_addressed, check_nonce, check_time, person
from chalicelib.identity.jws import Expired, Refused, Signed, take_apart, verify
from chalicelib.identity.kept import Kept, Unanswered
from chalicelib.identity.keys import Keys

log = logging.getLogger(__name__)

SECONDS = 3.0
"""For each question to the issuer."""

ANSWER_LIMIT = 256 * 1024
"""Bytes of an answer."""

_COGNITO = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")


@dataclass(frozen=True)
class Discovered:
    """Where the issuer does what; `end_session` is empty where it ends no sessions, `revocation` where no refresh tokens."""

    authorization: str
    token: str
    keys: str
    end_session: str
    revocation: str


class Issuer:
    """Answers who a token names. Keeps what the issuer publishes, and asks again when that is old."""

    def __init__(
        self,
        expected: Expected,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        fetch: Callable[[str], dict[str, Any]] | None = None,
    ) -> None:
        """`now`: seconds since 1970, for what tokens say. `clock`: seconds that only grow, for what is kept.

        `fetch`: the JSON object at an address; raises Unanswered.
        """
        self.expected = expected
        self._fetch = fetch or _fetch
        self._now = now
        self._discovered = Kept("the issuer's description", self._discover, clock=clock)
        self._keys = Kept("the issuer's keys", self._read_keys, clock=clock)

    def discovered(self) -> Discovered:
        """Where the issuer does what. Raises IssuerBusy."""
        return self._discovered.get()

    def who(self, token: str, *, nonce: str | None = None) -> Person:
        """Whom the token names. Raises NotSignedIn, IssuerBusy, and Forbidden for somebody in no group of ours.

        `nonce`: what the page made up for this sign-in, which the token must then repeat.
        """
        try:
            signed = take_apart(token)
            check_addressed(signed.claims, self.expected)  # before anybody is asked: others' tokens cost nothing
            self._check_signature(signed)
            check_time(signed.claims, self._now())
            if nonce is not None:
                check_nonce(signed.claims, nonce)
            return person(signed.claims, self.expected)
        except Expired as error:
            raise NotSignedIn("This token has expired.") from error
        except Refused as error:
            log.info("a signed token was refused for %s", error)
            raise NotSignedIn("This token is not valid.") from error

    def check(self) -> list[str]:
        """What is wrong with what the issuer publishes, asked anew; nothing: agents can sign in."""
        for what, ask in (("description", self._discover), ("keys", self._read_keys)):
            try:
                ask()
            except Unanswered as failure:
                return [
                    f"its {what} cannot be used ({failure}); HITL_OIDC_ISSUER is to the letter what it calls itself"
                ]
        return []

    def sign_out_url(self, back_to: str) -> str | None:
        """Where the browser goes to end the session at the issuer, and comes back from; None: it has no such place.

        Cognito takes the two last parameters instead of those of the standard, which names the first two.
        """
        end = self.discovered().end_session
        if not end:
            return None
        given = {"client_id": self.expected.client_id, "post_logout_redirect_uri": back_to}
        if _COGNITO.match(self.expected.issuer):
            given = {"client_id": self.expected.client_id, "logout_uri": back_to}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(given)}"

    def _check_signature(self, signed: Signed) -> None:
        keys = self._keys.get(lambda keys: keys.find(signed.key_id, signed.algorithm) is not None)
        key = keys.find(signed.key_id, signed.algorithm)
        if key is None:
            raise Refused("its key")
        verify(signed, key)

    def _discover(self) -> Discovered:
        issuer = self.expected.issuer
        told = self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise Unanswered("it is another issuer's")
        authorization = self._address(told, "authorization_endpoint")
        token, keys = self._address(told, "token_endpoint"), self._address(told, "jwks_uri")
        end, revocation = (
            self._address(told, name) if told.get(name) else ""
            for name in ("end_session_endpoint", "revocation_endpoint")
        )
        if _COGNITO.match(issuer):  # its description has not always named them
            place = authorization.removesuffix("/oauth2/authorize")
            end, revocation = end or f"{place}/logout", revocation or f"{place}/oauth2/revoke"
        return Discovered(authorization, token, keys, end, revocation)

    def _address(self, told: Mapping[str, Any], name: str) -> str:
        """An endpoint; without encryption only where the issuer itself is on this machine."""
        given = told.get(name)
        try:
            parts = http.web_address(given if isinstance(given, str) else "")
        except ValueError as error:
            raise Unanswered(f"its {name} is no address") from error
        here = parts.hostname in http.LOOPBACK and urlsplit(self.expected.issuer).scheme == "http"
        if parts.scheme != "https" and not here:
            raise Unanswered(f"its {name} is not https")
        return str(given)

    def _read_keys(self) -> Keys:
        try:
            keys = Keys(self._fetch(self.discovered().keys))
        except IssuerBusy as error:
            raise Unanswered("nobody says where they are") from error
        except Refused as error:
            raise Unanswered("they are no set of keys") from error
        if not len(keys):
            raise Unanswered("none of them is of use")
        return keys


def _fetch(url: str) -> dict[str, Any]:
    """The JSON object at an address. Raises Unanswered."""
    try:
        answer = http.call("GET", url, seconds=SECONDS, headers={"Accept": "application/json"}, limit=ANSWER_LIMIT)
    except (http.CallFailed, ValueError) as error:
        raise Unanswered(getattr(error, "cause", "it has no good address")) from error
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise Unanswered(f"status {answer.status}")
    return parsed(answer.body)


def parsed(body: bytes) -> dict[str, Any]:
    """An answer's JSON object. Raises Unanswered."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unanswered("it is no JSON") from error
    if not isinstance(found, dict):
        raise Unanswered("it is no JSON object")
    return found
