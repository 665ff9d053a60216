"""How much of the matrix runs: all that can come next after each blow, or one thing after each of them."""

import os
from collections.abc import Callable, Sequence
from enum import Enum

from tests.matrix.layer import Blow


class Next(Enum):
    """What happens after the request."""

    AGAIN = "asked again at once"
    LATER = "asked again when all has settled"
    NEVER = "never asked again"


ALL = tuple(Next)

Which = Callable[[str], Sequence[Blow]]
"""How a call is struck."""

Ways = Callable[[int], Sequence[Next]]
"""What comes after the blow of this number."""

WHOLE = os.environ.get("HITL_MATRIX") == "whole"
"""Everything comes after everything, on every store."""


def each(number: int) -> Sequence[Next]:
    """All of them."""
    return ALL


def in_turn(start: int) -> Ways:
    """One of them. `start`: another number for each use case, so that what is common to many is not followed by one alone."""
    return lambda number: (ALL[(start + number) % len(ALL)],)
