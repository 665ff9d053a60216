"""Messages, sender actions and the control of threads: what our side may do to a conversation."""

from typing import Any

from local.messenger.checks import check
from local.messenger.courier import Delivery
from local.messenger.errors import GraphError, bad
from local.messenger.state import HUMAN_WINDOW_MS, TYPING_MS, WINDOW_MS, Message, Page, Persona, Thread, World
from local.messenger.webhooks import Webhooks

Done = tuple[dict[str, Any], Delivery | None]


class Sends:
    """Takes what is sent to users. Its checks come in the order in which the platform's do."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    def send(self, page: Page, body: dict[str, Any]) -> Done:
        """Accept a message or an action. Raises GraphError."""
        if page.blocked:
            raise GraphError(368)
        check(body)
        thread = self._thread(page, body)
        if self._world.owner(thread) not in (None, self._world.app_id):
            raise GraphError(10, 2018300)
        if "sender_action" in body:
            return self._act(thread, body), None
        self._check_window(thread, body)
        return self._say(page, thread, body)

    def thread_owner(self, page: Page, given: dict[str, Any]) -> dict[str, Any]:
        """Which app has a thread; nothing when it is idle. Who is not told by default learns only of itself."""
        thread = self._thread(page, {"recipient": {"id": given.get("recipient", "")}})
        owner = self._world.owner(thread)
        if owner is None:
            return {"data": []}
        expiration = (thread.last_active_at + WINDOW_MS) // 1000
        return {"data": [{"thread_owner": {"app_id": owner, "expiration": expiration}}]}

    def control(self, page: Page, edge: str, given: dict[str, Any]) -> dict[str, Any]:
        """Pass, take, request or release a thread."""
        thread = self._thread(page, given)
        ours, owner = self._world.app_id, self._world.owner(thread)
        if edge == "pass_thread_control":
            target = str(given.get("target_app_id", ""))
            if not target.isdigit():
                raise bad("param target_app_id must be an app's id.")
            self._must_own(owner)
            self._give(thread, target)
        elif edge == "release_thread_control":
            self._must_own(owner)
            thread.owner = None
        elif edge == "take_thread_control":
            if not self._world.routing:
                raise GraphError(10, None, "(#10) No default app is set for this Page.")
            self._give(thread, ours)
        elif self._world.routing:
            raise GraphError(10, None, "(#10) A default app is set for this Page.")
        self._world.accept(edge, thread, page.id, given)
        return {"success": True}

    def _must_own(self, owner: str | None) -> None:
        if owner not in (None, self._world.app_id):
            raise GraphError(10, 2018300)

    def _give(self, thread: Thread, app_id: str) -> None:
        thread.owner = app_id
        thread.last_active_at = self._world.clock.now()

    def _thread(self, page: Page, body: dict[str, Any]) -> Thread:
        recipient = body.get("recipient")
        psid = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
        thread = self._world.threads.get(psid)
        if thread is None or thread.page_id != page.id:
            raise GraphError(100, 2018001)
        return thread

    def _check_window(self, thread: Thread, body: dict[str, Any]) -> None:
        last = thread.last_user_at
        age = None if last is None else self._world.clock.now() - last
        tagged = body.get("tag") == "HUMAN_AGENT"
        if age is None or age > (HUMAN_WINDOW_MS if tagged else WINDOW_MS):
            raise GraphError(10, 2018278)
        if tagged and age <= WINDOW_MS:
            raise bad("The tag HUMAN_AGENT is not for the first 24 hours.")

    def _say(self, page: Page, thread: Thread, body: dict[str, Any]) -> Done:
        persona = self._persona(page, body)
        reply_to = body.get("reply_to", {}).get("mid") if isinstance(body.get("reply_to"), dict) else None
        if reply_to is not None and thread.message(reply_to) is None:
            raise bad("param reply_to[mid] names no message of this thread.")
        control = body.get("thread_control")
        if control is not None and not self._world.routing:
            raise bad("thread_control needs conversation routing.")
        now, mid = self._world.clock.now(), self._world.mid()
        message = Message(mid, "page", now, body["message"], int(self._world.app_id), persona, reply_to)
        thread.messages.append(message)
        thread.typing_until = 0
        thread.last_active_at = now
        echo = self._webhooks.echo(thread, message)
        self._webhooks.delivered(thread, message)
        if thread.looking:
            thread.read_to = now
            self._webhooks.read(thread)
        if control is not None:
            passed = control["control_type"] == "pass"
            thread.owner = str(control.get("app_id", self._world.app_id)) if passed else None
        self._world.accept("message", thread, page.id, body, mid)
        return {"recipient_id": thread.psid, "message_id": mid}, echo

    def _persona(self, page: Page, body: dict[str, Any]) -> Persona | None:
        given = body.get("persona_id")
        if given is None:
            return None
        persona = self._world.personas.get(str(given))
        if persona is None or persona.page_id != page.id:
            raise bad("Invalid persona ID.")
        return persona

    def _act(self, thread: Thread, body: dict[str, Any]) -> dict[str, Any]:
        action, now = body["sender_action"], self._world.clock.now()
        if action in ("typing_on", "typing_off"):
            thread.typing_until = now + TYPING_MS if action == "typing_on" else 0
        elif action == "mark_seen":
            thread.seen_to = now
        else:
            message = thread.message(body["payload"]["message_id"])
            if message is None or message.deleted:
                raise bad("param payload[message_id] names no message of this thread.")
            if action == "react":
                message.reactions["page"] = body["payload"]["reaction"]
            else:
                message.reactions.pop("page", None)
        self._world.accept(action, thread, thread.page_id, body)
        return {"recipient_id": thread.psid}
