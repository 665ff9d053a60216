"""The invariants, checked on what contestants were told and on what is stored when all of them have ended."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from tests.desk.machine.story import read
from tests.races.roles import AGENTS, readable
from tests.races.told import Call, Told


@dataclass(frozen=True)
class Race:
    """A race that is over and settled. `taken_over`: a turn was run twice on purpose."""

    head: Session
    log: list[Entry]
    told: list[Told]
    taken_over: bool = False

    @property
    def calls(self) -> list[Call]:
        return sorted(
            (call for one in self.told for call in one.calls if call.session == self.head.id),
            key=lambda call: call.begun,
        )

    def foreign(self) -> list[Entry]:
        """Pauses and unpauses; the racers' bot makes none itself."""
        return [entry for entry in self.log if entry.kind in ("paused", "unpaused")]

    def unpaused_after(self, seq: int) -> int:
        """The number of the first `unpaused` after `seq`; past the log when there is none."""
        return next(
            (entry.seq for entry in self.log if entry.kind == "unpaused" and entry.seq > seq), len(self.log) + 1
        )

    def paused_at(self, seq: int) -> bool:
        """Whether the log up to `seq` leaves the session paused."""
        kinds = [entry.kind for entry in self.foreign() if entry.seq <= seq]
        return kinds[-1:] == ["paused"]


def violations(race: Race) -> list[str]:
    """What is wrong, in sentences that name the invariant."""
    return [
        *_numbers(race),
        *_acknowledged(race),
        *_readers(race),
        *_silence(race),
        *_answers(race),
        *_turns(race),
        *_handoffs(race),
        *_owed(race),
        *_alerts(race),
        *_claims(race),
        *read(race.log).complaints,
    ]


def _numbers(race: Race) -> Iterator[str]:
    numbers = [entry.seq for entry in race.log]
    if numbers != list(range(1, race.head.seq + 1)):
        yield f"I2 the head counts {race.head.seq} entries, the log has the numbers {numbers}"
    twice = [entry_id for entry_id, times in Counter(entry.id for entry in race.log).items() if times > 1]
    if twice:
        yield f"I1 in the log twice: {twice}"


def _acknowledged(race: Race) -> Iterator[str]:
    stored = {entry.id: entry.seq for entry in race.log}
    told = {(entry_id, seq) for one in race.told for entry_id, seq in one.entries.items()}
    for entry_id, seq in sorted(told):
        if stored.get(entry_id) != seq:
            invariant = "I7" if entry_id.startswith("a:") else "I1"
            yield f"{invariant} {entry_id} was acknowledged as entry {seq}, and is stored as {stored.get(entry_id)}"
    known = {entry_id for entry_id, _ in told}
    strange = [entry_id for entry_id in stored if entry_id.startswith(("u:", "a:")) and entry_id not in known]
    if strange:
        yield f"I1 in the log, though acknowledged to nobody: {strange}"


def _readers(race: Race) -> Iterator[str]:
    log = [(entry.seq, entry.id) for entry in race.log]
    for one in race.told:
        if one.seen is not None and one.seen != log[: one.looks[-1].seq]:
            yield f"I2 a reader saw {one.seen}, the log is {log}"
        for before, after in pairwise(one.looks):
            if after.seq < before.seq:
                yield f"I2 a reader was told of {after.seq} entries after {before.seq}"
        for look in one.looks:
            if look.paused != race.paused_at(look.seq):
                yield f"I3 a reader was told paused={look.paused} at entry {look.seq}; the log says otherwise"


def _silence(race: Race) -> Iterator[str]:
    said = [entry for entry in race.log if readable(entry)]
    for entry in said:
        if race.paused_at(entry.seq):
            yield f"I3 entry {entry.seq} is the bot's and can be read, in the middle of a pause"
    for pause in (pause for one in race.told for pause in one.pauses):
        if not race.paused_at(pause.seq):
            yield f"I3 a pause was acknowledged at entry {pause.seq}, where the log says that nobody has paused"
        before = [seq for seq in pause.readable if seq <= pause.seq]
        now = [entry.seq for entry in said if entry.seq < race.unpaused_after(pause.seq)]
        if now != before:
            yield f"I3 readable at the acknowledged pause, entry {pause.seq}: {before}; in the end: {now}"


