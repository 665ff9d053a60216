"""A bot that repeats what users say wherever it can, and the stories in which it does; run by the tests of the log.

`python -m tests.fire.careless <file>` plays them in this process, as Lambda runs the functions, and writes the statuses of
all answers to the file. It prints nothing by itself: all that is printed is the log.
"""

import json
import sqlite3
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.model.content import Buttons, Postback
from local.gateway import Gateway
from tests.handlers.api import UNSAID
from tests.handlers.people import ADMIN_TOKEN, CHAT, NOTIFICATIONS, SESSIONS
from tests.handlers.table import ROUTES

MARKER = "xyzzy"
"""In every text, name, title, reason, query, header, path and body that is sent. Only ids of ours do without."""

bot = ScriptBot()


def _unsure(text: str) -> bool:
    if "unsure" in text:
        raise LookupError(f"nobody knows {text}")
    return False


@bot.hear(_unsure)
def never(event: BotEvent, hitl: Hitl) -> None:
    raise AssertionError(event.text)


@bot.otherwise
def repeat(event: BotEvent, hitl: Hitl) -> None:
    if "warn" in event.text:
        warnings.warn(event.text, stacklevel=1)
    if "long" in event.text:
        hitl.send(Buttons("Did you mean", [Postback(event.text * 50, "YES")]))
    if "huge" in event.text:
        hitl.send(event.text * 5000)
    if "raise" in event.text:
        raise ValueError(f"cannot make sense of {event.text}") from KeyError(event.text)
    if "leave" in event.text:
        sys.exit(f"I do not want to hear {event.text}")
    hitl.send(f"You said {event.text}")


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of its call."""

    aws_request_id: str


class Functions:
    """The functions, called as AWS calls them; their statuses are kept."""

    def __init__(self) -> None:
        import app

        self._sweep = app.sweep
        self._gateway = Gateway(app.app, app.app.routes, {path: set(each) for path, each in app.app.routes.items()})
        self.statuses: list[int] = []

    def ask(self, method: str, path: str, token: str, body: bytes = b"", query: str = "") -> Any:
        headers = [("Content-Type", "application/json"), ("Authorization", f"Bearer {token}"), ("X-Note", MARKER)]
        told = self._gateway.handle(method, path, query, headers, body)
        self.statuses.append(told.status)
        return json.loads(told.body) if dict(told.headers).get("Content-Type") == "application/json" else None

    def sweep(self) -> None:
        self._sweep({"version": "0", "detail": {}, "detail-type": "", "source": "", "time": "", "id": "", "region": "",
                     "account": "", "resources": []}, Context("sweep-1"))  # fmt: skip


def everything(functions: Functions, database: Path) -> None:
    """Marked words through every route, by those who may and by those who may not, and through all that breaks."""
    visitor = functions.ask("POST", f"{CHAT}/visitors", "", _body(name=f"{MARKER} name"))
    token, session = visitor["token"], f"webchat:{visitor['visitor']['id']}"
    for number, word in enumerate(("hello", "warn", "unsure", "raise", "long", "huge", "leave")):
        functions.ask("POST", f"{CHAT}/messages", token, _body(id=f"m{number}", text=f"{MARKER} {word}"))
        functions.ask("POST", f"{SESSIONS}/{session}/unpause", ADMIN_TOKEN)
    functions.ask("POST", f"{CHAT}/human", token)
    alert = functions.ask("GET", NOTIFICATIONS, ADMIN_TOKEN)["notifications"][0]["id"]
    for route in ROUTES:
        if route.method == "DELETE":
            continue
        path = route.filled(session=session, notification=alert)
        odd = route.filled(
            session=MARKER,
            notification=MARKER,
            area=MARKER,
            name=f"{MARKER}%00",
            seq=MARKER,
            number=MARKER,
            parked=MARKER,
        )
        good = b"" if route.body is UNSAID else json.dumps(route.body).replace("e", MARKER[0] + "e").encode()
        for caller in (token, ADMIN_TOKEN, f"{ADMIN_TOKEN}{MARKER}", ""):
            for body in (
                good,
                _body(text=f"{MARKER} text", id="x"),
                f'{{"{MARKER}": '.encode(),
                _body(**{MARKER: MARKER}),
            ):
                functions.ask(route.method, path, caller, body if route.method == "POST" else b"", f"q={MARKER}")
            functions.ask(route.method, odd, caller, b"", f"cursor={MARKER}&limit={MARKER}")
    functions.sweep()
    _break(functions, database, token, session)


def _break(functions: Functions, database: Path, token: str, session: str) -> None:
    """A row that nobody can read, and then no table: what is raised has the words in it."""
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE sessions SET head = ?", [json.dumps({"id": session, "rev": f"{MARKER} words"})])
    connection.close()
    functions.ask("GET", f"{SESSIONS}/{session}", ADMIN_TOKEN)
    functions.ask("POST", f"{CHAT}/messages", token, _body(id="m99", text=f"{MARKER} text"))
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE sessions SET due_key = '2000'")
    connection.close()
    functions.sweep()
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE sessions RENAME TO gone")
    connection.close()
    functions.ask("POST", f"{CHAT}/messages", token, _body(id="m100", text=f"{MARKER} text"))


def _body(**said: Any) -> bytes:
    return json.dumps(said).encode()


if __name__ == "__main__":
    played = Functions()
    everything(played, Path(sys.argv[2]))
    Path(sys.argv[1]).write_text(json.dumps(played.statuses), encoding="utf-8")
