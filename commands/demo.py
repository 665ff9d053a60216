"""Three hundred sessions in every state, written through the desk, to look at the pages with."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chalicelib.bots.base import Bot, BotEvent
from chalicelib.bots.script import Hitl, ScriptBot
from chalicelib.channels.webchat import message, postback
from chalicelib.desk.calling import InlineCaller
from chalicelib.desk.desk import Desk
from chalicelib.desk.tools import Tools
from chalicelib.model.content import Buttons, Postback, Text
from chalicelib.model.entry import Author
from chalicelib.model.policy import Policy
from chalicelib.store.base import Store

SESSIONS = 300

NAMES = (
    "Ann Lee", "Bruno Silva", "Chloé Dubois", "Dai Nakamura 中村", "Élise Martin", "Farid حسن", "Grace O'Neil", "Hana 김하나",
    "Ivan Петров", "Jo", "Klára Nováková", "Liam Murphy", "Maya שלום", "Noor", "Olu Adeyemi", "Priya शर्मा", "Quinn 🦊", "",
    "Rosa María del Carmen Fernández de la Vega y Quintanilla", "Søren Ødegård", "Tùng Nguyễn", "",
)  # fmt: skip
QUESTIONS = (
    "Where is my order 12-3344?",
    "Can I change the delivery address?",
    "I was charged twice 😡",
    "مرحبا، أريد استرجاع المال",
    "My lamp arrived broken. I have already tried another bulb, another socket and another room, and nothing helps. "
    * 4,
    "Do you ship to Iceland?",
    "הקוד לא עובד",
    "ok",
)
ANSWERS = (
    "Let me look that up for you.",
    "I am sorry about that! A new one is on its way.",
    "Done. Is there anything else I can do?",
)
AGENTS = (Author(kind="agent", id="demo-mia", name="Mia"), Author(kind="agent", id="demo-tom", name="Tom"))


class _Clock:
    """Time as the demo tells it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


class _Scene:
    """One session being played."""

    def __init__(self, desk: Desk, clock: _Clock, number: int, chance: random.Random) -> None:
        self.desk = desk
        self.clock = clock
        self.chance = chance
        self.user_id = f"demo-{number:03d}"
        self.id = f"webchat:{self.user_id}"
        self.name = NAMES[number % len(NAMES)]
        self.agent = AGENTS[number % len(AGENTS)]
        self._said = 0

    def ask(self, text: str | None = None) -> None:
        """The user says something."""
        self._said += 1
        words = text or self.chance.choice(QUESTIONS)
        self.desk.intake.receive(message(self.user_id, self.name, f"demo-{self._said}", Text(words), self.clock()))
        self.clock.go_on(self.chance.uniform(5, 40))

    def press(self, payload: str, title: str) -> None:
        """The user presses a button."""
        self._said += 1
        self.desk.intake.receive(postback(self.user_id, self.name, f"demo-{self._said}", payload, title, self.clock()))
        self.clock.go_on(self.chance.uniform(5, 40))

    def answer(self) -> None:
        """The agent says something."""
        self.desk.commands.say(self.id, Text(self.chance.choice(ANSWERS)), by=self.agent)
        self.clock.go_on(self.chance.uniform(10, 60))


def _with_bot(scene: _Scene) -> None:
    scene.ask()
    scene.ask()


def _waiting(scene: _Scene) -> None:
    scene.ask()
    scene.ask("HITL_START")
    scene.ask("Hello? Is anybody there?")


def _failed(scene: _Scene) -> None:
    scene.ask()
    scene.ask("FAIL")


def _asked_by_button(scene: _Scene) -> None:
    scene.ask()
    by = Author(kind="user", id=scene.user_id, name=scene.name)
    scene.desk.commands.pause(scene.id, trigger="user", by=by)


def _by_program(scene: _Scene) -> None:
    scene.ask()
    scene.desk.pause("webchat", scene.user_id, reason="The order is over 500 EUR.")


