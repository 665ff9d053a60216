"""A world whose user is on Messenger, and short words for what the platform tells."""

from datetime import datetime
from typing import Any

from chalicelib.model.content import Content, Text
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.happening import Echo, Edit, Handover, Reaction, Unsend, Watermark
from chalicelib.model.session import Session
from chalicelib.model.views import entry_view
from tests.fakes.channel import ACCOUNT, CHATTER, RecordingChannel
from tests.fakes.world import World


class Abroad(World):
    """One desk with a channel that a vendor carries."""

    def __init__(self, **options: Any) -> None:
        self.channel = options.pop("channel", None) or RecordingChannel()
        options.setdefault("channels", (self.channel,))
        super().__init__(session=CHATTER, **options)

    def told(self, *happenings: object) -> None:
        """The platform tells this."""
        for happening in happenings:
            self.desk.receiver.receive(happening)  # type: ignore[arg-type] # a happening

    def writes(self, text: str | Content = "Hello", *, mid: str = "m1", **more: Any) -> None:
        content = Text(text) if isinstance(text, str) else text
        at = more.pop("at", self.clock())
        self.told(Event(f"in:{mid}", CHATTER, content, at, **more))

    def echo(
        self, text: str = "Hi, Bob here", *, mid: str = "e1", by: str = "human", who: str = "Page inbox", **more: Any
    ) -> None:
        at: datetime = more.pop("at", self.clock())
        self.told(Echo(f"echo:{mid}", CHATTER, Text(text), at, mid, by, who, **more))  # type: ignore[arg-type] # one of three

    def own_echo(self, metadata: str, *, mid: str = "m_x") -> None:
        self.told(Echo(f"echo:{mid}", CHATTER, Text("ours"), self.clock(), mid, "us", metadata=metadata))

    def edits(self, text: str, number: int, *, mid: str = "m1") -> None:
        self.told(Edit(f"in:{mid}:edit:{number}", CHATTER, f"in:{mid}", text, number, self.clock()))

    def unsends(self, *, mid: str = "m1") -> None:
        self.told(Unsend(f"in:{mid}:deleted", CHATTER, f"in:{mid}", mid, self.clock()))

    def reacts(self, emoji: str | None, *, mid: str = "m1", at: datetime | None = None) -> None:
        at = at or self.clock()
        self.told(Reaction(f"in:react:{mid}:{emoji}:{at.timestamp()}", CHATTER, mid, emoji, at))

    def seen(self, at: datetime | None = None, *, read: bool = True) -> None:
        self.told(Watermark(CHATTER, at or self.clock(), read))

    def hands(self, kind: str, *, to_us: bool = False, who: str = "Page inbox", at: datetime | None = None) -> None:
        at = at or self.clock()
        app = "263902037430900"
        self.told(Handover(f"in:{kind}:{to_us}:{at.timestamp()}", CHATTER, kind, to_us, app, who, at))  # type: ignore[arg-type] # one of three

    def ours(self) -> list[Entry]:
        """What our side said, as agents see it."""
        return [entry for entry in self.log("message") if entry.author.kind != "user"]

    def states(self) -> list[str | None]:
        """The state of each of these, as agents are shown it."""
        return [entry_view(entry, self.head).status for entry in self.ours()]

    @property
    def page(self) -> Session:
        head = self.memory.load(ACCOUNT)
        assert head is not None
        return head
