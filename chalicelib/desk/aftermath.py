"""What a commit leaves to be done at once: messages to be sent, alerts to be published."""

from chalicelib.desk.publisher import Publisher
from chalicelib.desk.sender import Sender
from chalicelib.model.draft import Draft
from chalicelib.model.session import Session


class Aftermath:
    """Does what follows from a commit; what fails or is not done in time is due, so that the sweep does it."""

    def __init__(self, publisher: Publisher, sender: Sender) -> None:
        self._publisher = publisher
        self._sender = sender

    def of(self, draft: Draft) -> Session:
        """Send first, since a claimed message has to be on its way within a second, then publish. The head then."""
        return self._publisher.publish_new(draft, self._sender.go_on(draft))
