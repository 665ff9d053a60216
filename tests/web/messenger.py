"""A conversation on Messenger as the agents' interface tells of it, played to one page in front of the real server."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A picture."""

PATH = re.compile(r"/api/botpress-hitl/sessions/(?P<id>messenger[^/?]+)(?P<rest>/[^?]*)?$")
USER = {"kind": "user", "id": "7", "name": ""}
BOT = {"kind": "bot", "id": "", "name": ""}


def hence(**time: float) -> str:
    """So long from now."""
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


class Talk:
    """What is said, and how its requests are answered; `like`: a session as the server shows one."""

    def __init__(self, like: dict[str, Any], name: str) -> None:
        self.session = like | {
            "id": "messenger:100.7",
            "channel": "messenger",
            "user": {"id": "100.7", "name": name, "picture_url": None},
            "seq": 0,
            "unread": 0,
            "last_message": None,
            "reply_window": {"closes_at": hence(hours=23.5), "human_closes_at": hence(days=6.98), "refused": None},
        }
        self.entries: list[dict[str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.asked: list[tuple[str, Any]] = []
        self.retried: Callable[[dict[str, Any]], None] = lambda entry: None

    def add(self, kind: str, author: dict[str, str], content: Any = None, **more: Any) -> int:
        """One more entry; its number."""
        seq = len(self.entries) + 1
        plain = {"seq": seq, "id": f"x:{seq}", "kind": kind, "author": author, "content": content, "at": hence()}
        self.entries.append(plain | {"status": None, "failure": None, "edited": False, "reaction": None} | more)
        self.session |= {"seq": seq, "sent_to": seq}
        return seq

    def say(self, text: str, author: dict[str, str] = USER, **more: Any) -> int:
        return self.add("message", author, {"type": "text", "text": text}, **more)

    def amend(self, seq: int, **changes: Any) -> None:
        """Rewrite an entry, and tell of it."""
        self.entries[seq - 1] |= changes
        self.add("amended", self.entries[seq - 1]["author"], {"type": "amend", "of": seq})

    def play(self, page: Any) -> None:
        """From now on the page's list holds this conversation alone."""
        page.route("**/api/botpress-hitl/sessions*", self._list)
        page.route("**/api/botpress-hitl/sessions/messenger*", self._answer)
        page.route("**/api/botpress-hitl/sessions/messenger*/**", self._answer)

    def _list(self, route: Any) -> None:
        route.fulfill(json={"sessions": [self.session], "cursor": None})

    def _answer(self, route: Any) -> None:
        address = urlsplit(route.request.url)
        found = PATH.search(unquote(address.path))
        rest = (found and found["rest"]) or ""
        if route.request.method == "POST":
            self.asked.append((rest, json.loads(route.request.post_data)))
            route.fulfill(json={"entry": self._retry(rest)} if rest.endswith("/retry") else self.session)
        elif rest:
            self.asked.append((rest, route.request.headers.get("authorization")))
            if rest in self.media:
                route.fulfill(body=self.media[rest], content_type="image/png")
            else:
                route.fulfill(status=404, json={"Code": "MediaRefused", "Message": "It comes from elsewhere."})
        else:
            route.fulfill(json=self._log({name: int(given[-1]) for name, given in parse_qs(address.query).items()}))

    def _log(self, query: dict[str, int]) -> dict[str, Any]:
        if "after" in query:
            shown = self.entries[query["after"] :][: query["limit"]]
        else:
            shown = self.entries[: query.get("before", 10**6) - 1][-query["limit"] :]
        cursor = shown[-1]["seq"] if shown else query.get("after", 0)
        return {"session": self.session, "entries": shown, "cursor": cursor}

    def _retry(self, rest: str) -> dict[str, Any]:
        entry = self.entries[int(rest.split("/")[2]) - 1]
        entry |= {"status": "pending", "failure": None}
        self.retried(entry)
        return entry
