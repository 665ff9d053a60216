"""What people do, and how far it comes: the words that use cases are told in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.model.content import Text
from chalicelib.model.entry import Author, Trigger
from chalicelib.model.event import Event
from chalicelib.model.session import User
from chalicelib.store.base import Parked, Token
from tests.fakes.faults import Crash, Fault
from tests.fakes.tools import NOON
from tests.fakes.world import ANN, PROGRAM, SESSION, VISITOR, World

SUE = Author(kind="agent", id="sue", name="Sue")
"""A supervisor."""

Step = Callable[[World], object]
TWO = (("mail", 0), ("hook", 0))
TOKEN = Token(id="t1", name="Ann", role="agent", created_at=NOON)


def says(
    text: str, entry_id: str = "u:asked", *, name: str | None = None, limited: bool = False, at: datetime = NOON
) -> Step:
    user = None if name is None else User(name=name)
    event = Event(entry_id, SESSION, Text(text), at, user=user)
    return lambda world: world.desk.intake.receive(event, limited=limited)


def presses(payload: str) -> Step:
    event = Event("in:asked", SESSION, Text("A button", payload), NOON)
    return lambda world: world.desk.intake.receive(event)


def pauses(trigger: Trigger = "agent", *, lasts: timedelta | None = None, create: bool = False) -> Step:
    by = {"agent": ANN, "user": VISITOR}.get(trigger, PROGRAM)
    until = None if lasts is None else NOON + lasts
    return lambda world: world.desk.commands.pause(
        SESSION, trigger=trigger, by=by, until=until, create=create, reason="why"
    )


def answers(text: str = "How can I help?", *, by: Author = ANN, client_id: str = "asked") -> Step:
    return lambda world: world.agent_says(text, by=by, client_id=client_id)


def unanswered(step: Callable[[World], object]) -> Step:
    """Its answer is of the moment, and another one the second time."""

    def ask(world: World) -> None:
        step(world)

    return ask


sweeps = unanswered(World.sweep)


def earlier(*steps: Step) -> Step:
    """These things happened, one after the other."""

    def happen(world: World) -> None:
        for step in steps:
            step(world)

    return happen


def time(**passes: float) -> Step:
    return lambda world: world.clock.pass_by(**passes)


def dying(step: Step, **plan: tuple[Fault, ...]) -> Step:
    """It was begun, and its process died: `commit=(NONE, CRASH_BEFORE)` before its second commit."""

    def begin(world: World) -> None:
        for call, faults in plan.items():
            world.faults.plan(call, *faults)
        try:
            step(world)
        except Crash:
            return
        raise AssertionError("it was to die")

    return begin


TURN_RUNS = dying(says("ask me", "u:runs"), commit=(Fault.NONE, Fault.CRASH_BEFORE))
"""A turn is taken, and nobody is at it."""

ALERT_OWED = dying(pauses("user", create=True), publish=(Fault.CRASH_BEFORE,))
"""An alert is committed and not published, and nobody is at it."""

GREETED = says("chat before", "u:before")
HUMAN = pauses("user", create=True)


def erases(world: World) -> int:
    """The number of entries is the same in every receipt; when they are deleted is not."""
    return world.desk.erase(SESSION, by=SUE).entries


def parks(parked_id: str, *, session_id: str | None = SESSION) -> Step:
    """Something that could not be processed is parked now."""
    return lambda world: world.desk.store.park(
        Parked(id=parked_id, at=world.clock(), channel="webchat", reason="It is odd.", body="{}", session_id=session_id)
    )


KNOWN = earlier(says("remember", "u:0"), HUMAN, answers(client_id="0"))
