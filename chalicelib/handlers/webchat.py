"""Routes of visitors: the web chat."""

import secrets
from collections.abc import Callable

from chalice import Blueprint, Response

from chalicelib.channels.webchat import message, postback
from chalicelib.errors import SessionNotFound
from chalicelib.handlers.auth import Visitor, renewal, visiting, visitor_token
from chalicelib.handlers.requests import limit, number, read
from chalicelib.handlers.responses import answers, reply
from chalicelib.handlers.shapes import (
    FollowAnswer,
    Nothing,
    PostbackRequest,
    ReadRequest,
    StateAnswer,
    VisitorAnswer,
    VisitorEntryAnswer,
    VisitorId,
    VisitorMessageRequest,
    VisitorRequest,
)
from chalicelib.model.entry import Author
from chalicelib.model.event import Event
from chalicelib.model.session import Session
from chalicelib.model.text import clean_name
from chalicelib.model.views import visitor_entries, visitor_state
from chalicelib.wiring import desk

routes = Blueprint(__name__)


@routes.route("/visitors", methods=["POST"])
@answers
def visit() -> Response:
    """A new visitor; nothing is stored before they say something."""
    name = clean_name(read(routes.current_request, VisitorRequest).name or "")
    visitor_id = secrets.token_urlsafe(16)
    return reply(VisitorAnswer(visitor=VisitorId(id=visitor_id), token=visitor_token(visitor_id, name)))


@routes.route("/messages", methods=["POST"])
@answers
def say() -> Response:
    """The visitor says something; the answer waits for the bot's turn, but not longer than its time limit."""
    visitor = visiting(routes.current_request)
    asked = read(routes.current_request, VisitorMessageRequest)
    return _received(visitor, message(visitor.id, visitor.name, asked.id, asked.said(), desk().reader.now))


@routes.route("/postback", methods=["POST"])
@answers
def press() -> Response:
    """The visitor presses a button."""
    visitor = visiting(routes.current_request)
    asked = read(routes.current_request, PostbackRequest)
    return _received(
        visitor, postback(visitor.id, visitor.name, asked.id, asked.payload, asked.title, desk().reader.now)
    )


@routes.route("/messages", methods=["GET"])
@answers
def follow() -> Response:
    """What came after a number, and the state; empty for a visitor who has said nothing yet."""
    visitor = visiting(routes.current_request)
    request = routes.current_request
    reading = desk().reader.follow(visitor.session_id, after=number(request, "after", 0) or 0, limit=limit(request))
    answer = FollowAnswer(
        entries=visitor_entries(reading.entries),
        cursor=reading.cursor,
        state=visitor_state(reading.session, desk().reader.now),
    )
    return reply(answer, headers=renewal(visitor))


@routes.route("/human", methods=["POST"])
@answers
def ask_for_a_human() -> Response:
    """The visitor wants a human, whatever the bot thinks; twice is once."""
    visitor = visiting(routes.current_request)
    read(routes.current_request, Nothing)
    by = Author(kind="user", id=visitor.id, name=visitor.name)
    return _state(visitor, desk().commands.pause(visitor.session_id, trigger="user", by=by, create=True))


@routes.route("/bot", methods=["POST"])
@answers
def back_to_the_bot() -> Response:
    """The visitor goes back to the bot before anybody has come; twice is once."""
    visitor = visiting(routes.current_request)
    read(routes.current_request, Nothing)
    by = Author(kind="user", id=visitor.id, name=visitor.name)
    return _state(visitor, _if_known(lambda: desk().commands.withdraw(visitor.session_id, by=by)))


@routes.route("/typing", methods=["POST"])
@answers
def typing() -> Response:
    """The visitor is typing; only agents of a session that exists see it."""
    visitor = visiting(routes.current_request)
    read(routes.current_request, Nothing)
    return _state(visitor, _if_known(lambda: desk().commands.typing(visitor.session_id, who="user")))


@routes.route("/read", methods=["POST"])
@answers
def mark_read() -> Response:
    """The visitor has read up to `seq`."""
    visitor = visiting(routes.current_request)
    seq = read(routes.current_request, ReadRequest).seq
    return _state(visitor, _if_known(lambda: desk().commands.user_read(visitor.session_id, seq)))


def _received(visitor: Visitor, event: Event) -> Response:
    entry = desk().intake.receive(event, limited=True)
    if entry is None:
        raise SessionNotFound("This conversation was erased a moment ago.")
    return reply(VisitorEntryAnswer(entry=visitor_entries([entry])[0]), headers=renewal(visitor))


def _if_known(command: Callable[[], Session]) -> Session | None:
    """What the command answers; None for a visitor who has said nothing yet: a hint begins no session."""
    try:
        return command()
    except SessionNotFound:
        return None


def _state(visitor: Visitor, head: Session | None) -> Response:
    state = visitor_state(head or Session(id=visitor.session_id), desk().reader.now)
    return reply(StateAnswer(state=state), headers=renewal(visitor))
