"""The events the platform tells the app, in its shapes, and which of them it tells at all."""

from typing import Any

from local.messenger.courier import Courier, Delivery
from local.messenger.state import INBOX_APP_ID, Message, Thread, World


class Webhooks:
    """Makes events and hands them to the courier."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    def message(self, thread: Thread, message: Message) -> None:
        """The user wrote."""
        told = {"mid": message.mid, **message.content}
        if message.reply_to is not None:
            original = thread.message(message.reply_to)
            told["reply_to"] = {"mid": message.reply_to, "is_self_reply": bool(original and original.side == "user")}
        self._by_user(thread, "messages", {"message": told}, at=message.at, kind="message")

    def edit(self, thread: Thread, message: Message) -> None:
        """The user rewrote a message; the number of the edit is a text, as it often is."""
        edit = {"mid": message.mid, "text": message.content.get("text", ""), "num_edit": str(message.edits)}
        self._by_user(thread, "message_edits", {"message_edit": edit}, kind="edit")

    def unsend(self, thread: Thread, message: Message) -> None:
        """The user took a message back."""
        self._by_user(thread, "messages", {"message": {"mid": message.mid, "is_deleted": True}}, kind="unsend")

    def postback(self, thread: Thread, mid: str, title: str, payload: str, ref: str | None = None) -> None:
        """The user pressed a button. Its payload goes to the app in control only."""
        told: dict[str, Any] = {"mid": mid, "title": title}
        if not self._elsewhere(thread):
            told["payload"] = payload
        if ref is not None:
            told["referral"] = _referral(ref)
        self._by_user(thread, "messaging_postbacks", {"postback": told}, kind="postback")

    def referral(self, thread: Thread, ref: str) -> None:
        """A user who has written before came by a link."""
        self._by_user(thread, "messaging_referrals", {"referral": _referral(ref)}, kind="referral")

    def reaction(self, thread: Thread, mid: str, name: str, emoji: str | None) -> None:
        """The user reacted to a message, or took the reaction back, when there is no emoji."""
        told: dict[str, Any] = {"mid": mid, "action": "react" if emoji else "unreact"}
        if emoji:
            told |= {"reaction": name, "emoji": emoji}
        self._by_user(thread, "message_reactions", {"reaction": told}, kind="reaction")

    def delivered(self, thread: Thread, message: Message) -> None:
        """The message reached the user's phone. Such events often have no time of their own."""
        event = {**_ends(thread), "delivery": {"mids": [message.mid], "watermark": message.at}}
        self._tell(thread, "message_deliveries", event, kind="delivery")

    def read(self, thread: Thread) -> None:
        """The user has seen all up to their mark."""
        self._by_user(thread, "message_reads", {"read": {"watermark": thread.read_to}}, kind="read")

    def echo(self, thread: Thread, message: Message) -> Delivery | None:
        """The Page wrote, by whichever app. None: echoes are not subscribed to."""
        told: dict[str, Any] = {"mid": message.mid, "is_echo": True}
        if message.app_id is not None:
            told["app_id"] = message.app_id
        told |= {name: value for name, value in message.content.items() if name not in ("quick_replies", "attachment")}
        if "attachment" in message.content:
            told["attachments"] = [message.content["attachment"]]
        event = {
            "sender": {"id": thread.page_id},
            "recipient": {"id": thread.psid},
            "timestamp": message.at,
            "message": told,
        }
        return self._tell(thread, "message_echoes", event, kind="echo")

    def passed(self, thread: Thread, metadata: str) -> None:
        """The inbox passed the thread to our app: said to the new owner, with texts for numbers."""
        self._handover(
            thread,
            "pass_thread_control",
            {
                "previous_owner_app_id": str(INBOX_APP_ID),
                "new_owner_app_id": self._world.app_id,
                "metadata": metadata,
            },
        )

    def taken(self, thread: Thread, previous: str | None, metadata: str) -> None:
        """The inbox took the thread: said to the app that lost it, with numbers."""
        told = {
            "previous_owner_app_id": None if previous is None else int(previous),
            "new_owner_app_id": INBOX_APP_ID,
            "metadata": metadata,
        }
        self._handover(thread, "take_thread_control", told)

    def requested(self, thread: Thread, metadata: str) -> None:
        """The inbox asks our app for the thread."""
        told = {"requested_owner_app_id": INBOX_APP_ID, "metadata": metadata}
        self._handover(thread, "request_thread_control", told)

    def policy(self, page_id: str, action: str, reason: str) -> None:
        """The Page was warned, blocked or let go; such an event has no sender."""
        event = {
            "recipient": {"id": page_id},
            "timestamp": self._world.clock.now(),
            "policy_enforcement": {"action": action, "reason": reason},
        }
        if "messaging_policy_enforcement" in self._world.pages[page_id].subscribed:
            self._courier.put(page_id, "policy_enforcement", event)

    def _handover(self, thread: Thread, name: str, told: dict[str, Any]) -> None:
        if "messaging_handovers" in self._world.pages[thread.page_id].subscribed:
            event = {**_ends(thread), "timestamp": self._world.clock.now(), name: told}
            self._courier.put(thread.page_id, name, event)

    def _by_user(self, thread: Thread, field: str, told: dict[str, Any], *, kind: str, at: int | None = None) -> None:
        when = self._world.clock.now() if at is None else at
        self._tell(thread, field, {**_ends(thread), "timestamp": when, **told}, kind=kind)

    def _tell(self, thread: Thread, field: str, event: dict[str, Any], *, kind: str) -> Delivery | None:
        subscribed = self._world.pages[thread.page_id].subscribed
        if self._elsewhere(thread):
            if "standby" not in subscribed:
                return None
            return self._courier.put(thread.page_id, f"{kind} (standby)", event, "standby")
        return self._courier.put(thread.page_id, kind, event) if field in subscribed else None

    def _elsewhere(self, thread: Thread) -> bool:
        return self._world.owner(thread) not in (None, self._world.app_id)


def _ends(thread: Thread) -> dict[str, Any]:
    return {"sender": {"id": thread.psid}, "recipient": {"id": thread.page_id}}


def _referral(ref: str) -> dict[str, str]:
    return {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
