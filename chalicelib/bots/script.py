"""A bot written as handlers: `hear` a pattern, then say what to do through `hitl`."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from chalicelib.bots.base import Bot, BotEvent
from chalicelib.errors import BotFailed
from chalicelib.model.content import Content, ContentAdapter, Text
from chalicelib.model.entry import Level
from chalicelib.model.turning import Action, Notify, PauseIt, Remember, Say, UnpauseIt

Condition = str | re.Pattern[str] | Callable[[object], bool]
Pattern = Condition | Mapping[str, Condition] | Sequence["Pattern"]
Handler = Callable[[BotEvent, "Hitl"], None]


class Hitl:
    """What a handler can have done; all of it lands together when the handler returns."""

    def __init__(self) -> None:
        self.actions: list[Action] = []

    def send(self, content: Content | str) -> None:
        """Send a message to the user. Raises pydantic's ValidationError for what is no content."""
        shown = Text(content) if isinstance(content, str) else ContentAdapter.validate_python(content)
        self.actions.append(Say(shown))

    def notify(self, message: str, level: Level = "info") -> None:
        """Tell the agents something; before a pause in the same turn, it gives that pause's alert its words."""
        self.actions.append(Notify(message, level))

    def pause(self, reason: str | None = None, until: datetime | None = None) -> None:
        """Hand the user to a human. `until` is aware; None: the usual time (`HITL_PAUSE_LASTS`)."""
        self.actions.append(PauseIt(reason, until))

    def unpause(self) -> None:
        """Take the conversation back."""
        self.actions.append(UnpauseIt())

    def remember(self, **facts: JsonValue) -> None:
        """Keep facts about the user, found as `event.user.facts` later; `name` also becomes the name agents see.

        All facts of a user together may have 8 kB of JSON; more hands them to a human.
        """
        self.actions.append(Remember(facts))


class _Rule(NamedTuple):
    pattern: Pattern
    handler: Handler
    while_paused: bool


class ScriptBot(Bot):
    """Handlers in the order they were written: the first whose pattern fits an event answers it."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._fallback: Handler | None = None

    def hear(self, pattern: Pattern, *, while_paused: bool = False) -> Callable[[Handler], Handler]:
        """Answer events that fit the pattern; with `while_paused` also, and even then, while a human has the session.

        A string is the whole text, a compiled regular expression is searched for, a callable is asked with the text. A
        mapping fits when every path (`"user.id"`, `"content.type"`) fits its condition, a list when one member fits.
        """

        def keep(handler: Handler) -> Handler:
            self._rules.append(_Rule(pattern, handler, while_paused))
            return handler

        return keep

    def otherwise(self, handler: Handler) -> Handler:
        """Answer every event that nothing else hears, while not paused."""
        self._fallback = handler
        return handler

    def wants(self, event: BotEvent) -> bool:
        """Whether a handler fits; a paused session's events go to `while_paused` handlers only."""
        return self._handler(event) is not None

    def turn(self, event: BotEvent) -> list[Action]:
        """What the first fitting handler wants done; nothing when none fits."""
        hitl = Hitl()
        handler = self._handler(event)
        if handler is not None:
            returned: object = handler(event, hitl)
            if returned is not None:
                raise BotFailed("a handler returns nothing: it says what to do through hitl")
        return hitl.actions

    def _handler(self, event: BotEvent) -> Handler | None:
        for rule in self._rules:
            if (rule.while_paused or not event.paused) and _fits(rule.pattern, event):
                return rule.handler
        return None if event.paused else self._fallback


def _fits(pattern: Pattern, event: BotEvent) -> bool:
    if isinstance(pattern, Mapping):
        return all(_holds(condition, _at(event, path)) for path, condition in pattern.items())
    if isinstance(pattern, str | re.Pattern) or callable(pattern):
        return _holds(pattern, event.text)
    return any(_fits(member, event) for member in pattern)


def _holds(condition: Condition, value: object) -> bool:
    if isinstance(condition, str):
        return value == condition
    if isinstance(condition, re.Pattern):
        return isinstance(value, str) and condition.search(value) is not None
    return bool(condition(value))


def _at(event: BotEvent, path: str) -> object:
    value: object = event
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value
