"""Routes of agents: alerts as a list, and who they are themselves."""

import base64
import binascii
from datetime import datetime, timedelta
from urllib.parse import unquote

from chalice import Blueprint, Response

from chalicelib.errors import NotificationNotFound
from chalicelib.handlers.auth import Principal, signed_in
from chalicelib.handlers.requests import limit, parameter, read
from chalicelib.handlers.responses import answers, reply
from chalicelib.handlers.shapes import MeAnswer, Nothing, NotificationsAnswer, NotificationView, UnreadAnswer
from chalicelib.model.entry import AlertDetail
from chalicelib.model.session import is_session_id
from chalicelib.store.base import Notification
from chalicelib.wiring import desk, settings

routes = Blueprint(__name__)

MARKED_AT_ONCE = 500
"""Notifications that one "mark all as read" marks; more are left for the next."""

CHECKED_FOR = timedelta(minutes=5)
"""How long a check of the alerters is believed, since each asks the vendor."""

_checked: dict[str, tuple[datetime, list[str]]] = {}


@routes.route("/notifications", methods=["GET"])
@answers
def list_notifications() -> Response:
    """Alerts that are not archived, newest first."""
    _agent()
    request = routes.current_request
    inbox = desk().reader.inbox(cursor=parameter(request, "cursor"), limit=limit(request))
    return reply(
        NotificationsAnswer(
            notifications=[_view(notification) for notification in inbox.page.items],
            unread=inbox.unread,
            waiting=inbox.waiting,
            cursor=inbox.page.cursor,
        )
    )


@routes.route("/notifications/{notification}/read", methods=["POST"])
@answers
def read_one(notification: str) -> Response:
    """Mark one as read, for all agents."""
    return _mark(notification, archived=False)


@routes.route("/notifications/{notification}/archive", methods=["POST"])
@answers
def archive_one(notification: str) -> Response:
    """Take one off the list, for all agents."""
    return _mark(notification, archived=True)


@routes.route("/notifications/read", methods=["POST"])
@answers
def read_all() -> Response:
    """Mark all as read, for all agents."""
    _agent()
    read(routes.current_request, Nothing)
    desk().store.mark_all_read(limit=MARKED_AT_ONCE)
    return reply(UnreadAnswer(unread=desk().store.unread()))


@routes.route("/me", methods=["GET"])
@answers
def me() -> Response:
    """Who the token belongs to; agents are told what keeps alerts, or messages, from reaching anybody."""
    principal = signed_in(routes.current_request, "agent", "supervisor", "bot")
    warnings = [] if principal.role == "bot" else [*_warnings(), *_stopped_pages()]
    return reply(MeAnswer(id=principal.id, name=principal.name, role=principal.role, warnings=warnings))


def _agent() -> Principal:
    return signed_in(routes.current_request, "agent", "supervisor")


def _mark(given: str, *, archived: bool) -> Response:
    _agent()
    read(routes.current_request, Nothing)
    session_id, seq = _parts(unquote(given))
    desk().store.mark(session_id, seq, read=True, archived=archived)
    return reply(UnreadAnswer(unread=desk().store.unread()))


def _view(notification: Notification) -> NotificationView:
    entry = notification.entry
    detail = entry.content if isinstance(entry.content, AlertDetail) else AlertDetail("")
    return NotificationView(
        id=_id(notification.session_id, entry.seq),
        session_id=notification.session_id,
        text=detail.text,
        level=detail.level,
        why=detail.why,
        at=entry.at,
        read=notification.read,
        archived=notification.archived,
    )


def _id(session_id: str, seq: int) -> str:
    return base64.urlsafe_b64encode(f"{seq}#{session_id}".encode()).decode().rstrip("=")


def _parts(given: str) -> tuple[str, int]:
    try:
        text = base64.b64decode(
            given.encode("ascii") + b"=" * (-len(given) % 4), altchars=b"-_", validate=True
        ).decode()
    except (ValueError, binascii.Error) as error:
        raise NotificationNotFound("There is no such notification.") from error
    seq, _, session_id = text.partition("#")
    if not seq.isascii() or not seq.isdigit() or len(seq) > 12 or not is_session_id(session_id):  # noqa: PLR2004 - digits of the largest number
        raise NotificationNotFound("There is no such notification.")
    return session_id, int(seq)


def _warnings() -> list[str]:
    now = desk().reader.now
    found: list[str] = []
    for alerter in desk().alerters:
        at, sentences = _checked.get(alerter.name, (None, []))
        if at is None or now - at > CHECKED_FOR:
            sentences = alerter.check()
            _checked[alerter.name] = (now, sentences)
        found.extend(sentences)
    return found


def _stopped_pages() -> list[str]:
    pages = settings().messenger.pages
    if not pages:
        return []
    from chalicelib.channels.messenger_keys import account_of

    stops = {page: desk().accounts.stopped(account_of(page)) for page in pages}
    return [
        f"Nothing goes out for the Messenger Page {page}: {stop.reason} What is written there waits until that is mended."
        for page, stop in stops.items()
        if stop is not None
    ]
