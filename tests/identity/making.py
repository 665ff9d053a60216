"""Tokens and keys made by hand, so that each can be wrong in one way."""

import base64
import hashlib
import hmac
import json
import time
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT = "hitl-admin"


@cache
def rsa_key(name="one", bits=2048):
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name="one", curve="P-256"):
    return ec.generate_private_key({"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}[curve])


def text(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def number(value, size=None):
    return text(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def jwk(key, key_id="k1", **more):
    """The public half, as an issuer publishes it."""
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "kid": key_id, "n": number(numbers.n), "e": number(numbers.e)} | more
    size = (key.curve.key_size + 7) // 8
    curve = f"P-{key.curve.key_size}"
    return {"kty": "EC", "kid": key_id, "crv": curve, "x": number(numbers.x, size), "y": number(numbers.y, size)} | more


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def claims(issuer, **other):
    """What a good token says; a claim that is None is left out."""
    now = int(time.time())
    said = {
        "iss": issuer,
        "aud": CLIENT,
        "sub": "ann-1",
        "iat": now,
        "exp": now + 3600,
        "groups": ["agent"],
        "name": "Ann",
    } | other
    return {name: value for name, value in said.items() if value is not None}


def token(said, key=None, algorithm="RS256", **header):
    """A token of these claims; a header that is None is left out. `said` may be bytes."""
    head = {"alg": algorithm, "kid": "k1", "typ": "JWT"} | header
    head = json.dumps({name: value for name, value in head.items() if value is not None}).encode()
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    message = f"{text(head)}.{text(body)}"
    return f"{message}.{text(signature(message.encode(), key or rsa_key(), algorithm))}"


def signature(message, key, algorithm):
    if algorithm == "RS256":
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "PS256":
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    if algorithm == "ES256":
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if algorithm == "HS256":
        return hmac.new(key, message, hashlib.sha256).digest()
    return b""
