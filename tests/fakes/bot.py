"""A bot that does what a test wrote down."""

from collections.abc import Callable

from chalicelib.bots.base import Bot, BotEvent
from chalicelib.model.turning import Action


class ScriptedBot(Bot):
    """Turns are taken from `script`, in order, and after its end from `usually`.

    A turn is a function of the event, so it may raise, return garbage, or call back into the desk: what it does there
    happens while the turn runs. It wants what `wanting` says: by default everything that is said while not paused.
    """

    def __init__(self) -> None:
        self.script: list[Callable[[BotEvent], object]] = []
        self.usually: Callable[[BotEvent], object] = lambda event: []
        self.wanting: Callable[[BotEvent], bool] = lambda event: not event.paused
        self.heard: list[BotEvent] = []

    def wants(self, event: BotEvent) -> bool:
        return self.wanting(event)

    def turn(self, event: BotEvent) -> list[Action]:
        self.heard.append(event)
        turn = self.script.pop(0) if self.script else self.usually
        return turn(event)  # type: ignore[return-value] # garbage is what some tests want

    def then(self, *actions: object) -> None:
        """The next turn returns these."""
        self.script.append(lambda event: list(actions))

    def then_raise(self, error: BaseException) -> None:
        """The next turn raises."""

        def turn(event: BotEvent) -> object:
            raise error

        self.script.append(turn)

    def then_while(self, meanwhile: Callable[[], object], *actions: object) -> None:
        """Something happens while the next turn runs, which then returns these."""

        def turn(event: BotEvent) -> object:
            meanwhile()
            return list(actions)

        self.script.append(turn)
