"""The account that is deployed to."""

import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from scripts.deploying.errors import DeployFailed, in_words

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 8})
"""Whoever follows a stack asks often, and is slowed down at times."""


class Account:
    """An account in one region, and a way to say something and to wait.

    `session` is one of boto3; None: as this machine is set up. `pause` is given seconds between two looks at something that
    takes its time. Raises DeployFailed where AWS does not know who asks, or where.
    """

    def __init__(
        self,
        session: Any = None,
        *,
        say: Callable[[str], object] = print,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self.say = say
        self.pause = pause
        try:
            self._session: Any = session or boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        except ProfileNotFound as error:
            raise DeployFailed(in_words(error)) from error
        if not self._session.region_name:
            raise DeployFailed(in_words(NoRegionError()))
        self.region: str = self._session.region_name
        self._clients: dict[str, Any] = {}
        self.number: str = self._identity()

    def client(self, service: str) -> Any:
        """The same one each time."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=_CONFIG)
        return self._clients[service]

    def _identity(self) -> str:
        try:
            return str(self.client("sts").get_caller_identity()["Account"])
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise DeployFailed(in_words(error)) from error
        except (
            BotoCoreError,
            ClientError,
            ValueError,
        ) as error:  # ValueError: a region that is no part of a host's name
            told = str(error) if isinstance(error, ValueError) else in_words(error)
            raise DeployFailed(f"{told} (region {self.region})") from error
