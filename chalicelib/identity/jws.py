"""Signed tokens taken apart and held against a key: compact JWS (RFC 7515), as strictly as is of use.

Only the arithmetic is somebody else's (`cryptography`). What a token says of itself chooses nothing but which of our keys is
tried, and only one whose kind fits.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from chalicelib.identity.keys import Key

TOKEN_LIMIT = 8192
"""Characters of a token; API Gateway takes 10,240 bytes of headers in all."""

KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""The algorithms that count, and the type of key of each. Neither `none` nor one with a shared secret is among them."""

_KEY_ID_LIMIT = 255
_ES256_BYTES = 64


class Refused(Exception):
    """A token that proves nothing. The text is of ours alone, and holds nothing of the token."""


class Expired(Refused):
    """A good token whose time is over."""


@dataclass(frozen=True)
class Signed:
    """A token taken apart; nothing of it is to be believed before `verify`."""

    algorithm: str
    key_id: str
    claims: Mapping[str, Any]
    message: bytes
    signature: bytes


def take_apart(token: str) -> Signed:
    """The parts of a token. Raises Refused for what is none, or none that could ever count."""
    if len(token) > TOKEN_LIMIT or not token.isascii():
        raise Refused("its size or its letters")
    try:
        head, body, signature = token.split(".")
    except ValueError as error:
        raise Refused("its form") from error
    header = _object(head)
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise Refused("its algorithm")
    if "crit" in header:  # it has to be understood to be believed, and we understand none
        raise Refused("its extensions")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise Refused("its kind")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _KEY_ID_LIMIT:
        raise Refused("its key's name")
    return Signed(algorithm, key_id, _object(body), f"{head}.{body}".encode("ascii"), decoded(signature))


def verify(signed: Signed, key: "Key") -> None:
    """Raises Refused unless the key made this signature, by the algorithm that is said."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    sha256, public = hashes.SHA256(), key.public
    try:
        if signed.algorithm == "ES256" and isinstance(public, ec.EllipticCurvePublicKey):
            if len(signed.signature) != _ES256_BYTES:
                raise Refused("its signature")
            half = _ES256_BYTES // 2
            r, s = (int.from_bytes(part, "big") for part in (signed.signature[:half], signed.signature[half:]))
            public.verify(encode_dss_signature(r, s), signed.message, ec.ECDSA(sha256))
        elif signed.algorithm == "RS256" and isinstance(public, rsa.RSAPublicKey):
            public.verify(signed.signature, signed.message, padding.PKCS1v15(), sha256)
        elif signed.algorithm == "PS256" and isinstance(public, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(sha256), sha256.digest_size)
            public.verify(signed.signature, signed.message, pss, sha256)
        else:
            raise Refused("its algorithm")
    except InvalidSignature as error:
        raise Refused("its signature") from error


def decoded(text: str) -> bytes:
    """The bytes of URL-safe base64 without padding, in the one way they are written. Raises Refused."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused("its form") from error
    if base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=") != text:
        raise Refused("its form")
    return raw


def seconds(value: object) -> float | None:
    """A time as JWTs have it, in seconds; None for anything else, JSON's true and infinities included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(decoded(part), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("its form") from error
    if not isinstance(found, dict):
        raise Refused("its form")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
