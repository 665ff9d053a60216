"""What the desk takes from the world besides its collaborators: time and chance, and who counts."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.metrics import Meter, NoMeter


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True)
class Tools:
    """`clock` gives aware UTC; `new_id` 64 random bits as text; `sleep` waits seconds; `jitter` picks between two.

    `meter` takes numbers.
    """

    clock: Callable[[], datetime] = _now
    new_id: Callable[[], str] = _new_id
    sleep: Callable[[float], None] = time.sleep
    meter: Meter = field(default_factory=NoMeter)
    jitter: Callable[[float, float], float] = random.uniform  # noqa: S311 - spreads retries, keeps no secret
