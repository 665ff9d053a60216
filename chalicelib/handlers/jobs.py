"""What runs by the clock."""

import logging
from datetime import timedelta

from chalicelib.desk.trace import traced
from chalicelib.errors import HitlError
from chalicelib.handlers.logs import about
from chalicelib.wiring import desk

log = logging.getLogger(__name__)

BUDGET = timedelta(seconds=60)
"""After this no further session is begun; the last one may still take a turn of 15 s and its commits.

The function itself may run 120 s, since no API waits for it. A sweep that outlasts its minute meets the next one, which
harms neither.
"""


class SweepBroke(Exception):
    """Something broke that is a bug of ours."""


def sweep(request: str | None = None) -> int:
    """Do all due work; returns the number of sessions attended to. `request`: the id that the log lines carry.

    Raises SweepBroke, without the words of what broke, since AWS writes them to its log.
    """
    with about(request=request):
        try:
            return desk().sweeper.sweep(budget=BUDGET)
        except HitlError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again as one that is safe to be written
            log.error("the sweep broke: %s", traced(error))  # noqa: TRY400 - no texts
            raise SweepBroke("The sweep broke; its log says where.") from None
