"""What a signed token says, judged: whether it is for us and for now, and whom it names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.errors import Forbidden
from chalicelib.identity.jws import Expired, Refused, seconds
from chalicelib.model.text import clean_name

LEEWAY_SECONDS = 30
"""By how much the issuer's clock may differ from ours."""

_SUBJECT_LIMIT = 255
"""Characters, as OpenID Connect says."""

_NAMES = ("name", "given_name", "nickname", "preferred_username", "email")
"""Claims that may hold what an agent is called, the best one first; a name has a letter or a digit."""

_BLANKS = "\u115f\u1160\u3164\uffa0"
"""Letters that nobody sees: Hangul fillers."""


@dataclass(frozen=True)
class Person:
    """Somebody an issuer vouches for. `id` is the same at every sign-in, and tells nothing of who it is."""

    id: str
    name: str
    role: Literal["agent", "supervisor"]


@dataclass(frozen=True)
class Expected:
    """What a token must say: from whom, for whom, and in which claim it has which groups."""

    issuer: str
    client_id: str
    groups: str = "groups"
    agent_group: str = "agent"
    supervisor_group: str = "supervisor"


def check_addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    """Raises Refused unless the token is this issuer's, and one about who has signed in (an id token) to our client."""
    if claims.get("iss") != expected.issuer:
        raise Refused("its issuer")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise Refused("its audience")
    party = claims.get("azp", expected.client_id if len(audiences) == 1 else None)
    if party != expected.client_id:
        raise Refused("its audience")
    if claims.get("token_use", "id") != "id":  # Cognito's word for what a token is
        raise Refused("its kind")
    if claims.get("typ", "ID") not in ("ID", "JWT"):  # Keycloak's
        raise Refused("its kind")
    if "events" in claims:  # it tells what happened, such as a sign-out (RFC 8417)
        raise Refused("its kind")


def check_time(claims: Mapping[str, Any], now: float) -> None:
    """Raises Expired, or Refused for a token of the future or of no time at all. `now`: seconds since 1970."""
    expires, issued = seconds(claims.get("exp")), seconds(claims.get("iat"))
    begins = seconds(claims.get("nbf", issued))
    if expires is None or issued is None or begins is None:
        raise Refused("its times")
    if max(issued, begins) > now + LEEWAY_SECONDS:
        raise Refused("its beginning")
    if expires <= now - LEEWAY_SECONDS:
        raise Expired("its end")


def check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    """Raises Refused for a token that was made for another sign-in."""
    if claims.get("nonce") != nonce:
        raise Refused("its nonce")


def person(claims: Mapping[str, Any], expected: Expected) -> Person:
    """Whom the token names. Raises Refused where it names nobody, Forbidden for somebody who is no agent."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_LIMIT:
        raise Refused("its subject")
    return Person(_agent_id(expected.issuer, subject), _name(claims), _role(claims, expected))


def _role(claims: Mapping[str, Any], expected: Expected) -> Literal["agent", "supervisor"]:
    given = claims.get(expected.groups)
    groups = given if isinstance(given, list) else [given]
    if expected.supervisor_group in groups:
        return "supervisor"
    if expected.agent_group in groups:
        return "agent"
    raise Forbidden(
        f"You have signed in, but your account is in neither of the groups {expected.agent_group} and"
        f" {expected.supervisor_group}. Whoever manages the accounts can add you to one."
    )


def _agent_id(issuer: str, subject: str) -> str:
    """Of an issuer and a subject, which may hold anything, be long, and be an address: half a SHA-256, 128 bits."""
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"oidc-{digest[:32]}"


def _name(claims: Mapping[str, Any]) -> str:
    """What users and other agents see; of an e-mail address only what stands before the @."""
    for claim in _NAMES:
        given = claims.get(claim)
        if isinstance(given, str):
            name = clean_name(given.partition("@")[0] if "@" in given else given)
            if any(letter.isalnum() and letter not in _BLANKS for letter in name):
                return name
    return "Agent"
