"""The webhook of Facebook Messenger: it verifies, hands all to the inbox, and answers."""

import logging
from dataclasses import replace

from chalice import Blueprint, Response

from chalicelib.errors import Forbidden, Malformed, TooLarge
from chalicelib.handlers.logs import known_of
from chalicelib.handlers.requests import raw
from chalicelib.handlers.responses import Headers, answers
from chalicelib.wiring import desk, settings

log = logging.getLogger(__name__)

routes = Blueprint(__name__)

PLAIN: Headers = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


ANY = ["*/*"]
"""Types of bodies: what is signed is taken, whatever a proxy calls it."""


@routes.route("/messenger", methods=["GET"], content_types=ANY)
@answers
def verify() -> Response:
    """The platform asks whether we are who was named to it: the challenge, byte for byte."""
    from chalicelib.channels.messenger_webhook import challenge

    echoed = challenge(routes.current_request.query_params, settings().messenger.verify_token)
    if echoed is None:
        raise Forbidden("This is not the verify token of this installation.")
    return Response(echoed, status_code=200, headers=PLAIN)


@routes.route("/messenger", methods=["POST"], content_types=ANY)
@answers
def deliver() -> Response:
    """What happened on the platform; 200 once it is kept."""
    from chalicelib.channels.messenger_webhook import BODY_LIMIT, SIGNATURE, is_signed
    from chalicelib.handlers.deliveries import read_messenger

    request = routes.current_request
    try:
        body = raw(request)
    except Malformed as error:
        raise Forbidden("This delivery is not signed by Facebook.") from error
    if len(body) > BODY_LIMIT:
        raise TooLarge(f"A delivery may have {BODY_LIMIT} bytes.")
    if not is_signed(body, request.headers.get(SIGNATURE), settings().messenger.app_secrets):
        raise Forbidden("This delivery is not signed by Facebook.")
    delivery, ignored = read_messenger(body, settings().messenger, desk().reader.now)
    if ignored:
        log.info("ignored: %s", ", ".join(f"{count} {kind}" for kind, count in sorted(ignored.items())))
    delivery = replace(delivery, trace=known_of("trace"))
    desk().inbox.put(delivery)
    return Response("EVENT_RECEIVED", status_code=200, headers=PLAIN)