def _claimed(scene: _Scene) -> None:
    _waiting(scene)
    scene.desk.commands.claim(scene.id, by=scene.agent)
    scene.desk.commands.note(scene.id, "Third time this week. Please be generous.", by=scene.agent)


def _answered(scene: _Scene) -> None:
    _claimed(scene)
    scene.answer()
    scene.desk.commands.read(scene.id, 10**6)


def _waiting_again(scene: _Scene) -> None:
    _answered(scene)
    scene.ask()


def _released(scene: _Scene) -> None:
    _answered(scene)
    scene.desk.commands.release(scene.id, by=scene.agent)


def _handed_back(scene: _Scene) -> None:
    _answered(scene)
    scene.desk.commands.unpause(scene.id, trigger="agent", by=scene.agent)
    scene.ask()


def _cancelled(scene: _Scene) -> None:
    _waiting(scene)
    scene.press("HITL_STOP", "Cancel request")
    scene.ask()


def _interrupted(scene: _Scene) -> None:
    scene.ask("SLOW")
    scene.answer()


_STUCK = (_waiting, _failed, _asked_by_button, _by_program, _claimed, _waiting_again)
_SETTLED = (_with_bot, _handed_back, _cancelled, _answered, _released, _interrupted)
STATES: tuple[Callable[[_Scene], None], ...] = (*_STUCK, *(_SETTLED * 6), _with_bot)
"""Every way a session can be, the usual ones more than once."""


def play(store: Store, *, count: int = SESSIONS, seed: int = 1) -> int:
    """Write so many sessions, the oldest a day ago, and return their number. Played twice, the second adds nothing new."""
    chance = random.Random(seed)  # noqa: S311 - made-up conversations
    now = datetime.now(UTC)
    clock = _Clock(now)
    # Nobody is to be alerted about people who do not exist, neither now nor by a later sweep.
    silent = Policy(escalate_after=())
    desk = Desk(store, _bot(lambda session_id: _pause_now(desk, session_id)), policy=silent, tools=_tools(clock, chance),
                caller=InlineCaller())  # fmt: skip
    for number in range(count):
        scene = _Scene(desk, clock, number, chance)
        if store.load(scene.id) is not None:
            continue
        clock.at = now - timedelta(seconds=300 + 80_000 * (number / count) ** 2)
        STATES[number % len(STATES)](scene)
    return count


def _tools(clock: _Clock, chance: random.Random) -> Tools:
    return Tools(clock=clock, new_id=lambda: f"{chance.getrandbits(64):016x}", sleep=clock.go_on)


def _pause_now(desk: Desk, session_id: str) -> None:
    desk.commands.claim(session_id, by=AGENTS[0])


def _bot(interrupt: Callable[[str], None]) -> Bot:
    bot = ScriptBot()

    @bot.hear("HITL_START")
    def start(event: BotEvent, hitl: Hitl) -> None:
        hitl.send(
            Buttons("Bot paused, a human will get in touch very soon.", [Postback("Cancel request", "HITL_STOP")])
        )
        hitl.notify(f"{event.user.first_name} wants to talk to a human")
        hitl.pause()

    @bot.hear("HITL_STOP", while_paused=True)
    def stop(event: BotEvent, hitl: Hitl) -> None:  # noqa: ARG001 - the shape of a handler
        hitl.unpause()
        hitl.send("Human in the loop disabled. Bot resumed.")

    @bot.hear("FAIL")
    def fail(event: BotEvent, hitl: Hitl) -> None:  # noqa: ARG001 - the shape of a handler
        raise RuntimeError("a bot that fails, for the demo")

    @bot.hear("SLOW")
    def slow(event: BotEvent, hitl: Hitl) -> None:
        interrupt(event.session_id)
        hitl.send("This answer came too late: somebody had taken over.")

    @bot.otherwise
    def reply(event: BotEvent, hitl: Hitl) -> None:  # noqa: ARG001 - the shape of a handler
        hitl.send("I am only a bot, but I will do my best. Have you looked at our page of questions and answers?")

    return bot
