"""The invariants, checked on what was acknowledged, what was committed and what is in the log."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from tests.desk.machine.around import Call, MoodyAlerter, MoodyBot, Step, WatchedStore
from tests.desk.machine.story import STEPS, Story, read


@dataclass
class Acknowledged:
    """What callers were told is done: contents by session and entry id, and those that may or may not have happened."""

    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Rules:
    """Checks everything that changed since the last check. A broken rule is an AssertionError that names it."""

    store: WatchedStore
    bot: MoodyBot
    alerters: tuple[MoodyAlerter, ...]
    told: Acknowledged
    _checked: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    _steps: int = 0
    _taken: dict[tuple[str, int], Session] = field(default_factory=dict)
    _calls: int = 0

    def check(self, sessions: tuple[str, ...]) -> None:
        for step in self.store.steps[self._steps :]:
            self._check_step(step)
        self._steps = len(self.store.steps)
        for call in self.bot.calls[self._calls :]:
            self._check_call(call)
        self._calls = len(self.bot.calls)
        for session_id in sessions:
            self._check_session(session_id)

    def check_sweep(self, session_id: str, now: datetime) -> None:
        """After a sweep that nothing disturbed: whoever has waited past a step was told of."""
        head = self.store.load(session_id)
        if head is None:
            return
        story = read(self.log(session_id))
        assert not (story.paused and head.pause and head.pause.until <= now), "a pause has outlived its end and a sweep"
        if story.waiting_since is None or head.waiting_since is None:
            return
        reached = [step for step in STEPS if now - head.waiting_since >= step]
        told = any(at - story.waiting_since >= reached[-1] for at in story.escalated) if reached else True
        assert told, f"a user of {session_id} has waited for {now - head.waiting_since} unseen"

    def check_end(self, session_id: str, now: datetime, gave_up_after: float) -> None:
        """All faults healed and all time passed: nothing is owed."""
        head = self.store.load(session_id)
        log = self.log(session_id)
        if head is None:
            assert not log, "a log without a head"
            return
        assert head.due_at is None, f"I5 {session_id} is still due: {head}"
        assert head.turn is None, "I5 a turn is left"
        assert not head.queued, "I5 something that the user said is left in the queue"
        assert not head.publications, "I6 an alert is left unpublished"
        story = read(log)
        for entry in log:
            if entry.kind == "alert" and (now - entry.at).total_seconds() < gave_up_after:
                self._check_published(session_id, entry)
            if entry.from_user():
                self._check_heard(session_id, entry, story)

    def log(self, session_id: str) -> list[Entry]:
        return self.store.entries(session_id, limit=10_000)

    def _check_published(self, session_id: str, entry: Entry) -> None:
        alert_id = f"{session_id.replace(':', '%3A')}.{entry.seq}"
        for alerter in self.alerters:
            assert alerter.published.get(alert_id), f"I6 {alerter.name} never published the alert, entry {entry.seq}"

    def _check_heard(self, session_id: str, entry: Entry, story: Story) -> None:
        wanted = entry.said.startswith("stop") or (
            entry.said.startswith("ask") and entry.seq not in story.said_while_paused
        )
        called = any(call.event_id == entry.id and call.session_id == session_id for call in self.bot.calls)
        answered_otherwise = story.foreign_between(entry.seq, 1_000_000)
        assert called or not wanted or answered_otherwise, f"I5 the bot never got entry {entry.seq}, {entry.said!r}"

    def _check_step(self, step: Step) -> None:
        stored, after = step.stored, step.after
        assert after.rev == stored.rev + 1, f"I2 rev {after.rev} follows rev {stored.rev}: a commit was overwritten"
        assert after.handled >= stored.handled, "the bot would get an event again"
        turn = after.turn
        if turn is None or (stored.turn is not None and stored.turn.by == turn.by):
            return
        key = (after.id, turn.entry)
        earlier = max((seq for session_id, seq in self._taken if session_id == after.id), default=0)
        if turn.attempt == 1:
            assert turn.entry > earlier, f"I4 the turn for entry {turn.entry} was taken after that for {earlier}"
            log = self.log(after.id)
            between = read([entry for entry in log if entry.seq <= after.seq]).foreign
            assert not any(seq > turn.entry for seq in between), (
                f"I4 the bot gets entry {turn.entry}, said before a pause or unpause, entry {between[-1]}"
            )
        self._taken.setdefault(key, after)

    def _check_call(self, call: Call) -> None:
        calls = [
            other for other in self.bot.calls if (other.session_id, other.event_id) == (call.session_id, call.event_id)
        ]
        assert len(calls) <= 2, f"the bot was called {len(calls)} times for {call.event_id}"
        log = self.log(call.session_id)[: call.log_length]
        seq = next(entry.seq for entry in log if entry.id == call.event_id)
        pauses = [entry.seq for entry in log if entry.kind == "paused" and entry.seq < seq]
        if call.paused or not pauses:
            assert call.handoff is None or pauses, "I4 a handoff without a pause"
            return
        ended = max((entry.seq for entry in log if entry.kind == "unpaused" and entry.seq < seq), default=0)
        began = max((paused for paused in pauses if paused < ended), default=0)
        heard = {
            other.event_id for other in self.bot.calls if other.session_id == call.session_id and other is not call
        }
        if any(entry.id in heard for entry in log[ended : seq - 1]):
            return
        assert call.handoff is not None, f"I4 the bot was not told of the human stretch before entry {seq}"
        for entry in log[began:ended]:
            if entry.kind == "message" and entry.author.kind in ("user", "agent"):
                assert entry.id in call.handoff, f"I4 the bot was not told of entry {entry.seq}, said during a pause"

    def _check_session(self, session_id: str) -> None:
        head = self.store.load(session_id)
        marks = (0 if head is None else head.rev, len(self.told.entries), len(self.told.asked))
        if self._checked.get(session_id) == marks:
            return
        self._checked[session_id] = marks
        log = self.log(session_id)
        self._check_numbers(head, log)
        self._check_told(session_id, log)
        if head is None:
            return
        story = read(log)
        assert not story.complaints, "; ".join(story.complaints)
        self._check_head(head, story)
        self._check_turns(head, log, story)

    def _check_numbers(self, head: Session | None, log: list[Entry]) -> None:
        numbers = [entry.seq for entry in log]
        assert numbers == list(range(1, len(log) + 1)), f"I2 the numbers have holes or repeats: {numbers}"
        assert len(log) == (0 if head is None else head.seq), "I2 the head's seq is not the last number"
        twice = [entry_id for entry_id, count in Counter(entry.id for entry in log).items() if count > 1]
        assert not twice, f"I1 in the log twice: {twice}"

    def _check_told(self, session_id: str, log: list[Entry]) -> None:
        said = {entry.id: entry.said for entry in log}
        for (session, entry_id), content in self.told.entries.items():
            if session == session_id:
                assert entry_id in said, f"I1 {entry_id} was acknowledged and is not in the log"
                assert said[entry_id] == content, f"{entry_id} was acknowledged as {content!r}, not {said[entry_id]!r}"
        for entry in log:
            if entry.kind == "message" and entry.id.startswith(("u:", "a:")):
                assert (session_id, entry.id) in self.told.asked, f"nobody asked for {entry.id}"

    def _check_head(self, head: Session, story: Story) -> None:
        assert head.paused == story.paused, "the head does not say what the log adds up to: paused"
        owner = None if head.assignee is None else head.assignee.id
        assert owner == story.owner, f"the head says that {owner} has the session, the log says {story.owner}"
        assert (head.waiting_since is None) == (story.waiting_since is None), "head and log differ: who waits"
        if head.waiting_since is not None and story.waiting_since is not None:
            assert head.waiting_since >= story.waiting_since, "the user waits since before they said anything"
        assert head.unread == story.unread, "head and log differ: unread"
        last = None if head.last_message is None else head.last_message.text
        assert last == story.last_said, "head and log differ: the last message"

    def _check_turns(self, head: Session, log: list[Entry], story: Story) -> None:
        said_by_turn: dict[int, list[Entry]] = {}
        for entry in log:
            if entry.kind == "message" and entry.id.startswith("b:"):
                said_by_turn.setdefault(int(entry.id.split(":")[1]), []).append(entry)
        for seq, said in said_by_turn.items():
            for entry in said:
                void = story.foreign_between(seq, entry.seq)
                assert not void or entry.fate == "suppressed", (
                    f"I3 entry {entry.seq} can be read, though its turn, for entry {seq}, ran when a pause came or went"
                )
        for event in log:
            if event.from_user() and head.handled >= event.seq and (head.turn is None or head.turn.entry != event.seq):
                self._check_landed(head.id, event, said_by_turn.get(event.seq, []), story)

    def _check_landed(self, session_id: str, event: Entry, said: list[Entry], story: Story) -> None:
        """A turn that is over, and that nobody voided, left all that one of its calls said."""
        taken = self._taken.get((session_id, event.seq))
        if taken is None or taken.paused or story.foreign_between(event.seq, 1_000_000):
            return
        calls = [call for call in self.bot.calls if (call.session_id, call.event_id) == (session_id, event.id)]
        texts = [entry.said for entry in said]
        whole = [call for call in calls if call.says is not None and call.says == texts[: len(call.says)]]
        assert whole, f"I5 the turn for entry {event.seq} is over, but what the bot said is not in the log: {texts}"
        first = whole[0].says or []
        seen = [entry.said for entry in said if entry.fate != "suppressed"]
        assert seen == first or len(calls) > 1, f"I5 the turn for entry {event.seq} was not voided, but its words were"
