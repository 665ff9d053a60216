"""Routes of agents and programs: sessions."""

from chalice import Blueprint, Response

from chalicelib.errors import Forbidden, Malformed
from chalicelib.handlers.auth import Principal, signed_in
from chalicelib.handlers.requests import flag, limit, number, parameter, read, session_id, whole
from chalicelib.handlers.responses import answers, reply
from chalicelib.handlers.shapes import (
    ClaimRequest,
    EntryAnswer,
    LogAnswer,
    MessageAnswer,
    MessageRequest,
    NoteRequest,
    Nothing,
    PauseRequest,
    ReadRequest,
    RetryRequest,
    SessionsAnswer,
)
from chalicelib.model.session import Session
from chalicelib.model.views import SessionView, entry_view, session_view
from chalicelib.store.base import Page, SessionQuery
from chalicelib.wiring import desk

routes = Blueprint(__name__)


@routes.route("/sessions", methods=["GET"])
@answers
def list_sessions() -> Response:
    """Sessions by latest activity, the paused ones by longest waiting, or those whose user's name begins with `q`.

    `paused=false` leaves the paused ones out, which `onlyPaused=false` does not: it asks for all, as nothing does.
    """
    agent = signed_in(routes.current_request, "agent", "supervisor", "bot")
    request = routes.current_request
    words, assignee = parameter(request, "q"), parameter(request, "assignee")
    paused, only_paused = flag(request, "paused"), flag(request, "onlyPaused")
    at_most, cursor = limit(request), parameter(request, "cursor")
    if words is not None:
        if paused is not None or only_paused or assignee:
            raise Malformed("q: cannot be combined with other filters")
        return _page(desk().reader.search(words, cursor=cursor, limit=at_most))
    if assignee is not None and False in (paused, only_paused):
        raise Malformed("assignee: filters paused sessions only")
    if only_paused and paused is False:
        raise Malformed("onlyPaused: contradicts paused")
    owner = agent.id if assignee == "me" else assignee
    query = SessionQuery(paused=bool(paused or only_paused or owner is not None), assignee=owner)
    return _page(desk().reader.sessions(query, silenced=paused, cursor=cursor, limit=at_most))


@routes.route("/sessions/{session}", methods=["GET"])
@answers
def read_session(session: str) -> Response:
    """A session and a part of its log: the last entries, those `after` a number, or those `before` one."""
    signed_in(routes.current_request, "agent", "supervisor", "bot")
    request = routes.current_request
    reading = desk().reader.log(
        session_id(session), after=number(request, "after"), before=number(request, "before"), limit=limit(request)
    )
    shown = [entry_view(entry, reading.session) for entry in reading.entries]
    return reply(LogAnswer(session=_view(reading.session, asked=True), entries=shown, cursor=reading.cursor))


@routes.route("/sessions/{session}/pause", methods=["POST"])
@answers
def pause(session: str) -> Response:
    """Silence the bot; twice is once."""
    by = signed_in(routes.current_request, "agent", "supervisor", "bot")
    asked = read(routes.current_request, PauseRequest)
    return reply(
        _view(
            desk().commands.pause(
                session_id(session), trigger=by.trigger, by=by.author, reason=asked.reason, until=asked.until
            )
        )
    )


@routes.route("/sessions/{session}/unpause", methods=["POST"])
@answers
def unpause(session: str) -> Response:
    """Let the bot speak again; twice is once."""
    by = signed_in(routes.current_request, "agent", "supervisor", "bot")
    read(routes.current_request, Nothing)
    return reply(_view(desk().commands.unpause(session_id(session), trigger=by.trigger, by=by.author)))


@routes.route("/sessions/{session}/message", methods=["POST"])
@answers
def say(session: str) -> Response:
    """Say something as the agent, or as the bot with a bot's token."""
    by = signed_in(routes.current_request, "agent", "supervisor", "bot")
    asked = read(routes.current_request, MessageRequest)
    entry, head = desk().commands.say(session_id(session), asked.said(), by=by.author, client_id=asked.id)
    return reply(MessageAnswer(entry=entry_view(entry, head), session=_view(head)))


@routes.route("/sessions/{session}/entries/{seq}/retry", methods=["POST"])
@answers
def retry(session: str, seq: str) -> Response:
    """Send a message again that was not delivered, or, with `again`, one that may have been."""
    _agent()
    again = read(routes.current_request, RetryRequest).again
    entry, head = desk().commands.retry(session_id(session), whole(seq), again=again)
    return reply(EntryAnswer(entry=entry_view(entry, head)))


@routes.route("/sessions/{session}/claim", methods=["POST"])
@answers
def claim(session: str) -> Response:
    """Take the session over; a supervisor may take it from another agent."""
    agent = _agent()
    force = read(routes.current_request, ClaimRequest).force
    if force and not agent.supervisor:
        raise Forbidden("Only a supervisor may take a conversation from another agent.")
    return reply(_view(desk().commands.claim(session_id(session), by=agent.author, force=force)))


@routes.route("/sessions/{session}/release", methods=["POST"])
@answers
def release(session: str) -> Response:
    """Give the session back to all agents, still paused."""
    agent = _agent()
    read(routes.current_request, Nothing)
    return reply(_view(desk().commands.release(session_id(session), by=agent.author, force=agent.supervisor)))


@routes.route("/sessions/{session}/note", methods=["POST"])
@answers
def note(session: str) -> Response:
    """Leave a note for other agents."""
    agent = _agent()
    asked = read(routes.current_request, NoteRequest)
    entry, head = desk().commands.note(session_id(session), asked.text, by=agent.author, client_id=asked.id)
    return reply(MessageAnswer(entry=entry_view(entry, head), session=_view(head)))


@routes.route("/sessions/{session}/typing", methods=["POST"])
@answers
def typing(session: str) -> Response:
    """The agent is typing."""
    _agent()
    read(routes.current_request, Nothing)
    return reply(_view(desk().commands.typing(session_id(session), who="agent")))


@routes.route("/sessions/{session}/read", methods=["POST"])
@answers
def mark_read(session: str) -> Response:
    """The agents have read up to `seq`."""
    _agent()
    seq = read(routes.current_request, ReadRequest).seq
    return reply(_view(desk().commands.read(session_id(session), seq)))


@routes.route("/sessions/{session}", methods=["DELETE"])
@answers
def erase(session: str) -> Response:
    """Erase the person; twice answers the same receipt for a week."""
    by = signed_in(routes.current_request, "supervisor")
    from chalicelib.handlers.persons import receipt_answer

    return reply(receipt_answer(desk().erase(session_id(session), by=by.author)), status=202)


@routes.route("/sessions/{session}/export", methods=["GET"])
@answers
def export(session: str) -> Response:
    """All that is kept about the person, a part at a time."""
    signed_in(routes.current_request, "supervisor")
    request = routes.current_request
    after = number(request, "after", 0) or 0
    from chalicelib.handlers.persons import export_answer

    return reply(export_answer(desk().export(session_id(session), after=after, limit=limit(request))))


def _agent() -> Principal:
    return signed_in(routes.current_request, "agent", "supervisor")


def _view(head: Session, *, asked: bool = False) -> SessionView:
    """`asked`: of this one session, so that it is looked up whether anything goes out for its account."""
    return session_view(head, desk().reader.now, stopped=desk().accounts.refusal(head) if asked else None)


def _page(page: Page[Session]) -> Response:
    return reply(SessionsAnswer(sessions=[_view(head) for head in page.items], cursor=page.cursor))
