"""Whether `make mutants` can be believed: a breakage that is caught, one that is not, and all that may be wrong with one."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mutants.__main__ import ROOT, main
from tests.mutants.breakage import read_catalogue
from tests.mutants.starter import started
from tests.mutants.trial import environment

CATALOGUE = read_catalogue()

CODE = "def double(number):\n    return number * 2\n\n\ndef half(number):\n    return number / 2\n"
TESTS = """
from local.numbers import double, half


def test_twice_two_is_four():
    assert double(2) == 4


def test_half_of_four_is_two():
    assert half(4) == 2
"""
TWICE, HALF = "tests/test_numbers.py::test_twice_two_is_four", "tests/test_numbers.py::test_half_of_four_is_two"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two functions with a test each."""
    for name, text in {"local/numbers.py": CODE, "tests/test_numbers.py": TESTS}.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
    (tmp_path / "project" / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    return tmp_path / "project"


@pytest.fixture
def mutants(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`make mutants` on the project with one breakage: its status, and what it prints."""
    folder = tmp_path / "breakages"
    folder.mkdir()
    (folder / "promises.toml").write_text('[promises]\nP1 = "Numbers add up."\n')

    def run(*names: str, old="number * 2", new="number * 3", tests=(TWICE,), shows="assert 6 == 4") -> tuple[int, str]:
        given = {"name": "thrice", "breaks": "P1", "how": "Twice is thrice.", "tests": list(tests), "shows": shows}
        lines = [f"{field} = {json.dumps(value)}" for field, value in given.items()]
        change = {"file": "local/numbers.py", "old": old, "new": new}
        lines += ["[[breakage.change]]", *(f"{field} = {json.dumps(value)}" for field, value in change.items())]
        (folder / "numbers.toml").write_text("\n".join(["[[breakage]]", *lines]))
        return main(names, root=root, folder=folder), capsys.readouterr().out

    return run


def test_a_breakage_whose_tests_fail_is_caught(mutants, root: Path):
    status, printed = mutants()

    assert status == 0
    assert "P1       thrice  caught by test_twice_two_is_four" in printed
    assert "1 caught, 0 survived" in printed
    assert (root / "local" / "numbers.py").read_text() == CODE


@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        ({"new": "2 * number"}, f"SURVIVED {TWICE}"),
        ({"tests": (TWICE, HALF)}, f"SURVIVED {HALF}"),
        ({"shows": "assert 5 == 4"}, "fails, but without saying 'assert 5 == 4': assert 6 == 4"),
        ({"old": "number * 7"}, "does not fit any more: local/numbers.py has 'number * 7' 0 times"),
        ({"old": "number", "new": "7"}, "does not fit any more: local/numbers.py has 'number' 4 times"),
        ({"new": "number * 2"}, "does not fit any more: local/numbers.py has 'number * 2' 1 times"),
        ({"new": "number *"}, "does not fit any more: pytest ends with"),
        ({"old": "def double", "new": "def twice"}, "does not fit any more: pytest ends with"),
        ({"tests": ("tests/test_numbers.py::test_no_more",)}, "does not fit any more: pytest ends with"),
    ],
    ids=["survives", "half", "other words", "gone", "twice", "nothing", "syntax", "import", "no test"],
)
def test_any_other_breakage_is_told_and_fails_the_run(mutants, breakage, words: str):
    status, printed = mutants(**breakage)

    assert status == 1
    assert words in printed
    assert "0 caught, 1 survived" in printed
    assert "Twice is thrice." in printed


def test_tests_that_fail_without_any_breakage_prove_nothing(mutants, root: Path):
    (root / "local" / "numbers.py").write_text(CODE.replace("number * 2", "number * 2 + 1"))

    status, printed = mutants(shows="== 4")

    assert status == 1
    assert "1 caught, 0 survived" in printed
    assert f"Without any breakage: {TWICE} does not pass" in printed


def test_a_test_that_is_skipped_proves_nothing(mutants, root: Path):
    (root / "tests" / "test_numbers.py").write_text(f"import pytest\npytestmark = pytest.mark.skip\n{TESTS}")

    status, printed = mutants()

    assert status == 1
    assert f"SURVIVED {TWICE}" in printed
    assert f"Without any breakage: {TWICE} does not pass" in printed


def test_tests_that_do_not_end_are_ended_with_what_they_have_started_and_the_next_ones_run(root: Path):
    held = root / "held"
    os.mkfifo(held)
    hangs = f"""
import signal, subprocess


def test_that_hangs():
    with open({str(held)!r}, "w") as end:
        subprocess.Popen(["sleep", "60"], stdout=end)
        end.write(str(0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 50))
    signal.setitimer(signal.ITIMER_REAL, 0.01)  # so much for the limit
    signal.pause()
"""
    (root / "tests" / "test_hanging.py").write_text(hangs)

    with started(1, environment()) as starters, ThreadPoolExecutor() as pool:
        said = pool.submit(held.read_text)  # until nobody holds the other end any more
        with pytest.raises(TimeoutError):
            starters.run(root, ["-q", "tests/test_hanging.py"], limit_seconds=50)

        assert said.result(timeout=30) == "True"
        assert starters.run(root, ["-q", "tests/test_numbers.py"], limit_seconds=50) == 0


@pytest.mark.parametrize("name", ["thrice", "P1"])
def test_breakages_are_chosen_by_their_name_or_by_their_promise(mutants, name: str):
    assert mutants(name)[0] == 0


def test_a_breakage_that_is_not_there_is_named(mutants):
    assert mutants("fourfold") == (2, "There is no breakage called fourfold.\n")


@pytest.mark.parametrize("breakage", CATALOGUE.breakages, ids=lambda breakage: breakage.name)
def test_every_breakage_fits_the_tree(breakage):
    for change in breakage.changes:
        assert (ROOT / change.file).read_text(encoding="utf-8").count(change.old) == 1, change.old
        assert change.old != change.new


def test_every_promise_has_a_breakage_or_is_not_built_yet():
    broken = {breakage.breaks for breakage in CATALOGUE.breakages}

    assert broken | set(CATALOGUE.not_built) == set(CATALOGUE.promises)
    assert not broken & set(CATALOGUE.not_built)


def test_breakages_have_names_of_their_own():
    names = [breakage.name for breakage in CATALOGUE.breakages]

    assert len(names) == len(set(names))
