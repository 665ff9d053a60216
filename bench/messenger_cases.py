"""What happens for a message on Messenger: its webhook, the worker's run for it, and for what the platform tells besides."""

from chalice import Chalice

from bench.messenger import Messenger, read, said, worker
from bench.usecases import Ready, UseCase

WEBHOOK = "Messenger: a webhook puts an event into the queue"
WORKER = "Messenger: the worker takes a message, with a turn and a send"
NEWS = "Messenger: the worker takes what was read or delivered"


def use_cases(messenger: Messenger) -> tuple[UseCase, ...]:
    """All three; what is arranged is taken out of the queue again."""

    def known(app: Chalice) -> str:
        """Somebody who has talked with the bot."""
        messenger.empty()
        psid = messenger.comes()
        messenger.webhook(app, said(psid))()
        worker(messenger.records())
        return psid

    def webhook(app: Chalice, agent: str) -> Ready:
        del agent
        return messenger.webhook(app, said(messenger.comes()))

    def turn(app: Chalice, agent: str) -> Ready:
        del agent
        messenger.webhook(app, said(known(app), 2))()
        records = messenger.records()
        return lambda: worker(records)

    def news(app: Chalice, agent: str) -> Ready:
        del agent
        messenger.webhook(app, read(known(app)))()
        records = messenger.records()
        return lambda: worker(records)

    return UseCase(WEBHOOK, webhook), UseCase(WORKER, turn), UseCase(NEWS, news)
