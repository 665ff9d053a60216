"""The races' checker can fail: on a store that takes every commit, and on a sound race spoilt in one place."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from pydantic import JsonValue

from chalicelib.errors import AlreadyClaimed
from chalicelib.model.content import Text
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.session import Owner, Publication, Session
from tests.fakes.memory import MemoryStore, _Record
from tests.races import roles
from tests.races.checker import Race, violations
from tests.races.corner import SECONDS, Corner, Gates
from tests.races.rings import ThreadRing, session_name
from tests.races.roles import ANN, BEN, Role, role
from tests.races.told import Claim, Look, Pause, Told


class RecklessStore(MemoryStore):
    """Its commits look at no revision and at no id. `loads`: so many load at the same moment, and see the same."""

    def __init__(self, loads: int) -> None:
        super().__init__()
        self._together = threading.Barrier(loads)
        self._left = loads
        self._paused = threading.Event()

    def load(self, session_id: str) -> Session | None:
        head = super().load(session_id)
        with self._lock:
            self._left -= 1
            meets = self._left >= 0
        if meets:
            self._together.wait(SECONDS)
        return head

    def commit(
        self,
        before: Session | None,
        after: Session,
        entries: Sequence[Entry] = (),
        amends: Sequence[Entry] = (),
        *,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        if any(entry.id.startswith("b:") for entry in entries):
            self._paused.wait(SECONDS)
        with self._lock:
            record = self._records.setdefault(after.id, _Record(after))
            record.head = after
            record.log += entries
        if any(entry.kind == "paused" for entry in entries):
            self._paused.set()


def raced_recklessly(loads: int, *parts: Role, begins: str = "") -> list[str]:
    """The invariants that the checker finds broken."""
    store, session = RecklessStore(loads), session_name()
    if begins:
        store._records[session] = _Record(Session(id=session, rev=1))
    told = ThreadRing("reckless", store, one_desk=False).race(session, *parts)
    head = store.load(session)
    assert head is not None
    race = Race(head, store.entries(session, limit=100), told)
    return sorted({complaint.split()[0] for complaint in violations(race)})


def test_two_winners_of_a_claim_are_found():
    parts = [role(roles.claims, agent=agent) for agent in ("ann", "ben")]

    assert "I8" in raced_recklessly(2, *parts, begins="a session")


def test_two_first_messages_with_one_number_are_found():
    parts = [role(roles.asks_for_a_human), role(roles.asks_for_a_human)]

    assert "I2" in raced_recklessly(2, *parts)


def test_a_reply_that_lands_over_a_pause_is_found():
    parts = [role(roles.starts_slow_turns, times=1), role(roles.pauses, times=1)]

    assert "I3" in raced_recklessly(1, *parts)


@dataclass
class Meanwhile:
    """Where a bot's turn is met by what the test does then."""

    happens: Callable[[], object] = field(default=lambda: None)

    def wait(self, timeout: float | None = None) -> int:
        self.happens()
        return 0

    def reset(self) -> None:
        """Nothing to reset."""


@pytest.fixture
def sound() -> Race:
    """Every kind of thing in one log, by one thread, one after the other: a turn voided, two claims, a stretch, an alert."""
    session, store, meanwhile = session_name(), MemoryStore(), Meanwhile()
    corner = Corner(store, Gates({}, meanwhile, threading.Event()))
    desk, told = corner.desk(), Told()

    def says(entry_id: str, text: str = "Hello") -> None:
        told.entries[entry_id] = desk.intake.receive(Event(entry_id, session, Text(text), desk.reader.now)).seq

    def ann_takes_it() -> None:
        head = desk.commands.claim(session, by=ANN)
        told.claims.append(Claim("ann", won=True, owner="ann"))
        told.pauses.append(Pause(head.seq, [2, 3]))

    meanwhile.happens = ann_takes_it
    says("u:1")
    says("u:2", "slow")
    with pytest.raises(AlreadyClaimed) as lost:
        desk.commands.claim(session, by=BEN)
    told.claims.append(Claim("ben", won=False, owner=str(lost.value)))
    says("u:3")
    answer, _ = desk.commands.say(session, Text("Here I am"), by=ANN, client_id="1")
    told.entries[answer.id] = answer.seq
    desk.commands.unpause(session, trigger="agent", by=ANN)
    says("u:4")
    head = desk.commands.pause(session, trigger="user", by=roles.author_of(session))
    told.pauses.append(Pause(head.seq - 1, [2, 3, 13, 14]))
    desk.commands.claim(session, by=ANN)
    told.calls, told.published = corner.bot.calls, corner.alerter.published
    head, log = store.load(session), store.entries(session, limit=100)
    assert head is not None
    told.seen = [(entry.seq, entry.id) for entry in log]
    told.looks = [Look(6, paused=True), Look(12, paused=False), Look(head.seq, paused=True)]
    return Race(head, log, [told])


def test_a_sound_race_is_not_complained_about(sound: Race):
    kinds = [entry.kind for entry in sound.log if entry.kind != "message"]

    assert violations(sound) == []
    assert kinds == ["paused", "claimed", "unpaused", "paused", "alert", "claimed"]
    assert [entry.seq for entry in sound.log if entry.fate == "suppressed"] == [7, 8]


