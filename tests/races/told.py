"""What one contestant of a race was told, and what its bot and its alerter saw: plain values, fit for JSON."""

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Pause:
    """An acknowledged pause: the log's length then, and the numbers of the bot's messages that a visitor could read."""

    seq: int
    readable: list[int]


@dataclass
class Claim:
    """`owner`: who has the session, as this agent was told; the loser is told a name."""

    agent: str
    won: bool
    owner: str


@dataclass
class Call:
    """One call of the bot, from when to when on the machine's own clock; `handoff`: ids of what was said meanwhile."""

    session: str
    event: str
    begun: float
    ended: float
    handoff: list[str] | None


@dataclass
class Look:
    """What a reader was told in one answer: the log's length, and whether a human has the conversation."""

    seq: int
    paused: bool


@dataclass
class Told:
    """`entries`: number by id, of what was acknowledged; `seen`: number and id of what a reader got, in its order."""

    entries: dict[str, int] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    seen: list[tuple[int, str]] | None = None
    published: list[str] = field(default_factory=list)
    broke: str = ""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def from_json(body: bytes) -> Told:
    told = json.loads(body)
    return Told(
        entries=told["entries"],
        pauses=[Pause(**one) for one in told["pauses"]],
        claims=[Claim(**one) for one in told["claims"]],
        calls=[Call(**one) for one in told["calls"]],
        looks=[Look(**one) for one in told["looks"]],
        seen=None if told["seen"] is None else [(seq, entry_id) for seq, entry_id in told["seen"]],
        published=told["published"],
        broke=told["broke"],
    )
