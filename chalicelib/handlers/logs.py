"""Logs as JSON lines: ids and kinds, never a text, a name or a token."""

import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from chalicelib.desk import steps as told_steps
from chalicelib.desk.trace import traced

log = logging.getLogger(__name__)

FIELDS = ("session", "seq", "alerter", "by", "trigger", "result", "messages")
"""What log calls may add with `extra`."""


_about: ContextVar[dict[str, str]] = ContextVar("about")
"""What the lines written now are about: the request, its trace, route and session, as far as they are known."""


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Give all lines that are written inside these ids; None adds nothing."""
    before = _about.set({name: value for name, value in ids.items() if value})
    try:
        yield
    finally:
        _about.reset(before)


def known_of(name: str) -> str | None:
    """The id of this name that lines are given now, None where there is none."""
    return _about.get({}).get(name)


def also_about(**ids: str) -> None:
    """Give these ids to all further lines of the `about` around this; outside of one it is a no-op."""
    _about.get({}).update(ids)


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
        line.update(_about.get({}))
        line.update({field: getattr(record, field) for field in FIELDS if hasattr(record, field)})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = traced(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure(stream: TextIO | None = None, *, steps: bool = True) -> None:
    """Send the log of hitl, and warnings, to the stream (standard error by default), once however often it is called.

    `steps`: with a line for each step of each message, which is too much for a terminal.
    """
    logger = logging.getLogger("chalicelib")
    for handler in [handler for handler in logger.handlers if isinstance(handler.formatter, JsonFormatter)]:
        logger.removeHandler(handler)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.getLogger(told_steps.__name__).setLevel(logging.INFO if steps else logging.WARNING)
    warnings.showwarning = _log_warning


def configure_on_lambda() -> None:
    """The same where AWS runs us, for what libraries log too; elsewhere whoever starts the process decides about its logs."""
    if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
        configure()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logging.getLogger().handlers[:] = [handler]  # instead of AWS' own, which writes an error's words


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """A warning by kind and place: its words may repeat a value."""
    del message, file, line
    log.warning("a warning: %s at %s:%d", category.__name__, filename, lineno)
