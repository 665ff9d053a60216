"""A queue between those who deliver and the worker, and what is put into it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """`group`: within it, order is kept; `deduplication`: what has the same one within five minutes is kept once.

    Both are 1 to 128 letters, digits and signs of ASCII. `attributes` go beside the body, which has no control characters.
    """

    group: str
    deduplication: str
    body: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Queue(ABC):
    """Keeps messages until a worker is done with them; gives them again when it is not."""

    @abstractmethod
    def put(self, messages: Sequence[Message]) -> list[Message]:
        """Keep all; returns those that the queue will never take, for their size or their characters.

        Messages of one group are kept in this order. Raises StoreBusy when one was not kept that may be the next time: of its
        group, nothing after it was kept either. Putting all again is harmless.
        """

    @abstractmethod
    def put_off(self, receipts: Mapping[str, int]) -> None:
        """Give received messages again after so many seconds, by receipt, instead of when their time is up. Never raises."""