def _answers(race: Race) -> Iterator[str]:
    answers = [(int(entry.id.split(":")[1]), entry) for entry in race.log if entry.id.startswith("b:")]
    for (first, _), (second, entry) in pairwise(answers):
        if second < first:
            yield f"I4 the answer to entry {second}, entry {entry.seq}, came after that to entry {first}"
    foreign = [entry.seq for entry in race.foreign()]
    for asked, entry in answers:
        void = any(asked < seq < entry.seq for seq in foreign)
        if void == readable(entry):
            yield f"I3 entry {entry.seq}, for entry {asked}: void={void}, and yet readable={readable(entry)}"
    for seq in foreign:
        crossing = {asked for asked, entry in answers if asked < seq < entry.seq}
        if len(crossing) > 1:
            yield f"I4 the bot got entries {sorted(crossing)}, said before entry {seq}, though one turn ran then"
    answered = Counter(asked for asked, _ in answers)
    for entry in race.log:
        if not entry.from_user() or any(seq > entry.seq for seq in foreign):
            continue
        wanted = 0 if race.paused_at(entry.seq) else 2
        if answered[entry.seq] != wanted:
            yield f"I5 entry {entry.seq} has {answered[entry.seq]} answers instead of {wanted}"


def _turns(race: Race) -> Iterator[str]:
    if race.taken_over:
        return
    for before, after in pairwise(race.calls):
        if after.begun < before.ended:
            yield f"I4 two turns at once: for {before.event} and for {after.event}"
    twice = [event for event, times in Counter(call.event for call in race.calls).items() if times > 1]
    if twice:
        yield f"I4 the bot was called twice for {twice}"


def _handoffs(race: Race) -> Iterator[str]:
    """Nothing said during a pause is an event of its own; the first call after it is told of all that was said."""
    stored = {entry.id: entry for entry in race.log}
    calls = sorted(race.calls, key=lambda call: stored[call.event].seq if call.event in stored else 0)
    told_to = 0
    for call in calls:
        entry = stored.get(call.event)
        if entry is None:
            yield f"I1 the bot got {call.event}, which is not in the log"
            continue
        if race.paused_at(entry.seq):
            yield f"I4 the bot got entry {entry.seq}, said during a pause, as an event of its own"
        ended = [one.seq for one in race.foreign() if one.kind == "unpaused" and told_to < one.seq < entry.seq]
        told_to = entry.seq
        if not ended:
            continue
        meant = _said_by_humans(race, ended[-1])
        if call.handoff is None or not meant <= set(call.handoff):
            yield f"I4 the bot was told {call.handoff} with entry {entry.seq}, not {sorted(meant)}"


def _said_by_humans(race: Race, ended: int) -> set[str]:
    """Ids of what user and agents said during the pause that ended there."""
    begun = max(entry.seq for entry in race.foreign() if entry.kind == "paused" and entry.seq < ended)
    between = [entry for entry in race.log if begun < entry.seq < ended and entry.kind == "message"]
    return {entry.id for entry in between if entry.author.kind in ("user", "agent")}


def _owed(race: Race) -> Iterator[str]:
    head = race.head
    if head.turn is not None or head.queued:
        yield f"I5 a turn is left, or the user waits for one: {head.turn}, {head.user_seq} after {head.handled}"
    if head.publications:
        yield f"I6 an alert is left unpublished: {head.publications}"
    if head.paused != race.paused_at(head.seq):
        yield f"I2 the head says paused={head.paused}, and the log the opposite"


def _alerts(race: Race) -> Iterator[str]:
    quoted = race.head.id.replace(":", "%3A")
    published = Counter(alert for one in race.told for alert in one.published)
    for entry in race.log:
        if entry.kind == "alert" and published[f"{quoted}.{entry.seq}"] != 1:
            yield f"I6 the alert, entry {entry.seq}, was published {published[f'{quoted}.{entry.seq}']} times"


def _claims(race: Race) -> Iterator[str]:
    claims = [claim for one in race.told for claim in one.claims]
    if not claims:
        return
    winners = [claim for claim in claims if claim.won]
    if [claim.agent for claim in winners] != [claim.owner for claim in winners] or len(winners) != 1:
        yield f"I8 {len(winners)} agents won: {winners}"
        return
    name = AGENTS[winners[0].agent].name
    for claim in claims:
        if not claim.won and name not in claim.owner:
            yield f"I8 {claim.agent} lost to {name}, and was told: {claim.owner!r}"
    if race.head.assignee is None or race.head.assignee.id != winners[0].agent:
        yield f"I8 {name} won, and {race.head.assignee} has the session"
