"""The pages and their files, served as they are but for comments; and what the API looks like."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from chalice import Blueprint, Response

from chalicelib.errors import RouteNotFound
from chalicelib.handlers.responses import JSON_HEADERS, Binary, Headers, answers, reply
from chalicelib.handlers.shapes import HealthAnswer

routes = Blueprint(__name__)

WEB = Path(__file__).parent.parent / "web"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
POLICIES = {"admin": f"{POLICY}; img-src 'self' blob:; media-src 'self' blob:"}
"""What a page may load, where it is more than its own files: agents' pictures are fetched with their credential, then shown."""

_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)
"""One that has its lines for itself; a fifth of what a page weighs, gzipped."""

HEADERS: Headers = {
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


@routes.route("/parked", methods=["GET"])
@answers
def parked() -> Response:
    """The supervisors' page of what could not be processed."""
    return _file("parked", "index.html")


@routes.route("/signin", methods=["GET"])
@answers
def signin() -> Response:
    """The page that agents come back to from the issuer."""
    return _file("signin", "index.html")


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
    from chalicelib.handlers.openapi import describe

    return Response(json.dumps(describe()), headers=JSON_HEADERS)


def _file(area: str, name: str) -> Response:
    path = _files().get((area, name))
    if path is None:
        raise RouteNotFound("There is no such page.")
    content, tag = _read(path)
    policy = POLICIES.get(area, POLICY)
    headers: Headers = {
        **HEADERS,
        "Content-Security-Policy": policy,
        "Content-Type": TYPES[Path(name).suffix],
        "ETag": tag,
    }
    if tag in routes.current_request.headers.get("if-none-match", ""):  # also one of several, or weakened on its way
        return Response("", status_code=304, headers=headers)
    return Binary(content, headers=headers) if isinstance(content, bytes) else Response(content, headers=headers)


@cache
def _files() -> dict[tuple[str, str], Path]:
    """What is served, by area and name; no other file is ever opened, whatever a request names."""
    return {(path.parent.name, path.name): path for path in WEB.glob("*/*") if path.suffix in TYPES}


@cache
def _read(path: Path) -> tuple[str | bytes, str]:
    """What is sent of a file, text or the bytes of one that has none, and its tag."""
    content = sent(path)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return content if path.suffix == ".png" else content.decode("utf-8"), tag


def sent(path: Path) -> bytes:
    """What a browser gets of a file: of our own modules and sheets no comments."""
    content = path.read_bytes()
    if path.suffix not in (".js", ".css") or path.parent.name == "vendor":  # where there are licences
        return content
    return without_comments(content.decode("utf-8")).encode("utf-8")


def without_comments(source: str) -> str:
    """A module or a sheet without the comments between its lines; those that are left keep their numbers."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
