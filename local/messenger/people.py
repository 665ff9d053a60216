"""What people do on Messenger: the users, and those who answer in the Page's inbox."""

import secrets
from typing import Any

from local.messenger.state import INBOX_APP_ID, Message, Thread, World
from local.messenger.webhooks import Webhooks

THUMB = 369239263222822
"""The id of the thumbs-up sticker."""

MOST_EDITS = 5
_REACTIONS = {"❤️": "love", "😆": "smile", "😮": "wow", "😢": "sad", "😠": "angry", "👍": "like", "👎": "dislike"}


class Person:
    """A user of a Page. What they do becomes a delivery that waits for the next pump; ids of messages come back."""

    def __init__(self, world: World, webhooks: Webhooks, thread: Thread) -> None:
        self._world = world
        self._webhooks = webhooks
        self.thread = thread

    @property
    def psid(self) -> str:
        """Who it is, to the Page."""
        return self.thread.psid

    @property
    def reads(self) -> list[dict[str, Any]]:
        """What the Page sent, as the API was given it, oldest first."""
        return [message.content for message in self.thread.messages if message.side == "page" and not message.deleted]

    def says(self, text: str, *, reply_to: str | None = None) -> str:
        """Write."""
        return self.sends({"text": text}, reply_to=reply_to)

    def sends(self, content: dict[str, Any], *, reply_to: str | None = None) -> str:
        """Send anything a message can hold, as the webhook has it."""
        with self._world.lock:
            message = Message(self._world.mid(), "user", self._world.clock.now(), content, reply_to=reply_to)
            self._act(message.at)
            self.thread.messages.append(message)
            self._webhooks.message(self.thread, message)
            return message.mid

    def sends_picture(self, url: str, kind: str = "image") -> str:
        """Send a picture, or another attachment."""
        return self.sends({"attachments": [{"type": kind, "payload": {"url": url}}]})

    def sends_thumb(self, url: str) -> str:
        """Send the thumbs-up sticker."""
        return self.sends({"attachments": [{"type": "sticker", "payload": {"url": url, "sticker_id": THUMB}}]})

    def chooses(self, title: str, payload: str | None = None) -> str:
        """Take a quick reply; of the last message, unless its payload is given. Raises LookupError: none is offered."""
        if payload is None:
            last = self.thread.messages[-1].content if self.thread.messages else {}
            payload = _offered(last.get("quick_replies", []), title)
        return self.sends({"text": title, "quick_reply": {"payload": payload}})

    def presses(self, title: str, payload: str | None = None) -> str:
        """Press a button of a message or of the menu. Raises LookupError: there is none of this title."""
        return self._press(title, _offered(self._buttons(), title) if payload is None else payload, None)

    def starts(self) -> str:
        """Press Get started, having come by the link of `arrives`, if any. Raises LookupError: the Page has none."""
        started = self._world.pages[self.thread.page_id].profile.get("get_started")
        if started is None:
            raise LookupError("the Page has no get started button")
        ref, self.thread.ref = self.thread.ref, None
        return self._press("Get started", started["payload"], ref)

    def arrives(self, ref: str) -> None:
        """Come by an m.me link. Who is new brings its ref along with the first press of Get started."""
        with self._world.lock:
            if self.thread.started:
                self._webhooks.referral(self.thread, ref)
            else:
                self.thread.ref = ref
            self._world.changed()

    def reacts(self, mid: str, emoji: str | None) -> None:
        """React to a message; None takes it back. Raises LookupError: there is no such message."""
        with self._world.lock:
            message = self._message(mid)
            if emoji is None:
                message.reactions.pop("user", None)
            else:
                message.reactions["user"] = emoji
            self._act(self._world.clock.now())
            self._webhooks.reaction(self.thread, mid, _REACTIONS.get(emoji or "", "other"), emoji)

    def edits(self, mid: str, text: str) -> None:
        """Rewrite a message of their own, at most five times. Raises LookupError: it is not one that can be."""
        with self._world.lock:
            message = self._own(mid)
            if message.edits >= MOST_EDITS or "text" not in message.content:
                raise LookupError("this message cannot be edited any more")
            message.edits += 1
            message.content = {**message.content, "text": text}
            self._webhooks.edit(self.thread, message)

    def unsends(self, mid: str) -> None:
        """Take back a message of their own. Raises LookupError: it is none."""
        with self._world.lock:
            message = self._own(mid)
            message.deleted, message.content = True, {}
            self._webhooks.unsend(self.thread, message)

    def looks(self) -> None:
        """Read what is there. Reading the same again tells nobody."""
        with self._world.lock:
            unread = [one for one in self.thread.messages if one.side == "page" and one.at > self.thread.read_to]
            if unread:
                self.thread.read_to = self._world.clock.now()
                self._webhooks.read(self.thread)

    def _press(self, title: str, payload: str, ref: str | None) -> str:
        with self._world.lock:
            now, mid = self._world.clock.now(), self._world.mid()
            self._act(now)
            self.thread.messages.append(Message(mid, "user", now, {"text": title, "postback": payload}))
            self._webhooks.postback(self.thread, mid, title, payload, ref)
            return mid

    def _act(self, now: int) -> None:
        """Whatever a user does opens the window, and wakes an idle thread for the default app."""
        if self._world.routing and self._world.owner(self.thread) is None:
            self.thread.owner = self._world.app_id
        self.thread.started = True
        self.thread.last_user_at = self.thread.last_active_at = now

    def _message(self, mid: str) -> Message:
        message = self.thread.message(mid)
        if message is None or message.deleted:
            raise LookupError("there is no such message")
        return message

    def _own(self, mid: str) -> Message:
        message = self._message(mid)
        if message.side != "user":
            raise LookupError("it is the Page's message")
        return message

    def _buttons(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for message in reversed(self.thread.messages):
            payload = (message.content.get("attachment") or {}).get("payload") or {}
            found += payload.get("buttons", [])
            for card in payload.get("elements", []):
                found += card.get("buttons", [])
        for menu in self.thread.menu or self._world.pages[self.thread.page_id].profile.get("persistent_menu", []):
            found += menu.get("call_to_actions", [])
        return found


class Inbox:
    """Somebody who answers a thread in the Page's own inbox."""

    def __init__(self, world: World, webhooks: Webhooks, thread: Thread) -> None:
        self._world = world
        self._webhooks = webhooks
        self._thread = thread

    def says(self, text: str, *, app_id: int = INBOX_APP_ID) -> str:
        """Answer the user. With routing on, the inbox takes the thread first; another `app_id`: some other app writes."""
        with self._world.lock:
            if self._world.routing and app_id == INBOX_APP_ID:
                self.takes()
            now = self._world.clock.now()
            message = Message(f"m_{secrets.token_urlsafe(12)}", "page", now, {"text": text}, app_id)
            self._thread.messages.append(message)
            self._thread.last_active_at = now
            self._webhooks.echo(self._thread, message)
            self._world.changed()
            return message.mid

    def takes(self, metadata: str = "") -> None:
        """Take the thread from whoever has it; from itself is nothing."""
        with self._world.lock:
            previous = self._world.owner(self._thread)
            if previous == str(INBOX_APP_ID):
                return
            self._webhooks.taken(self._thread, previous, metadata)
            self._own(str(INBOX_APP_ID))

    def passes_back(self, metadata: str = "") -> None:
        """Give the thread to our app."""
        with self._world.lock:
            self._own(self._world.app_id)
            self._webhooks.passed(self._thread, metadata)

    def requests(self, metadata: str = "") -> None:
        """Ask our app for the thread."""
        with self._world.lock:
            self._webhooks.requested(self._thread, metadata)

    def _own(self, app_id: str) -> None:
        self._thread.owner = app_id
        self._thread.last_active_at = self._world.clock.now()


def _offered(choices: list[dict[str, Any]], title: str) -> str:
    for choice in choices:
        if choice.get("title") == title and isinstance(choice.get("payload"), str):
            return str(choice["payload"])
    raise LookupError(f"nothing titled {title} can be pressed")
