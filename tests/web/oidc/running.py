"""The provider in a process of its own. Its package is installed once, by name, into `build/oidc`."""

import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import missing

ROOT = Path(__file__).parents[3]
PACKAGE = "oidc-provider@8.8.1"
"""The last of its kind that runs on Node 18, which stable distributions still have, as well as on later ones."""

OLDEST_NODE = 18
INSTALL = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]


class Provider:
    """A provider that listens; it serves once it is told whom for."""

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url = url
        self._process = process

    def serve(self, site: str) -> None:
        """Serve the installation at this address."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{site}\n")
        self._process.stdin.flush()
        assert _line(self._process) == "ready"

    def expired(self, who: str) -> str:
        """A token of theirs that was good until a minute ago."""
        with urllib.request.urlopen(f"{self.url}/expired?who={who}", timeout=20) as answer:
            return answer.read().decode()


def installed() -> Path:
    """The folder with the package; skips loudly where it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("node, or npm,")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        missing(f"node {OLDEST_NODE} or later (this one is {version})")
    folder = ROOT / "build/oidc" / PACKAGE
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _install(npm, folder)
    return folder


def _install(npm: str, folder: Path) -> None:
    """Beside its place, and put there whole: several processes may do so at once, and the first one wins."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        made = Path(beside, "made")
        made.mkdir()
        done = subprocess.run([npm, *INSTALL, PACKAGE], cwd=made, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            missing(f"the npm package {PACKAGE}")
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # else somebody was faster, with the same files
                raise


@contextmanager
def running() -> Iterator[Provider]:
    command = ["node", str(Path(__file__).with_name("provider.mjs")), str(installed())]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield Provider(_line(process), process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _line(process: "subprocess.Popen[str]") -> str:
    """The next line of ours; the library warns among them."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("http://127", "ready")):
            return line.strip()
    raise AssertionError("the provider ended")
