"""What contestants do, by name, since processes are told it in JSON. Each notes in `told` what it was told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import AlreadyClaimed
from chalicelib.model.content import Text
from chalicelib.model.entry import Author, Entry
from chalicelib.model.event import Event
from tests.races.corner import SECONDS, Corner
from tests.races.told import Claim, Look, Pause, Told

ANN, BEN, SUE = (Author(kind="agent", id=name.lower(), name=name) for name in ("Ann", "Ben", "Sue"))
AGENTS = {agent.id: agent for agent in (ANN, BEN, SUE)}

LOOK_SECONDS = 0.005
"""Between two looks of a reader, who would else take all there is of the machine."""

LOOKS = 5_000
PAGE = 40


@dataclass(frozen=True)
class Role:
    """A function of this module, by name, and what it is given. Readers do not compete: they end when the others have."""

    name: str
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def competes(self) -> bool:
        return self.name != "reads"


def role(function: Callable[..., None], **given: Any) -> Role:
    return Role(function.__name__, given)


def play(corner: Corner, session: str, part: Role) -> Told:
    """Do what the role says; an error of any kind is told, and breaks the race for all who wait."""
    told = Told()
    try:
        ROLES[part.name](corner, session, told, **part.given)
    except Exception as error:  # noqa: BLE001 - told by whoever asked for the race
        told.broke = f"{part.name}: {error!r}"
    told.calls += _drained(corner.bot.calls)
    told.published += _drained(corner.alerter.published)
    return told


def says(corner: Corner, session: str, told: Told, *, ids: list[str], text: str = "Hello", later: float = 0.0) -> None:
    """The user says so many things, each when all are ready for it."""
    for entry_id in ids:
        corner.ready()
        _receive(corner, session, told, entry_id, f"{text} {entry_id}", later)


def hurries(corner: Corner, session: str, told: Told, *, ids: list[str], text: str = "Hello") -> None:
    """The user says so many things, one right after the other."""
    corner.ready()
    for entry_id in ids:
        _receive(corner, session, told, entry_id, f"{text} {entry_id}")


def starts_slow_turns(corner: Corner, session: str, told: Told, *, times: int) -> None:
    """The user says what takes the bot a while; then waits until the other side has done what it does meanwhile."""
    for number in range(times):
        corner.ready()
        _receive(corner, session, told, f"u:slow{number}", f"slow {number}")
        corner.ready()


def says_meanwhile(corner: Corner, session: str, told: Told, *, times: int) -> None:
    """The user says something else at the moment when a slow turn is asked for."""
    for number in range(times):
        corner.ready()
        _receive(corner, session, told, f"u:meanwhile{number}", "Are you there?")
        corner.ready()


def pauses(corner: Corner, session: str, told: Told, *, times: int) -> None:
    """An agent pauses at the moment when the bot has its answer, looks what is readable then, and unpauses afterwards."""
    commands = corner.desk().commands
    for _ in range(times):
        corner.ready()
        corner.gates.middle.wait(SECONDS)
        head = commands.pause(session, trigger="agent", by=ANN)
        told.pauses.append(Pause(head.seq, _readable(corner, session)))
        corner.ready()
        commands.unpause(session, trigger="agent", by=ANN)


def pauses_and_unpauses(corner: Corner, session: str, told: Told, *, times: int) -> None:
    """An agent pauses and unpauses while a turn of the bot runs or lands and something else is in the queue behind it.

    Every other time they say something between.
    """
    commands = corner.desk().commands
    for number in range(times):
        corner.ready()
        _until(corner, lambda entry_id=f"u:meanwhile{number}": corner.store.find(session, entry_id) is not None)
        corner.gates.middle.wait(SECONDS)
        head = commands.pause(session, trigger="agent", by=ANN)
        if number % 2:
            told.pauses.append(Pause(head.seq, _readable(corner, session)))
            said, _ = commands.say(session, Text("One moment"), by=ANN, client_id=str(number))
            told.entries[said.id] = said.seq
        commands.unpause(session, trigger="agent", by=ANN)
        corner.ready()


def asks_for_a_human(corner: Corner, session: str, told: Told) -> None:
    """The user pauses, perhaps before they have said anything."""
    corner.ready()
    head = corner.desk().commands.pause(session, trigger="user", by=author_of(session), create=True)
    told.pauses.append(Pause(head.seq, _readable(corner, session)))


def claims(corner: Corner, session: str, told: Told, *, agent: str) -> None:
    """An agent takes the conversation over, or learns who has."""
    corner.ready()
    try:
        head = corner.desk().commands.claim(session, by=AGENTS[agent])
    except AlreadyClaimed as refusal:
        told.claims.append(Claim(agent, won=False, owner=str(refusal)))
    else:
        told.claims.append(Claim(agent, won=True, owner="" if head.assignee is None else head.assignee.id))


def answers(corner: Corner, session: str, told: Told, *, agent: str, ids: list[str], later: float = 0.0) -> None:
    """An agent says something under each of the client ids."""
    corner.ready()
    for client_id in ids:
        entry, _ = corner.desk(later).commands.say(session, Text(client_id), by=AGENTS[agent], client_id=client_id)
        told.entries[entry.id] = entry.seq


def sweeps(corner: Corner, session: str, told: Told, *, later: float = 0.0) -> None:
    """All due work of all sessions."""
    corner.ready()
    corner.desk(later).sweeper.sweep()


def attends(corner: Corner, session: str, told: Told, *, sessions: list[str], later: float) -> None:
    """The due work of each session, begun when all are ready for it."""
    desk = corner.desk(later)
    for name in sessions:
        corner.ready()
        desk.sweeper.attend(name, desk.reader.now + timedelta(seconds=SECONDS))


def takes_over(corner: Corner, session: str, told: Told, *, later: float) -> None:
    """Attend to the session once its turn runs, as if that had run out."""
    corner.ready()
    _until(corner, lambda: (head := corner.store.load(session)) is not None and head.turn is not None)
    desk = corner.desk(later)
    desk.sweeper.attend(session, desk.reader.now + timedelta(seconds=SECONDS))


def reads(corner: Corner, session: str, told: Told) -> None:
    """A visitor's page follows the log by polling, until the race is over and all is read."""
    told.seen = []
    cursor, reader, over = 0, corner.desk().reader, False
    while not over or cursor < told.looks[-1].seq:
        over = corner.gates.over.wait(LOOK_SECONDS)
        reading = reader.follow(session, after=cursor, limit=PAGE)
        told.looks.append(Look(reading.session.seq, reading.session.paused))
        told.seen += [(entry.seq, entry.id) for entry in reading.entries]
        cursor = reading.cursor


