"""The pages and their files, served as they are; and what the API looks like."""

import hashlib
import json
from functools import cache
from pathlib import Path

from chalice import Blueprint, Response

from chalicelib.errors import RouteNotFound
from chalicelib.handlers.openapi import describe
from chalicelib.handlers.responses import JSON_HEADERS, Headers, answers, reply
from chalicelib.handlers.shapes import HealthAnswer

routes = Blueprint(__name__)

WEB = Path(__file__).parent.parent / "web"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
HEADERS: Headers = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; "
        "img-src 'self' data:; require-trusted-types-for 'script'"
    ),
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@routes.route("/admin", methods=["GET"])
@answers
def admin() -> Response:
    """The agents' page."""
    return _file("admin", "index.html")


@routes.route("/webchat", methods=["GET"])
@answers
def webchat() -> Response:
    """The visitors' page."""
    return _file("webchat", "index.html")


@routes.route("/assets/{area}/{name}", methods=["GET"])
@answers
def asset(area: str, name: str) -> Response:
    """A file of the pages."""
    return _file(area, name)


@routes.route("/api/health", methods=["GET"])
@answers
def health() -> Response:
    """That the function runs; it asks nothing of the store, so that a probe costs nothing."""
    return reply(HealthAnswer())


@routes.route("/openapi.json", methods=["GET"])
@answers
def openapi() -> Response:
    """The HTTP interface, described from the models."""
    return Response(json.dumps(describe()), headers=JSON_HEADERS)


def _file(area: str, name: str) -> Response:
    path = _files().get((area, name))
    if path is None:
        raise RouteNotFound("There is no such page.")
    text, tag = _read(path)
    headers: Headers = {**HEADERS, "Content-Type": TYPES[Path(name).suffix], "ETag": tag}
    if tag in routes.current_request.headers.get("if-none-match", ""):  # also one of several, or weakened on its way
        return Response("", status_code=304, headers=headers)
    return Response(text, headers=headers)


@cache
def _files() -> dict[tuple[str, str], Path]:
    """What is served, by area and name; no other file is ever opened, whatever a request names."""
    return {(path.parent.name, path.name): path for path in WEB.glob("*/*") if path.suffix in TYPES}


@cache
def _read(path: Path) -> tuple[str, str]:
    """A file's text and its tag."""
    text = path.read_text(encoding="utf-8")
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
