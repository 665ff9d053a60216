"""Alerts through an SNS topic: e-mail, and every other kind of subscription."""

import re
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.alerts.base import Alert, Alerter, alerter_name
from chalicelib.errors import AlertFailed, BadSettings

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_ARN = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:([A-Za-z0-9_-]{1,256}(?:\.fifo)?)")
_UNCONFIRMED = ("PendingConfirmation", "Deleted")


class SNSAlerter(Alerter):
    """Publishes to one standard topic.

    Filter policies can use the attributes `level`, `why` and `channel`; `alert_id` is the same when an alert is published
    again, for subscribers that must not act twice. Raises BadSettings for anything but a topic's ARN.
    """

    def __init__(self, topic_arn: str, client: "SNSClient | None" = None, *, name: str | None = None) -> None:
        match = _ARN.fullmatch(topic_arn)
        if match is None:
            raise BadSettings(
                f"HITL_ALERTS: {topic_arn!r} is no topic; it looks like sns:arn:aws:sns:eu-central-1:123456789012:alerts"
            )
        self._arn = topic_arn
        self._region, self._topic = match.groups()
        self._client = client
        self.name = name or alerter_name("sns", self._topic, topic_arn)

    def publish(self, alert: Alert) -> None:
        attributes = {
            "level": alert.level,
            "why": alert.why,
            "channel": alert.channel,
            "alert_id": alert.id,
        }
        try:
            self._sns().publish(
                TopicArn=self._arn,
                Subject=alert.subject,
                Message=alert.body,
                MessageAttributes={name: _string(value) for name, value in attributes.items()},
            )
        except ClientError as error:
            raise AlertFailed(f"SNS refused an alert for topic {self._topic}: {_code(error)}.") from error
        except BotoCoreError as error:
            raise AlertFailed(f"SNS did not take an alert for topic {self._topic}: {type(error).__name__}.") from error

    def check(self) -> list[str]:
        if self._topic.endswith(".fifo"):
            return [
                f"Topic {self._topic} is a FIFO topic, which cannot send e-mail: use a standard one in HITL_ALERTS."
            ]
        try:
            return self._check_subscriptions()
        except ClientError as error:
            if _code(error) in ("NotFound", "NotFoundException"):
                return [f"Topic {self._arn} does not exist: create it, or correct HITL_ALERTS."]
            return [
                f"SNS does not show topic {self._topic} ({_code(error)}): allow sns:ListSubscriptionsByTopic on it."
            ]
        except BotoCoreError as error:
            return [f"SNS cannot be asked about topic {self._topic} ({error}): check the network and the credentials."]

    def _check_subscriptions(self) -> list[str]:
        """The first pages decide: one confirmed subscription is enough, and a topic may have millions."""
        pending = False
        for page in self._sns().get_paginator("list_subscriptions_by_topic").paginate(TopicArn=self._arn):
            states = [subscription.get("SubscriptionArn") for subscription in page["Subscriptions"]]
            if any(state not in _UNCONFIRMED for state in states):
                return []
            pending = pending or bool(states)
        if pending:
            return [
                f"Nobody has confirmed a subscription to topic {self._topic}: follow the link in the mail from AWS."
            ]
        return [f"Nobody subscribes to topic {self._topic}: add an e-mail address, or another subscription, in SNS."]

    def _sns(self) -> "SNSClient":
        if self._client is None:
            retries = {"mode": "standard", "total_max_attempts": 2}
            config = Config(connect_timeout=1, read_timeout=2, retries=retries)  # type: ignore[arg-type] # a TypedDict
            self._client = aws.client("sns", config, self._region)
        return self._client


def _string(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "unknown")
