"""A bot that repeats what users say wherever it can; what hitl prints meanwhile is played by the tests of the log.

`python -m tests.fire.careless <file> <database>` plays all stories in this process, as Lambda runs the functions, and writes
the statuses of all answers, by route, to the file. It prints nothing by itself: all that is printed is the log.
"""

import json
import os
import sys
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.bots.base import BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.model.content import Buttons, Postback
from local.gateway import Gateway
from tests.fire.marked import MARKER

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
    if "learn" in event.text:
        hitl.remember(name=event.text, said=event.text)
    if "rest" in event.text:
        hitl.notify(event.text)
        hitl.pause(reason=event.text)
    hitl.send(f"You said {event.text}")


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of its call."""

    aws_request_id: str


class Functions:
    """The functions, called as AWS calls them; `statuses` of their answers are kept, by method and path of the route."""

    def __init__(self) -> None:
        import app

        self._app, self._sweep = app.app, app.sweep
        self._gateway = Gateway(self._call, app.app.routes, {path: set(each) for path, each in app.app.routes.items()})
        self.statuses: defaultdict[str, set[int]] = defaultdict(set)

    def ask(
        self,
        method: str,
        path: str,
        token: str,
        body: bytes = b"",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """What it answers, as JSON; None where it is none."""
        given = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "X-Note": MARKER}
        told = self._gateway.handle(method, path, query, list((given | (headers or {})).items()), body)
        return json.loads(told.body) if dict(told.headers).get("Content-Type") == "application/json" else None

    def sweep(self) -> None:
        self._sweep({"version": "0", "detail": {}, "detail-type": "", "source": "", "time": "", "id": "", "region": "",
                     "account": "", "resources": []}, Context("sweep-1"))  # fmt: skip

    def _call(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        told: dict[str, Any] = self._app(event, context)
        asked = event["requestContext"]
        self.statuses[f"{asked['httpMethod']} {asked['resourcePath']}"].add(told["statusCode"])
        return told


def _play(statuses: Path, database: Path) -> None:
    from tests.fire.stories import everything
    from tests.fire.vendors import vendors

    with vendors() as around:
        os.environ.update(around.settings)
        functions = Functions()
        everything(functions.ask, functions.sweep, around, database)
    told = {route: sorted(each) for route, each in functions.statuses.items()}
    statuses.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    _play(Path(sys.argv[1]), Path(sys.argv[2]))
