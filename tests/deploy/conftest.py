import io
import json
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from moto import mock_aws

from chalicelib import aws, wiring
from chalicelib.handlers import logs
from local.messenger.server import running
from scripts.package import copy_sources, merge_resources
from tests.conftest import missing
from tests.deploy.driving import live
from tests.deploy.installation import Installation, stack_of
from tests.fakes.logs import logging_kept

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Package:
    """What `make package` left, and the zip's contents in a folder."""

    out: Path
    template: dict
    unpacked: Path

    def of_type(self, kind):
        return {name: item for name, item in self.template["Resources"].items() if item["Type"] == kind}

    def function(self, name):
        return self.template["Resources"][name]["Properties"]

    def policy(self, role):
        [policy] = self.template["Resources"][role]["Properties"]["Policies"]
        return policy["PolicyDocument"]["Statement"]


def run_package(out, *arguments, environment=None):
    """Runs the command as `make package` does, with the checkout's downloads."""
    command = [sys.executable, "scripts/package.py", "--out", out, "--wheels", ROOT / "build/wheels", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The sources as they were at one moment, so that whoever edits them meanwhile changes no result."""
    folder = tmp_path_factory.mktemp("project") / "hitl"
    copy_sources(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def package(tmp_path_factory, project):
    out = tmp_path_factory.mktemp("package")
    done = run_package(out, "--project", project)
    if "could not be downloaded" in done.stderr:
        missing("a package index, or the wheels from an earlier `make package`,")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(out / "unpacked")
    return Package(out, json.loads((out / "template.json").read_text()), out / "unpacked")


@pytest.fixture(scope="session")
def installation(package):
    """One that has lived, with all that its functions printed and logged."""
    printed, logged = io.StringIO(), io.StringIO()
    with logging_kept(), pytest.MonkeyPatch.context() as monkeypatch, mock_aws(), redirect_stdout(printed):
        logs.configure(logged)
        installation = Installation(stack_of(package.template), monkeypatch)
        with running(installation.platform) as installation.graph_url:
            live(installation)
        wiring.forget()
        aws.session.cache_clear()
    installation.printed, installation.logged = printed.getvalue().splitlines(), logged.getvalue().splitlines()
    return installation


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """What deploying needs of a package, made of our own part of the template in no time; the code is any bytes."""
    out = tmp_path_factory.mktemp("built")
    template = merge_resources(ROOT / ".chalice")
    for name in ("APIHandler", "Inbox", "Sweep", "WebsocketConnect"):
        function = template["Resources"][name]
        function["Type"] = "AWS::Serverless::Function"
        function["Properties"]["CodeUri"] = "./deployment.zip"
    template["Resources"] = {name: item for name, item in template["Resources"].items() if "Type" in item}
    (out / "template.json").write_text(json.dumps(template))
    (out / "deployment.zip").write_bytes(b"the code")
    return Package(out, template, out)
