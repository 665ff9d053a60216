"""What a function asks of AWS: every call, by the hook that botocore has for it, as the permissions that it needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.deploy.imagined import ACCOUNT, REGION


class Need(NamedTuple):
    """One permission: an action on a resource, by its ARN."""

    action: str
    resource: str


PARTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
"""A transaction has no action of its own: it needs those of its parts."""


class Recorder:
    """Notes who asked what. `needs`: by function."""

    def __init__(self) -> None:
        self.needs: dict[str, set[Need]] = {}
        self._function: str | None = None

    @contextmanager
    def acting(self, function: str) -> Iterator[None]:
        """What is asked inside is asked by this function; outside, it is the test's own business."""
        before, self._function = self._function, function
        try:
            yield
        finally:
            self._function = before

    def listen(self, session: Any) -> None:
        """To the clients that this session makes from now on."""
        session.register("provide-client-params.*.*", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._function is not None:
            service = model.service_model.signing_name
            self.needs.setdefault(self._function, set()).update(needs(service, model.name, params))


def needs(service: str, operation: str, params: dict[str, Any]) -> set[Need]:
    """The permissions that one call needs. Raises LookupError for a call that nobody has thought of."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            parts = [part for item in params["TransactItems"] for part in item.items()]
            return {Need(PARTS[kind], _table(given["TableName"])) for kind, given in parts}
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            return {Need(f"dynamodb:{operation}", _table(name)) for name in params["RequestItems"]}
        case "dynamodb", "Query":
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            return {Need("dynamodb:Query", _table(params["TableName"]) + index)}
        case "dynamodb", _:
            return {Need(f"dynamodb:{operation}", _table(params["TableName"]))}
        case "sns", _:
            return {Need(f"sns:{operation}", params["TopicArn"])}
        case "sqs", _:
            action = "sqs:" + operation.removesuffix("Batch")
            return {Need(action, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{params['QueueUrl'].rpartition('/')[2]}")}
        case "ssm", "GetParameter":
            name = params["Name"].removeprefix("/")
            return {Need("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name}")}
        case "secretsmanager", "GetSecretValue":
            secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{params['SecretId']}-AbCdEf"
            return {Need("secretsmanager:GetSecretValue", secret)}
    raise LookupError(f"{service}:{operation}: say in tests/deploy/recorder.py what it needs")


def _table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
