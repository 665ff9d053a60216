"""The simulator of `make run`: set up as an installation sets up the real platform, by the environment."""

import json
import secrets
from collections.abc import Mapping, MutableMapping

from local.messenger.commands import furnish
from local.messenger.page import GRAPH, MEDIA, Simulator
from local.messenger.platform import Platform
from local.messenger.state import APP_ID, PAGE_ID

CALLBACK = "/api/webhooks/messenger"


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether no setting names a platform; those of an installation win."""
    return not any(
        value.strip()
        for name, value in environment.items()
        if name.startswith("HITL_MESSENGER_") or name == "HITL_GRAPH_URL"
    )


def set_up(url: str, environment: MutableMapping[str, str]) -> tuple[Platform, Simulator]:
    """A platform for the server at the address, and the settings that lead to it. Its secrets are new each time."""
    app_secret, verify_token, page_token = (secrets.token_urlsafe(24) for _ in range(3))
    platform = Platform(
        callback=url + CALLBACK, app_secret=app_secret, verify_token=verify_token, page_token=page_token
    )
    furnish(platform)
    ann = platform.user().thread
    ann.looking, ann.picture_url = True, f"{url}{MEDIA}/ann.png"
    environment.update(
        {
            "HITL_MESSENGER_APP_SECRETS": app_secret,
            "HITL_MESSENGER_VERIFY_TOKEN": verify_token,
            "HITL_MESSENGER_PAGES": json.dumps({PAGE_ID: page_token}),
            "HITL_MESSENGER_APP_IDS": APP_ID,
            "HITL_GRAPH_URL": url + GRAPH,
        }
    )
    return platform, Simulator(platform, url)
