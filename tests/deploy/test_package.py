"""The zip that runs on Lambda."""

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.desk.parking import encode
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from scripts import package as packaging
from scripts.package import copy_sources
from tests.deploy.conftest import run_package
from tests.deploy.deployed import SCHEDULED
from tests.emulators.table import create_table
from tests.identity import making

AARCH64 = 0xB7
UNCHECKED_HASH = 0b01
BESIDE = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What the Lambda runtime brings: boto3 and what it needs."""

ADMIN_TOKEN = "the-admin-token-of-the-tests"
INVOKED = """
import json
import app

class Context:
    aws_request_id = "the-request"

    def get_remaining_time_in_millis(self):
        return 120_000

print(json.dumps(app.{function}({event!r}, Context())))
"""


@pytest.fixture(scope="module")
def in_lambda(package, tmp_path_factory):
    """Runs Python with the unpacked zip and boto3, and nothing else that is installed here."""
    beside = tmp_path_factory.mktemp("runtime")
    names = (
        BESIDE
        if platform.machine() == "aarch64"
        else (*BESIDE, "pydantic_core", "regex", "cryptography", "_cffi_backend")
    )
    for name in names:
        origin = Path(importlib.util.find_spec(name).origin)
        target = origin.parent if origin.name == "__init__.py" else origin
        (beside / target.name).symlink_to(target)

    def run(code, **environment):
        path = os.pathsep.join([str(beside), str(package.unpacked)])
        environment = {"PYTHONPATH": path, "AWS_DEFAULT_REGION": "eu-central-1", "PATH": "", **environment}
        command = [sys.executable, "-S", "-c", code]
        done = subprocess.run(command, env=environment, cwd=beside, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_every_handler_is_found_in_the_zip_with_only_boto3_beside(package, in_lambda):
    handlers = [item["Properties"]["Handler"] for item in package.of_type("AWS::Serverless::Function").values()]

    assert sorted(handlers) == ["app.app", "app.connect", "app.inbox", "app.sweep"]
    for handler in handlers:
        module, _, name = handler.partition(".")
        assert in_lambda(f"import {module}; print(callable({module}.{name}))") == "True"


class Zip:
    """The zip's functions at work on an emulated table, each time in a process of its own."""

    def __init__(self, run, address, table):
        self._run = run
        self.variables = {
            "HITL_STORE": f"dynamodb://{table}",
            "HITL_ADMIN_TOKEN": ADMIN_TOKEN,
            "HITL_INBOX": f"sqs:{address}/000000000000/nobody-asks.fifo",
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def hears(self, function, event):
        """What the function answers to an event of AWS."""
        return json.loads(self._run(INVOKED.format(function=function, event=event), **self.variables).split("\n")[-1])

    def gets(self, path, **headers):
        answer = self.hears("app", asked_for(path, headers))
        return answer["statusCode"], json.loads(answer["body"])


@pytest.fixture(scope="module")
def unzipped(in_lambda, ministack, ministack_dynamodb):
    create_table(ministack_dynamodb, "unzipped")
    yield Zip(in_lambda, ministack, "unzipped")
    ministack_dynamodb.delete_table(TableName="unzipped")


def asked_for(path, headers):
    """A request as API Gateway hands it over."""
    return {
        "httpMethod": "GET",
        "resource": path,
        "path": path,
        "requestContext": {"httpMethod": "GET", "resourcePath": path, "path": f"/hitl{path}"},
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


def queued(message_id, session, text):
    """A record as SQS hands it over, of what a user has just said."""
    body = encode(Event(f"in:{message_id}", session, Text(text), datetime.now(UTC)))
    attributes = {"MessageGroupId": session, "SentTimestamp": "1790000000100", "ApproximateReceiveCount": "1"}
    return {
        "messageId": message_id,
        "receiptHandle": "r",
        "body": body,
        "attributes": attributes,
        "messageAttributes": {},
    }


def test_a_request_is_answered_from_the_zip_and_only_to_who_is_known(unzipped):
    status, refused = unzipped.gets("/api/botpress-hitl/sessions")
    known = unzipped.gets("/api/botpress-hitl/me", Authorization=f"Bearer {ADMIN_TOKEN}")

    assert unzipped.gets("/api/health")[0] == 200
    assert (status, refused["Code"]) == (401, "NotSignedIn")
    assert (known[0], known[1]["role"]) == (200, "supervisor")


def test_a_batch_of_the_queue_is_taken_by_the_zip_and_what_fails_of_it_comes_again(unzipped):
    records = [queued("1", "messenger:1.2", "Hello"), queued("2", "messenger:1.3", "x" * 30_000)]
    answer = unzipped.hears("inbox", {"Records": records})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    _, listed = unzipped.gets("/api/botpress-hitl/sessions", Authorization=f"Bearer {ADMIN_TOKEN}")
    assert [session["id"] for session in listed["sessions"]] == ["messenger:1.2"]


def test_the_schedule_is_kept_by_the_zip(unzipped):
    assert unzipped.hears("sweep", SCHEDULED) is None


def test_the_messenger_channel_is_in_the_zip_with_all_that_it_needs(in_lambda):
    code = """
from datetime import timedelta
from chalicelib import wiring
from chalicelib.model.content import Text
from chalicelib.settings import read_settings

given = read_settings({"HITL_MESSENGER_PAGES": '{"1": "token"}', "HITL_MESSENGER_APP_SECRETS": "secret"})
[channel] = wiring.build_channels(given)
print(len(channel.parts(Text("\\u00e4 " * 1500))), type(wiring.media()).__name__)
"""

    assert in_lambda(code) == "2 MessengerMedia"


def test_a_signed_token_is_verified_from_the_zip(in_lambda):
    said = making.claims("https://login.example.com")
    code = f"""
from chalicelib.identity import issuer, jws, keys
from chalicelib.identity.claims import Expected

signed = jws.take_apart({making.token(said, making.ec_key(), "ES256")!r})
key = keys.Keys({{"keys": [{making.jwk(making.ec_key())!r}]}}).find("k1", "ES256")
jws.verify(signed, key)
print(signed.claims["sub"])
"""

    assert in_lambda(code) == "ann-1"


def test_every_module_is_there_as_bytecode_that_is_never_checked(package):
    for source in package.unpacked.rglob("*.py"):
        [compiled] = source.parent.glob(f"__pycache__/{source.stem}.cpython-*.pyc")
        assert compiled.read_bytes()[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH


def test_the_bytecode_fits_the_runtime(package):
    runtimes = {item["Properties"]["Runtime"] for item in package.of_type("AWS::Serverless::Function").values()}

    assert runtimes == {f"python{sys.version_info.major}.{sys.version_info.minor}"}


def test_native_code_is_for_arm64(package):
    libraries = list(package.unpacked.rglob("*.so"))

    assert sorted(library.name.split(".")[0] for library in libraries) == [
        "_cffi_backend",
        "_pydantic_core",
        "_regex",
        "_rust",
    ]
    assert all(int.from_bytes(library.read_bytes()[18:20], "little") == AARCH64 for library in libraries)


def test_only_what_runs_is_in_the_zip(package):
    ours = {"app.py", "chalice", "chalicelib", "__pycache__"}
    packages = {"annotated_types", "pydantic", "pydantic_core", "regex", "typing_extensions.py", "typing_inspection"}
    packages |= {"cryptography", "cffi", "pycparser", "_cffi_backend.so"}
    top = {
        re.sub(r"\.cpython-.*\.so$", ".so", path.name)
        for path in package.unpacked.iterdir()
        if not path.name.endswith(".dist-info")
    }

    assert top == ours | packages


def test_the_pages_are_in_the_zip(package):
    assert (package.unpacked / "chalicelib/web/shared").is_dir()


def test_packaging_again_needs_no_network_and_makes_the_same_zip(package, project, tmp_path):
    nowhere = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_CACHE_DIR": "1", "PYTHONHASHSEED": "7"}
    done = run_package(tmp_path, "--project", project, environment=nowhere)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "deployment.zip").read_bytes() == (package.out / "deployment.zip").read_bytes()


def test_a_stage_that_is_not_configured_is_said(tmp_path):
    done = run_package(tmp_path, "--stage", "live")

    assert (done.returncode, done.stderr) == (1, "There is no stage live in .chalice/config.json, only dev, prod.\n")


def test_a_stage_of_ones_own_needs_nothing_but_a_name(package, project, tmp_path):
    own = tmp_path / "project"
    shutil.copytree(project, own)
    config = json.loads((own / ".chalice/config.json").read_text())
    config["stages"]["live"] = {}
    (own / ".chalice/config.json").write_text(json.dumps(config))

    done = run_package(tmp_path / "out", "--project", own, "--stage", "live")

    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "out/template.json").read_text())
    kinds = {name: resource.get("Type") for name, resource in template["Resources"].items()}
    assert kinds == {name: resource["Type"] for name, resource in package.template["Resources"].items()}


