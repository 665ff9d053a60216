"""What runs by the clock."""

from datetime import timedelta

from chalicelib.wiring import desk

BUDGET = timedelta(seconds=25)
"""Time for one sweep, below the function's own limit."""


def sweep() -> int:
    """Do all due work; returns the number of sessions attended to."""
    return desk().sweeper.sweep(budget=BUDGET)
