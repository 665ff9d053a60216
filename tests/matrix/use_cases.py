"""Every use case of the desk."""

from datetime import timedelta

from chalicelib.store.base import Parked
from tests.fakes.faults import Fault
from tests.fakes.tools import NOON
from tests.fakes.world import ANN, BEN, PROGRAM, SESSION
from tests.matrix.people import AnsweredLate, NeverAnswered, NeverWaited
from tests.matrix.scene import UseCase
from tests.matrix.steps import (
    ALERT_OWED,
    GREETED,
    HUMAN,
    KNOWN,
    SUE,
    TOKEN,
    TURN_RUNS,
    TWO,
    answers,
    dying,
    earlier,
    erases,
    parks,
    pauses,
    presses,
    says,
    sweeps,
    time,
    unanswered,
)

_TURNS = [
    UseCase("a message that the bot does not want", says("chat")),
    UseCase("a message that the bot answers", says("ask")),
    UseCase("a message of a visitor with a name and an allowance", says("ask", name="Zoe Lee", limited=True)),
    UseCase("a turn that sends, notifies, remembers and pauses", says("everything"), alerters=TWO),
    UseCase("a turn that pauses and unpauses", says("briefly"), GREETED),
    UseCase("a turn that hands over in the usual words", says("human")),
    UseCase("a turn that only notifies", says("notify"), alerters=TWO),
    UseCase("a turn that only remembers", says("remember")),
    UseCase("a turn that wants nothing", says("silent")),
    UseCase("a turn that knows facts", says("recall"), says("remember", "u:0")),
    UseCase("a message into a paused session", says("ask"), HUMAN),
    UseCase(
        "a message into a session that an agent has answered in", says("ask"), earlier(HUMAN, answers(client_id="0"))
    ),
    UseCase("a message behind a running turn", says("ask"), TURN_RUNS),
    UseCase("a message behind a turn that has run out", says("ask"), earlier(TURN_RUNS, time(minutes=1))),
    UseCase(
        "the first turn after a pause",
        says("recall"),
        earlier(HUMAN, says("ask", "u:0"), answers(client_id="0"), lambda world: world.agent_unpauses()),
    ),
    UseCase(
        "a message into a pause that has ended by itself",
        says("recall"),
        earlier(pauses(lasts=timedelta(minutes=1), create=True), says("ask", "u:0"), time(minutes=2)),
    ),
    UseCase("a user cancels while paused", says("stop it"), earlier(HUMAN, says("ask", "u:0"))),
    UseCase("a pressed button", presses("ask")),
    UseCase("a button that cancels", presses("stop"), HUMAN),
    UseCase("a bot that raises", says("fail"), alerters=TWO),
    UseCase("a bot that returns garbage", says("garbage")),
    UseCase("a bot that never returns", says("ask"), caller=NeverAnswered),
    UseCase("a bot that returns too late", says("everything"), caller=AnsweredLate, or_else=NeverAnswered),
    UseCase("a delivery again, of an event whose turn runs", says("ask me", "u:runs"), TURN_RUNS),
    UseCase(
        "a delivery again, of an event whose turn has run out",
        says("ask me", "u:runs"),
        earlier(TURN_RUNS, time(minutes=1)),
        or_else=NeverWaited,
    ),
    UseCase("an id again, with other words", says("chat of something else", "u:before"), GREETED),
]

