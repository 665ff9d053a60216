"""Make what is deployed: `build/deployment.zip` and `build/template.json`. Used by `make package STAGE=dev`.

Needs a package index only once for each `requirements.txt`: the wheels are kept in `build/wheels/`. The same sources give
the same zip, byte for byte, so that deploying twice changes nothing.
"""

import argparse
import compileall
import hashlib
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Chalice chooses the Lambda runtime of the Python that packages, and bytecode fits one minor version only."""

_DROPPINGS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*~")
_MACHINE = {"arm64": "aarch64", "x86_64": "x86_64"}
_GLIBC_MINOR = 26 if sys.version_info < (3, 12) else 34
"""Lambda runs Python 3.11 on Amazon Linux 2 with glibc 2.26, later ones on Amazon Linux 2023 with 2.34."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold, given to every file."""


class PackagingFailed(Exception):
    """One sentence for the operator."""


def package(project: Path, out: Path, wheelhouse: Path, stage: str) -> None:
    """Package the project for a stage of its `.chalice/config.json`. Raises PackagingFailed."""
    config = json.loads((project / ".chalice/config.json").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    if stage not in config["stages"]:
        raise PackagingFailed(f"There is no stage {stage} in .chalice/config.json, only {', '.join(config['stages'])}.")
    wheels = collect_wheels(project / "requirements.txt", wheelhouse, config["lambda_architecture"])
    with tempfile.TemporaryDirectory() as folder:
        sources, packaged, unpacked = Path(folder, "app"), Path(folder, "out"), Path(folder, "zip")
        copy_sources(project, sources)
        run_chalice(sources, packaged, stage, wheels)
        with zipfile.ZipFile(packaged / "deployment.zip") as archive:
            archive.extractall(unpacked)
        check_packages(unpacked, wheels)
        compile_all(unpacked)
        write_zip(unpacked, out / "deployment.zip")
        template = json.loads((packaged / "sam.json").read_text(encoding="utf-8"))
        name_the_function(template)
        (out / "template.json").write_text(json.dumps(template, indent=2) + "\n", encoding="utf-8")


def collect_wheels(requirements: Path, folder: Path, architecture: str) -> Path:
    """The folder with the wheels of these requirements, for Lambda and for this machine; downloaded only if not there.

    Both, because Chalice resolves for this machine first and then replaces what Lambda could not load.
    """
    wanted = hashlib.sha256(requirements.read_bytes() + f"{RUNTIME} {architecture}".encode()).hexdigest()[:16]
    kept = folder / wanted
    if kept.is_dir():
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        fresh = Path(temporary, "wheels")
        download = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:"]
        download += ["-r", str(requirements), "-d", str(fresh)]
        _run(download, "The packages in requirements.txt could not be downloaded.")
        machine = _MACHINE[architecture]
        platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in range(17, _GLIBC_MINOR + 1)]
        _run(
            [*download, *platforms, f"--platform=manylinux2014_{machine}", f"--python-version={RUNTIME}"],
            f"A package in requirements.txt has no wheel for Lambda ({architecture}, Python {RUNTIME}).",
        )
        try:
            fresh.rename(kept)
        except OSError:
            if not kept.is_dir():  # else somebody was faster, with the same files
                raise
    return kept


def copy_sources(project: Path, target: Path) -> None:
    """What belongs to the deployment, without caches and editors' droppings, which Chalice would package."""
    target.mkdir()
    for name in ("app.py", "requirements.txt"):
        shutil.copy2(project / name, target / name)
    shutil.copytree(project / "chalicelib", target / "chalicelib", ignore=_DROPPINGS)
    (target / ".chalice").mkdir()
    for path in sorted((project / ".chalice").glob("*.json")):
        shutil.copy2(path, target / ".chalice" / path.name)


def merge_resources(folder: Path) -> dict[str, Any]:
    """What is merged into Chalice's template: `resources*.json`, and `dashboard.json`, which AWS wants as one text."""
    merged: dict[str, Any] = {}
    for path in sorted(folder.glob("resources*.json")):
        for section, items in json.loads(path.read_text(encoding="utf-8")).items():
            known = merged.setdefault(section, {})
            if twice := known.keys() & items.keys():
                raise PackagingFailed(f".chalice/{path.name} says {', '.join(sorted(twice))} a second time.")
            known.update(items)
    body = json.dumps(json.loads((folder / "dashboard.json").read_text(encoding="utf-8")))
    table = {"Fn::If": ["MakesTable", {"Ref": "SessionTable"}, {"Ref": "KeptTable"}]}
    merged["Resources"]["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Ref": "AWS::StackName"},
            "DashboardBody": {"Fn::Sub": [body, {"Table": table}]},
        },
    }
    return merged


def name_the_function(template: dict[str, Any]) -> None:
    """Let the API call its function by name, where Chalice lets it refer to the function.

    Only so can the function, in its variables, refer to the address that stands in front of the API.
    """
    name = template["Resources"]["APIHandler"]["Properties"]["FunctionName"]["Fn::Sub"]
    arn = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{name}"
    for methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"]["uri"]
            uri["Fn::Sub"] = uri["Fn::Sub"].replace("${APIHandler.Arn}", arn)


def run_chalice(sources: Path, out: Path, stage: str, wheels: Path) -> None:
    """`chalice package`, which imports app.py; it needs some region to name AWS' services, and takes wheels from `wheels`."""
    (sources / ".chalice/merged.json").write_text(json.dumps(merge_resources(sources / ".chalice")), encoding="utf-8")
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        sys.executable,
        "-c",
        "import sys; from chalice.cli import main; sys.exit(main())",
        "package",
        "--stage",
        stage,
    ]
    _run(
        [*command, "--merge-template", ".chalice/merged.json", str(out)],
        "Chalice could not package the app.",
        folder=sources,
        environment=environment,
    )


def check_packages(folder: Path, wheels: Path) -> None:
    """Raises PackagingFailed for a package left out, of which Chalice only warns."""
    wanted = {"-".join(wheel.name.split("-")[:2]) for wheel in wheels.glob("*.whl")}
    left_out = wanted - {path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info")}
    if left_out:
        raise PackagingFailed(f"Chalice left out {', '.join(sorted(left_out))}: no wheel fits Lambda.")


def compile_all(folder: Path) -> None:
    """Put bytecode beside every source, never checked against it: Lambda's file system is read-only, and time is short."""
    compiled = compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=folder,
        prependdir="/var/task",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise PackagingFailed("A module does not compile; the message above says which.")


def write_zip(folder: Path, target: Path) -> None:
    """All files of the folder, in order of name, with one date and mode, so that the same files make the same zip."""
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    partial.replace(target)


def _run(
    command: Sequence[str], failure: str, *, folder: Path | None = None, environment: dict[str, str] | None = None
) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingFailed(f"{failure}\n{(done.stdout + done.stderr).strip()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(description="Make build/deployment.zip and build/template.json.")
    parser.add_argument("--stage", default="dev", help="a stage of .chalice/config.json (default: dev)")
    parser.add_argument("--project", type=Path, default=ROOT, help="the folder with app.py")
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    parser.add_argument("--wheels", type=Path, default=ROOT / "build/wheels", help="where downloads are kept")
    options = parser.parse_args(arguments)
    try:
        package(options.project.resolve(), options.out.resolve(), options.wheels.resolve(), options.stage)
    except PackagingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    size = (options.out / "deployment.zip").stat().st_size
    print(f"{options.out}/deployment.zip ({size / 1e6:.1f} MB) and template.json, for stage {options.stage}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
