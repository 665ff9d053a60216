"""Tables and files that a version wrote: every version since reads them and goes on with them, and the one before reads today's.

A release adds a folder (`tests/compat/write.py`); a folder is never changed.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest

from chalicelib.model.content import Text, Unsupported
from chalicelib.model.entry import AuthorKind, Body, Entry, EntryKind, Fate, Trigger
from chalicelib.model.session import Session
from chalicelib.model.value import Kept
from chalicelib.store.base import Parked, Store, Token
from chalicelib.store.dynamodb_items import unpacked
from tests.compat import story
from tests.compat.happenings import CONTENTS
from tests.compat.items import file_of, items_of, table_of
from tests.compat.reading import read, within
from tests.compat.write import FOLDER
from tests.conftest import missing
from tests.store import making

ROOT = Path(__file__).parents[2]
VERSIONS = sorted((path.name for path in FOLDER.iterdir()), key=lambda name: [*map(int, name.split("."))])
TODAY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SAID = {"text", *(content.type for content in CONTENTS)}
TALKED = [story.FULL, story.CALLED, story.WAITING]


def written_by(version: str, name: str) -> str:
    return (FOLDER / version / name).read_text(encoding="utf-8")


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["table", "file"])
def old(request: pytest.FixtureRequest, version: str, tmp_path: Path) -> Iterator[Store]:
    """What the version left."""
    if request.param == "table":
        with table_of(written_by(version, "items.jsonl")) as store:
            yield store
    else:
        with file_of(written_by(version, "sqlite.sql"), tmp_path / "old.db") as file:
            yield file


def test_what_any_version_wrote_is_read_as_that_version_read_it(old: Store, version: str):
    told = json.loads(written_by(version, "read.json"))

    found = read(old, told["heads"])
    assert {name: found[name] for name in told if not within(told[name], found[name])} == {}


@pytest.mark.parametrize("session_id", TALKED)
def test_what_any_version_began_goes_on_where_it_was(old: Store, session_id: str):
    before = old.load(session_id)
    assert before is not None
    head = making.change(old, session_id, making.says("Still here"), making.answers(), making.alerts(), at=story.LATER)

    assert old.load(session_id) == head
    assert [entry.seq for entry in making.log(old, session_id)] == list(range(1, head.seq + 1))
    assert head.seq > before.seq
    assert [entry.said for entry in making.log(old, session_id)[before.seq :] if entry.kind == "message"] == [
        "Still here",
        "How can I help?",
    ]


def test_who_was_erased_stays_so_and_begins_anew_after_that(old: Store):
    head = making.change(old, story.ERASED, making.says("Hello"), at=story.LATER)

    assert (head.seq, head.user.name) == (4, "")
    assert [entry.content for entry in old.entries(story.ERASED, after=3, limit=9)] == [Text("Hello")]


def test_what_any_version_gave_out_and_put_aside_is_good(old: Store):
    assert [old.token(digest) for digest in story.DIGESTS] == list(story.TOKENS)
    assert old.parked_of(story.FULL, limit=9) == [story.PARKED[0].but(tries=1)]
    assert old.unpark(story.PARKED[0].id)
    assert [one.id for one in old.parked(limit=9).items] == [story.PARKED[1].id]


def test_todays_items_have_all_that_the_latest_versions_have_so_that_it_reads_them():
    """It ignores what it does not know, and needs what it does."""
    latest = by_key(written_by(VERSIONS[-1], "items.jsonl"))
    with table_of("") as store:
        story.write(store)
        today = by_key(items_of(store))

    assert {key: item for key, item in latest.items() if not within(item, today.get(key))} == {}


def test_what_a_later_version_may_add_is_read_over(version: str):
    """Attributes of items, and fields of all that is ours: so the version before it is one that can be gone back to.

    What was said with a field that is not known here is read too, and shown as something that cannot be shown.
    """
    told = json.loads(written_by(version, "read.json"))
    later = "".join(
        f"{json.dumps(enriched(json.loads(line)))}\n" for line in written_by(version, "items.jsonl").splitlines()
    )

    with table_of(later) as store:
        found = read(store, told["heads"])
    assert {name: found[name] for name in told if not within(told[name], found[name])} == {}


def test_a_message_that_a_later_version_added_to_is_there_and_says_that_it_cannot_be_shown():
    line = json.dumps({"pk": {"S": story.CALLED}, "sk": {"S": "E#0000000001"}, "j": {"S": json.dumps(LATER_MESSAGE)}})
    with table_of(line) as store:
        [entry] = store.entries(story.CALLED, limit=9)

    assert (entry.kind, entry.author.kind, entry.content) == ("message", "bot", Unsupported(LATER_MESSAGE["content"]))


LATER_MESSAGE: dict[str, Any] = {
    "seq": 1,
    "id": "b:1:0",
    "kind": "message",
    "author": {"kind": "bot"},
    "at": "2027-01-01T00:00:00Z",
    "content": {"type": "text", "text": "Hello", "mood": "sunny"},
}


def enriched(item: dict[str, Any]) -> dict[str, Any]:
    """As a version to come may write it; what people said is theirs, and no field of ours."""
    if "j" in item and item["sk"]["S"] not in ("FACTS", "SECRET"):
        kept = json.loads(text_of(item["j"]))
        item = item | {"j": {"S": json.dumps(grown(kept))}}
    return item | {"zz": {"S": "new"}, "zn": {"N": "1"}}


def grown(kept: Any) -> Any:
    if isinstance(kept, list):
        return [grown(one) for one in kept]
    if isinstance(kept, dict) and kept.get("type") not in SAID:
        return {name: grown(value) for name, value in kept.items()} | {"mood": {"sunny": [1]}}
    return kept


def by_key(items: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Items as they read, since the same text may be compressed in more than one way."""
    found = {}
    for item in map(json.loads, items.splitlines()):
        plain = {name: as_read(name, value) for name, value in item.items()}
        found[item["pk"]["S"], item["sk"]["S"]] = plain
    return found


