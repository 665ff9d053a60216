"""A copy of the sources in which `make deploy` runs as an operator runs it, against an emulator of AWS on this machine.

The Makefile, the scripts and what they deploy are those of the checkout. Three things differ, since they must:

- `.chalice/config.json` asks for this machine's processor, on which the emulator runs the functions, and holds settings
  as the documentation has it for any: the simulated Messenger's address.
- `GNUmakefile`, which make prefers to the Makefile that it includes, puts one step between packaging and deploying: it takes
  out what the emulator does not know, `AWS::ApiGatewayV2::Deployment` and the stage's `DeploymentId`.
- `change` plants a bug, and takes it out again: that is how code changes between two versions.
"""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "build", ".hitl", "__pycache__", ".*_cache", "node_modules", "tests", "docs"
)
EMULATED = """\
include Makefile

deploy: emulated

emulated: package
\t@$(BIN)/python take_out.py
"""
TAKE_OUT = """\
import json
from pathlib import Path

path = Path("build/template.json")
template = json.loads(path.read_text())
del template["Resources"]["WebsocketAPIDeployment"]
del template["Resources"]["WebsocketAPIStage"]["Properties"]["DeploymentId"]
path.write_text(json.dumps(template))
"""


class Checkout:
    """The copy, in this folder, whose `make` talks to the emulator at `address`."""

    def __init__(self, folder: Path, address: str, settings: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
            "AWS_ENDPOINT_URL": address,
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
        (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
        (ROOT / "build/wheels").mkdir(parents=True, exist_ok=True)
        (folder / "build").mkdir()
        (folder / "build/wheels").symlink_to((ROOT / "build/wheels").resolve())
        (folder / "GNUmakefile").write_text(EMULATED)
        (folder / "take_out.py").write_text(TAKE_OUT)
        config = json.loads((folder / ".chalice/config.json").read_text())
        config["lambda_architecture"] = "arm64" if platform.machine() == "aarch64" else "x86_64"
        config["stages"]["dev"]["environment_variables"] = settings
        (folder / ".chalice/config.json").write_text(json.dumps(config))

    def make(self, *arguments: str, **exported: str) -> subprocess.CompletedProcess[str]:
        """What the operator types, with what they have exported."""
        return self._run(["make", *arguments], exported)

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """A line that they copy from what was printed."""
        return self._run(["sh", "-c", line], {})

    def change(self, name: str, old: str, new: str) -> None:
        """What stands once in a file."""
        source = (self.folder / name).read_text()
        assert source.count(old) == 1, f"{name} is not what it was"
        (self.folder / name).write_text(source.replace(old, new))

    def _run(self, command: list[str], exported: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | exported,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