_COMMANDS = [
    *(UseCase(f"a pause, trigger {trigger}", pauses(trigger), GREETED) for trigger in ("agent", "api", "rule", "echo")),
    UseCase("a visitor wants a human", pauses("user", create=True), GREETED, alerters=TWO),
    UseCase("a visitor who has said nothing wants a human", pauses("user", create=True)),
    UseCase("a program pauses a user who is unknown", lambda world: world.desk.pause("webchat", "zoe", reason="why")),
    UseCase("a second pause that sets its end", pauses(lasts=timedelta(hours=3)), HUMAN),
    UseCase("a second pause that does not", pauses(), HUMAN),
    UseCase("a pause while a turn runs", pauses(), TURN_RUNS),
    UseCase("an unpause by an agent", lambda world: world.agent_unpauses(), earlier(HUMAN, says("ask", "u:0"))),
    UseCase("a user who goes back to the bot before anybody has come", lambda world: world.user_withdraws(), HUMAN),
    UseCase("an unpause by a program", lambda world: world.desk.unpause("webchat", "zoe"), HUMAN),
    UseCase("an unpause of a session that is not paused", lambda world: world.agent_unpauses(), GREETED),
    UseCase("an unpause while a turn runs", lambda world: world.agent_unpauses(), earlier(TURN_RUNS, pauses())),
    UseCase("a claim that pauses", lambda world: world.agent_claims(), GREETED),
    UseCase("a claim of a paused session", lambda world: world.agent_claims(), HUMAN),
    UseCase(
        "a claim of another's session",
        lambda world: world.agent_claims(by=BEN),
        earlier(GREETED, answers(client_id="0")),
    ),
    UseCase(
        "a claim by force",
        lambda world: world.agent_claims(by=SUE, force=True),
        earlier(GREETED, answers(client_id="0")),
    ),
    UseCase(
        "a release",
        lambda world: world.desk.commands.release(SESSION, by=ANN),
        earlier(GREETED, answers(client_id="0")),
    ),
    UseCase(
        "a release by force",
        lambda world: world.desk.commands.release(SESSION, by=SUE, force=True),
        earlier(GREETED, answers(client_id="0")),
    ),
    UseCase("an agent's message, which pauses and claims", answers(), GREETED),
    UseCase("an agent's message to who waits", answers(), earlier(HUMAN, says("ask", "u:0"))),
    UseCase("an agent's message in another's session", answers(by=BEN), earlier(HUMAN, answers(client_id="0"))),
    UseCase("an agent's message while a turn runs", answers(), TURN_RUNS),
    UseCase("a program's message as the bot", answers("Your parcel is here.", by=PROGRAM), GREETED),
    UseCase("a program's message as the bot, while paused", answers("Your parcel is here.", by=PROGRAM), HUMAN),
    UseCase("a note", lambda world: world.desk.commands.note(SESSION, "careful", by=ANN, client_id="asked"), GREETED),
    UseCase("an agent types", lambda world: world.desk.commands.typing(SESSION, who="agent"), GREETED),
    UseCase("a user types", lambda world: world.desk.commands.typing(SESSION, who="user"), GREETED),
    UseCase(
        "an agent reads", lambda world: world.desk.commands.read(SESSION, 1), earlier(GREETED, says("chat", "u:0"))
    ),
    UseCase(
        "a user reads",
        lambda world: world.desk.commands.user_read(SESSION, 1),
        earlier(GREETED, answers(client_id="0")),
    ),
]

_SWEEPS = [
    UseCase("a sweep publishes", sweeps, earlier(ALERT_OWED, time(minutes=1))),
    UseCase(
        "a sweep publishes by two alerters of which one fails",
        sweeps,
        earlier(ALERT_OWED, time(minutes=1)),
        alerters=(("mail", 1), ("hook", 0)),
    ),
    UseCase(
        "a sweep gives up an alert that is too old",
        sweeps,
        earlier(ALERT_OWED, lambda world: world.agent_unpauses(), time(days=4)),
    ),
    UseCase("a sweep escalates", sweeps, earlier(HUMAN, time(minutes=5)), alerters=TWO),
    UseCase(
        "a sweep ends a pause", sweeps, earlier(pauses("api", lasts=timedelta(minutes=2), create=True), time(minutes=2))
    ),
    UseCase("a sweep takes a turn over", sweeps, earlier(TURN_RUNS, time(minutes=1)), or_else=NeverWaited),
    UseCase(
        "a sweep gives a turn up",
        sweeps,
        earlier(TURN_RUNS, time(minutes=1), dying(sweeps, commit=(Fault.NONE, Fault.CRASH_BEFORE)), time(minutes=1)),
    ),
    UseCase(
        "a sweep serves a queue",
        sweeps,
        earlier(TURN_RUNS, says("chat", "u:1"), says("recall", "u:2"), time(minutes=1)),
        or_else=NeverWaited,
    ),
    UseCase(
        "a sweep finds everything at once",
        sweeps,
        earlier(
            ALERT_OWED,
            says("stop", "u:1"),
            says("everything", "u:2"),
            time(seconds=1),
            dying(says("stop", "u:3"), commit=(Fault.NONE, Fault.CRASH_BEFORE)),
            says("human", "u:4"),
            time(minutes=1),
        ),
        or_else=NeverWaited,
    ),
]