def as_read(name: str, value: dict[str, Any]) -> Any:
    if name != "j":
        return text_of(value) if "B" in value else value
    text = text_of(value)
    return json.loads(text) if text.startswith(("{", "[")) else text


def text_of(value: dict[str, Any]) -> str:
    return unpacked({"B": base64.b64decode(value["B"])} if "B" in value else value)  # type: ignore[arg-type] # one of both


def kept_in(value: Any) -> Iterator[Kept]:
    """It, and all that is kept within it."""
    if isinstance(value, Kept):
        yield value
        for name in type(value).model_fields:
            yield from kept_in(getattr(value, name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from kept_in(one)


def test_the_story_has_everything_that_is_kept():
    with table_of("") as store:
        story.write(store)
        heads = [head for name in story.SESSIONS if (head := store.load(name)) is not None]
        entries = [entry for name in story.SESSIONS for entry in store.entries(name, limit=500)]
        rest = [*store.tokens(), *store.parked(limit=9).items]
    told: dict[type[Kept], set[str]] = {Session: set(), Entry: set(), Token: set(), Parked: set()}
    for value in (one for each in (*heads, *entries, *rest) for one in kept_in(each)):
        fields = type(value).model_fields.items()
        told.setdefault(type(value), set()).update(
            name for name, field in fields if field.is_required() or getattr(value, name) != field.default
        )

    assert {
        kind.__name__: set(kind.model_fields) - names for kind, names in told.items() if set(kind.model_fields) - names
    } == {}
    assert {entry.kind for entry in entries} == set(get_args(EntryKind))
    assert {entry.author.kind for entry in entries} == set(get_args(AuthorKind))
    assert {entry.fate for entry in entries} == {None, *get_args(Fate)}
    assert {type(entry.content) for entry in entries} - {NoneType} == set(get_args(get_args(Body)[0]))
    assert {entry.content.trigger for entry in entries if entry.kind == "paused"} == set(get_args(Trigger))  # type: ignore[union-attr] # of a pause


def tree_of(version: str, folder: Path) -> Path:
    """The sources of a release, as it was tagged; of today, those at hand."""
    if version == TODAY:
        shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__", "web"))
        return folder
    command = ["git", "-C", str(ROOT), "archive", f"v{version}", "chalicelib"]
    archived = subprocess.run(command, capture_output=True, check=False)
    if archived.returncode:
        missing(f"the sources of release {version} (the tag v{version})")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archived.stdout, check=True)
    return folder


def read_by(tree: Path, items: Path) -> subprocess.CompletedProcess[str]:
    """What the code of this tree reads of the items, in a process of its own."""
    command = [sys.executable, "-m", "tests.compat.reading", str(items), json.dumps(story.SESSIONS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tree), str(ROOT)])}
    return subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def todays(tmp_path: Path) -> Path:
    """What is written today, as a file of items."""
    with table_of("") as store:
        story.write(store)
        (tmp_path / "items.jsonl").write_text(items_of(store), encoding="utf-8")
    return tmp_path / "items.jsonl"


@pytest.mark.parametrize("release", sorted({*VERSIONS, TODAY}))
def test_the_code_of_each_release_reads_what_is_written_today(release: str, todays: Path, tmp_path: Path):
    """Of today's as well, so that what runs the others is known to run."""
    (folder := tmp_path / "tree").mkdir()
    done = read_by(tree_of(release, folder), todays)
    assert done.returncode == 0, done.stderr
    with table_of(todays.read_text(encoding="utf-8")) as store:
        whole = json.loads(json.dumps(read(store, story.SESSIONS)))

    assert within(json.loads(done.stdout), whole)


def test_code_that_cannot_read_what_is_written_today_is_found_out(todays: Path, tmp_path: Path):
    (folder := tmp_path / "tree").mkdir()
    model = tree_of(TODAY, folder) / "chalicelib/model/session.py"
    model.write_text(model.read_text(encoding="utf-8").replace("    escalations: int = 0", "    escalations: str = ''"))

    assert "ValidationError" in read_by(folder, todays).stderr


def test_a_text_that_says_less_is_not_within_one_that_says_more_otherwise():
    assert within({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}], "d": 3})
    assert not within({"a": 1}, {"a": 2})
    assert not within({"a": 1}, {"b": 1})
    assert not within({"a": [1]}, {"a": [1, 2]})
