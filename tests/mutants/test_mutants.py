"""Whether the machine sees what it is there for: it must fail on a tree with a planted bug, and pass on one without."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = Path(__file__).parent

PLANTED = {
    "no_condition_on_the_head": "I2",
    "acknowledged_before_the_commit": "I1",
    "handled_before_its_messages": "I5",
}
"""Each bug, and the invariant that it breaks."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all that the machine needs."""
    leave = shutil.ignore_patterns("__pycache__", "web")
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib", ignore=leave)
    for part in ("desk", "fakes"):
        shutil.copytree(ROOT / "tests" / part, tmp_path / "tests" / part, ignore=leave)
    shutil.copy(ROOT / "tests" / "__init__.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run_machine(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/desk/test_machine.py"]
    environment = os.environ | {"HITL_MACHINE": "mutant", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False)


def plant(tree: Path, bug: str) -> None:
    """Apply the patch; one that does not fit any more is an error, never a bug that was not planted."""
    patch = PATCHES / f"{bug}.patch"
    alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    applied = subprocess.run(
        ["git", "apply", str(patch)], cwd=tree, env=alone, capture_output=True, text=True, check=False
    )
    assert applied.returncode == 0, f"{patch.name} does not apply any more: {applied.stderr}"


def test_every_patch_is_planted():
    assert {patch.stem for patch in PATCHES.glob("*.patch")} == set(PLANTED)


@pytest.mark.parametrize(("bug", "rule"), PLANTED.items())
def test_the_machine_finds_a_planted_bug(tree: Path, bug: str, rule: str):
    plant(tree, bug)

    run = run_machine(tree)

    assert run.returncode == 1, run.stdout + run.stderr
    assert re.search(rf"^E .*AssertionError: {rule} ", run.stdout, re.MULTILINE), run.stdout


def test_the_machine_finds_nothing_in_a_tree_without_one(tree: Path):
    run = run_machine(tree)

    assert run.returncode == 0, run.stdout + run.stderr
