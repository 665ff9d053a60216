"""Whoever stands around the desk: they do the same thing whenever they are asked the same thing, so that runs can be compared."""

from collections.abc import Callable

from chalicelib.alerts.base import Alert
from chalicelib.bots.base import Bot, BotEvent
from chalicelib.desk.calling import Caller
from chalicelib.model.content import Buttons, Postback, Text
from chalicelib.model.turning import Action, Notify, PauseIt, Remember, Say, UnpauseIt
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.faults import Crash
from tests.fakes.tools import NOON, FakeClock


class Parrot(Bot):
    """What it does is in the first word it hears. It does not want "chat …", and while paused only "stop …"."""

    def wants(self, event: BotEvent) -> bool:
        return event.text.startswith("stop") or not (event.paused or event.text.startswith("chat"))

    def turn(self, event: BotEvent) -> list[Action]:
        word = event.text.split()[0]
        if word == "fail":
            raise ZeroDivisionError("a bug in the bot")
        turn = _TURNS.get(word)
        return turn(event) if turn else [Say(Text(f"You said: {event.text}")), Say(Text("What else?"))]


def _everything(event: BotEvent) -> list[Action]:
    return [
        Say(Buttons("A human will be with you soon.", [Postback("Never mind", "stop")])),
        Remember({"name": "Zoe Smith", "city": "Lyon"}),
        Notify(f"{event.user.first_name} wants a human"),
        Notify("and is in a hurry", "warning"),
        PauseIt(reason="asked for it", until=NOON.replace(hour=15)),
        Say(Text("Please wait.")),
    ]


def _recall(event: BotEvent) -> list[Action]:
    heard = None if event.handoff is None else [entry.said for entry in event.handoff]
    return [Say(Text(f"I know {sorted(event.user.facts.items())} and heard {heard}"))]


_TURNS: dict[str, Callable[[BotEvent], list[Action]]] = {
    "human": lambda event: [PauseIt(), Say(Text("Soon."))],
    "everything": _everything,
    "briefly": lambda event: [PauseIt(), Say(Text("A human looks.")), UnpauseIt(), Say(Text("The bot is back."))],
    "stop": lambda event: [UnpauseIt(), Say(Text("The bot is back."))],
    "notify": lambda event: [Notify("Look here", "error")],
    "remember": lambda event: [Remember({"name": "Zoe", "city": "Lyon"})],
    "recall": _recall,
    "silent": lambda event: [],
    "garbage": lambda event: "no list of actions",  # type: ignore[dict-item,return-value] # that is the point
}


class Agents(RecordingAlerter):
    """Agents outside the admin page; `deaf` times they are not reached."""

    def __init__(self, name: str, deaf: int = 0) -> None:
        super().__init__(name)
        self.deaf = deaf

    def publish(self, alert: Alert) -> None:
        self.failing = self.tried < self.deaf
        super().publish(alert)


class NeverAnswered(Caller):
    """The bot never returns."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.late: list[Callable[[], None]] = []

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        self._clock.pass_by(seconds=timeout_seconds)
        return False


class AnsweredLate(NeverAnswered):
    """The bot returns when its process has done all else: whoever runs the process finds those calls in `late`."""

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        self.late.append(work)
        return super().run(work, timeout_seconds)


class NeverWaited(NeverAnswered):
    """The process itself stands still, so that nobody even learns that the bot's time has passed."""

    def run(self, work: Callable[[], None], timeout_seconds: float) -> bool:
        raise Crash
