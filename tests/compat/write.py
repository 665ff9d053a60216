"""`python -m tests.compat.write 0.2.0`: what this release writes, kept so that every later one can be held to read it.

Once, when it is released; what an earlier one has written is never changed.
"""

import json
import sys
import tempfile
from pathlib import Path

from tests.compat import story
from tests.compat.items import file_of, items_of, statements_of, table_of
from tests.compat.reading import read
from tests.compat.test_queue_bodies import write as write_queue_bodies

FOLDER = Path(__file__).parent / "stores"


def main(version: str) -> int:
    """The exit status: 1 for a version that has written already."""
    folder = FOLDER / version
    if folder.exists():
        sys.stderr.write(f"{folder} is there already, and is never changed.\n")
        return 1
    folder.mkdir(parents=True)
    write_stores(folder)
    write_queue_bodies(version)
    return 0


def write_stores(folder: Path) -> None:
    """The story in a table and in a file, and what this code reads of it."""
    with table_of("") as store:
        story.write(store)
        (folder / "items.jsonl").write_text(items_of(store), encoding="utf-8")
        told = json.dumps(read(store, story.SESSIONS), indent=1, ensure_ascii=False, sort_keys=True)
        (folder / "read.json").write_text(f"{told}\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as name, file_of("", path := Path(name) / "hitl.db") as file:
        story.write(file)
        (folder / "sqlite.sql").write_text(statements_of(path), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
