"""What a stack was given and has not processed yet."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from scripts.deploying.account import Account
from scripts.deploying.errors import DeployFailed, code

_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def refuse_unprocessed(account: Account, outputs: Mapping[str, str]) -> None:
    """Raises DeployFailed when something waits in a queue of the stack, which would go with it.

    Whoever delivered it was told that it is kept, and delivers it no more.
    """
    for output, one, several, how in (
        ("InboxQueueUrl", "event waits", "events wait", "wait until the inbox function has taken them"),
        ("DeadLettersUrl", "dead letter lies", "dead letters lie", "see docs/operations.md for what to do with them"),
    ):
        url = outputs.get(output)
        if url and (count := _waiting(account, url)):
            raise DeployFailed(
                f"{count} {one if count == 1 else several} in the queue, and would be lost: {how}, or drop them with\n"
                f"  aws sqs purge-queue --region {account.region} --queue-url {url}\nand try again."
            )


def _waiting(account: Account, url: str) -> int:
    try:
        told = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[*_COUNTS])["Attributes"]
    except ClientError as error:
        if code(error) in _GONE:
            return 0
        raise
    return sum(int(told[name]) for name in _COUNTS)
