"""What runs by the clock."""

from datetime import timedelta

from chalicelib.wiring import desk

BUDGET = timedelta(seconds=60)
"""After this no further session is begun; the last one may still take a turn of 15 s and its commits.

The function itself may run 120 s, since no API waits for it. A sweep that outlasts its minute meets the next one, which
harms neither.
"""


def sweep() -> int:
    """Do all due work; returns the number of sessions attended to."""
    return desk().sweeper.sweep(budget=BUDGET)
