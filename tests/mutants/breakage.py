"""The planted bugs: what each one breaks, where it is put, and which tests must notice."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "breakages"


class DoesNotFit(Exception):
    """A breakage cannot be planted, or what it leaves cannot be tested: its file needs a change."""


@dataclass(frozen=True)
class Change:
    """In `file`, below the root, the text `old`, which stands there exactly once, becomes `new`."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Raises DoesNotFit, having changed nothing."""
        path = root / self.file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = text.count(self.old)
        if found != 1 or self.old == self.new:
            raise DoesNotFit(f"{self.file} has {self.old!r} {found} times, not once")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()


@dataclass(frozen=True)
class Breakage:
    """`breaks`: the promise, by its name in `promises.toml`; `how`: the bug in a sentence.

    `tests`: pytest's ids; each of them must fail. `shows`: what the failure of each must say, so that it is for this bug.
    """

    name: str
    breaks: str
    how: str
    tests: tuple[str, ...]
    shows: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Catalogue:
    """`promises`: sentences by name; `not_built`: why some of them cannot be broken yet."""

    breakages: tuple[Breakage, ...]
    promises: dict[str, str]
    not_built: dict[str, str]


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """All that is in the folder: `promises.toml`, and files of breakages in the order of their names."""
    promises = tomllib.loads((folder / "promises.toml").read_text(encoding="utf-8"))
    files = sorted(set(folder.glob("*.toml")) - {folder / "promises.toml"})
    tables = [table for file in files for table in tomllib.loads(file.read_text(encoding="utf-8"))["breakage"]]
    return Catalogue(
        breakages=tuple(_breakage(**table) for table in tables),
        promises=promises["promises"],
        not_built=promises.get("not_built", {}),
    )


def _breakage(
    *, name: str, breaks: str, how: str, tests: list[str], shows: str, change: list[dict[str, str]]
) -> Breakage:
    changes = tuple(Change(**table) for table in change)
    return Breakage(name=name, breaks=breaks, how=how, tests=tuple(tests), shows=shows, changes=changes)
