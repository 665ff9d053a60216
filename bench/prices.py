"""AWS' list prices, each with the page that tells it: on demand, without the free tier, savings plans or taxes."""

from collections.abc import Mapping
from dataclasses import dataclass

REGION = "us-east-1"
AS_OF = "2026-05-11"
"""When public pages repeated AWS' own as they stand here; of queue, CloudFront and CloudWatch, 2026-11-26."""


@dataclass(frozen=True)
class Price:
    """US dollars for so many of what. `page`: where AWS tells it; to be compared before anybody relies on it."""

    dollars: float
    per: int
    what: str
    page: str

    @property
    def each(self) -> float:
        """US dollars for one."""
        return self.dollars / self.per


_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_SNS = "https://aws.amazon.com/sns/pricing/"
_CLOUDFRONT = "https://aws.amazon.com/cloudfront/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_MILLION = 1_000_000

USED: Mapping[str, Price] = {
    "dynamodb_write_units": Price(0.625, _MILLION, "write request units, standard table", _DYNAMODB),
    "dynamodb_read_units": Price(0.125, _MILLION, "read request units, standard table", _DYNAMODB),
    "api_requests": Price(3.5, _MILLION, "requests to a REST API", "https://aws.amazon.com/api-gateway/pricing/"),
    "cloudfront_requests": Price(0.01, 10_000, "HTTPS requests, North America and Europe", _CLOUDFRONT),
    "cloudfront_gigabytes": Price(0.085, 1, "GB to users, North America and Europe", _CLOUDFRONT),
    "lambda_requests": Price(0.2, _MILLION, "invocations", _LAMBDA),
    "lambda_gb_seconds": Price(0.0000133334, 1, "seconds of 1 GB on arm64", _LAMBDA),
    "sqs_requests": Price(
        0.5, _MILLION, "requests to a FIFO queue, up to 64 kB", "https://aws.amazon.com/sqs/pricing/"
    ),
    "sns_publishes": Price(0.5, _MILLION, "publishes to a standard topic, up to 64 kB", _SNS),
    "sns_mails": Price(2.0, 100_000, "deliveries by e-mail", _SNS),
    "log_gigabytes": Price(0.5, 1, "GB taken in by CloudWatch Logs, standard class", _CLOUDWATCH),
}
"""What is paid by use."""

KEPT: Mapping[str, Price] = {
    "alarms": Price(0.1, 1, "alarms of standard resolution, a month", _CLOUDWATCH),
    "dashboards": Price(3.0, 1, "dashboards, a month", _CLOUDWATCH),
    "metrics": Price(0.3, 1, "metrics of one's own, a month, while they are written", _CLOUDWATCH),
}
"""What is paid by the month."""
