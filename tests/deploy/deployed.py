"""A stack in the emulator, as its users, its operators and AWS itself meet it."""

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import boto3

from local.story import Client

SCHEDULED = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0"}
SCHEDULED |= {"time": "2026-11-22T20:40:12Z", "region": "eu-central-1", "resources": [], "detail": {}}
LOOKS = 900
SECONDS_BETWEEN_LOOKS = 0.1


def eventually(look: Callable[[], Any], what: str) -> Any:
    """The first answer of some substance, within a bounded number of looks: programs of others take their time."""
    found = None
    for _ in range(LOOKS):
        if found := look():
            return found
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise AssertionError(f"never came: {what}")


class Deployed:
    """The stack of this name at the emulator's address.

    Its pages and HTTP interface are reached at the API's own address: the emulator's CloudFront asks no origin of AWS'.
    """

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self._address = address
        [made] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
        self.parameters = {item["ParameterKey"]: item.get("ParameterValue", "") for item in made["Parameters"]}
        self.site = f"{address}/restapis/{self.outputs['RestAPIId']}/hitl/_user_request_"

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self._address)

    def agent(self, token: str) -> Client:
        return Client(self.site, token)

    def subscriber(self) -> Callable[[], list[dict[str, Any]]]:
        """A queue subscribed to the alerts; a way to receive what comes to it."""
        sqs = self.client("sqs")
        queue = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        topic = self.outputs["AlertTopicArn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])

        def receive() -> list[dict[str, Any]]:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)
            return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

        return receive

    def sweep(self) -> dict[str, Any]:
        """As the schedule does, which the emulator does not keep."""
        answer = self.client("lambda").invoke(FunctionName=f"{self.name}-sweep", Payload=json.dumps(SCHEDULED))
        return {"status": answer["StatusCode"], "error": answer.get("FunctionError")}

    def waiting(self) -> int:
        """Messages in the queue, whether anybody is at them or not."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        url = self.outputs["InboxQueueUrl"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
        return sum(int(found[name]) for name in names)

    def receives(self) -> list[int]:
        """How often each message of the queue was received, as the emulator tells without receiving it."""
        return [one["ReceiveCount"] for one in self._peek()]

    def visible(self) -> bool:
        """Whether anything in the queue can be received now."""
        return any(one["IsVisible"] for one in self._peek())

    def _peek(self) -> list[dict[str, Any]]:
        url = quote(self.outputs["InboxQueueUrl"], safe="")
        with urllib.request.urlopen(f"{self._address}/_ministack/sqs/messages?QueueUrl={url}", timeout=20) as answer:
            accounts = json.load(answer)["messages"].values()
        return [
            one for regions in accounts for queues in regions.values() for found in queues.values() for one in found
        ]

    def dead_letters(self) -> int:
        url = self.outputs["DeadLettersUrl"]
        name = "ApproximateNumberOfMessages"
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        return int(found[name])

    def take(self) -> int:
        """Receive from the queue and keep nothing, as a worker does that dies at once; how many there were."""
        url = self.outputs["InboxQueueUrl"]
        found = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return len(found.get("Messages", []))

    def let_the_worker(self, *, work: bool) -> None:
        """Switch what hands messages to it on or off."""
        functions = self.client("lambda")
        [source] = functions.list_event_source_mappings(FunctionName=f"{self.name}-inbox")["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=work)

    def said(self, agent: Client, session: str) -> list[str]:
        """What stands in a session's log, in order."""
        entries = agent.get(f"/api/botpress-hitl/sessions/{quote(session, safe='')}")["entries"]
        return [entry["content"].get("text", "") for entry in entries if entry["kind"] == "message"]

    def items(self) -> int:
        """Of the table."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs["TableName"])
        return sum(page["Count"] for page in pages)
