"""Routes of the page that agents sign in on, when an OpenID provider vouches for them."""

from typing import TYPE_CHECKING

from chalice import Blueprint, Response

from chalicelib.errors import Malformed, RouteNotFound
from chalicelib.handlers.requests import read
from chalicelib.handlers.responses import answers, reply
from chalicelib.wiring import codes, issuer, settings

if TYPE_CHECKING:
    from chalicelib.identity.codes import Codes

routes = Blueprint(__name__)


@routes.route("/signin", methods=["GET"])
@answers
def how_to_sign_in() -> Response:
    """What the page needs to know; without a provider agents have tokens only."""
    from chalicelib.handlers.signin_shapes import ProviderView, SigninAnswer

    known = issuer()
    if known is None:
        return reply(SigninAnswer(provider=None))
    provider = ProviderView(
        issuer=known.expected.issuer,
        client_id=known.expected.client_id,
        scope=settings().oidc.scope,
        authorization_endpoint=known.discovered().authorization,
        redirect_uri=_redirect_uri(),
        sign_out_url=known.sign_out_url(f"{settings().public_url}/admin"),
    )
    return reply(SigninAnswer(provider=provider))


@routes.route("/signin/token", methods=["POST"])
@answers
def redeem() -> Response:
    """The tokens for the code that the issuer gave the page."""
    from chalicelib.handlers.signin_shapes import CodeRequest, TokensAnswer

    given = read(routes.current_request, CodeRequest)
    exchanging = _codes()
    if given.redirect_uri != _redirect_uri():
        raise Malformed("redirect_uri: must be this installation's own page")
    tokens = exchanging.redeem(given.code, verifier=given.verifier, redirect_uri=given.redirect_uri, nonce=given.nonce)
    return reply(TokensAnswer(id_token=tokens.id_token, refresh_token=tokens.refresh_token))


@routes.route("/signin/refresh", methods=["POST"])
@answers
def refresh() -> Response:
    """New tokens for those that end soon."""
    from chalicelib.handlers.signin_shapes import RefreshRequest, TokensAnswer

    given = read(routes.current_request, RefreshRequest)
    tokens = _codes().refresh(given.refresh_token)
    return reply(TokensAnswer(id_token=tokens.id_token, refresh_token=tokens.refresh_token))


@routes.route("/signin/revoke", methods=["POST"])
@answers
def revoke() -> Response:
    """End a refresh token at the issuer, for who signs out."""
    from chalicelib.handlers.signin_shapes import RefreshRequest, RevokedAnswer

    given = read(routes.current_request, RefreshRequest)
    return reply(RevokedAnswer(revoked=_codes().revoke(given.refresh_token)))


def _codes() -> "Codes":
    exchanging = codes()
    if exchanging is None:
        raise RouteNotFound("Agents sign in with tokens here.")
    return exchanging


def _redirect_uri() -> str:
    return f"{settings().public_url}/signin"
