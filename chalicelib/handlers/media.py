"""Pictures and attachments of a vendor's users, fetched for the agents' page, which itself calls no host but this."""

from chalice import Blueprint, Response

from chalicelib.channels.base import Fetched
from chalicelib.errors import EntryNotFound, MediaRefused
from chalicelib.handlers.auth import signed_in
from chalicelib.handlers.requests import session_id, whole
from chalicelib.handlers.responses import Binary, Headers, answers
from chalicelib.model.content import media_urls
from chalicelib.wiring import desk, media

routes = Blueprint(__name__)


@routes.route("/sessions/{session}/picture", methods=["GET"])
@answers
def picture(session: str) -> Response:
    """The user's profile picture."""
    signed_in(routes.current_request, "agent", "supervisor")
    url = desk().reader.session(session_id(session)).user.picture_url
    if url is None:
        raise MediaRefused("There is no picture.")
    return _shown(media().fetch(url))


@routes.route("/sessions/{session}/entries/{seq}/media/{number}", methods=["GET"])
@answers
def attachment(session: str, seq: str, number: str) -> Response:
    """The picture or attachment with this number, from 0, of an entry."""
    signed_in(routes.current_request, "agent", "supervisor")
    entry = desk().reader.entry(session_id(session), whole(seq))
    urls = media_urls(entry.content)
    url = urls[whole(number)] if whole(number) < len(urls) else None
    if url is None:
        raise EntryNotFound("There is no such attachment.")
    return _shown(media().fetch(url))


def _shown(fetched: Fetched) -> Response:
    """The bytes, which a browser takes for nothing but what we say, and keeps for the agent alone."""
    headers: Headers = {
        "Content-Type": fetched.kind,
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment" if fetched.kind == "application/octet-stream" else "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Binary(fetched.body, status_code=200, headers=headers)
