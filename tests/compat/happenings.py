"""One happening of every kind, and of every content, as queues of every version have held them."""

from datetime import UTC, datetime

from chalicelib.model.content import (
    Audio,
    Buttons,
    Card,
    Cards,
    File,
    Image,
    Link,
    Location,
    Postback,
    QuickReplies,
    QuickReply,
    Text,
    Unsupported,
    Video,
)
from chalicelib.model.event import Event
from chalicelib.model.happening import (
    Echo,
    Edit,
    Enforcement,
    Handover,
    Happening,
    Learned,
    Reaction,
    Unsend,
    Watermark,
)
from chalicelib.model.session import User

AT = datetime(2026, 11, 26, 8, 30, 15, 123000, tzinfo=UTC)
CHATTER = "messenger:1002003004.7007007007"
ACCOUNT = "messenger:1002003004"

CONTENTS = (
    Image("https://scontent.example/1.jpg", "A picture"),
    Audio("https://scontent.example/1.mp3"),
    Video("https://scontent.example/1.mp4"),
    File("https://scontent.example/1.pdf"),
    Location(52.52, 13.405, "Here"),
    Buttons("Choose", [Postback("Yes", "YES"), Link("More", "https://example.com/")]),
    QuickReplies("Choose", [QuickReply("Yes", "YES")]),
    Cards([Card("Room", "Sea view", "https://example.com/1.jpg", [Postback("Book", "BOOK")])]),
    Unsupported({"type": "sticker", "n": [1, None]}),
)

EVERY_KIND: dict[str, Happening] = {
    "event": Event(
        "in:m_1", CHATTER, Text("Grüße \U0001f642"), AT, User(name="Zoë"), {"referral": {"ref": "ad"}}, 2, standby=True
    ),
    "event_part": Event("in:m_1:1", CHATTER, Text("two"), AT, part_of="in:m_1"),
    "event_payload": Event("in:m_4", CHATTER, Text("Yes", "YES"), AT),
    "echo": Echo("echo:m_2", CHATTER, Text("Hi, Bob here"), AT, "m_2", "human", "Page inbox"),
    "echo_ours": Echo("echo:m_3", CHATTER, Text("ours"), AT, "m_3", "us", metadata="hitl:7:0"),
    **{f"event_{content.type}": Event(f"in:{content.type}", CHATTER, content, AT) for content in CONTENTS},
    "edit": Edit("in:m_1:edit:1", CHATTER, "in:m_1", "Hello", 1, AT),
    "unsend": Unsend("in:m_1:deleted", CHATTER, "in:m_1", "m_1", AT),
    "reaction": Reaction("in:react:1", CHATTER, "m_2", "\u2764", AT),
    "reaction_gone": Reaction("in:react:2", CHATTER, "m_2", None, AT),
    "watermark": Watermark(CHATTER, AT, read=True),
    "learned": Learned("in:learned:1", CHATTER, {"referral": {"ref": "ad", "n": [1, None, True, 1.5]}}, AT),
    "handover": Handover("in:handover:1", CHATTER, "requested", to_us=False, app_id="555", who="Page inbox", at=AT),
    "enforcement": Enforcement("in:enforced:1", ACCOUNT, "warning", "Spam", AT),
}
