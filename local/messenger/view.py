"""What the page is shown of the platform."""

from typing import Any

from local.messenger.platform import Platform
from local.messenger.state import HOUR_MS, INBOX_APP_ID, Message, Thread

LINES = 120
MESSAGES = 300


def view(platform: Platform, psid: str, after: int) -> dict[str, Any]:
    """All of it, or no more than the time when nothing has changed `after`; of an unknown user, the first one's thread."""
    world = platform.world
    with world.lock:
        thread = world.threads.get(psid) or next(iter(world.threads.values()))
        now = platform.clock.now()
        small = {"cursor": world.revision, "now": now, "typing": thread.typing_until > now, "psid": thread.psid}
        if after == world.revision and psid == thread.psid:
            return small
        page = world.pages[thread.page_id]
        return {
            **small,
            "page": {
                "id": page.id,
                "name": page.name,
                "blocked": page.blocked,
                "token_alive": page.token_alive,
                "get_started": "get_started" in page.profile,
                "greeting": _of_default(page.profile.get("greeting")).get("text", ""),
                "menu": _of_default(thread.menu or page.profile.get("persistent_menu")).get("call_to_actions", []),
            },
            "people": [
                {"psid": one.psid, "name": _name(one), "unread": _unread(one)} for one in world.threads.values()
            ],
            "thread": {
                "name": _name(thread),
                "first_name": thread.first_name,
                "started": thread.started,
                "ref": thread.ref,
                "control": _control(world.app_id, world.owner(thread)),
                "looking": thread.looking,
                "seen_to": thread.seen_to,
                "messages": [_message(thread, one, world.app_id) for one in thread.messages[-MESSAGES:]],
            },
            "switches": {
                "routing": world.routing,
                "holding": platform.courier.holding,
                "delay": platform.courier.delay_seconds,
                "waiting": len(platform.courier.waiting),
                "faults": len(platform.faults),
                "moved_hours": round(platform.clock.moved_ms / HOUR_MS, 2),
            },
            "log": [
                {
                    "number": line.number,
                    "way": line.way,
                    "what": line.what,
                    "status": line.status,
                    "fine": line.fine,
                    "at": line.at,
                }
                for line in reversed(world.lines[-LINES:])
            ],
        }


def _message(thread: Thread, message: Message, app_id: str) -> dict[str, Any]:
    original = thread.message(message.reply_to) if message.reply_to else None
    return {
        "mid": message.mid,
        "side": message.side,
        "at": message.at,
        "content": message.content,
        "persona": {"name": message.persona.name, "picture_url": message.persona.picture_url}
        if message.persona
        else None,
        "by": "app"
        if message.app_id is None or str(message.app_id) == app_id
        else _control(app_id, str(message.app_id)),
        "edits": message.edits,
        "deleted": message.deleted,
        "reactions": message.reactions,
        "reply_to": {"side": original.side, "content": original.content} if original else None,
    }


def _control(app_id: str, owner: str | None) -> str:
    """Whose a thread, or a message of the Page, is: nobody's, our app's, the inbox' or another app's."""
    if owner is None:
        return "nobody"
    if owner == app_id:
        return "app"
    return "inbox" if owner == str(INBOX_APP_ID) else "other"


def _of_default(given: list[dict[str, Any]] | None) -> dict[str, Any]:
    """The variant for everybody, of texts and menus that have one for each language."""
    variants = given or [{}]
    return next((one for one in variants if one.get("locale") == "default"), variants[0])


def _name(thread: Thread) -> str:
    return f"{thread.first_name} {thread.last_name}".strip()


def _unread(thread: Thread) -> int:
    return sum(one.side == "page" and one.at > thread.read_to for one in thread.messages)
