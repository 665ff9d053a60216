"""What a developer can do on the simulator's page, each by its name, with plain values."""

from collections.abc import Callable
from typing import Any

from chalicelib.model.talking import HUMAN_PAYLOAD
from local.messenger.platform import Platform
from local.messenger.state import PAGE_ID

Given = dict[str, Any]
Command = Callable[[Platform, Given], object]

LONGEST_NAME = 40
MOST_USERS = 20


class Refused(Exception):
    """A command that cannot be done, and why."""


def run(platform: Platform, name: str, given: Given, media: str) -> None:
    """Do it. `media`: the address of the simulator's pictures. Raises Refused, and KeyError for an unknown name."""
    try:
        COMMANDS[name](platform, {**given, "media": media})
    except LookupError as error:
        raise Refused(str(error.args[0]) if error.args else "That is not there.") from error
    platform.world.changed()


def _text(given: Given, name: str, most: int = 2000) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise Refused(f"{name} must be a text of 1 to {most} characters.")
    return value


def _number(given: Given, name: str, most: float) -> float:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
        raise Refused(f"{name} must be a number up to {most:g}.")
    return float(value)


def _user(platform: Platform, given: Given) -> Any:
    psid = str(given.get("psid", ""))
    if psid not in platform.world.threads:
        raise Refused("There is no such user.")
    return platform.user(psid)


def _inbox(platform: Platform, given: Given) -> Any:
    return platform.inbox(_user(platform, given).psid)


def _say(platform: Platform, given: Given) -> None:
    reply_to = given.get("reply_to")
    user = _user(platform, given)
    if reply_to is not None and user.thread.message(str(reply_to)) is None:
        raise Refused("The message that this answers is gone.")
    user.says(_text(given, "text", 20_000), reply_to=reply_to)


def _react(platform: Platform, given: Given) -> None:
    emoji = given.get("emoji")
    _user(platform, given).reacts(_text(given, "mid"), None if emoji is None else _text(given, "emoji", 16))


def _look(platform: Platform, given: Given) -> None:
    user = _user(platform, given)
    user.thread.looking = bool(given.get("on"))
    if user.thread.looking:
        user.looks()


def _join(platform: Platform, given: Given) -> None:
    if len(platform.world.threads) >= MOST_USERS:
        raise Refused(f"There are {MOST_USERS} users already.")
    first, _, last = _text(given, "name", LONGEST_NAME).strip().partition(" ")
    platform.add_user(first, last.strip()).thread.looking = True


def _hold(platform: Platform, given: Given) -> None:
    if given.get("on"):
        platform.courier.hold()
    else:
        platform.courier.release(reverse=bool(given.get("reverse")))


def _delay(platform: Platform, given: Given) -> None:
    platform.courier.delay_seconds = max(0.0, _number(given, "seconds", 600))


def _move_clock(platform: Platform, given: Given) -> None:
    if given.get("hours") is None:
        platform.clock.moved_ms = 0
    else:
        platform.clock.move(hours=_number(given, "hours", 1000))


def _break(platform: Platform, given: Given) -> None:
    """What the next message gets: a mishap by its name, or an error by its codes."""
    kind = given.get("kind")
    if kind == "error":
        subcode = given.get("subcode")
        platform.fail_next(
            int(_number(given, "code", 10**7)), None if subcode is None else int(_number(given, "subcode", 10**8))
        )
    elif kind == "lost":
        platform.lose_next()
    elif kind == "empty":
        platform.break_next()
    elif kind == "garbled":
        platform.garble_next()
    elif kind == "limit":
        platform.limit_next(minutes=1)
    else:
        raise Refused("kind must be error, lost, empty, garbled or limit.")


def _block(platform: Platform, given: Given) -> None:
    if given.get("on"):
        platform.block()
    else:
        platform.unblock()


def _set_routing(platform: Platform, given: Given) -> None:
    platform.world.routing = bool(given.get("on"))


COMMANDS: dict[str, Command] = {
    "say": _say,
    "picture": lambda platform, given: _user(platform, given).sends_picture(given["media"] + "/lamp.png"),
    "thumb": lambda platform, given: _user(platform, given).sends_thumb(given["media"] + "/thumb.png"),
    "choose": lambda platform, given: _user(platform, given).chooses(_text(given, "title"), _text(given, "payload")),
    "press": lambda platform, given: _user(platform, given).presses(_text(given, "title"), _text(given, "payload")),
    "start": lambda platform, given: _user(platform, given).starts(),
    "arrive": lambda platform, given: _user(platform, given).arrives(_text(given, "ref", 250)),
    "react": _react,
    "edit": lambda platform, given: _user(platform, given).edits(_text(given, "mid"), _text(given, "text", 20_000)),
    "unsend": lambda platform, given: _user(platform, given).unsends(_text(given, "mid")),
    "look": _look,
    "join": _join,
    "redeliver": lambda platform, _: platform.courier.redeliver(),
    "hold": _hold,
    "delay": _delay,
    "clock": _move_clock,
    "break": _break,
    "mend": lambda platform, _: platform.faults.clear(),
    "token": lambda platform, given: platform.kill_token(dead=not given.get("alive")),
    "block": _block,
    "routing": _set_routing,
    "inbox-say": lambda platform, given: _inbox(platform, given).says(_text(given, "text")),
    "inbox-take": lambda platform, given: _inbox(platform, given).takes(),
    "inbox-pass": lambda platform, given: _inbox(platform, given).passes_back(),
    "inbox-ask": lambda platform, given: _inbox(platform, given).requests(),
    "verify": lambda platform, _: platform.verify_callback(),
}

DEFAULT_PROFILE: dict[str, Any] = {
    "get_started": {"payload": "GET_STARTED"},
    "greeting": [{"locale": "default", "text": "Hi {{user_first_name}}! Ask us anything about lamps."}],
    "persistent_menu": [
        {
            "locale": "default",
            "composer_input_disabled": False,
            "call_to_actions": [
                {"type": "postback", "title": "Talk to a human", "payload": HUMAN_PAYLOAD},
                {"type": "postback", "title": "Back to the bot", "payload": "HITL_STOP"},
            ],
        }
    ],
}
"""What the Page greets with on a laptop, until the app sets something else; a human comes whatever the bot thinks."""


def furnish(platform: Platform) -> None:
    """Give the Page a greeting and a menu."""
    platform.page(PAGE_ID).profile |= DEFAULT_PROFILE
