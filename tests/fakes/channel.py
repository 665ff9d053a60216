"""A vendor's channel that records what it carries, and refuses when told to."""

from collections.abc import Callable

from chalicelib.channels.base import Action, Channel, Outgoing, Part, SendFailed
from chalicelib.model.content import Buttons, Content, said
from chalicelib.model.session import User

PAGE = "1002003004"
PSID = "7007007007"
CHATTER = f"messenger:{PAGE}.{PSID}"
ACCOUNT = f"messenger:{PAGE}"


class RecordingChannel(Channel):
    """Texts are cut into parts at `|`. `refusals` are raised one by one; `meanwhile` runs while a part is on the wire."""

    def __init__(self) -> None:
        self.name = "messenger"
        self.sent: list[Outgoing] = []
        self.tried = 0
        self.refusals: list[BaseException | None] = []
        self.meanwhile: list[Callable[[], object]] = []
        self.acted: list[tuple[str, Action]] = []
        self.given: list[tuple[str, str]] = []
        self.personas: list[tuple[str, str, str]] = []
        self.people: dict[str, User | SendFailed] = {}
        self.asked_who: list[str] = []
        self.dead: SendFailed | None = None

    def parts(self, content: Content) -> list[Part]:
        words = said(content)
        if isinstance(content, Buttons):
            words += " [" + ", ".join(button.title for button in content.buttons) + "]"
        return [{"text": text} for text in words.split("|")]

    def send(self, outgoing: Outgoing, *, seconds: float) -> str:
        assert 0 < seconds <= 5
        self.tried += 1
        number = self.tried
        if self.meanwhile:
            self.meanwhile.pop(0)()
        refusal = self.refusals.pop(0) if self.refusals else None
        arrived = refusal is None or (isinstance(refusal, SendFailed) and refusal.outcome == "unknown")
        if arrived:
            self.sent.append(outgoing)
        if refusal is not None:
            raise refusal
        return f"m_{number}"

    def act(self, session_id: str, action: Action) -> None:
        self.acted.append((session_id, action))

    def profile(self, session_id: str) -> User | None:
        self.asked_who.append(session_id)
        known = self.people.get(session_id)
        if isinstance(known, SendFailed):
            raise known
        return known

    def create_persona(self, account: str, name: str, picture_url: str) -> str:
        self.personas.append((account, name, picture_url))
        return f"persona{len(self.personas)}"

    def give(self, session_id: str, app_id: str) -> None:
        self.given.append((session_id, app_id))

    def check(self, account: str) -> None:
        if self.dead is not None:
            raise self.dead

    def entry_id(self, vendor_id: str) -> str:
        return f"in:{vendor_id}"

    def account(self, session_id: str) -> str:
        return session_id.partition(".")[0]

    @property
    def texts(self) -> list[str]:
        """What the user got, part by part."""
        return [str(outgoing.part["text"]) for outgoing in self.sent]
