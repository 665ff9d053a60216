"""Queue bodies that a version wrote, one file each: every version since reads them, and the one before reads today's.

A release adds a folder with what it writes; a folder is never changed. `python -m tests.compat.write <version>`
writes one.
"""

import json
from pathlib import Path

import pytest

from chalicelib.desk.parking import encode, read_back
from tests.compat.happenings import EVERY_KIND

FOLDER = Path(__file__).parent / "queue_bodies"
VERSIONS = sorted(
    (path for path in FOLDER.iterdir() if path.is_dir()), key=lambda path: [*map(int, path.name.split("."))]
)
RECORDED = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in sorted(FOLDER.glob("*/*.json"))]


def write(version: str) -> None:
    """Record what this code writes, as that version's."""
    folder = FOLDER / version
    folder.mkdir()
    for name, happening in EVERY_KIND.items():
        (folder / f"{name}.json").write_text(encode(happening) + "\n", encoding="utf-8")


@pytest.mark.parametrize("path", RECORDED)
def test_what_any_version_wrote_is_read_as_what_it_was(path: Path):
    assert read_back(path.read_text(encoding="utf-8")) == EVERY_KIND[path.stem]


def test_what_is_written_today_is_what_the_latest_version_wrote_so_that_it_reads_it():
    latest = VERSIONS[-1]
    written = {name: json.loads(encode(happening)) for name, happening in EVERY_KIND.items()}
    recorded = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in latest.glob("*.json")}

    assert written == recorded


def test_a_body_that_lacks_what_was_added_since_is_read_with_what_it_meant_before():
    body = json.loads(encode(EVERY_KIND["event"]))
    for name in ("user", "facts", "edits", "standby", "part_of"):
        del body["value"][name]
    found = read_back(json.dumps(body))

    assert found is not None
    assert (found.facts, found.edits, found.standby) == ({}, 0, False)  # type: ignore[union-attr] # an event
