"""Logs as JSON lines: ids and kinds, never a text, a name or a token."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from chalicelib.desk.trace import traced

FIELDS = ("session", "seq", "alerter", "by")
"""What log calls may add with `extra`."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an exception: its type and where it was raised, not its words, which may quote a user."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({field: getattr(record, field) for field in FIELDS if hasattr(record, field)})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = traced(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure(stream: TextIO | None = None) -> None:
    """Send the log of hitl to the stream (standard error by default), once however often it is called."""
    logger = logging.getLogger("chalicelib")
    for handler in [handler for handler in logger.handlers if isinstance(handler.formatter, JsonFormatter)]:
        logger.removeHandler(handler)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def configure_on_lambda() -> None:
    """The same where AWS runs us; elsewhere whoever starts the process decides about its logs."""
    if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
        configure()
