"""SQS: as much together as a request takes, in order also where a part is refused, and what it never takes given back."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from chalicelib.errors import BadSettings, StoreBusy
from chalicelib.queue.base import Message
from chalicelib.queue.sqs import MESSAGE_LIMIT, SQSQueue, batches, size
from tests.queue.conftest import made

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/hitl-inbox.fifo"


class Client:
    """Records each request; `refuse` says which ids of which request fail, by their bodies."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.kept: list[str] = []
        self.refusals: list[Any] = []
        self.put_off: list[dict[str, Any]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS' names
        self.sent.append([entry["MessageBody"] for entry in Entries])
        refusal = self.refusals.pop(0) if self.refusals else ()
        if isinstance(refusal, Exception):
            raise refusal
        good = [entry for entry in Entries if entry["MessageBody"] not in refusal]
        self.kept += [entry["MessageBody"] for entry in good]
        return {
            "Successful": [{"Id": entry["Id"]} for entry in good],
            "Failed": [
                {"Id": entry["Id"], "Code": "InternalError", "SenderFault": False}
                for entry in Entries
                if entry not in good
            ],
        }

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.put_off += Entries
        return {}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def queue(client: Client, naps: list[float]) -> SQSQueue:
    return SQSQueue(URL, client, sleep=naps.append)  # type: ignore[arg-type] # plays the part that is used


def one(name: str, group: str = "g") -> Message:
    return Message(group, name, name)


def throttled(operation: str = "SendMessageBatch") -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, operation)


def test_ten_of_different_sessions_go_in_one_request(queue, client):
    queue.put([one(str(number), group=str(number)) for number in range(25)])

    assert [len(request) for request in client.sent] == [10, 10, 5]


def test_of_one_session_the_second_goes_when_the_first_is_kept(queue, client):
    client.refusals = [["a"], ["a"]]
    queue.put([one("a"), one("b"), one("c", group="h")])

    assert client.kept == ["c", "a", "b"]
    assert client.sent == [["a", "c"], ["a"], ["a"], ["b"]]


def test_what_is_refused_three_times_is_told_and_nothing_after_it_is_kept(queue, client, naps):
    client.refusals = [["a"]] * 3
    with pytest.raises(StoreBusy):
        queue.put([one("a"), one("b"), one("c", group="h")])

    assert client.kept == ["c"]
    assert len(naps) == 2


@pytest.mark.parametrize("error", [throttled(), EndpointConnectionError(endpoint_url="https://sqs")])
def test_a_request_that_fails_is_made_again(queue, client, error):
    client.refusals = [error]
    assert queue.put([one("a")]) == []
    client.refusals = [error] * 3
    with pytest.raises(StoreBusy):
        queue.put([one("b")])

    assert client.kept == ["a"]


def test_what_is_too_large_is_given_back_and_the_rest_kept(queue, client):
    large = one("x" * (MESSAGE_LIMIT + 1))

    assert queue.put([one("a"), large, one("b")]) == [large]
    assert client.kept == ["a", "b"]


def test_what_has_characters_that_no_message_may_have_is_given_back(queue, client):
    bad = [one(f"x{letter}") for letter in ("\x00", "\x1f", "\ufffe", "\ud800")]

    assert queue.put([one("a"), *bad]) == bad
    assert client.kept == ["a"]


def test_the_limit_counts_bytes_and_what_goes_beside():
    assert size(Message("g", "d", "é" * 10)) == 20
    assert size(Message("g", "d", "{}", {"trace": "1234"})) == 2 + len("trace" + "String" + "1234")


def test_a_request_is_never_over_the_limit():
    given = [one(letter * 100_000) for letter in "abcdefg"]

    assert [len(batch) for batch in batches(given)] == [2, 2, 2, 1]
    assert [message for batch in batches(given) for message in batch] == given
    assert all(sum(map(size, batch)) <= MESSAGE_LIMIT for batch in batches(given))


def test_the_largest_is_taken_by_a_queue_as_it_is_made():
    with mock_aws():
        client = boto3.client("sqs")
        queue = SQSQueue(made(client), client)

        assert (
            queue.put([one("x" * MESSAGE_LIMIT), Message("h", "d", "x" * (MESSAGE_LIMIT - 12), {"trace": "1"})]) == []
        )


def test_messages_are_put_off_ten_at_a_time_and_not_for_longer_than_is_possible(queue, client):
    queue.put_off({str(number): 10**6 if number == 11 else number for number in range(12)})

    assert [entry["VisibilityTimeout"] for entry in client.put_off] == [*range(11), 43_200]
    assert [entry["Id"] for entry in client.put_off] == [*map(str, range(10)), "0", "1"]


def test_what_cannot_be_put_off_comes_when_its_time_is_up(queue, client, caplog):
    client.refusals = [throttled("ChangeMessageVisibilityBatch")]
    queue.put_off({"r": 5})

    assert "messages come again later than was asked for: ThrottlingException" in caplog.messages


def test_a_message_that_is_put_off_by_nothing_comes_again_at_once(ministack):
    client = boto3.client("sqs", endpoint_url=ministack)
    url = made(client)
    queue = SQSQueue(url, client)
    queue.put([one("a")])
    (received,) = client.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in client.receive_message(QueueUrl=url)
    queue.put_off({received["ReceiptHandle"]: 0})

    assert [again["Body"] for again in client.receive_message(QueueUrl=url)["Messages"]] == ["a"]


@pytest.mark.parametrize(
    "url", ["", "hitl.fifo", "https://sqs.eu-central-1.amazonaws.com/123456789012/hitl-inbox", "arn:x.fifo"]
)
def test_what_is_no_fifo_queues_address_is_refused(url):
    with pytest.raises(BadSettings):
        SQSQueue(url)


def test_the_queues_region_is_the_clients():
    assert SQSQueue(URL.replace("eu-central-1", "ap-south-1"))._sqs().meta.region_name == "ap-south-1"
