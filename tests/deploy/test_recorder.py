"""What the recorder makes of a call: the permissions that AWS asks for."""

import pytest

from tests.deploy.recorder import Need, needs

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/t"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/q.fifo"


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        ("dynamodb", "GetItem", {"TableName": "t"}, {Need("dynamodb:GetItem", TABLE)}),
        ("dynamodb", "Query", {"TableName": "t"}, {Need("dynamodb:Query", TABLE)}),
        ("dynamodb", "Query", {"TableName": "t", "IndexName": "due"}, {Need("dynamodb:Query", f"{TABLE}/index/due")}),
        ("dynamodb", "BatchGetItem", {"RequestItems": {"t": {}}}, {Need("dynamodb:BatchGetItem", TABLE)}),
        (
            "dynamodb",
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "t"}},
                    {"Delete": {"TableName": "t"}},
                    {"ConditionCheck": {"TableName": "t"}},
                ]
            },
            {
                Need("dynamodb:PutItem", TABLE),
                Need("dynamodb:DeleteItem", TABLE),
                Need("dynamodb:ConditionCheckItem", TABLE),
            },
        ),
        ("sns", "Publish", {"TopicArn": "arn:topic"}, {Need("sns:Publish", "arn:topic")}),
        (
            "sqs",
            "SendMessageBatch",
            {"QueueUrl": QUEUE},
            {Need("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:q.fifo")},
        ),
        (
            "ssm",
            "GetParameter",
            {"Name": "/hitl-dev/x"},
            {Need("ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/hitl-dev/x")},
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "hitl-dev/x"},
            {
                Need(
                    "secretsmanager:GetSecretValue",
                    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hitl-dev/x-AbCdEf",
                )
            },
        ),
    ],
)
def test_a_call_needs_what_aws_asks_for(service, operation, params, expected):
    assert needs(service, operation, params) == expected


def test_a_call_that_nobody_has_thought_of_is_not_let_through():
    with pytest.raises(LookupError, match="s3:GetObject"):
        needs("s3", "GetObject", {})
