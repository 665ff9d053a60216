"""How a run ended, as lines that can be compared with those of another run; and what no run may end with.

Two runs that did the same thing at other moments have the same lines: ids of attempts and requests are left out, and
times are told only where a rule gives them (the user's own, the end of a pause, the wait until the next alert).
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.model.entry import Entry, PauseDetail
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.store.base import Notification, Parked, Token
from tests.desk.machine.story import read
from tests.fakes.channel import ACCOUNT
from tests.matrix import sends
from tests.matrix.scene import Asked, Scene

_MOMENTS = {
    *("rev", "attempt", "created_at", "last_event_at", "waiting_since", "next_alert_at", "pause", "bucket"),
    *("erased_at", "cutting_at", "keep_until"),
}
_USUAL = Policy().pause_lasts


@dataclass(frozen=True)
class Evidence:
    """All that is stored when nothing is due any more, read once."""

    head: Session | None
    log: list[Entry]
    facts: dict[str, Any]
    notifications: list[Notification]
    unread: int
    tokens: list[Token]
    parked: list[Parked]
    due: list[str]

    @classmethod
    def of(cls, scene: Scene) -> "Evidence":
        store, session = scene.store, scene.case.session
        return cls(
            store.load(session),
            store.entries(session, limit=500),
            store.facts(session),
            store.notifications(limit=100).items,
            store.unread(),
            store.tokens(),
            store.parked(limit=100).items,
            store.due(scene.clock.now, limit=10),
        )


def lines(scene: Scene, found: Evidence) -> list[str]:
    """Log, head, facts, notifications, tokens and what is parked."""
    if scene.vendor is not None:
        return [*sends.lines(scene, found.head, found.log), f"facts {json.dumps(found.facts, sort_keys=True)}"]
    return [
        *map(entry_line, found.log),
        *([] if found.head is None else _head_lines(found.head, found.log)),
        f"facts {json.dumps(found.facts, sort_keys=True)}",
        *(f"notification {item.session_id} {item.entry.seq} read={item.read}" for item in found.notifications),
        f"unread {found.unread}",
        *(f"token {token.to_json()}" for token in found.tokens),
        *(f"parked {parked.to_json()}" for parked in found.parked),
    ]


def entry_line(entry: Entry) -> str:
    body: dict[str, Any] = json.loads(entry.to_json())
    given = entry.from_user() or (isinstance(entry.content, PauseDetail) and entry.content.trigger == "expired")
    body.pop("committed_at", None)
    if not given:
        del body["at"]
    if entry.id.startswith("s:"):
        body["id"] = "s:…:" + entry.id.rpartition(":")[2]
    if isinstance(entry.content, PauseDetail) and entry.content.until == entry.at + _USUAL:
        body["content"]["until"] = "the usual time"
    return json.dumps(body, ensure_ascii=False)


def answer_lines(asked: Asked | None) -> list[str]:
    """What the caller was told, as far as it is the same whenever it is told: of a head, who has the session."""
    answer = () if asked is None or not asked.answered else asked.answer
    parts = answer if isinstance(answer, tuple) else (answer,)
    return [f"answer {_part(part)}" for part in parts]


def complaints(scene: Scene, evidence: Evidence, *answers: Asked | None) -> list[str]:
    """Broken invariants and what is left undone, whatever other runs end with."""
    head, log = evidence.head, evidence.log
    found = ["I5 the list of what is due is not empty"] if evidence.due else []
    found += [] if head is None else _owed(head, scene.clock.now)
    first, last = (0, 0) if head is None else (head.cut, head.seq)
    if [entry.seq for entry in log] != list(range(first + 1, last + 1)):
        found.append(f"I2 the numbers are {[entry.seq for entry in log]}, the head says {head and head.seq}")
    found += [
        f"I1 {name} is in the log twice" for name, count in Counter(entry.id for entry in log).items() if count > 1
    ]
    found += [f"entry {entry.seq} is of the future" for entry in log if entry.at > scene.clock.now]
    found += read(log).complaints if not first else []
    for asked in answers:
        found += _told(asked, log)
    if scene.vendor is not None:
        found += sends.complaints(scene, head, log)
    return found + _unpublished(scene, evidence)


def _owed(head: Session, now: datetime) -> list[str]:
    found = []
    if head.due_at is not None and head.due_at <= now:
        found.append("I5 the session is still due")
    if head.turn is not None:
        found.append("I5 a turn is left")
    if head.queued:
        found.append("I5 something that the user said is left in the queue")
    if head.publications:
        found.append("I6 an alert is left unpublished")
    return found


def _told(asked: Asked | None, log: list[Entry]) -> list[str]:
    """Whoever was told something finds it in the log."""
    if asked is None or not asked.answered:
        return []
    parts = asked.answer if isinstance(asked.answer, tuple) else (asked.answer,)
    known = [sends.bare(entry) for entry in log]
    found = [
        f"I1 {part.id} was told and is not in the log"
        for part in parts
        if isinstance(part, Entry) and sends.bare(part) not in known
    ]
    for head in parts:
        if isinstance(head, Session):
            story = read([entry for entry in log if entry.seq <= head.seq])
            owner = None if head.assignee is None else head.assignee.id
            if (head.paused, owner) != (story.paused, story.owner):
                found.append(f"I5 the caller was told paused={head.paused}, assignee={owner}; the log says otherwise")
    return found


def _unpublished(scene: Scene, evidence: Evidence) -> list[str]:
    """I6: every alert in the log was published by each alerter, with the same words; and none that was never in the log."""
    session = scene.case.session
    accounts = [] if scene.vendor is None else scene.store.entries(ACCOUNT, limit=100)
    logs = {session: evidence.log, ACCOUNT: accounts}
    alerts = [(whose, entry) for whose, log in logs.items() for entry in log if entry.kind == "alert"]
    forgotten = 0 if evidence.head is None else evidence.head.cut
    known = {(whose, entry.seq, entry.said) for whose, entry in alerts}
    young = [(whose, entry) for whose, entry in alerts if scene.clock.now - entry.at <= Policy().publish_for]
    wanted = {(whose, entry.seq, entry.said) for whose, entry in young}
    found = []
    for agents in scene.agents:
        told = Counter(
            (alert.session_id, alert.seq, alert.text) for alert in agents.published if evidence.head is not None
        )
        found += [f"I6 {agents.name} was never told of alert {alert}" for alert in wanted - set(told)]
        unknown = {alert for alert in set(told) - known if alert[0] != session or alert[1] > forgotten}
        found += [f"I6 {agents.name} was told of {alert}, which is not in the log" for alert in unknown]
        found += [f"I6 {agents.name} was told of {alert} {count} times" for alert, count in told.items() if count > 2]
    return found


def _part(part: object) -> str:
    if isinstance(part, Entry):
        return entry_line(sends.bare(part))
    if isinstance(part, Session):
        return f"paused={part.paused} assignee={part.assignee and part.assignee.id}"
    return repr(part)


def _head_lines(head: Session, log: list[Entry]) -> list[str]:
    body: dict[str, Any] = json.loads(head.to_json())
    shown = {name: value for name, value in sorted(body.items()) if name not in _MOMENTS}
    shown.get("last_message", {}).pop("at", None)
    for typing in ("agent_typing_until", "user_typing_until"):
        shown[typing] = typing in shown
    found = [f"head {name}: {value}" for name, value in shown.items()]
    if head.erased_at is not None:
        found.append("head remembers that the user was erased")
    if head.bucket is not None:
        found.append(f"head may say {head.bucket.left} more")
    if head.pause is not None:
        pause = head.pause
        found.append(f"head paused: {pause.trigger} {pause.by} {pause.reason} until {_until(head, log)}")
    if head.waiting_since is not None:
        later = None if head.next_alert_at is None else head.next_alert_at - head.waiting_since
        found.append(f"head waiting, next alert after {later}")
    return found


def _until(head: Session, log: list[Entry]) -> str:
    """The end of the pause: as it was set, or the usual time after what a human did."""
    assert head.pause is not None
    if head.pause.fixed:
        return f"{head.pause.until}, fixed"
    return f"the usual time after {_did(log, head.pause.until - _USUAL)}"


def _did(log: list[Entry], at: datetime) -> str:
    human = [
        entry for entry in log if entry.kind == "paused" or (entry.kind == "message" and entry.author.kind == "agent")
    ]
    return next((f"entry {entry.seq}" for entry in human if entry.at == at), "nothing that is in the log")