def test_what_chalice_cannot_package_is_said_with_its_words(project, tmp_path):
    broken = tmp_path / "project"
    shutil.copytree(project, broken)
    (broken / ".chalice/policy-sweep.json").unlink()
    done = run_package(tmp_path / "out", "--project", broken)

    assert done.returncode == 1
    assert done.stderr.startswith("Chalice could not package the app.")
    assert "policy-sweep.json" in done.stderr


def test_caches_and_droppings_stay_behind(tmp_path):
    project = tmp_path / "project"
    for name in ("chalicelib/a.py", "chalicelib/__pycache__/a.pyc", "chalicelib/.a.py.swp", "chalicelib/a.py~"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    for name in ("app.py", "requirements.txt", "secrets.txt"):
        (project / name).write_text("")
    (project / "tests").mkdir()
    (project / ".chalice").mkdir()
    copy_sources(project, tmp_path / "copy")

    copied = [path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")]
    assert sorted(copied) == [".chalice", "app.py", "chalicelib", "chalicelib/a.py", "requirements.txt"]


def test_packaging_leaves_nothing_in_the_sources(package, project):
    assert not (project / ".chalice/deployments").exists()
    assert list(project.rglob("__pycache__")) == []


def test_two_who_download_at_once_share_what_the_faster_one_has(monkeypatch, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("pydantic\n")

    def download(command, _):
        own = Path(command[command.index("-d") + 1])
        own.mkdir(exist_ok=True)
        (own / "slower.whl").touch()
        name = packaging.hashlib.sha256(requirements.read_bytes() + f"{packaging.RUNTIME} arm64".encode()).hexdigest()
        faster = own.parent.parent / name[:16]
        faster.mkdir(exist_ok=True)
        (faster / "faster.whl").touch()

    monkeypatch.setattr(packaging, "_run", download)
    kept = packaging.collect_wheels(requirements, tmp_path / "wheels", "arm64")

    assert [wheel.name for wheel in kept.iterdir()] == ["faster.whl"]
    assert list((tmp_path / "wheels").iterdir()) == [kept]
