"""What a vendor carried: how a run ended, in lines that two runs share, and what no run may end with.

Whoever strikes a call may leave a message of which it is not known whether it arrived, and telling so is an entry of its
own. So entries that only tell of such things are left out here, and the others have a number among themselves.
"""

import json
from collections import Counter
from typing import Any

from chalicelib.model.entry import AmendDetail, Entry, PauseDetail
from chalicelib.model.sending import is_carried
from chalicelib.model.session import Session
from chalicelib.model.views import entry_view
from tests.fakes.channel import ACCOUNT
from tests.fakes.faults import Faults
from tests.matrix.scene import Scene

IS = " is "
KNOWN = ("sent", "failed", "pending")
"""What another run may not know; `pending` is right only for an account that is stopped."""


def bare(entry: Entry) -> Entry:
    """The entry without what became of it on its way."""
    fate = None if entry.fate in ("failed", "unknown") else entry.fate
    return entry.but(fate=fate, failure=None, vendor_id=None, part=0, resent=False)


def alike(ended: list[str], right: list[str]) -> bool:
    """Whether the run ended right, though it may not know what became of some messages."""
    return len(ended) == len(right) and all(
        one == other or _less_known(one, other) for one, other in zip(ended, right, strict=True)
    )


def lines(scene: Scene, head: Session | None, log: list[Entry]) -> list[str]:
    """Log and head, the account's own log, and what became of each message."""
    told = [entry for entry in log if not _tells_of_another(entry)]
    ranks = {entry.seq: rank for rank, entry in enumerate(told, 1)}
    found = [_entry_line(entry, ranks) for entry in told]
    if head is not None:
        found += [
            _entry_line(entry, ranks, only="id") + IS + str(entry_view(entry, head).status)
            for entry in told
            if is_carried(entry)
        ]
        found += _head_lines(head, log)
    account = scene.store.load(ACCOUNT)
    stop = None if account is None else account.stopped
    found.append(f"account stopped: {stop and stop.reason}")
    return found + [f"account {entry.kind} {entry.said}" for entry in scene.store.entries(ACCOUNT, limit=100)]


def complaints(scene: Scene, head: Session | None, log: list[Entry]) -> list[str]:
    """Each part at most once and in order, unless a person asked again; what is told is true; nothing is owed."""
    assert scene.vendor is not None
    reached = [_numbers(outgoing.metadata) for outgoing in scene.vendor.sent]
    allowed = 1 + (scene.asks if scene.case.retries else 0)
    found = [f"I7 part {part} arrived {times} times" for part, times in Counter(reached).items() if times > allowed]
    asked = {entry.seq for entry in log if entry.resent}
    in_turn = [part for part in reached if part[0] not in asked]
    if in_turn != sorted(in_turn):
        found.append(f"I7 parts arrived out of order: {in_turn}")
    account = scene.store.load(ACCOUNT)
    stopped = account is not None and account.stopped is not None
    if head is not None:
        found += [words for entry in log if is_carried(entry) for words in _untrue(scene, head, entry, stopped=stopped)]
        if head.sending is not None:
            found.append(f"I5 a message is left on the wire: {head.sending}")
        if head.unsent and not stopped:
            found.append("I5 something is left unsent")
    if account is not None:
        if account.publications:
            found.append("I6 an alert of the account's is left unpublished")
        if account.due_at is not None and account.due_at <= scene.clock.now:
            found.append("I5 the account is still due")
    return found


def late_echoes(scene: Scene, log: list[Entry]) -> list[str]:
    """What is wrong after the platform has told of all that arrived and is not known to have."""
    if scene.vendor is None:
        return []
    reached = {outgoing.metadata for outgoing in scene.vendor.sent}
    lost = {entry.seq: entry.part for entry in log if entry.fate == "unknown"}
    lost = {seq: part for seq, part in lost.items() if f"hitl:{seq}.{part}" in reached}
    if not lost:
        return []
    for seq, part in lost.items():
        scene.process(Faults()).own_echo(f"hitl:{seq}.{part}")  # type: ignore[attr-defined] # of a world with a vendor
    scene.settle()
    head = scene.store.load(scene.case.session)
    found = scene.store.entries(scene.case.session, limit=500)
    wrong = complaints(scene, head, found)
    for entry in found:
        status = None if head is None else entry_view(entry, head).status
        if entry.seq in lost and status not in ("sent", "delivered", "read"):
            wrong.append(f"I7 entry {entry.seq} is {status}, {entry.failure}, after its echo")
    return [f"after the echoes: {words}" for words in wrong]


