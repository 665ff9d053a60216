"""The head: the small current state of a session that its log adds up to. At most 1 kB as JSON in the usual case."""

from datetime import datetime, timedelta
from typing import Literal
from zlib import crc32

from chalicelib.model.entry import Author, AuthorKind, KeptAuthorKind, KeptTrigger
from chalicelib.model.text import USER_ID, cut
from chalicelib.model.value import Instant, Kept

NAMELESS = {"webchat": "Visitor {tag} on the web chat", "messenger": "Someone ({tag}) on Messenger"}
"""What a user is called while nobody knows their name, by channel."""

TOMBSTONE_KEPT = timedelta(days=7)
"""How long an erasure is remembered, so that what was said before it and is delivered late stays out."""

PREVIEW_LIMIT = 100
"""Characters of the last message kept in the head."""


class User(Kept):
    """What is known about the person; all of it may be unknown. `given`: the bot learned the name, so no profile changes it."""

    name: str = ""
    picture_url: str | None = None
    given: bool = False


class Pause(Kept):
    """Why the bot is silent, since when and until when. `fixed`: the end was set by hand, so messages do not renew it."""

    trigger: KeptTrigger
    by: Author
    at: Instant
    until: Instant
    reason: str | None = None
    fixed: bool = False
    draining_until: Instant | None = None


class Owner(Kept):
    """The agent a session is assigned to."""

    id: str
    name: str


class Preview(Kept):
    """The last message, entry `seq`, for lists."""

    text: str
    author: KeptAuthorKind
    at: Instant
    seq: int = 0


class Turn(Kept):
    """The bot's running turn for entry `entry`.

    It may be taken over at `until`; `by` is the request that runs it; `void`: somebody paused or unpaused meanwhile.
    """

    entry: int
    until: Instant
    by: str
    attempt: int = 1
    void: bool = False


class Publication(Kept):
    """An alert, entry `seq`, still to be published by the alerters in `to`, not before `at` (somebody tries until then)."""

    seq: int
    to: tuple[str, ...]
    at: Instant
    tries: int = 0


class Bucket(Kept):
    """A visitor's token bucket: so many messages were left at `at`."""

    left: float
    at: Instant


class Sending(Kept):
    """The one part of a message that is on the wire to a vendor; unknown if unsettled at `send_by`.

    `by` is the request that sends it; `bot`: the bot said it; `asked`: as in `Again`.
    """

    seq: int
    send_by: Instant
    part: int = 0
    by: str = ""
    bot: bool = False
    asked: bool = False


class Again(Kept):
    """Message `seq` is to be sent from its part `part` on, out of turn; `asked`: a person wants it, whatever the bot may."""

    seq: int
    part: int = 0
    asked: bool = False


class Mark(Kept):
    """Message `seq` went out at `at`, and the user is not known to have read it."""

    seq: int
    at: Instant


class Elsewhere(Kept):
    """Another app of the Page has had the conversation since `at`; `who`: that app in words."""

    who: str
    at: Instant


class Stop(Kept):
    """Nothing goes out for an account, for this reason, until somebody resumes it or a probe, next at `probe_at`, succeeds.

    `policy`: the platform blocked it, so that only a message that goes out proves that it may; `trial`: one may be tried.
    """

    reason: str
    at: Instant
    probe_at: Instant
    policy: bool = False
    trial: bool = False


