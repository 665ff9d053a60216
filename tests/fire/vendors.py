"""All whom hitl calls, on loopback: Messenger's platform, and an OpenID provider; they answer with marked words too."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from local.messenger.faults import Reply
from local.messenger.platform import Platform
from local.messenger.server import running
from tests.channels.deliveries import USER
from tests.fire.marked import MARKER, NONCE
from tests.handlers.meta import APP_SECRET, INSTALLED, PAGE_TOKEN, VERIFY_TOKEN
from tests.handlers.table import CODE
from tests.identity.making import CLIENT, claims, token
from tests.identity.provider import TOKEN, Provider

PICTURE = f"/{MARKER}.png"
_DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


class Facebook(Platform):
    """The platform, which has one picture too."""

    def handle(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if path == PICTURE:
            return 200, {"Content-Type": "image/png"}, _DOT
        return super().handle(method, path, query, headers, body)


@dataclass(frozen=True)
class Vendors:
    """`picture`: an address of one. `id_token`: what an agent shows who signed in. `settings`: what makes them ours."""

    platform: Platform
    picture: str
    id_token: str
    settings: dict[str, str]


@contextmanager
def vendors() -> Iterator[Vendors]:
    """They answer until the block ends."""
    platform = Facebook(app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, page_token=PAGE_TOKEN, echo="after")
    with running(platform) as url, Provider() as provider:
        ann = platform.user(USER)
        ann.thread.first_name, ann.thread.last_name, ann.thread.picture_url = MARKER, "Lee", url + PICTURE
        ann.says("Hello")  # so that she may be answered
        said = claims(provider.url, nonce=NONCE, name=f"Ann {MARKER}", sub=f"ann-{MARKER}", groups=["supervisor"])
        id_token = token(said)
        provider.answers[TOKEN] = {"id_token": id_token, "refresh_token": f"r-{MARKER}"}
        given = INSTALLED | {
            "GRAPH_URL": url,
            "OIDC_ISSUER": provider.url,
            "OIDC_CLIENT_ID": CLIENT,
            "PUBLIC_URL": CODE["redirect_uri"].removesuffix("/signin"),
        }
        settings = {f"HITL_{name}": value for name, value in given.items()}
        yield Vendors(platform, url + PICTURE, id_token, settings)
