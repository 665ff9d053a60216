"""Reading a request: bodies into models, parameters into numbers, ids out of paths. Everything wrong is Malformed."""

import json
from typing import NoReturn, TypeVar
from urllib.parse import unquote

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib.errors import Malformed, SessionNotFound, TooLarge
from chalicelib.model.session import is_session_id
from chalicelib.model.text import cut, well_formed

Model = TypeVar("Model", bound=BaseModel)

BODY_LIMIT = 256 * 1024
"""Bytes of a request; the largest useful one is a text of 20,000 characters, escaped."""

NUMBER_LIMIT = 10**12
"""Above every entry's number."""

PARAMETER_LIMIT = 1000
"""Characters of a parameter; our longest cursor has about 600."""

MESSAGE_LIMIT = 300
"""Characters of an error's message that repeats a part of the request."""

LIMIT, MOST = 50, 500
"""Items of a list when nothing is said, and at most."""


def read(request: Request, model: type[Model]) -> Model:
    """The body as this model; an empty body is `{}`. Raises Malformed with the place, TooLarge over 256 kB."""
    body = raw(request)
    if len(body) > BODY_LIMIT:
        raise TooLarge(f"A request may have {BODY_LIMIT} bytes.")
    try:
        given = json.loads(body, parse_constant=_no_constant) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON.") from error
    if not isinstance(given, dict):
        raise Malformed("The body must be a JSON object.")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Malformed(_first(error)) from error


def session_id(given: str) -> str:
    """A session's id as it stands in a path, percent-encoded once. Raises SessionNotFound for what can be none."""
    plain = unquote(given)
    if not is_session_id(plain):
        raise SessionNotFound("There is no such session.")
    return plain


def number(request: Request, name: str, default: int | None = None, *, least: int = 0) -> int | None:
    """A whole number in the query. Raises Malformed."""
    given = parameter(request, name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= NUMBER_LIMIT:
        raise Malformed(f"{name}: must be a whole number from {least} on")
    return int(given)


def limit(request: Request) -> int:
    """How many items are asked for, 1 to 500, 50 when nothing is said. Raises Malformed."""
    given = number(request, "limit", LIMIT, least=1)
    if given is None or given > MOST:
        raise Malformed(f"limit: must be from 1 to {MOST}")
    return given


def flag(request: Request, name: str) -> bool | None:
    """A true or false in the query, None when it is not there. Raises Malformed."""
    given = parameter(request, name)
    if given is None:
        return None
    if given not in ("true", "false"):
        raise Malformed(f"{name}: must be true or false")
    return given == "true"


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the query, the last one when it stands there twice; an empty one counts as not given.

    Raises Malformed for what not every store can look for: over 1,000 characters, NUL, lone surrogates.
    """
    parameters = request.query_params
    given = parameters.get(name) if parameters else None
    if not given:
        return None
    if len(given) > PARAMETER_LIMIT or "\x00" in given or well_formed(given) != given:
        raise Malformed(f"{name}: must be text of at most {PARAMETER_LIMIT} characters")
    return str(given)


def whole(given: str) -> int:
    """A whole number as it stands in a path. Raises Malformed."""
    if not given.isascii() or not given.isdigit() or not int(given[:20]) <= NUMBER_LIMIT:
        raise Malformed("The path must have whole numbers here.")
    return int(given)


def raw(request: Request) -> bytes:
    """The body, byte for byte. Raises Malformed where it cannot be had."""
    try:
        body = request.raw_body
    except ValueError as error:  # text that is no UTF-8, or base64 that is none
        raise Malformed("The body cannot be decoded.") from error
    return body.encode() if isinstance(body, str) else body


def _first(error: ValidationError) -> str:
    """The first mistake, cut: place and message repeat what was sent."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return cut(f"{place}: {first['msg']}" if place else str(first["msg"]), MESSAGE_LIMIT)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
