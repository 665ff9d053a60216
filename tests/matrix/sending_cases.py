"""Every use case of the desk in which a vendor carries what is said, or tells something."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.channels.base import SendFailed
from chalicelib.errors import NothingToRetry
from chalicelib.model.content import Text
from chalicelib.model.entry import SYSTEM
from chalicelib.model.event import Event
from chalicelib.model.happening import Echo, Edit, Enforcement, Handover, Learned, Reaction, Unsend, Watermark
from chalicelib.model.session import User
from tests.desk.vendors import Abroad
from tests.fakes.channel import ACCOUNT, CHATTER
from tests.fakes.faults import Fault
from tests.fakes.tools import NOON
from tests.matrix.scene import UseCase
from tests.matrix.steps import Step, answers, dying, earlier, sweeps, time, unanswered
from tests.matrix.vendor import Vendor

LATER = SendFailed("later", "Facebook is busy.")
FAILED = SendFailed("failed", "The user cannot be reached.")
UNKNOWN = SendFailed("unknown", "No answer came.")
NO_FACE = SendFailed("failed", "Bad request.", persona=True)
DEAD = SendFailed("stopped", "The Page's token is not valid any more.")
LONG = "One|Two|Three"
SOON = NOON + timedelta(seconds=1)
INBOX = "263902037430900"
RECOVERY = timedelta(minutes=7)
"""A Page that was stopped is probed every five."""


def told(happening: Any) -> Step:
    """The platform tells this."""
    return lambda world: world.desk.receiver.receive(happening)


def writes(text: str, mid: str = "asked", **more: Any) -> Step:
    payload = more.pop("payload", None)
    return told(Event(f"in:{mid}", CHATTER, Text(text, payload=payload), more.pop("at", NOON), **more))


def given(step: Step, *refusals: BaseException | None) -> Step:
    """The vendor refuses what is sent meanwhile, message by message."""

    def happen(world: Any) -> None:
        world.channel.inner.refusals = list(refusals)
        step(world)

    return happen


def goes_down(world: Any) -> None:
    world.channel.inner.down = DEAD


def is_up_again(world: Any) -> None:
    world.channel.inner.down = None


def is_known(world: Any) -> None:
    world.channel.inner.people[CHATTER] = User(name="Zoe Lee")


def refuses(*refusals: BaseException | None) -> Step:
    """From now on."""
    return given(lambda world: None, *refusals)


def pauses(world: Any) -> object:
    return world.agent_pauses(reason="why")


def retries(seq: Callable[[Any], int], *, again: bool = False) -> Step:
    """Who asks again when it has gone out is told so."""

    def ask(world: Any) -> None:
        try:
            world.desk.commands.retry(CHATTER, seq(world), again=again)
        except NothingToRetry:
            return

    return ask


def first_of_ours(world: Any) -> int:
    """The number of what our side said first."""
    log = world.desk.store.inner.entries(CHATTER, limit=100)
    return next(entry.seq for entry in log if entry.kind == "message" and entry.author.kind != "user")


def own_echo(part: int = 0) -> Step:
    return lambda world: world.own_echo(f"hitl:{first_of_ours(world)}.{part}")


def hands(kind: str, *, to_us: bool = False) -> Step:
    return told(Handover(f"in:{kind}", CHATTER, kind, to_us, INBOX, "Page inbox", SOON))  # type: ignore[arg-type] # one of three


def enforces(action: str) -> Step:
    return told(Enforcement(f"in:{action}", ACCOUNT, action, "Spam", SOON))  # type: ignore[arg-type] # one of three


MET = earlier(writes("chat", "m0"), sweeps)
"""The user has written, and it is known who they are."""

WAITING = given(writes("ask", "m1"), LATER)
"""The bot has answered in two messages, and the vendor has none of them yet."""

AGENTS_WAITS = given(answers("Soon", client_id="0"), LATER)
LOST = given(answers("Soon", client_id="0"), UNKNOWN)
LONG_LOST = given(answers(LONG, client_id="0"), None, UNKNOWN)
REFUSED = given(answers(LONG, client_id="0"), None, FAILED)
ON_THE_WIRE = dying(answers("Soon", client_id="0"), send=(Fault.CRASH_AFTER,))
NEVER_CALLED = dying(answers("Soon", client_id="0"), send=(Fault.CRASH_BEFORE,))

case = partial(UseCase, session=CHATTER, world=Abroad, vendor=Vendor)
echoed = partial(case, vendor=partial(Vendor, echoes=True))

_SAID = [
    case("an agent's message to a user on Messenger", answers(), MET),
    case("an agent's second message", answers(), earlier(MET, answers(client_id="0"))),
    case("an agent's long message", answers(LONG), MET),
    case("an agent's message behind one that waits", answers(), earlier(MET, AGENTS_WAITS)),
    case("an agent's message whose face is refused", answers(), earlier(MET, refuses(NO_FACE))),
    case("an agent's message that is refused", answers(), earlier(MET, refuses(FAILED))),
    case("a part of an agent's message that has to wait", answers(LONG), earlier(MET, refuses(None, LATER))),
    case("a first message that the bot answers", writes("ask")),
    case("a turn of two messages", writes("ask"), MET),
    case("a turn that says something and pauses", writes("human"), MET),
    case("a turn that does everything at once", writes("everything"), MET),
    case("a human asked for by the menu", writes("Talk to a human", payload="HITL_HUMAN"), MET),
    case(
        "a human asked for by the menu while words wait", writes("Human", payload="HITL_HUMAN"), earlier(MET, WAITING)
    ),
    echoed("a turn whose echoes overtake their answers", writes("ask"), MET),
    echoed("a long message whose echoes overtake their answers", answers(LONG), MET),
]

_WAITS = [
    case("a pause while the bot's words wait", pauses, earlier(MET, WAITING)),
    case("a claim while the bot's words wait", lambda world: world.agent_claims(), earlier(MET, WAITING)),
    case("an agent's message while the bot's words wait", answers(), earlier(MET, WAITING)),
    case("an unpause while an agent's words wait", lambda world: world.agent_unpauses(), earlier(MET, AGENTS_WAITS)),
    case("a sweep sends what waits", sweeps, earlier(MET, WAITING, time(minutes=1))),
    case("a sweep gives up what is on the wire", sweeps, earlier(MET, ON_THE_WIRE, time(minutes=1))),
    case("a sweep gives up what never was", sweeps, earlier(MET, NEVER_CALLED, time(minutes=1))),
    case(
        "a sweep finds out who the user is",
        sweeps,
        earlier(writes("chat", "m0"), is_known),
        patience=timedelta(hours=2),
    ),
    case("a failed message is sent again", retries(first_of_ours), earlier(MET, REFUSED), retries=True),
    case("an unknown message is sent again", retries(first_of_ours, again=True), earlier(MET, LOST), retries=True),
    case(
        "an unknown message is sent again behind one that waits",
        retries(first_of_ours, again=True),
        earlier(MET, LOST, given(answers("And?", client_id="1"), LATER)),
        retries=True,
    ),
    case("a person is erased whose words wait", lambda world: world.desk.erase(CHATTER).entries, earlier(MET, WAITING)),
    case("a turn whose Page may not send", writes("ask"), earlier(MET, goes_down)),
    case(
        "a stopped Page is resumed",
        unanswered(lambda world: world.desk.accounts.resume(ACCOUNT, by=SYSTEM)),
        earlier(MET, goes_down, writes("ask", "m1"), is_up_again),
        patience=RECOVERY,
    ),
    case(
        "a probe lets a Page go on",
        sweeps,
        earlier(MET, goes_down, writes("ask", "m1"), is_up_again, time(minutes=6)),
        patience=RECOVERY,
    ),
]

_TOLD = [
    case("an echo settles what got lost", own_echo(), earlier(MET, LOST)),
    case("an echo of a lost part has the rest sent", own_echo(1), earlier(MET, LONG_LOST)),
    case("an echo comes for a message whose process died", own_echo(), earlier(MET, ON_THE_WIRE)),
    case(
        "an echo of a human", told(Echo("echo:e1", CHATTER, Text("Bob here"), SOON, "e1", "human", "Page inbox")), MET
    ),
    case(
        "an echo of a human while the bot's words wait",
        told(Echo("echo:e1", CHATTER, Text("Bob here"), SOON, "e1", "human", "Page inbox")),
        earlier(MET, WAITING),
    ),
    case(
        "an echo of an automation", told(Echo("echo:e1", CHATTER, Text("Left"), SOON, "e1", "automation", "App")), MET
    ),
    case("a message by standby", writes("ask", standby=True), MET),
    case("an edit", told(Edit("in:e1", CHATTER, "in:m0", "chat, no", 1, SOON)), MET),
    case("an edit before its message", told(Edit("in:e1", CHATTER, "in:m9", "ask of this", 1, SOON)), MET),
    case(
        "a message is taken back",
        told(Unsend("in:u1", CHATTER, "in:m1", "m1", SOON)),
        earlier(MET, writes("ask me", "m1")),
    ),
    case(
        "a message is taken back while answers wait",
        told(Unsend("in:u1", CHATTER, "in:m1", "m1", SOON)),
        earlier(MET, WAITING),
    ),
    case("a message is taken back before it comes", told(Unsend("in:u1", CHATTER, "in:m9", "m9", SOON)), MET),
    case("a reaction", told(Reaction("in:r1", CHATTER, "m0", "❤️", SOON)), MET),
    case("a word of reading", told(Watermark(CHATTER, SOON, read=True)), earlier(MET, answers(client_id="0"))),
    case("a referral", told(Learned("in:l1", CHATTER, {"referral": {"ref": "table-7"}}, SOON)), MET),
    case("another app takes the conversation", hands("taken"), earlier(MET, WAITING)),
    case("another app asks for the conversation", hands("requested"), MET),
    case("the conversation is passed on", hands("passed"), MET),
    case("the conversation is passed back", hands("passed", to_us=True), earlier(MET, hands("taken"))),
    case("an agent's message while another app has the conversation", answers(), earlier(MET, hands("taken"))),
    case("the platform blocks a Page", enforces("block"), MET),
    case(
        "the platform lets a Page go on",
        enforces("unblock"),
        earlier(MET, enforces("block"), writes("ask", "m1")),
        patience=RECOVERY,
    ),
    case("the platform warns a Page", enforces("warning"), MET),
    case("an agent types, and has read", lambda world: world.desk.commands.read(CHATTER, 1), MET),
]

SENDING = (*_SAID, *_WAITS, *_TOLD)
"""A new one is one line here, as in `use_cases.py`."""
