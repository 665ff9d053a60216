"""Breaks each promise on purpose, in a copy, and fails where the tests do not notice: `make mutants`."""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.mutants.breakage import FOLDER, Breakage, read_catalogue
from tests.mutants.starter import started
from tests.mutants.trial import Verdict, environment, try_breakage, try_unbroken

ROOT = Path(__file__).parents[2]
AT_ONCE = 2


def main(names: Sequence[str], *, root: Path = ROOT, folder: Path = FOLDER) -> int:
    """Try the breakages with these names, or whose promise is named; none named: all. 0 when every one was caught."""
    catalogue = read_catalogue(folder)
    chosen = [one for one in catalogue.breakages if not names or one.name in names or one.breaks in names]
    if unknown := set(names) - {word for one in chosen for word in (one.name, one.breaks)}:
        print(f"There is no breakage called {', '.join(sorted(unknown))}.")
        return 2
    begun = time.monotonic()
    with started(AT_ONCE, environment()) as starters, ThreadPoolExecutor(AT_ONCE) as pool:
        unbroken = pool.submit(try_unbroken, [test for one in chosen for test in one.tests], root, starters)
        tried = zip(chosen, pool.map(partial(try_breakage, root=root, starters=starters), chosen), strict=True)
        survivors = [one for one, verdict in tried if not _told(one, verdict)]
        wrong = unbroken.result()
    for sentence in wrong:
        print(f"Without any breakage: {sentence}, so that nothing is proved.")
    if not names:
        for promise, reason in catalogue.not_built.items():
            print(f"{promise:<9}not tried: {reason}")
    for one in survivors:  # once more, where whoever looks at the end of a log sees them
        print(f"{one.breaks:<9}{one.name} survived: {one.how}")
    print(f"{len(chosen) - len(survivors)} caught, {len(survivors)} survived, in {time.monotonic() - begun:.0f} s")
    return 1 if wrong or survivors else 0


def _told(breakage: Breakage, verdict: Verdict) -> bool:
    print(f"{breakage.breaks:<9}{breakage.name}  {verdict.words} in {verdict.seconds:.1f} s", flush=True)
    if not verdict.caught:
        print(f"        {breakage.how}", flush=True)
    return verdict.caught


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
