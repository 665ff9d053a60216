"""An issuer's public keys, as it publishes them (RFC 7517)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from chalicelib.identity.jws import KEY_TYPES, Refused, decoded

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_RSA_BITS = range(2048, 8193)
"""Shorter keys prove too little, longer ones take too long."""

_EXPONENTS = range(3, 2**32, 2)
_KEYS_LIMIT = 100


@dataclass(frozen=True)
class Key:
    """`algorithm`: the only one it is for; None: any that fits its type."""

    public: Union["RSAPublicKey", "EllipticCurvePublicKey"]
    algorithm: str | None


class Keys:
    """The keys of one answer that can sign tokens. All others are passed over: an issuer may have keys for other things."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        """Raises Refused for what is no set of keys."""
        listed = answer.get("keys")
        if not isinstance(listed, list):
            raise Refused("its keys")
        self._keys: dict[tuple[str, str], Key] = {}
        for given in listed[:_KEYS_LIMIT]:
            if isinstance(given, dict) and _signs(given):
                key = _key(given)
                if key is not None:
                    self._keys.setdefault((given["kid"], given["kty"]), key)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, key_id: str, algorithm: str) -> Key | None:
        """The key of this name that is for this algorithm; None: there is none."""
        key = self._keys.get((key_id, KEY_TYPES[algorithm]))
        return key if key is not None and key.algorithm in (None, algorithm) else None


def _signs(given: Mapping[str, Any]) -> bool:
    uses = given.get("key_ops", ["verify"])
    return (
        isinstance(given.get("kid"), str)
        and given.get("use", "sig") == "sig"
        and isinstance(uses, list)
        and "verify" in uses
        and given.get("kty") in ("RSA", "EC")
        and given.get("alg") in (None, *KEY_TYPES)
    )


def _key(given: Mapping[str, Any]) -> Key | None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        if given["kty"] == "RSA":
            modulus, exponent = _number(given, "n"), _number(given, "e")
            if modulus.bit_length() not in _RSA_BITS or exponent not in _EXPONENTS:
                return None
            return Key(rsa.RSAPublicNumbers(exponent, modulus).public_key(), given.get("alg"))
        if given.get("crv") != "P-256":
            return None
        point = ec.EllipticCurvePublicNumbers(_number(given, "x"), _number(given, "y"), ec.SECP256R1())
        return Key(point.public_key(), given.get("alg"))
    except (Refused, ValueError):  # no numbers, or none that are a key
        return None


def _number(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name)
    if not isinstance(value, str):
        raise Refused("its keys")
    return int.from_bytes(decoded(value), "big")