class Session(Kept):
    """A user's conversation on one channel, `<channel>:<user id>`.

    `rev` grows by one with every commit (0: not stored yet); `attempt` is the id of the commit that wrote this head.
    `handled`: no entry up to here needs another turn. `user_seq`: the last thing the user said. `human_from`: while the bot
    has yet to be told what was said during a pause, the last entry before it that the bot got or did not want. `has_facts`:
    the store keeps facts about the user. `cut`: entries up to this number are gone, hidden at once and then deleted;
    `cutting_at`: since when this deletion is to be finished, `scrub_at`: since when traces of it are to be overwritten.
    `keep_until`: when the first entry that is left has been kept for long enough. `erased_at`: what the user said up to
    then is forgotten, `erased_by` an agent's id or, empty, nobody but age.

    Where a vendor carries messages: `outgoing` is the last one it is to carry, `sent_to` the last one settled in turn,
    `again` those that go out of turn; none before `send_at`, after `send_tries` tries of the next one. Bot messages up to
    `muted` that have not gone out never will. `marks`: the latest that went out and are unread; by the platform's clock,
    all up to `arrived_at` were delivered and up to `seen_at` read. `acted_at`: when the user last did anything that lets us
    answer. The vendor is to be asked who they are at `profile_at`, and was at `profiled_at`. `elsewhere`: another app has
    the conversation; `handed_at`: when it last changed hands; `unpaused_at`: when the last pause ended. `stopped`: of an
    account's own log.
    """

    id: str
    rev: int = 0
    attempt: str = ""
    seq: int = 0
    user: User = User()
    pause: Pause | None = None
    assignee: Owner | None = None
    waiting_since: Instant | None = None
    escalations: int = 0
    created_at: Instant | None = None
    last_user_at: Instant | None = None
    last_event_at: Instant | None = None
    last_message: Preview | None = None
    read_seq: int = 0
    unread: int = 0
    tags: tuple[str, ...] = ()
    handled: int = 0
    user_seq: int = 0
    turn: Turn | None = None
    human_from: int | None = None
    has_facts: bool = False
    sending: Sending | None = None
    outgoing: int = 0
    again: tuple[Again, ...] = ()
    send_at: Instant | None = None
    send_tries: int = 0
    muted: int = 0
    marks: tuple[Mark, ...] = ()
    unpaused_at: Instant | None = None
    arrived_at: Instant | None = None
    seen_at: Instant | None = None
    acted_at: Instant | None = None
    profile_at: Instant | None = None
    profiled_at: Instant | None = None
    elsewhere: Elsewhere | None = None
    handed_at: Instant | None = None
    stopped: Stop | None = None
    sent_to: int = 0
    delivered_to: int = 0
    read_to: int = 0
    publications: tuple[Publication, ...] = ()
    next_alert_at: Instant | None = None
    bucket: Bucket | None = None
    agent_typing_until: Instant | None = None
    user_typing_until: Instant | None = None
    erased_at: Instant | None = None
    erased_by: str = ""
    cut: int = 0
    cutting_at: Instant | None = None
    scrub_at: Instant | None = None
    keep_until: Instant | None = None

    @property
    def channel(self) -> str:
        return self.id.partition(":")[0]

    @property
    def user_id(self) -> str:
        return self.id.partition(":")[2]

    @property
    def paused(self) -> bool:
        """Whether the head says so; see `paused_at` for whether it still holds."""
        return self.pause is not None

    def paused_at(self, now: datetime) -> bool:
        """Whether the pause holds at this moment; an expired one does not, though nobody has written so yet."""
        return self.pause is not None and self.pause.until > now

    @property
    def display_name(self) -> str:
        """The user's name, or what a nameless user of this channel is called."""
        if self.of_account:
            return f"The Messenger Page {self.user_id}"
        return self.user.name or NAMELESS.get(self.channel, "Someone ({tag})").format(tag=self._tag)

    @property
    def _tag(self) -> str:
        """Four letters that tell one nameless user from most others, and nothing of who it is."""
        return f"{crc32(self.id.encode()) & 0xFFFF:04X}"

    @property
    def gone(self) -> bool:
        """Whether this is a tombstone: the person was erased, and nothing has been written since."""
        return self.erased_at is not None and self.cut == self.seq

    @property
    def queued(self) -> bool:
        """Whether the user said something that no turn has been decided for."""
        return self.turn is None and self.user_seq > self.handled

    @property
    def unsent(self) -> bool:
        """Whether a vendor is still to carry something, and nobody is at it."""
        return self.sending is None and (self.outgoing > self.sent_to or bool(self.again))

    @property
    def of_account(self) -> bool:
        """Whether this is an account's own log, not a user's: `messenger:<page id>`."""
        return self.channel == "messenger" and "." not in self.user_id

    @property
    def due_at(self) -> datetime | None:
        """The earliest instant at which somebody must act on the session by itself; None: never."""
        instants = (
            *(publication.at for publication in self.publications),
            None if self.turn is None else self.turn.until,
            self.last_event_at if self.queued else None,
            None if self.pause is None else self.pause.until,
            self.next_alert_at,
            None if self.sending is None else self.sending.send_by,
            (self.send_at or self.last_event_at) if self.unsent else None,
            self.profile_at,
            None if self.stopped is None else self.stopped.probe_at,
            self.cutting_at,
            self.scrub_at,
            self.keep_until,
            None if self.erased_at is None else self.erased_at + TOMBSTONE_KEPT,
        )
        return min((at for at in instants if at is not None), default=None)


def is_session_id(text: str) -> bool:
    """Whether a session can have this id, so that nothing else is ever asked of a store."""
    channel, _, user = text.partition(":")
    return channel in NAMELESS and USER_ID.fullmatch(user) is not None


def preview(text: str, author: AuthorKind, at: datetime, seq: int) -> Preview:
    """The last message as a list shows it: one line, cut."""
    return Preview(text=cut(" ".join(text[: PREVIEW_LIMIT * 4].split()), PREVIEW_LIMIT), author=author, at=at, seq=seq)


NOBODY: Literal["none"] = "none"
"""The assignee of unassigned sessions in queries."""
