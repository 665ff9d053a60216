"""Where races take place: threads at one desk, threads at desks of their own, processes. All on one store."""

import multiprocessing
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from itertools import count
from multiprocessing.connection import Connection

from chalicelib.store.base import Store
from chalicelib.wiring import build_store
from tests.races.corner import SECONDS, Corner, Gates
from tests.races.roles import Role, play
from tests.races.told import Told, from_json

MOST = 4
"""Contestants in a race."""

LATER = 60.0
"""Seconds after which every lease of a turn and of an alert is over, and no pause has lasted too long."""

_numbers = count(1)


class Ring(ABC):
    """Races on one store. `name` tells which and how."""

    def __init__(self, name: str, store: Store, gates: Gates) -> None:
        self.name = name
        self.store = store
        self.gates = gates

    @abstractmethod
    def run(self, session: str, roles: tuple[Role, ...]) -> list[Told]:
        """What each contestant was told, after the last one has ended."""

    def race(self, session: str, *roles: Role) -> list[Told]:
        """The same, for a race in which nothing broke."""
        self.gates.over.clear()
        told = self.run(session, roles)
        broke = [one.broke for one in told if one.broke]
        assert not broke, f"{self.name}: the race broke: {broke}"
        return told

    def corner(self, *, failing: bool = False) -> Corner:
        """A place beside the race, where a test prepares it and cleans up after it."""
        return Corner(self.store, self.gates, failing=failing)

    def settle(self, session: str) -> Told:
        """Do the session's due work, as the sweeps of the next minute would."""
        corner = self.corner()
        desk = corner.desk(LATER)
        desk.sweeper.attend(session, desk.reader.now + timedelta(seconds=SECONDS))
        return Told(calls=corner.bot.calls, published=corner.alerter.published)

    def close(self) -> None:
        """End what was started, and the store."""
        self.store.close()


def session_name() -> str:
    """An id that no other race of this process has."""
    return f"webchat:racer-{next(_numbers)}"


class ThreadRing(Ring):
    """Threads of this process; at one desk, where they line up, or each at its own, as if in processes of their own."""

    def __init__(self, name: str, store: Store, *, one_desk: bool) -> None:
        starts = {parties: threading.Barrier(parties) for parties in range(1, MOST + 1)}
        super().__init__(name, store, Gates(starts, threading.Barrier(2), threading.Event()))
        self._one_desk = one_desk

    def run(self, session: str, roles: tuple[Role, ...]) -> list[Told]:
        compete = sum(role.competes for role in roles)
        shared = self.corner()
        corners = [shared if self._one_desk else self.corner() for _ in roles]
        for corner in corners:
            corner.compete = compete
        with ThreadPoolExecutor(len(roles)) as pool:
            playing = [pool.submit(play, corner, session, role) for corner, role in zip(corners, roles, strict=True)]
            for one, role in zip(playing, roles, strict=True):
                if role.competes:
                    one.result()
            self.gates.over.set()
            return [one.result() for one in playing]


class ProcessRing(Ring):
    """Processes that each open the store at `url` for themselves; they are started once and told what to do in JSON."""

    def __init__(self, name: str, store: Store, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        starts = {parties: context.Barrier(parties) for parties in range(1, MOST + 1)}
        super().__init__(name, store, Gates(starts, context.Barrier(2), context.Event()))
        self._lines: list[Connection] = []
        self._processes = []
        for _ in range(MOST):
            ours, theirs = context.Pipe()
            process = context.Process(target=compete_in_process, args=(theirs, url, self.gates), daemon=True)
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def run(self, session: str, roles: tuple[Role, ...]) -> list[Told]:
        compete = sum(role.competes for role in roles)
        for line, role in zip(self._lines, roles, strict=False):
            line.send({"session": session, "compete": compete, **asdict(role)})
        told: dict[int, Told] = {}
        for competes in (True, False):
            for place, role in enumerate(roles):
                if role.competes == competes:
                    told[place] = self._hear(self._lines[place])
            self.gates.over.set()
        return [told[place] for place in range(len(roles))]

    def _hear(self, line: Connection) -> Told:
        assert line.poll(3 * SECONDS), "a process does not answer"
        return from_json(line.recv_bytes())

    def close(self) -> None:
        for line in self._lines:
            line.send(None)
            line.close()
        for process in self._processes:
            process.join(SECONDS)
            assert process.exitcode == 0, f"a process ended with {process.exitcode}"
            process.close()
        super().close()


def compete_in_process(line: Connection, url: str, gates: Gates) -> None:
    """What a process of a `ProcessRing` does: race when told to, until it is told nothing more."""
    store = build_store(url)
    while (told := line.recv()) is not None:
        corner = Corner(store, gates, compete=told["compete"])
        line.send_bytes(play(corner, told["session"], Role(told["name"], told["given"])).to_json())
    store.close()
    line.close()
