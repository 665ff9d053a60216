"""Desks and stores with a bug, each of a kind that only a fault at the right moment shows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import JsonValue

from chalicelib.desk.publisher import Publisher
from chalicelib.errors import Duplicate, StoreBusy
from chalicelib.model.alerting import settle_publication
from chalicelib.model.entry import Author, Entry
from chalicelib.model.event import Event
from chalicelib.model.session import Publication, Session
from chalicelib.model.turning import give_up
from chalicelib.store.base import Store
from tests.fakes.memory import MemoryStore
from tests.fakes.world import World


class LooseStore(MemoryStore):
    """Can also append to a log alone."""

    def append(self, session_id: str, entries: Sequence[Entry]) -> None:
        known = {entry.id for entry in self._records[session_id].log}
        self._records[session_id].log += [entry for entry in entries if entry.id not in known]


@contextmanager
def loose_memory() -> Iterator[Store]:
    yield LooseStore()


class HeadThenEntries(World):
    """Its commits are two writes."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        store = self.desk.store

        def commit(
            before: Session | None,
            after: Session,
            entries: Sequence[Entry] = (),
            amends: Sequence[Entry] = (),
            *,
            facts: Mapping[str, JsonValue] | None = None,
        ) -> None:
            for entry in entries:
                stored = store.inner.find(after.id, entry.id)
                if stored is not None:
                    raise Duplicate(stored)
            whole.commit(before, after, (), amends, facts=facts)
            store.append(after.id, entries)

        whole = type(store)(store.inner, store._faults)
        store.commit = commit


class SettledFirst(World):
    """Notes that an alert is published, then publishes it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)

        class Hasty(Publisher):
            def _publish(self, session: Session, entry: Entry, publication: Publication) -> Session:
                self._transactor.run(session.id, lambda draft: settle_publication(draft, entry.seq, ()))
                return super()._publish(session, entry, publication)

        self.desk.sweeper._publisher.__class__ = Hasty  # all parts share it


class AnsweredBeforehand(World):
    """Tells the platform that an event is stored, though the store was busy."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        receive = self.desk.intake.receive

        def hopeful(event: Event, *, limited: bool = False) -> Entry:
            try:
                return receive(event, limited=limited)
            except StoreBusy:
                author = Author(kind="user", id="zoe")
                return Entry(seq=1, id=event.id, kind="message", author=author, at=event.at, content=event.content)

        self.desk.intake.receive = hopeful


class TurnNobodyTakesOver(World):
    """Its sweep does not know what to do about a turn that ran out."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.desk.sweeper._take_over = lambda head: None


class TurnGivenUpAtOnce(World):
    """A process that dies costs the user their bot."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        transactor = self.desk.sweeper._transactor

        def take_over(head: Session) -> None:
            turn = head.turn
            assert turn is not None
            transactor.run(head.id, lambda draft: give_up(draft, turn.entry, "The bot did not answer."))

        self.desk.sweeper._take_over = take_over