def entry(at: int, **changes: object) -> Callable[[Race], Race]:
    """Another entry of that number."""
    return lambda race: replace(race, log=[one.but(**changes) if one.seq == at else one for one in race.log])


def head(**changes: object) -> Callable[[Race], Race]:
    return lambda race: replace(race, head=race.head.but(**changes))


def told(**changes: object) -> Callable[[Race], Race]:
    """Something else was told: a value, or a function of what was."""

    def spoil(race: Race) -> Race:
        one = race.told[0]
        new = {name: change(getattr(one, name)) if callable(change) else change for name, change in changes.items()}
        return replace(race, told=[replace(one, **new)])

    return spoil


def calls(**changes: object) -> Callable[[Race], Race]:
    """The bot's last call was another one."""
    return told(calls=lambda calls: [*calls[:-1], replace(calls[-1], **changes)])


def without(name: str) -> Callable[[Race], Race]:
    return told(entries=lambda entries: {key: seq for key, seq in entries.items() if key != name})


# how the complaint begins, and what is spoilt
SPOILT: dict[str, tuple[str, Callable[[Race], Race]]] = {
    "a hole": ("I2", lambda race: replace(race, log=race.log[:3] + race.log[4:])),
    "a number twice": ("I2", entry(3, seq=2)),
    "a log longer than its head": ("I2", head(seq=1)),
    "an id twice": ("I1 in the log twice", entry(9, id="u:1")),
    "an acknowledged message that is gone": ("I1", told(entries=lambda entries: {**entries, "u:9": 20})),
    "a message acknowledged under another number": ("I1", told(entries=lambda entries: {**entries, "u:1": 2})),
    "an agent's acknowledged message that is gone": ("I7", told(entries=lambda entries: {**entries, "a:ann:9": 20})),
    "a message that nobody was told of": ("I1", without("u:3")),
    "an entry that a reader missed": ("I2", told(seen=lambda seen: seen[:4] + seen[5:])),
    "an entry that a reader got twice": ("I2", told(seen=lambda seen: [*seen[:4], *seen[3:]])),
    "entries that a reader got in another order": ("I2", told(seen=lambda seen: [seen[1], seen[0], *seen[2:]])),
    "a reader who was told of fewer": ("I2", told(looks=lambda looks: [*looks[::-1], *looks])),
    "a reader who was told of no pause": ("I3", told(looks=lambda looks: [Look(6, paused=False), *looks])),
    "a bot that is heard during a pause": ("I3 entry 7 is the bot's", entry(7, fate=None)),
    "a turn that is heard though it is void": ("I3 entry 7, for entry 4", entry(7, fate=None)),
    "a bot that is silenced without a pause": ("I3 entry 13, for entry 12", entry(13, fate="suppressed")),
    "a pause that was acknowledged and is not there": ("I3", told(pauses=[Pause(3, [2, 3])])),
    "a reply that became readable after the pause": ("I3", told(pauses=[Pause(6, [2])])),
    "answers in another order": ("I4", entry(13, id="b:1:2")),
    "a bot that got what was said before a pause": ("I4 the bot got entries [1, 4]", entry(8, id="b:1:1")),
    "an answer that is missing": ("I5", lambda race: replace(race, log=race.log[:13])),
    "two turns at once": ("I4", calls(begun=0.0)),
    "a bot called twice": ("I4", told(calls=lambda calls: [*calls, replace(calls[-1], begun=calls[-1].ended)])),
    "a bot that got what was said during a pause": ("I4", calls(event="u:3")),
    "a bot that got what is not in the log": ("I1", calls(event="u:9")),
    "a bot that was told of no human stretch": ("I4", calls(handoff=None)),
    "a bot that was told of half of a human stretch": ("I4", calls(handoff=["u:3"])),
    "a turn that is left": ("I5", head(user_seq=1_000)),
    "an alert that is owed": ("I6", lambda race: head(publications=(owed(race),))(race)),
    "an alert that was not published": ("I6", told(published=[])),
    "an alert that was published twice": ("I6", told(published=lambda published: published * 2)),
    "a pause that made no alert": ("I6", entry(16, kind="note", content=Text("no alert"))),
    "a head that forgot the pause": ("I2", head(pause=None)),
    "two winners": ("I8", told(claims=[Claim("ann", won=True, owner="ann"), Claim("ben", won=True, owner="ben")])),
    "no winner": ("I8", told(claims=lambda claims: claims[1:])),
    "a loser who was not told who won": ("I8", told(claims=lambda claims: [claims[0], Claim("ben", False, "Sue has")])),
    "a winner who lost it": ("I8", head(assignee=Owner(id="ben", name="Ben"))),
    "a claim of what another has": ("I8", lambda race: replace(race, log=claimed_by_ben(race.log))),
}


def owed(race: Race) -> Publication:
    return Publication(seq=16, to=("counter",), at=race.log[-1].at)


def claimed_by_ben(log: list[Entry]) -> list[Entry]:
    """A second claim after the last one, by somebody else."""
    return [*log, log[-1].but(author=BEN)]


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_is_found(sound: Race, name: str):
    beginning, spoil = SPOILT[name]

    assert any(complaint.startswith(beginning) for complaint in violations(spoil(sound)))
