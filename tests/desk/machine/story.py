"""A log read from its beginning: what it says that the head must be. Written from the rules, not from the code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.model.entry import AlertDetail, Entry, PauseDetail

BOSSES = {"sue"}
"""Agents who claim by force."""

STEPS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


@dataclass
class Story:
    """What a log adds up to.

    `foreign`: numbers of pauses and unpauses that are not the bot's own doing; `pause_at`: a pause whose alert comes next.
    """

    paused: bool = False
    owner: str | None = None
    waiting_since: datetime | None = None
    escalated: list[datetime] = field(default_factory=list)
    unread: int = 0
    last_said: str | None = None
    foreign: list[int] = field(default_factory=list)
    pause_at: int = 0
    said_while_paused: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def foreign_between(self, first: int, last: int) -> bool:
        return any(first < seq < last for seq in self.foreign)


def read(log: list[Entry]) -> Story:
    """Tell the story of the log, with complaints about what no log may contain."""
    story = Story()
    for entry in log:
        _read(story, entry)
    if story.pause_at:
        story.complaints.append(f"I6 the pause, entry {story.pause_at}, made no alert")
    return story


def _read(story: Story, entry: Entry) -> None:
    if story.pause_at and entry.seq == story.pause_at + 1:
        _read_first_after_pause(story, entry)
    if entry.kind in ("paused", "unpaused"):
        _read_pause(story, entry)
    elif entry.kind == "claimed":
        if not story.paused:
            story.complaints.append(f"entry {entry.seq} claims a session that is not paused")
        if story.owner not in (None, entry.author.id) and entry.author.id not in BOSSES:
            story.complaints.append(f"I8 {entry.author.id} has claimed what {story.owner} had, without force")
        story.owner = entry.author.id
    elif entry.kind == "released":
        story.owner = None
    elif entry.kind == "message":
        _read_message(story, entry)
    elif entry.kind == "alert":
        _read_alert(story, entry)


def _read_first_after_pause(story: Story, entry: Entry) -> None:
    detail = entry.content
    if not isinstance(detail, AlertDetail) or detail.why != "paused":
        story.complaints.append(f"I6 the pause, entry {story.pause_at}, made no alert")
    story.pause_at = 0


def _read_pause(story: Story, entry: Entry) -> None:
    detail = entry.content
    assert isinstance(detail, PauseDetail)
    if story.paused == (entry.kind == "paused"):
        story.complaints.append(f"entry {entry.seq} is {entry.kind}, and so was the session before")
    story.paused = entry.kind == "paused"
    story.owner = story.owner if story.paused else None
    story.waiting_since = entry.at if story.paused else None
    story.escalated = []
    if detail.trigger != "bot":
        story.foreign.append(entry.seq)
    if story.paused and detail.trigger != "agent":
        story.pause_at = entry.seq


def _read_message(story: Story, entry: Entry) -> None:
    if entry.fate != "suppressed":
        story.last_said = entry.said
    if entry.author.kind == "agent":
        story.waiting_since, story.escalated, story.unread = None, [], 0
        if not entry.id.startswith("echo:") and (not story.paused or story.owner is None):
            story.complaints.append(f"an agent spoke, entry {entry.seq}, in a session that is not paused and owned")
    if entry.author.kind == "user":
        story.unread += 1
        if story.paused:
            story.said_while_paused.add(entry.seq)
            if story.waiting_since is None:
                story.waiting_since, story.escalated = entry.at, []


def _read_alert(story: Story, entry: Entry) -> None:
    detail = entry.content
    assert isinstance(detail, AlertDetail)
    if detail.why != "waiting":
        return
    story.escalated.append(entry.at)
    if story.waiting_since is None:
        story.complaints.append(f"entry {entry.seq} says that somebody waits who does not")
        return
    steps = sum(1 for step in STEPS if entry.at - story.waiting_since >= step)
    if steps < len(story.escalated):
        story.complaints.append(f"entry {entry.seq} escalates too early, or twice for one step")
