"""The crash matrix: each use case, each call that it makes, each way in which that call can fail, and each way to go on.

What is right? A run without a crash in which the same callers ask the same things. When the struck process had written
nothing, that is the run in which it never asked; once it has written anything it is the run in which it asked in full,
since all that a request is lands in its first commit, and whatever is still to do is owed and done later by somebody. So
for each struck run there is exactly one right ending, known beforehand from runs on the store in memory, and it is the
same on every backend. A process that answered must have written, or must have answered as the undisturbed one did.

Only a request after which one of two things happens by rule may also end the other way (`or_else` of its use case): a bot
whose time has passed may still land its words as suppressed, and a turn that has run out twice is given up. And of a
message that a vendor carries, a struck run may not know what the other one knows; see `sends.alike`.

Beside that, no run may break an invariant or leave anything undone; see `ending.complaints`.
"""

import difflib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from chalicelib.desk.calling import Caller
from chalicelib.store.base import Store
from tests.fakes.memory import MemoryStore
from tests.fakes.tools import FakeClock
from tests.fakes.world import World
from tests.matrix.ending import Evidence, answer_lines, complaints, lines
from tests.matrix.layer import Arrange, Blow, Layer, blows, nothing
from tests.matrix.plan import ALL, Next, Ways, Which, each
from tests.matrix.scene import Asked, Past, UseCase
from tests.matrix.sends import alike, late_echoes

Open = Callable[[], AbstractContextManager[Store]]
"""A store that is empty when entered."""


@dataclass(frozen=True)
class Ended:
    first: Asked | None
    layer: Layer
    lines: list[str]
    complaints: list[str]


@dataclass(frozen=True)
class Found:
    """`calls` were struck in so many `runs` of a `whole`; `failures`: what was wrong in some of them."""

    calls: int
    runs: int
    whole: int
    failures: list[str]

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """For the summary."""
        return self.calls, self.runs, self.whole, len(self.failures)


@contextmanager
def memory() -> Iterator[Store]:
    yield MemoryStore()


class Matrix:
    """One use case. `build` makes processes, for tests of broken ones."""

    def __init__(self, case: UseCase, build: Callable[..., World] | None = None) -> None:
        self.case = case
        self.build = build or case.world
        self.past = Past.of(case)
        self._right: dict[tuple[Next, bool, object], Ended] = {}

    @property
    def calls(self) -> list[str]:
        """What the request asks of the world when nothing happens to it."""
        return self.right(Next.NEVER, asked=True).layer.calls

    def right(self, after: Next, *, asked: bool, caller: Callable[[FakeClock], Caller] | None = None) -> Ended:
        """How a run without a crash ends."""
        key = (after, asked, caller)
        if key not in self._right:
            self._right[key] = self._run(memory, after, Layer(), asked=asked, caller=caller, build=self.case.world)
        return self._right[key]

    def strike(self, opened: Open, after: Next, number: int, blow: Blow, arrange: Arrange = nothing) -> list[str]:
        """What is wrong after this call was struck."""
        ended = self._run(opened, after, Layer(number, blow, arrange), build=self.build)
        return self.judge(ended, after)

    def judge(self, ended: Ended, after: Next) -> list[str]:
        """The complaints about a run, and how it differs from what is right."""
        assert ended.first is not None
        happened = ended.layer.written or ended.first.answered
        good = [self.right(after, asked=happened)]
        if self.case.or_else is not None and ended.layer.written:
            good.append(self.right(after, asked=happened, caller=self.case.or_else))
        found = list(ended.complaints)
        if not any(alike(ended.lines, other.lines) for other in good):
            found += list(difflib.unified_diff(good[0].lines, ended.lines, "right", "ended", n=0, lineterm=""))
        told = answer_lines(ended.first)
        if ended.first.answered and told != answer_lines(self.right(after, asked=True).first):
            found.append(f"the caller was told {told}")
        return found

    def undisturbed(self, opened: Open, ways: Ways = each) -> list[str]:
        """What is wrong with the right endings themselves, and how this backend's differ from those in memory."""
        found = []
        for after in ways(0):
            for asked in (True, False):
                found += self.right(after, asked=asked).complaints
            ended = self._run(opened, after, Layer(), build=self.build)
            found += ended.complaints
            told = answer_lines(ended.first)
            if after is Next.AGAIN and ended.lines[-len(told) :] != told:
                found.append(f"the first answer was {told}, the second {ended.lines[-len(told) :]}")
            found += [
                line for line in difflib.ndiff(self.right(after, asked=True).lines, ended.lines) if line[0] in "+-"
            ]
        return found

    def all(
        self,
        opened: Open,
        ways: Ways = each,
        which: Which = blows,
        arrange: Arrange = nothing,
        *,
        whole: Which | None = None,
    ) -> Found:
        """Strike each call in each way that `which` names, and `ways` says what comes after each of these blows.

        `whole`: what there is to strike, if it is more.
        """
        failures = self.undisturbed(opened, ways)
        struck = [(number, call, blow) for number, call in enumerate(self.calls, 1) for blow in which(call)]
        runs = 0
        for place, (number, call, blow) in enumerate(struck):
            for after in ways(place):
                runs += 1
                found = self.strike(opened, after, number, blow, arrange)
                if found:
                    what = f"call {number} ({call}): {blow.name}; {after.value}"
                    failures.append("\n    ".join([what, *found]))
        there_is = len(ALL) * sum(len((whole or which)(call)) for call in self.calls)
        return Found(len({number for number, _, _ in struck}), runs, there_is, failures)

    def _run(
        self,
        opened: Open,
        after: Next,
        layer: Layer,
        *,
        asked: bool = True,
        caller: Callable[[FakeClock], Caller] | None = None,
        build: Callable[..., World],
    ) -> Ended:
        with opened() as store:
            scene = self.past.scene(self.case, store)
            scene.caller, scene.build = caller, build
            first = scene.ask(layer) if asked else None
            if after is Next.LATER:
                scene.settle()
            again = None if after is Next.NEVER else scene.ask(Layer())
            scene.settle()
            found = Evidence.of(scene)
            ended = lines(scene, found) + answer_lines(again)
            wrong = complaints(scene, found, first, again)
            return Ended(first, layer, ended, wrong + late_echoes(scene, found.log))
