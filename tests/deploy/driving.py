"""What an installation does in its life: enough of it that every permission is needed by something."""

from datetime import timedelta

import app
from chalicelib import wiring
from local.messenger.platform import Platform
from tests.channels.deliveries import SESSION, USER, event, said
from tests.deploy.installation import Installation, path_of
from tests.handlers.meta import VERIFY_TOKEN, signature
from tests.handlers.people import NOTIFICATIONS, SESSIONS, Visitor
from tests.handlers.table import WEBHOOK

UNREADABLE = b'{"object": "page", "entry": [{'

PARKED = "/api/botpress-hitl/parked"

LATER = timedelta(minutes=20)
"""When a pause that nobody answered has escalated."""


def live(installation: Installation) -> None:
    """All of it."""
    sue = installation.hire("sue", "supervisor")
    visit(installation, sue)
    installation.sweep(after=LATER)
    read_lists(installation, sue)
    answer(installation, sue)
    talk(installation, installation.platform, sue)
    disturb(installation)
    forget(installation, sue)
    installation.sweep(after=timedelta(days=1, minutes=1))
    installation.sweep(after=timedelta(days=8))
    installation.sweep(after=timedelta(days=40))
    with installation.acting("WebsocketConnect"):
        app.connect({"requestContext": {"apiId": "a", "stage": "hitl", "connectionId": "c", "domainName": "d"}}, None)


def visit(installation: Installation, sue: str) -> None:
    """Vera, and one whose pause nobody answers, on the web chat."""
    api = installation.api
    with installation.acting("APIHandler"):
        assert "subscribe" in str(api.get("/api/botpress-hitl/me", token=sue).json["warnings"])
        for name in ("Vera", "Walt"):
            visitor = Visitor.arrives(api, name)
            visitor.says("Hello")
            visitor.says("HITL_START", "m2")
            visitor.says("Anybody?", "m3")
            visitor.says("Anybody?", "m3")  # again, since its answer was lost
            assert visitor.reads().json["state"]["paused"]


def disturb(installation: Installation) -> None:
    """One whose alert nobody takes at first, and one who writes while a program, in a process of its own, pauses them."""
    with installation.acting("APIHandler"), installation.refusing("Publish"):
        assert Visitor.arrives(installation.api, "Xenia").asks_for_a_human().status == 200
    with installation.acting("APIHandler"):
        visitor = Visitor.arrives(installation.api, "Yann")
        other = wiring.build(wiring.settings())
        installation.before_commit(lambda: other.pause("webchat", visitor.id))
        visitor.says("Hello")
        assert visitor.reads().json["state"]["paused"]


def sessions(installation: Installation, token: str, **query: str) -> list[str]:
    """The ids of a list."""
    told = installation.api.get(SESSIONS, token=token, query=query).json
    return [one["id"] for one in told["sessions"]]


def read_lists(installation: Installation, sue: str) -> None:
    api = installation.api
    with installation.acting("APIHandler"):
        assert len(sessions(installation, sue)) == len(sessions(installation, sue, paused="true")) == 2
        assert len(sessions(installation, sue, assignee="none")) == 2
        [vera] = sessions(installation, sue, q="ver")
        assert sessions(installation, sue, q=vera) == [vera]
        told = api.get(NOTIFICATIONS, token=sue).json
        assert told["unread"] > 2
        one, other = (item["id"] for item in told["notifications"][:2])
        assert api.post(f"{NOTIFICATIONS}/{one}/read", token=sue).status == 200
        assert api.post(f"{NOTIFICATIONS}/{other}/archive", token=sue).status == 200
        assert api.post(f"{NOTIFICATIONS}/read", token=sue).json["unread"] == 0


def answer(installation: Installation, sue: str) -> None:
    """Sue answers Vera, and hands back."""
    api = installation.api
    with installation.acting("APIHandler"):
        [vera] = sessions(installation, sue, q="ver")
        path = path_of(vera)
        for what, body in (
            ("claim", {}),
            ("message", {"id": "1", "text": "How can I help?"}),
            ("note", {"id": "2", "text": "A regular"}),
            ("read", {"seq": 3}),
            ("release", {}),
            ("unpause", {}),
            ("pause", {"reason": "again"}),
        ):
            assert api.post(f"{path}/{what}", body, token=sue).status == 200, what
        assert api.get(path, token=sue, query={"after": "2"}).status == 200
        assert api.get(f"{path}/export", token=sue).status == 200


def talk(installation: Installation, platform: Platform, sue: str) -> None:
    """On Messenger: asked for a human, answered, edited, taken back; and what nobody can read is parked."""
    api, user = installation.api, platform.user(USER)
    with installation.acting("APIHandler"):
        asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1"}
        assert api.get(WEBHOOK, query=asked).text == "1"
    mid = user.says("Hello")
    pump(platform)
    user.says("HITL_START")
    pump(platform)
    user.edits(mid, "Hello again")
    pump(platform)
    user.unsends(mid)
    pump(platform)
    with installation.acting("APIHandler"):
        told = api.post(f"{path_of(SESSION)}/message", {"id": "9", "text": "Sue here"}, token=sue)
        assert told.status == 200
    pump(platform)
    fail(installation, platform, sue)
    for mid in ("m_too_large", "m_regretted"):
        installation.post(said("😀" * 20_000, mid=mid))
    installation.post(event(message={"mid": "m_regretted", "is_deleted": True}))
    installation.deliver(UNREADABLE, {"X-Hub-Signature-256": signature(UNREADABLE)})
    look_after(installation, sue)
    platform.inbox(USER).says("From the page's inbox")
    pump(platform)


def look_after(installation: Installation, sue: str) -> None:
    """What was parked is listed, tried again, and dropped; a last one stays until it is too old."""
    api = installation.api
    with installation.acting("APIHandler"):
        parked = [one["id"] for one in api.get(PARKED, token=sue).json["parked"]]
        assert len(parked) == 2
        assert api.post(f"{PARKED}/{parked[0]}/replay", token=sue).status == 200
        assert api.call("DELETE", f"{PARKED}/{parked[0]}", token=sue).status == 200


def fail(installation: Installation, platform: Platform, sue: str) -> None:
    """A message that has to wait, and that the sweep then cannot send."""
    platform.limit_next(minutes=5)
    with installation.acting("APIHandler"):
        path = f"{path_of(SESSION)}/message"
        told = installation.api.post(path, {"id": "10", "text": "Are you there?"}, token=sue)
        assert told.json["entry"]["status"] == "pending"
    platform.fail_next(551, 1545041)
    installation.sweep(after=LATER)
    with installation.acting("APIHandler"):
        told = installation.api.get(path_of(SESSION), token=sue).json["entries"]
        assert "failed" in [one["status"] for one in told]


def forget(installation: Installation, sue: str) -> None:
    """Two are erased: one by a request that finishes, one that the sweep has to finish."""
    api = installation.api
    with installation.acting("APIHandler"):
        told = api.call("DELETE", path_of(SESSION), token=sue)
        assert (told.status, told.json["done"]) == (202, True)
        [walt] = sessions(installation, sue, q="walt")
        with installation.refusing("BatchWriteItem"):
            assert not api.call("DELETE", path_of(walt), token=sue).json["done"]


def pump(platform: Platform) -> None:
    """The platform tells what it has to tell, until nothing follows any more."""
    while platform.pump():
        pass
