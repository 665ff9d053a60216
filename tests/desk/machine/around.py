"""What stands around the desk in the machine: a store that is watched, a bot and alerters that change their mood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from chalicelib.alerts.base import Alert, Alerter
from chalicelib.bots.base import Bot, BotEvent
from chalicelib.errors import AlertFailed
from chalicelib.model.content import Text
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.model.turning import Action, Notify, PauseIt, Remember, Say, UnpauseIt
from tests.desk.machine.processes import Stage
from tests.fakes.faults import Crash, Fault
from tests.fakes.memory import MemoryStore

REFUSED = (Fault.BUSY, Fault.CONFLICT)


@dataclass(frozen=True)
class Step:
    """One commit that happened, and the head that was stored before it."""

    stored: Session
    after: Session


class WatchedStore(MemoryStore):
    """Remembers every commit that it made."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        stored = self.load(after.id) or Session(id=after.id)
        super().commit(before, after, entries, amends, facts=facts)
        if stored.attempt != after.attempt:
            self.steps.append(Step(stored, after))


@dataclass
class Call:
    """One call of the bot. `says` is what it returned; None: it returned nothing that is a turn, or not yet."""

    number: int
    session_id: str
    event_id: str
    paused: bool
    handoff: list[str] | None
    log_length: int
    says: list[str] | None = None


@dataclass
class MoodyBot(Bot):
    """Wants "ask …" while not paused, "stop …" always, and nothing else. Each call says words of its own."""

    stage: Stage
    store: MemoryStore
    mood: str = "reply"
    calls: list[Call] = field(default_factory=list)

    def wants(self, event: BotEvent) -> bool:
        return event.text.startswith("stop") or (event.text.startswith("ask") and not event.paused)

    def turn(self, event: BotEvent) -> list[Action]:
        handoff = None if event.handoff is None else [entry.id for entry in event.handoff]
        length = len(self.store.entries(event.session_id, limit=10_000))
        call = Call(len(self.calls), event.session_id, event.id, event.paused, handoff, length)
        self.calls.append(call)
        fault = self.stage("turn")
        if fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            raise Crash
        if fault is not Fault.NONE or self.mood == "raise":
            raise ZeroDivisionError("a bug in the bot")
        actions = self._actions(f"reply {call.number}")
        if actions is None:
            return "garbage"  # type: ignore[return-value] # that is the point
        call.says = [action.content.text for action in actions if isinstance(action, Say)]
        return actions

    def _actions(self, words: str) -> list[Action] | None:
        says: list[Action] = [Say(Text(f"{words}.0")), Say(Text(f"{words}.1"))]
        moods: dict[str, list[Action]] = {
            "reply": says,
            "pause": [says[0], Notify("Somebody wants a human"), PauseIt()],
            "pause quietly": [PauseIt(reason="no words")],
            "unpause": [UnpauseIt(), says[0]],
            "notify": [Notify("Look here", "warning"), *says],
            "remember": [Remember({"name": f"Name {words}"}), *says],
            "silent": [],
        }
        return moods.get(self.mood)


MOODS = ("reply", "reply", "pause", "pause quietly", "unpause", "notify", "remember", "silent", "garbage", "raise")


@dataclass
class MoodyAlerter(Alerter):
    """Publishes, fails or breaks; `published` counts by alert id."""

    name: str
    stage: Stage
    mood: str = "well"
    published: dict[str, int] = field(default_factory=dict)

    def publish(self, alert: Alert) -> None:
        fault = self.stage("publish")
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if fault in REFUSED or self.mood == "failing":
            raise AlertFailed("down")
        if self.mood == "broken":
            raise ZeroDivisionError("a bug in the alerter")
        self.published[alert.id] = self.published.get(alert.id, 0) + 1
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.LOST:
            raise AlertFailed("the answer was lost")

    def check(self) -> list[str]:
        return []