ROLES: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        says,
        hurries,
        starts_slow_turns,
        says_meanwhile,
        pauses,
        pauses_and_unpauses,
        asks_for_a_human,
        claims,
        answers,
        sweeps,
        attends,
        takes_over,
        reads,
    )
}


def author_of(session: str) -> Author:
    """The session's user."""
    return Author(kind="user", id=session.partition(":")[2])


def readable(entry: Entry) -> bool:
    """Whether it is the bot's and a visitor may read it."""
    return entry.kind == "message" and entry.author.kind == "bot" and entry.fate != "suppressed"


def _until(corner: Corner, holds: Callable[[], bool]) -> None:
    """Look until it holds, so many times at most."""
    for _ in range(LOOKS):
        if holds():
            return
        corner.gates.over.wait(LOOK_SECONDS)
    raise TimeoutError("what the race waits for never came")


def _readable(corner: Corner, session: str) -> list[int]:
    return [entry.seq for entry in corner.store.entries(session, limit=10_000) if readable(entry)]


def _receive(corner: Corner, session: str, told: Told, entry_id: str, text: str, later: float = 0.0) -> None:
    event = Event(entry_id, session, Text(text), datetime.now(UTC) + timedelta(seconds=later))
    told.entries[entry_id] = corner.desk(later).intake.receive(event).seq


def _drained(kept: list[Any]) -> list[Any]:
    taken = []
    while kept:
        taken.append(kept.pop(0))
    return taken
