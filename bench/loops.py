"""The closed-loop rows: each client does one thing, waits until the other side can read it, and begins again."""

import secrets
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import quote

from bench.client import Connection
from bench.server import Target

Round = Callable[[], None]

HITL = "/api/botpress-hitl"
CHAT = "/api/webchat"


@dataclass(frozen=True)
class Result:
    """Milliseconds of one row."""

    median: float
    p99: float
    rounds: int


@dataclass
class Pair:
    """A visitor, and an agent who looks at their session."""

    visitor: Connection
    agent: Connection
    session: str
    seen_by_agent: int = 0
    seen_by_visitor: int = 0

    def close(self) -> None:
        """End both connections."""
        self.visitor.close()
        self.agent.close()


def meet(target: Target, *, paused: bool) -> Pair:
    """A new visitor who has said something, and an agent."""
    stranger = Connection(target.host, target.port, "")
    visit = stranger.post(f"{CHAT}/visitors")
    stranger.close()
    visitor = Connection(target.host, target.port, visit["token"])
    agent = Connection(target.host, target.port, target.token)
    visitor.post(f"{CHAT}/messages", id="first", text="hello")
    pair = Pair(visitor, agent, f"{HITL}/sessions/{quote('webchat:' + visit['visitor']['id'], safe='')}")
    if paused:
        agent.post(f"{pair.session}/pause")
    pair.seen_by_agent = agent.get(pair.session)["cursor"]
    pair.seen_by_visitor = pair.seen_by_agent
    return pair


def message_to_agent(pair: Pair) -> None:
    """The visitor writes into a paused session, until the agent can read it."""
    text = secrets.token_hex(8)
    pair.visitor.post(f"{CHAT}/messages", id=text, text=text)
    _until_agent_reads(pair, text)


def message_to_reply(pair: Pair) -> None:
    """The visitor writes to the bot, until they can read its answer."""
    text = secrets.token_hex(8)
    pair.visitor.post(f"{CHAT}/messages", id=text, text=text)
    while True:
        heard = pair.visitor.get(f"{CHAT}/messages?after={pair.seen_by_visitor}")
        pair.seen_by_visitor = heard["cursor"]
        if any(entry["author"]["kind"] == "bot" and text in entry["content"]["text"] for entry in heard["entries"]):
            return


def pause_to_visible(pair: Pair) -> None:
    """The agent pauses, until the session is read as paused; the unpause that follows is not part of the time."""
    pair.agent.post(f"{pair.session}/pause")
    while not pair.agent.get(f"{pair.session}?limit=1")["session"]["paused"]:
        pass


def unpause(pair: Pair) -> None:
    """Make the next pause one."""
    pair.agent.post(f"{pair.session}/unpause")


def agent_to_visitor(pair: Pair) -> None:
    """The agent writes, until the visitor can read it."""
    text = secrets.token_hex(8)
    pair.agent.post(f"{pair.session}/message", id=text, text=text)
    while True:
        heard = pair.visitor.get(f"{CHAT}/messages?after={pair.seen_by_visitor}")
        pair.seen_by_visitor = heard["cursor"]
        if any((entry["content"] or {}).get("text") == text for entry in heard["entries"]):
            return


def list_sessions(pair: Pair) -> None:
    """The agent opens the list."""
    if len(pair.agent.get(f"{HITL}/sessions?limit=50")["sessions"]) != 50:
        raise AssertionError("the list is not full")


def measure(
    target: Target,
    what: Callable[[Pair], None],
    *,
    clients: int,
    seconds: float,
    paused: bool = False,
    reset: Callable[[Pair], None] | None = None,
) -> Result:
    """Run `what` in a closed loop with so many clients for so long; at most 100,000 rounds a client."""
    times: list[list[float]] = [[] for _ in range(clients)]
    failures: list[BaseException] = []
    start = threading.Barrier(clients)

    def run(mine: list[float]) -> None:
        try:
            with closing(meet(target, paused=paused)) as pair:
                start.wait(60)
                end = time.perf_counter() + seconds
                while time.perf_counter() < end and len(mine) < 100_000:
                    begun = time.perf_counter()
                    what(pair)
                    mine.append(1000 * (time.perf_counter() - begun))
                    if reset is not None:
                        reset(pair)
        except BaseException as failure:  # noqa: BLE001 - told by the main thread
            failures.append(failure)
            start.abort()

    threads = [threading.Thread(target=run, args=(mine,)) for mine in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    every = sorted(moment for mine in times for moment in mine)
    return Result(statistics.median(every), every[int(len(every) * 0.99)], len(every))


def _until_agent_reads(pair: Pair, text: str) -> None:
    while True:
        read = pair.agent.get(f"{pair.session}?after={pair.seen_by_agent}")
        pair.seen_by_agent = read["cursor"]
        if any(entry["content"] and entry["content"].get("text") == text for entry in read["entries"]):
            return
