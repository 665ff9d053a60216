"""The bot's turn: who runs it, when it is void, how its result lands."""

from collections.abc import Iterable
from dataclasses import replace

from pydantic import ConfigDict, Field, JsonValue
from pydantic.dataclasses import dataclass

from chalicelib.model.alerting import notify_words, raise_alert
from chalicelib.model.content import Content
from chalicelib.model.draft import Draft
from chalicelib.model.entry import BOT, SYSTEM, Entry, Level
from chalicelib.model.pausing import pause, unpause
from chalicelib.model.saying import say
from chalicelib.model.session import Turn
from chalicelib.model.text import Text, clean_name, cut
from chalicelib.model.value import Instant

MESSAGES_PER_TURN = 20
"""More is taken for a bot that has run wild."""

COMMANDS_PER_TURN = 10
"""The same for all that is no message; with the messages it stays below the 100 writes of a DynamoDB transaction."""

REASON_LIMIT = 200
"""Characters of a reason, which the head keeps."""

ATTEMPTS = 2
"""A turn that ran out is called once more, then the user gets a human."""

_strict = ConfigDict(extra="forbid", defer_build=True)
"""What is wrong with an action is found where the bot makes it: there it is the bot's failure, later it would be ours."""


@dataclass(frozen=True, config=_strict)
class Say:
    """The bot sends a message."""

    content: Content


@dataclass(frozen=True, config=_strict)
class Notify:
    """The bot tells the agents something."""

    text: Text
    level: Level = "info"


@dataclass(frozen=True, config=_strict)
class PauseIt:
    """The bot hands the user to a human; None for `until`: the usual time."""

    reason: Text | None = None
    until: Instant | None = None


@dataclass(frozen=True, config=_strict)
class UnpauseIt:
    """The bot takes the conversation back."""


@dataclass(frozen=True, config=_strict)
class Remember:
    """The bot learned something about the user; `name` becomes the name shown."""

    facts: dict[str, JsonValue] = Field(default_factory=dict)


Action = Say | Notify | PauseIt | UnpauseIt | Remember


def take_or_pass(draft: Draft, entry: Entry, *, wanted: bool, behind: bool) -> None:
    """Decide who answers a new event: a turn taken now, a running or queued one first, or nobody."""
    if draft.after.turn is not None or behind:
        return
    if wanted:
        take(draft, entry.seq)
    else:
        draft.set(handled=entry.seq)


def take(draft: Draft, seq: int, *, attempt: int = 1) -> None:
    """This request runs the bot for entry `seq` until the bot's time limit and a margin have passed."""
    until = draft.now + draft.policy.bot_timeout + draft.policy.turn_margin
    void = draft.after.turn is not None and draft.after.turn.void
    draft.set(turn=Turn(entry=seq, until=until, by=draft.request, attempt=attempt, void=void))


def take_next(draft: Draft, wanted: Iterable[int], looked_at: int) -> None:
    """Take the first of the queued events in `wanted`; with none, everything up to `looked_at` is done with.

    A no-op when a turn is running or nothing is queued any more.
    """
    if not draft.after.queued:
        return
    for seq in wanted:
        if seq > draft.after.handled:
            take(draft, seq)
            return
    draft.set(handled=max(draft.after.handled, looked_at))


def finish(
    draft: Draft, seq: int, actions: list[Action], known: dict[str, JsonValue], *, taken_back: bool = False
) -> None:
    """Land what the bot wants done for entry `seq`, all together.

    When somebody paused or unpaused meanwhile, or the turn was given up, its messages are kept as suppressed, its pause,
    unpause and facts do nothing, and its alerts stand. When the user was erased meanwhile, nothing is left of it at all.
    `known`: the facts remembered before. `taken_back`: the user took the message back meanwhile, so that no word of the
    answer stays: the turn is void, its messages are dropped, and its alerts say that the bot asks for attention, no more.
    """
    if seq <= draft.after.cut:
        return
    turn = draft.after.turn
    ours = turn is not None and turn.entry == seq
    void = taken_back or not ours or (turn is not None and turn.void)
    if ours:
        draft.set(turn=None, handled=max(draft.after.handled, seq))
    if not void and not draft.after.paused:
        draft.set(human_from=None)
    alerts = [action for action in actions if isinstance(action, Notify)]
    spoken = 0
    for number, action in enumerate(actions):
        if isinstance(action, Say) and not taken_back:
            say(draft, BOT, action.content, entry_id=f"b:{seq}:{spoken}", suppressed=void)
            spoken += 1
        elif isinstance(action, PauseIt) and not void:
            words = alerts.pop(0) if alerts and not draft.after.paused else None
            detail = None if words is None else replace(notify_words(words.text, words.level), why="paused")
            pause(
                draft,
                trigger="bot",
                by=BOT,
                reason=None if action.reason is None else cut(action.reason, REASON_LIMIT),
                until=action.until,
                words=detail,
                alert_id=f"b:{seq}:pause{number}",
            )
        elif isinstance(action, UnpauseIt) and not void:
            unpause(draft, by=BOT, trigger="bot")
        elif isinstance(action, Remember) and not void:
            _remember(draft, action, known)
    for number, alert in enumerate(alerts):
        text = "" if taken_back else alert.text
        raise_alert(draft, notify_words(text, alert.level), entry_id=f"b:{seq}:alert{number}")


def give_up(draft: Draft, seq: int, reason: str) -> None:
    """The bot raised, or did not answer in time: the user gets a human, unless that is switched off.

    A no-op when the turn is not running any more.
    """
    turn = draft.after.turn
    if turn is None or turn.entry != seq:
        return
    draft.set(turn=None, handled=max(draft.after.handled, seq))
    if draft.policy.pause_on_failure and not turn.void:
        pause(draft, trigger="failure", by=SYSTEM, reason=reason)


def _remember(draft: Draft, action: Remember, known: dict[str, JsonValue]) -> None:
    draft.facts = {**known, **(draft.facts or {}), **action.facts}
    draft.set(has_facts=True)
    name = action.facts.get("name")
    if isinstance(name, str):
        draft.set(user=draft.after.user.but(name=clean_name(name), given=True))
