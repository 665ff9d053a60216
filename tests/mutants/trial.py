"""Trying tests on a copy of the tree, broken or not."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.mutants.breakage import Breakage, DoesNotFit
from tests.mutants.starter import OUTPUT, Starters

PARTS = ("app.py", "manage.py", "pyproject.toml", ".chalice", "chalicelib", "commands", "local", "scripts", "tests")
"""What tests need of the tree."""

PROGRAMS = (".venv-ministack",)
"""What they only run, where it is there."""

INSTALLED = ("build/oidc",)
"""What they install when it is missing: once for all copies."""

LIMIT_SECONDS = 120
"""For the tests of one breakage; the slowest take a quarter of it on two busy cores."""

UNBROKEN_LIMIT_SECONDS = 900
"""For the tests of all breakages, one after the other."""

_TESTS_FAILED = 1
_PASSED = (0, _TESTS_FAILED)


@dataclass(frozen=True)
class Ran:
    """What became of each test that ran, by pytest's id: "" when all was well, else what it said in failing."""

    outcomes: dict[str, str]

    def of(self, test: str) -> list[str]:
        """The outcomes of a test, of a test with all its parameters, or of a file's tests."""
        within = (f"{test}::", f"{test}[")
        return [said for name, said in self.outcomes.items() if name == test or name.startswith(within)]

    def passed(self, test: str) -> bool:
        """Whether something ran under this name, and nothing failed."""
        return self.of(test) != [] and not any(self.of(test))


@dataclass(frozen=True)
class Verdict:
    """`caught`, and if not, what is wrong in a few words."""

    caught: bool
    words: str
    seconds: float


def try_breakage(breakage: Breakage, root: Path, starters: Starters) -> Verdict:
    """Plant it in a copy of the tree at `root`, and see whether every one of its tests fails for it."""
    begun = time.monotonic()
    try:
        with copied(root) as tree:
            for change in breakage.changes:
                change.apply(tree)
            ran = run_tests(tree, breakage.tests, starters, limit_seconds=LIMIT_SECONDS)
    except DoesNotFit as error:
        return Verdict(caught=False, words=f"does not fit any more: {error}", seconds=time.monotonic() - begun)
    wrong = [words for test in breakage.tests if (words := _missed(ran, test, breakage.shows))]
    words = "; ".join(wrong) or "caught by " + ", ".join(test.rpartition("::")[2] for test in breakage.tests)
    return Verdict(caught=not wrong, words=words, seconds=time.monotonic() - begun)


def try_unbroken(tests: Iterable[str], root: Path, starters: Starters) -> list[str]:
    """What is wrong with these tests in a copy that has no bug planted; empty: all of them ran and passed."""
    named = list(dict.fromkeys(tests))
    try:
        with copied(root) as tree:
            ran = run_tests(tree, named, starters, limit_seconds=UNBROKEN_LIMIT_SECONDS)
    except DoesNotFit as error:
        return [str(error)]
    return [f"{test} does not pass" for test in named if not ran.passed(test)]


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of what tests need, for as long as they run."""
    with tempfile.TemporaryDirectory(prefix="hitl-mutant-") as folder:
        tree = Path(folder)
        for part in PARTS:
            if (root / part).is_dir():
                shutil.copytree(root / part, tree / part)
            elif (root / part).exists():
                shutil.copy2(root / part, tree / part)
        for program in PROGRAMS:
            (tree / program).symlink_to(root / program)
        for place in INSTALLED:
            (root / place).mkdir(parents=True, exist_ok=True)
            (tree / place).parent.mkdir(parents=True)
            (tree / place).symlink_to(root / place)
        yield tree


def run_tests(tree: Path, tests: Iterable[str], starters: Starters, *, limit_seconds: int) -> Ran:
    """Run the tests in the tree. Raises DoesNotFit when pytest cannot, for any reason but a test that fails."""
    report = tree / "report.xml"
    arguments = ["-q", "-p", "no:cacheprovider", f"--junit-xml={report}", *tests]
    try:
        status = starters.run(tree, arguments, limit_seconds=limit_seconds)
    except TimeoutError as error:
        raise DoesNotFit(f"its tests do not end within {limit_seconds} s") from error
    if status not in _PASSED or not report.exists():
        said = (tree / OUTPUT).read_text(encoding="utf-8", errors="replace")
        raise DoesNotFit(f"pytest ends with {status}: {_last_line(said)}")
    return _read(report)


def environment() -> dict[str, str]:
    """For pytest: without this machine's settings, and without plugins, whose imports would take most of the time.

    Where CI is set, pytest would say more of a failure than elsewhere.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HITL_", "PYTEST_", "CI"))}
    return kept | {
        "HITL_MACHINE": "mutant",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _read(report: Path) -> Ran:
    outcomes: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        test = _id(case.get("classname", ""), case.get("name", ""))
        broken = case.find("error")
        if broken is not None:
            raise DoesNotFit(f"{test} cannot even run: {broken.get('message')}")
        if case.find("skipped") is None:
            failed = case.find("failure")
            outcomes[test] = "" if failed is None else _said(failed)
    return Ran(outcomes)


def _id(module: str, name: str) -> str:
    """A class of tests, whose name is capitalised, is left out: its file names it well enough."""
    path = "/".join(part for part in module.split(".") if not part[:1].isupper())
    return f"{path}.py::{name}"


def _said(failed: ET.Element) -> str:
    """What was raised, without the source around it, which would say anything."""
    lines = [line for line in (failed.text or "").splitlines() if line.startswith("E ")]
    return "\n".join([failed.get("message") or "", *lines]).strip() or "failed"


def _missed(ran: Ran, test: str, shows: str) -> str:
    failures = [said for said in ran.of(test) if said]
    if not failures:
        return f"SURVIVED {test}"
    if not any(shows in said for said in failures):
        return f"{test} fails, but without saying {shows!r}: {failures[0][:300]}"
    return ""


def _last_line(output: str) -> str:
    return next((line for line in reversed(output.splitlines()) if line.strip()), "nothing was said")
