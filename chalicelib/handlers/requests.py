"""Reading a request: bodies into models, parameters into numbers, ids out of paths. Everything wrong is Malformed."""

import json
from typing import NoReturn, TypeVar
from urllib.parse import unquote

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib.errors import Malformed, SessionNotFound, TooLarge
from chalicelib.model.text import CLIENT_ID, USER_ID

Model = TypeVar("Model", bound=BaseModel)

BODY_LIMIT = 256 * 1024
"""Bytes of a request; the largest useful one is a text of 20,000 characters, escaped."""

NUMBER_LIMIT = 10**12
"""Above every entry's number."""

LIMIT, MOST = 50, 500
"""Items of a list when nothing is said, and at most."""


def read(request: Request, model: type[Model]) -> Model:
    """The body as this model; an empty body is `{}`. Raises Malformed with the place, TooLarge over 256 kB."""
    body = request.raw_body
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    if len(raw) > BODY_LIMIT:
        raise TooLarge(f"A request may have {BODY_LIMIT} bytes.")
    try:
        given = json.loads(raw, parse_constant=_no_constant) if raw.strip() else {}
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
    channel, _, user = unquote(given).partition(":")
    if not channel.isascii() or not channel.isalpha() or not USER_ID.fullmatch(user):
        raise SessionNotFound("There is no such session.")
    return f"{channel}:{user}"


def number(request: Request, name: str, default: int | None = None, *, least: int = 0) -> int | None:
    """A whole number in the query. Raises Malformed."""
    given = parameter(request, name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not least <= int(given[:20]) <= NUMBER_LIMIT:
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
    """A parameter of the query, the last one when it stands there twice; an empty one counts as not given."""
    parameters = request.query_params
    return (parameters.get(name) or None) if parameters else None


def client_id(given: str | None) -> str | None:
    """An id that a client made. Raises Malformed for one that does not fit."""
    if given is not None and not CLIENT_ID.fullmatch(given):
        raise Malformed("id: 1 to 100 of the characters A-Z a-z 0-9 . _ : -")
    return given


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