def _less_known(ended: str, right: str) -> bool:
    what, _, status = right.rpartition(IS)
    return status in KNOWN and ended == f"{what}{IS}unknown"


def _tells_of_another(entry: Entry) -> bool:
    return isinstance(entry.content, AmendDetail) and entry.id.startswith("s:")


def _entry_line(entry: Entry, ranks: dict[int, int], *, only: str = "") -> str:
    body: dict[str, Any] = json.loads(bare(entry).to_json())
    body["seq"] = ranks[entry.seq]
    body.pop("committed_at", None)
    if not entry.from_user():
        del body["at"]
    if isinstance(entry.content, PauseDetail) and entry.content.until is not None:
        del body["content"]["until"]
    if isinstance(entry.content, AmendDetail):
        body["content"]["of"] = ranks.get(entry.content.of)
    origin, _, rest = entry.id.partition(":")
    if origin == "s":
        body["id"] = "s:…"
    if origin == "b":
        of, _, which = rest.partition(":")
        body["id"] = f"b:{ranks.get(int(of))}:{which}"
    return str(body[only]) + f" {body['seq']}" if only else json.dumps(body, ensure_ascii=False)


def _head_lines(head: Session, log: list[Entry]) -> list[str]:
    last = head.last_message
    said = 0 if last is None else last.seq
    pause = head.pause
    return [
        f"head user {head.user}",
        f"head paused {pause and (pause.trigger, pause.by, pause.reason, pause.fixed)} owner {head.assignee}",
        f"head waits {head.waiting_since is not None} unread {head.unread} read {_up_to(log, head.read_seq)}",
        f"head last {last and (last.text, last.author)} {_up_to(log, said)}",
        f"head handled {_up_to(log, head.handled)} user {_up_to(log, head.user_seq)} turn {head.turn}",
        f"head human {head.human_from is not None} elsewhere {head.elsewhere} handed {head.handed_at}",
        f"head erased {head.erased_at is not None} cut {_up_to(log, head.cut)} facts {head.has_facts}",
    ]


def _up_to(log: list[Entry], seq: int) -> int:
    """How many entries with something of their own there are up to this number."""
    return sum(entry.seq <= seq and not _tells_of_another(entry) for entry in log)


def _untrue(scene: Scene, head: Session, entry: Entry, *, stopped: bool) -> list[str]:
    assert scene.vendor is not None
    parts = {part for seq, part in (_numbers(outgoing.metadata) for outgoing in scene.vendor.sent) if seq == entry.seq}
    whole = set(range(len(scene.vendor.parts(entry.content))))  # type: ignore[arg-type] # a message's
    status = entry_view(entry, head).status
    if status in ("sent", "delivered", "read") and parts != whole:
        return [f"I7 entry {entry.seq} is {status}, and of its parts only {parts} arrived"]
    if status == "failed" and entry.part in parts and not entry.resent:
        return [f"I7 entry {entry.seq} failed at part {entry.part}, which arrived"]
    if status == "suppressed" and parts:
        return [f"I3 entry {entry.seq} is suppressed, and arrived"]
    if status == "pending" and not stopped:
        return [f"I5 entry {entry.seq} is still pending"]
    if status == "sent" and not entry.vendor_id:
        return [f"I7 entry {entry.seq} is sent, and has no id of the vendor's"]
    return []


def _numbers(metadata: str) -> tuple[int, int]:
    seq, _, part = metadata.partition(":")[2].partition(".")
    return int(seq), int(part)
