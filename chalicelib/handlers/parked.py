"""Routes of supervisors: what could not be processed is looked at, tried again, dropped."""

import logging
from urllib.parse import unquote

from chalice import Blueprint, Response

from chalicelib.errors import ParkedNotFound
from chalicelib.handlers.auth import signed_in
from chalicelib.handlers.requests import limit, parameter, read
from chalicelib.handlers.responses import answers, reply
from chalicelib.handlers.shapes import DroppedAnswer, Nothing, ParkedAnswer, ParkedView, ReplayAnswer
from chalicelib.store.base import Parked, is_parked_id
from chalicelib.wiring import desk, settings

log = logging.getLogger(__name__)

routes = Blueprint(__name__)


@routes.route("/parked", methods=["GET"])
@answers
def list_parked() -> Response:
    """What is parked, oldest first, without what users said."""
    signed_in(routes.current_request, "supervisor")
    request = routes.current_request
    page = desk().store.parked(cursor=parameter(request, "cursor"), limit=limit(request))
    return reply(ParkedAnswer(parked=[_view(parked) for parked in page.items], cursor=page.cursor))


@routes.route("/parked/{parked}/replay", methods=["POST"])
@answers
def replay_parked(parked: str) -> Response:
    """Try it again, at once; the answer says what became of it."""
    from chalicelib.handlers.replaying import replay

    by = signed_in(routes.current_request, "supervisor")
    read(routes.current_request, Nothing)
    replayed = replay(desk(), settings().messenger, _found(parked))
    log.info("a parked delivery was tried again: %s", replayed.done, extra={"by": by.id})
    words = replayed.words.partition("\n")[0]  # where it broke is for the operator
    return reply(ReplayAnswer(id=replayed.id, done=replayed.done, words=words))


@routes.route("/parked/{parked}", methods=["DELETE"])
@answers
def drop_parked(parked: str) -> Response:
    """Delete it, untried."""
    by = signed_in(routes.current_request, "supervisor")
    found = _found(parked)
    if not desk().store.unpark(found.id):
        raise ParkedNotFound("Nothing is parked under this id.")
    log.info("a parked delivery was dropped", extra={"by": by.id, "session": found.session_id or ""})
    return reply(DroppedAnswer(id=found.id))


def _found(given: str) -> Parked:
    plain = unquote(given)
    found = desk().store.find_parked(plain) if is_parked_id(plain) else None
    if found is None:
        raise ParkedNotFound("Nothing is parked under this id.")
    return found


def _view(parked: Parked) -> ParkedView:
    return ParkedView(
        id=parked.id,
        at=parked.at,
        channel=parked.channel,
        session_id=parked.session_id,
        size=len(parked.body.encode()),
        reason=parked.reason,
        tries=parked.tries,
    )
