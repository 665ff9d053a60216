"""A request's credential turned into who is asking."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import NamedTuple

from chalice.app import Request

from chalicelib import wiring
from chalicelib.errors import Forbidden, NotSignedIn
from chalicelib.handlers.logs import also_about
from chalicelib.model.entry import Author, Trigger
from chalicelib.model.text import clean_name
from chalicelib.store.base import Role

VISITOR_TOKEN_LASTS = timedelta(days=30)
RENEW_AFTER = timedelta(days=1)
"""A visitor's token that is older than this is renewed by use."""

ADMIN_ID = "admin"
"""The id of the supervisor whose token is set by HITL_ADMIN_TOKEN."""


JWT_DOTS = 2
"""Between the three parts of a JWT."""


class Principal(NamedTuple):
    """Who is asking: an agent, a supervisor, or a program in the bot's place."""

    id: str
    name: str
    role: Role

    @property
    def author(self) -> Author:
        """As whom their entries are written."""
        return Author(kind="bot" if self.role == "bot" else "agent", id=self.id, name=self.name)

    @property
    def trigger(self) -> Trigger:
        """As what their pauses count."""
        return "api" if self.role == "bot" else "agent"

    @property
    def supervisor(self) -> bool:
        return self.role == "supervisor"


class Visitor(NamedTuple):
    """A web-chat user, as their token says."""

    id: str
    name: str
    issued_at: datetime

    @property
    def session_id(self) -> str:
        return f"webchat:{self.id}"


def digest(secret: str) -> str:
    """What a token is stored by: the SHA-256 of its text, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def signed_in(request: Request, *roles: Role) -> Principal:
    """The agent or program that asks. Raises NotSignedIn, or Forbidden for a role that is none of `roles`.

    The token is one of ours, or one of the issuer of `HITL_OIDC_ISSUER`; only for the latter may it raise IssuerBusy.
    """
    secret = _bearer(request)
    principal = _admin(secret) or (_vouched_for(secret) if _is_signed(secret) else _holder(secret))
    if principal is None:
        raise NotSignedIn("This token is not valid.")
    if principal.role not in roles:
        raise Forbidden(f"This needs the role {' or '.join(roles)}; you have {principal.role}.")
    return principal


def visitor_token(visitor_id: str, name: str) -> str:
    """A token for a visitor, signed, valid for 30 days."""
    issued_at = int(wiring.desk().reader.now.timestamp())
    claims = json.dumps({"v": visitor_id, "n": name, "t": issued_at}, separators=(",", ":")).encode()
    return f"{_text(claims)}.{_text(_sign(claims))}"


def visiting(request: Request) -> Visitor:
    """The visitor that asks. Raises NotSignedIn for a token we did not sign or that is over."""
    body, _, signature = _bearer(request).partition(".")
    try:
        claims = _bytes(body)
        if not hmac.compare_digest(_sign(claims), _bytes(signature)):
            raise NotSignedIn("This token is not valid.")
        said = json.loads(claims)
        visitor = Visitor(said["v"], said["n"], datetime.fromtimestamp(said["t"], tz=wiring.desk().reader.now.tzinfo))
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise NotSignedIn("This token is not valid.") from error
    if wiring.desk().reader.now - visitor.issued_at > VISITOR_TOKEN_LASTS:
        raise NotSignedIn("This token has expired.")
    also_about(session=visitor.session_id)
    return visitor


def renewal(visitor: Visitor) -> dict[str, str | list[str]]:
    """The header with a fresh token, if the visitor's is a day old."""
    if wiring.desk().reader.now - visitor.issued_at < RENEW_AFTER:
        return {}
    return {"Hitl-Visitor-Token": visitor_token(visitor.id, visitor.name)}


def _bearer(request: Request) -> str:
    scheme, _, secret = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn("Give a token: Authorization: Bearer <token>.")
    return secret.strip()


def _admin(secret: str) -> Principal | None:
    expected = wiring.settings().admin_token
    if expected is None or not hmac.compare_digest(digest(expected), digest(secret)):
        return None
    return Principal(ADMIN_ID, "Admin", "supervisor")


def _holder(secret: str) -> Principal | None:
    token = wiring.desk().store.token(digest(secret))
    return None if token is None else Principal(token.id, clean_name(token.name), token.role)


def _is_signed(secret: str) -> bool:
    """Whether it may be a token of the issuer's: none of ours is of that form."""
    return wiring.settings().oidc.issuer != "" and secret.startswith("eyJ") and secret.count(".") == JWT_DOTS


def _vouched_for(token: str) -> Principal | None:
    issuer = wiring.issuer()
    if issuer is None:
        return None
    person = issuer.who(token)
    return Principal(person.id, person.name, person.role)


def _sign(claims: bytes) -> bytes:
    return hmac.new(wiring.signing_secret().encode(), b"visitor." + claims, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
