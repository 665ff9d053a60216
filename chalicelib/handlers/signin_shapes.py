"""Bodies and answers of signing in; a module of its own, since most functions start without."""

from typing import Annotated

from pydantic import Field

from chalicelib.model.value import Value

Code = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,4096}$")]
Verifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
Nonce = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
Address = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,1000}$")]


class ProviderView(Value):
    """What an authorization request needs; `sign_out_url` null where sessions at the issuer cannot be ended."""

    issuer: str
    client_id: str
    scope: str
    authorization_endpoint: str
    redirect_uri: str
    sign_out_url: str | None


class SigninAnswer(Value):
    """Null: agents sign in with tokens only."""

    provider: ProviderView | None


class CodeRequest(Value):
    """What came back from the issuer, and what proves that the sign-in was begun there."""

    code: Code
    verifier: Verifier
    nonce: Nonce
    redirect_uri: Address


class RefreshRequest(Value):
    refresh_token: Code


class TokensAnswer(Value):
    """`id_token` is what agents show at every call; `refresh_token` null where the issuer gives none."""

    id_token: str
    refresh_token: str | None


class RevokedAnswer(Value):
    """False: the issuer ends no refresh tokens, so that this one lasts until its time is over."""

    revoked: bool
