"""Errors to statuses, answers to JSON: the edge between the desk and HTTP."""

import base64
import functools
import json
import logging
from collections.abc import Callable
from typing import Any, ParamSpec

from chalice import Response
from pydantic import BaseModel

from chalicelib import errors
from chalicelib.desk.trace import traced

log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Headers = dict[str, str | list[str]]

STATUSES: dict[type[errors.HitlError], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.SessionNotFound: 404,
    errors.EntryNotFound: 404,
    errors.NotificationNotFound: 404,
    errors.ParkedNotFound: 404,
    errors.RouteNotFound: 404,
    errors.AlreadyClaimed: 409,
    errors.IdReused: 409,
    errors.MediaRefused: 404,
    errors.NothingToRetry: 409,
    errors.TooLarge: 413,
    errors.TooFast: 429,
    errors.StoreBusy: 503,
    errors.IssuerBusy: 503,
    errors.BadSettings: 503,
}
"""What each error that may reach a caller is answered with; the others never leave the desk."""

INSIDE = (errors.Conflict, errors.Duplicate, errors.AlertFailed, errors.BotFailed)
"""Errors that the desk handles itself."""

RETRY_AFTER = {429: "1", 503: "1"}
"""Seconds after which a refused request may come again."""

JSON_HEADERS: Headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}


class Binary(Response):
    """An answer of bytes, for whatever `Accept` the client sends; `body` are the bytes.

    Chalice refuses bytes to whoever does not name their type, and most browsers' images would get a 400. So it is told of no
    binary type (see `Application`), API Gateway that any answer may be one (see `.chalice/resources.json`), and this encodes
    itself.
    """

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:
        """As the base, with the bytes in base64."""
        told = Response("", self.headers, self.status_code).to_dict(binary_types)
        return {**told, "body": base64.b64encode(self.body).decode("ascii"), "isBase64Encoded": True}


def reply(answer: BaseModel, *, status: int = 200, headers: Headers | None = None) -> Response:
    """The model as a JSON answer, which no cache keeps."""
    return Response(answer.model_dump_json(), status_code=status, headers={**JSON_HEADERS, **(headers or {})})


def answers(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Turn the errors that a view raises on purpose into their statuses."""

    @functools.wraps(view)
    def answered(*args: Given.args, **kwargs: Given.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except errors.HitlError as error:
            return refusal(error)
        except Exception as error:  # noqa: BLE001 - a bug of ours: said as one, in the same shape, without the error's words
            log.error("a route broke: %s", traced(error))  # noqa: TRY400 - no texts
            return Response(
                _body("InternalError", "Something broke on our side."), status_code=500, headers=JSON_HEADERS
            )

    return answered


def refusal(error: errors.HitlError) -> Response:
    """The error as `{"Code","Message"}`."""
    status = STATUSES.get(type(error))
    if status is None:
        log.error("an inner error reached the edge: %s", type(error).__name__)
        status, error = 503, errors.StoreBusy("Something did not finish. Please try again.")
    if isinstance(error, errors.BadSettings):
        log.error("the settings cannot be used: %s", error)
        error = errors.BadSettings("This installation's settings need a change; its log says which.")
    headers: Headers = dict(JSON_HEADERS)
    if status in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[status]
    return Response(_body(type(error).__name__, str(error)), status_code=status, headers=headers)


def _body(code: str, message: str) -> str:
    return json.dumps({"Code": code, "Message": message})
