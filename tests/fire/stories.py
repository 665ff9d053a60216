"""The stories in which everybody says marked words and everything breaks, told to whatever answers requests."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from chalicelib.desk.parking import encode
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.store.base import Parked
from chalicelib.wiring import build_store
from tests.channels.deliveries import INBOX, OURS, PAGE, SESSION, USER
from tests.fire.marked import MARKER, body, delivered, good
from tests.fire.vendors import Vendors
from tests.handlers.people import ADMIN_TOKEN, CHAT, NOTIFICATIONS, SESSIONS
from tests.handlers.table import ROUTES, WEBHOOK, Route

WORDS = ("hello", "warn", "unsure", "raise", "long", "huge", "leave", "learn", "rest")
"""What the bot does something about, in the order in which it is said."""

ODD = {"session": MARKER, "notification": MARKER, "area": MARKER, "name": f"{MARKER}%00", "seq": MARKER,
       "number": MARKER, "parked": MARKER}  # fmt: skip

NO_SUCH_USER = 551
"""The platform's error for a message that cannot be delivered."""


class Ask(Protocol):
    """Sends a request, and tells the answer's JSON."""

    def __call__(
        self,
        method: str,
        path: str,
        token: str,
        body: bytes = b"",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any: ...


@dataclass(frozen=True)
class Cast:
    """Who there is: a visitor by token and session, an alert of theirs, and what each kind of route is good for."""

    token: str
    session: str
    alert: str
    failed: str
    pictured: str
    parked: tuple[str, str]

    def places(self, route: Route) -> dict[str, str]:
        """What the route's path names, so that it does what it is for."""
        messenger = quote(SESSION, safe="")
        if "{seq}" in route.path or route.path.endswith("/picture") or route.method == "DELETE":
            seq = self.failed if route.path.endswith("/retry") else self.pictured
            return {"session": messenger, "seq": seq, "parked": self.parked[1]}
        return {"session": self.session, "notification": self.alert, "parked": self.parked[0]}


def everything(ask: Ask, sweep: Callable[[], None], vendors: Vendors, database: Path) -> None:
    """Marked words through every route, and through all that breaks; nothing can be asked of the database any more."""
    every_route(ask, sweep, vendors, database)
    _break(ask, sweep, database)


def every_route(ask: Ask, sweep: Callable[[], None], vendors: Vendors, database: Path) -> None:
    """Marked words through every route, by those who may and by those who may not."""
    _walk(ask, _begin(ask, sweep, vendors, database), vendors)
    sweep()


def _begin(ask: Ask, sweep: Callable[[], None], vendors: Vendors, database: Path) -> Cast:
    token, session = _visitor(ask)
    for number, word in enumerate(WORDS):
        ask("POST", f"{CHAT}/messages", token, body(id=f"m{number}", text=f"{MARKER} {word}"))
        ask("POST", f"{SESSIONS}/{session}/unpause", ADMIN_TOKEN)
    ask("POST", f"{CHAT}/human", token)
    alert = ask("GET", NOTIFICATIONS, ADMIN_TOKEN)["notifications"][0]["id"]
    pictured = _messenger(ask, vendors)
    sweep()
    vendors.platform.fail_next(NO_SUCH_USER)
    said = ask("POST", f"{SESSIONS}/{quote(SESSION, safe='')}/message", ADMIN_TOKEN, body(text=f"{MARKER} lost"))
    return Cast(token, session, alert, str(said["entry"]["seq"]), pictured, _park(database, session))


def _visitor(ask: Ask) -> tuple[str, str]:
    """A new one, by token and session."""
    visitor = ask("POST", f"{CHAT}/visitors", "", body(name=f"{MARKER} name"))
    return visitor["token"], f"webchat:{visitor['visitor']['id']}"


def _messenger(ask: Ask, vendors: Vendors) -> str:
    """A talk by the platform; the number of the entry that is a picture."""

    def tell(**event: Any) -> None:
        raw, headers = delivered(at_ms=int(time.time() * 1000), **event)
        ask("POST", WEBHOOK, "", raw, headers=headers)

    picture = {"type": "image", "payload": {"url": vendors.picture}}
    tell(message={"mid": "m_1", "text": f"{MARKER} hello"}, referral={"ref": MARKER, "source": MARKER})
    tell(message={"mid": "m_2", "attachments": [picture]})
    tell(message={"mid": "m_3", "text": f"{MARKER} unsaid", "quick_reply": {"payload": f"{MARKER} payload"}})
    tell(message_edit={"mid": "m_3", "text": f"{MARKER} edited", "num_edit": 1})
    tell(reaction={"mid": "m_3", "action": "react", "emoji": MARKER})
    tell(message={"mid": "m_3", "is_deleted": True})
    tell(postback={"mid": "m_4", "title": f"{MARKER} title", "payload": f"{MARKER} payload"})
    elsewhere = {"mid": "m_5", "is_echo": True, "app_id": int(INBOX), "text": f"{MARKER} elsewhere"}
    tell(sender={"id": PAGE}, recipient={"id": USER}, message=elsewhere)
    for owner in (INBOX, OURS):
        tell(pass_thread_control={"new_owner_app_id": owner, "metadata": MARKER})
    log = ask("GET", f"{SESSIONS}/{quote(SESSION, safe='')}", ADMIN_TOKEN)["entries"]
    return next(
        str(entry["seq"]) for entry in log if entry["kind"] == "message" and entry["content"]["type"] == "image"
    )


def _park(database: Path, session: str) -> tuple[str, str]:
    """What can be tried again, and what is there to be dropped, of nobody; beside them what goes with the visitor."""
    now = datetime.now(UTC)
    taken = encode(Event(f"u:{MARKER}-late", session, Text(f"{MARKER} late"), now))
    rows = [("again", session, taken), ("dropped", None, MARKER), ("gone", session, MARKER)]
    with closing(build_store(f"sqlite:///{database}")) as store:
        for name, of, kept in rows:
            store.park(Parked(id=name, at=now, channel="webchat", reason="A test.", body=kept, session_id=of))
    return "again", "dropped"


def _walk(ask: Ask, cast: Cast, vendors: Vendors) -> None:
    """Each route, by a visitor, a supervisor, somebody whom the issuer vouches for, and by who has no good credential."""
    bad = (body(text=f"{MARKER} text", id="x"), f'{{"{MARKER}": '.encode(), body(**{MARKER: MARKER}))
    for route in sorted(ROUTES, key=lambda route: route.method == "DELETE"):
        path, odd = route.filled(**cast.places(route)), route.filled(**ODD)
        plain = route.filled(session=cast.session, notification=cast.alert)
        for caller in (cast.token, ADMIN_TOKEN, vendors.id_token, f"{ADMIN_TOKEN}{MARKER}", ""):
            if route.path.endswith(("/pause", "/messages", "/postback")):  # so that it is more than a repetition
                ask("POST", f"{SESSIONS}/{cast.session}/unpause", ADMIN_TOKEN)
            told, query, headers = good(route)
            for _ in range(2):  # the second time, what is done already is answered
                ask(route.method, path, caller, told, query, headers)
            if plain != path:
                ask(route.method, plain, caller, told, f"q={MARKER}")
            for given in bad if route.method == "POST" else ():
                ask(route.method, path, caller, given, f"q={MARKER}")
            ask(route.method, odd, caller, b"", f"cursor={MARKER}&limit={MARKER}")


def _break(ask: Ask, sweep: Callable[[], None], database: Path) -> None:
    """A row that nobody can read, and then no table: what is raised has the words in it."""
    token, session = _visitor(ask)
    ask("POST", f"{CHAT}/messages", token, body(id="m98", text=f"{MARKER} text"))
    _change(database, "UPDATE sessions SET head = ?", json.dumps({"id": session, "rev": f"{MARKER} words"}))
    ask("GET", f"{SESSIONS}/{session}", ADMIN_TOKEN)
    ask("POST", f"{CHAT}/messages", token, body(id="m99", text=f"{MARKER} text"))
    _change(database, "UPDATE sessions SET due_key = '2000'")
    sweep()
    _change(database, "ALTER TABLE sessions RENAME TO gone")
    ask("POST", f"{CHAT}/messages", token, body(id="m100", text=f"{MARKER} text"))


def _change(database: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement, values)
