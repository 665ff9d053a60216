"""Settings that name where their value is kept: a parameter of SSM, a secret of Secrets Manager."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import BadSettings

log = logging.getLogger(__name__)

REFERRING = (
    "HITL_ADMIN_TOKEN",
    "HITL_MESSENGER_APP_SECRETS",
    "HITL_MESSENGER_PAGES",
    "HITL_MESSENGER_VERIFY_TOKEN",
    "HITL_SECRET",
    "HITL_WEBHOOK_SECRET",
)
"""The settings that may be a reference."""

LASTS_SECONDS = 300
"""How long a value counts: within this time after it was changed, all functions have the new one."""

RETRY_SECONDS = 30
"""After a failure the old value is kept, and asked for again after this."""

_KINDS = ("ssm:", "secretsmanager:")


class References:
    """Reads what settings refer to, each at most once in five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that only grow."""
        self._clock = clock
        self._kept: dict[str, tuple[str, float]] = {}

    def due(self) -> bool:
        """Whether a value that was read is to be read again."""
        now = self._clock()
        return any(until <= now for _, until in self._kept.values())

    def resolved(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment with what it refers to. Raises BadSettings when a value was never read and cannot be."""
        referring = {name for name in REFERRING if environment.get(name, "").strip().startswith(_KINDS)}
        return {**environment, **{name: self._value(name, environment[name].strip()) for name in sorted(referring)}}

    def _value(self, name: str, reference: str) -> str:
        now = self._clock()
        kept, until = self._kept.get(reference, (None, now))
        if kept is not None and now < until:
            return kept
        try:
            value = _fetch(reference)
        except LookupError as error:
            if kept is None:
                raise BadSettings(f"{name}: what it refers to cannot be read: {error}") from error
            log.warning("the value of %s cannot be read again: %s", name, error)
            self._kept[reference] = (kept, now + RETRY_SECONDS)
            return kept
        self._kept[reference] = (value, now + LASTS_SECONDS)
        return value


def _fetch(reference: str) -> str:
    """The value that a reference names. Raises LookupError, with the kind of failure alone."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib import aws

    kind, _, name = reference.partition(":")
    config = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
    try:
        if kind == "ssm":
            found: Any = aws.client("ssm", config).get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        else:
            found = aws.client("secretsmanager", config).get_secret_value(SecretId=name).get("SecretString")
    except ClientError as error:
        raise LookupError(error.response.get("Error", {}).get("Code", "refused")) from error
    except BotoCoreError as error:
        raise LookupError(type(error).__name__) from error
    if not found:
        raise LookupError("it holds no text")
    return str(found)
