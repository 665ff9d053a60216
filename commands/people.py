"""What a person may ask for: all that is kept about them, and that it be erased."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalicelib.desk.desk import Desk
from chalicelib.handlers.persons import export_answer, receipt_answer
from chalicelib.model.entry import Author

OPERATOR = Author(kind="system", id="operator")


def export(desk: Desk, session_id: str) -> str:
    """All that is kept about a person, as one JSON document. Raises SessionNotFound."""
    part = desk.export(session_id)
    document: dict[str, Any] = export_answer(part).model_dump(mode="json", exclude={"cursor"})
    while part.cursor is not None:
        part = desk.export(session_id, after=part.cursor)
        more = export_answer(part).model_dump(mode="json")
        document["entries"] += more["entries"]
        document["notifications"] += more["notifications"]
    return json.dumps(document, ensure_ascii=False, indent=2)


def write(document: str, path: str) -> None:
    """Into a file that nobody else may read. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(document + "\n")
    Path(path).chmod(0o600)


def agreed(desk: Desk, session_id: str, ask: Callable[[str], str]) -> bool:
    """Whether the operator means it. Raises SessionNotFound."""
    head = desk.reader.session(session_id)
    try:
        answer = ask(f"Erase {head.display_name} and {head.seq - head.cut} entries for good? Type yes: ")
    except EOFError:  # nobody is there to be asked
        return False
    return answer.strip() == "yes"


def erase(desk: Desk, session_id: str) -> str:
    """The receipt as JSON. Raises SessionNotFound."""
    return receipt_answer(desk.erase(session_id, by=OPERATOR)).model_dump_json()
