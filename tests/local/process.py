"""The programs of a checkout in processes of their own, as a user starts them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
END_SECONDS = 60


def environment(**variables: str) -> dict[str, str]:
    """This environment without settings of ours, and with these variables."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HITL_", "COV"))}
    return plain | {"PORT": "0", "PYTHONUNBUFFERED": "1"} | variables


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
    )


class Server:
    """A server in a process of its own; `output` is what it printed, complete once it has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.output = ""

    def read_until(self, pattern: str) -> re.Match[str]:
        """What fits the pattern first in what it prints; fails with all it said when it ends before."""
        for line in self._process.stdout or ():
            self.output += line
            found = re.search(pattern, line)
            if found:
                return found
        raise AssertionError(f"ended with {self._process.wait(END_SECONDS)}, saying:\n{self.output}")

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait(END_SECONDS)

    def interrupt(self) -> int:
        """Press Ctrl-C, and wait for the exit status."""
        self._process.send_signal(signal.SIGINT)
        rest, _ = self._process.communicate(timeout=END_SECONDS)
        self.output += rest
        return self._process.returncode


@contextmanager
def started(*command: str | Path, cwd: Path = ROOT, **variables: str) -> Iterator[Server]:
    """A program that runs until the block ends, if nothing ended it before."""
    with subprocess.Popen(
        command, cwd=cwd, env=environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def local_server(**variables: str) -> AbstractContextManager[Server]:
    """`make run` without its installation and its story."""
    return started(sys.executable, "-m", "local", STORY="0", **variables)
