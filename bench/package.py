"""What is uploaded, and what a function unpacks: by `scripts/package.py`, from the sources as they are."""

import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bench.report import Part, Table
from bench.server import ROOT

MISSING = "There is no package index, and there are no wheels from an earlier `make package`: not measured."


def part() -> Part:
    """The sizes of the zip; where it cannot be made, a line that says so."""
    with tempfile.TemporaryDirectory(prefix="hitl-bench-") as name:
        out = Path(name)
        command = [sys.executable, "scripts/package.py", "--out", str(out), "--wheels", str(ROOT / "build/wheels")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if "could not be downloaded" in done.stderr:
            return Part([Table("The package", ("",), [(MISSING,)])])
        if done.returncode:
            raise RuntimeError(done.stderr)
        archive = out / "deployment.zip"
        with zipfile.ZipFile(archive) as opened:
            unpacked = sizes({one.filename: one.file_size for one in opened.infolist()})
        return Part([table(archive.stat().st_size, unpacked)])


def sizes(files: Mapping[str, int]) -> Counter[str]:
    """Bytes by what they are for, given each file's path in the zip."""
    found: Counter[str] = Counter()
    for path, size in files.items():
        found[_kind(PurePosixPath(path))] += size
    return found


def table(zipped: int, unpacked: Mapping[str, int]) -> Table:
    """The zip as rows."""
    rows = [("uploaded, zipped", _megabytes(zipped)), ("unpacked", _megabytes(sum(unpacked.values())))]
    rows += [(f"of it {kind}", _megabytes(size)) for kind, size in sorted(unpacked.items(), key=lambda one: -one[1])]
    return Table("The package", ("what", "MB"), rows)


def _kind(path: PurePosixPath) -> str:
    if path.parts[0] not in ("app.py", "chalicelib", "__pycache__"):
        return "packages, compiled" if path.suffix == ".pyc" else "packages"
    if path.parts[:2] == ("chalicelib", "web"):
        return "pages"
    return "ours, compiled" if path.suffix == ".pyc" else "ours"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.2f}"