_LISTS = [
    UseCase("a notification is read", lambda world: world.desk.store.mark(SESSION, 2, read=True), HUMAN),
    UseCase(
        "a notification is archived", lambda world: world.desk.store.mark(SESSION, 2, read=True, archived=True), HUMAN
    ),
    UseCase(
        "all notifications are read",
        unanswered(lambda world: world.desk.store.mark_all_read(limit=10)),
        says("everything", "u:0"),
    ),
    UseCase("a token is made", lambda world: world.desk.store.add_token("digest", TOKEN)),
    UseCase(
        "a token is revoked",
        unanswered(lambda world: world.desk.store.revoke_token("t1")),
        lambda world: world.desk.store.add_token("digest", TOKEN),
    ),
    UseCase("the signing secret is made", lambda world: world.desk.store.secret("a proposal")),
    UseCase(
        "what could not be processed is parked",
        lambda world: world.desk.store.park(Parked(id="odd", at=NOON, channel="webchat", reason="", body="{}")),
    ),
    UseCase("what was parked is unparked", unanswered(lambda world: world.desk.store.unpark("odd")), parks("odd")),
]


_FORGOTTEN = [
    UseCase("a person is erased", erases, KNOWN),
    UseCase(
        "a person is erased while a turn runs", erases, earlier(KNOWN, lambda world: world.agent_unpauses(), TURN_RUNS)
    ),
    UseCase("a person is erased while an alert is owed", erases, ALERT_OWED),
    UseCase(
        "an erasure that broke off is asked for again",
        erases,
        earlier(KNOWN, dying(erases, erase=(Fault.CRASH_BEFORE,))),
    ),
    UseCase("a sweep goes on with an erasure", sweeps, earlier(KNOWN, dying(erases, erase=(Fault.CRASH_AFTER,)))),
    UseCase(
        "a person is erased of whom something is parked",
        erases,
        earlier(KNOWN, parks("odd"), parks("odder"), parks("another's", session_id="webchat:another")),
    ),
    UseCase(
        "a sweep goes on with what was parked of an erased person",
        sweeps,
        earlier(KNOWN, parks("odd"), parks("odder"), dying(erases, unpark=(Fault.CRASH_AFTER,))),
    ),
    UseCase(
        "what is parked of somebody who came back survives the rest of their erasure",
        sweeps,
        earlier(KNOWN, parks("odd"), dying(erases, unpark=(Fault.CRASH_BEFORE,)), time(seconds=1), parks("new")),
    ),
    UseCase("a message from before an erasure arrives", says("ask"), earlier(KNOWN, erases)),
    UseCase(
        "a user comes back after an erasure",
        says("recall", at=NOON + timedelta(seconds=0.5)),
        earlier(KNOWN, erases),
    ),
    UseCase(
        "a user comes back before an erasure is done",
        says("recall", at=NOON + timedelta(seconds=0.5)),
        earlier(KNOWN, dying(erases, erase=(Fault.CRASH_BEFORE,))),
    ),
    UseCase("a sweep ends the memory of an erasure", sweeps, earlier(KNOWN, erases, time(days=8))),
    UseCase(
        "a sweep ends the memory of an erasure, and the user is back",
        sweeps,
        earlier(KNOWN, erases, time(seconds=1), says("ask", at=NOON + timedelta(seconds=1)), time(days=8)),
    ),
    UseCase(
        "a sweep cuts what is old",
        sweeps,
        earlier(GREETED, time(hours=20), says("chat", "u:1"), time(hours=4)),
        policy={"retention": timedelta(days=1)},
    ),
    UseCase(
        "a sweep erases who has not written for long",
        sweeps,
        earlier(KNOWN, time(days=2)),
        policy={"retention": timedelta(days=1)},
    ),
]

USE_CASES = (*_TURNS, *_COMMANDS, *_SWEEPS, *_LISTS, *_FORGOTTEN)
"""A new use case is one line here; what is right about it follows from what it does when nothing happens to it."""
