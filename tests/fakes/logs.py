"""The process' logging, put back as it was."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.desk import steps


@contextmanager
def logging_kept() -> Iterator[None]:
    """Puts back what setting up the log changes of the process, for whoever sets it up within."""
    loggers = [logging.getLogger(name) for name in (None, "chalicelib", steps.__name__)]
    before = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    shown = warnings.showwarning
    try:
        yield
    finally:
        for logger, handlers, level, propagate in before:
            logger.handlers[:] = handlers
            logger.setLevel(level)
            logger.propagate = propagate
        warnings.showwarning = shown
