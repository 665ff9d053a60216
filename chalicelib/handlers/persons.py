"""What is handed out about a person, and the receipt when they are erased."""

from pydantic import JsonValue

from chalicelib.desk.eraser import Receipt
from chalicelib.desk.exporter import Export
from chalicelib.model.value import Instant, Value
from chalicelib.model.views import EntryView, SessionView, entry_view, session_view
from chalicelib.store.base import AlertState


class ReceiptAnswer(Value):
    """That a person was erased: `entries` is how many were written about them, `by` who asked for it.

    `done`: all is deleted; else it is hidden from everybody, and deleted within minutes.
    """

    session_id: str
    erased_at: Instant
    by: str
    entries: int
    done: bool


class AlertStateView(Value):
    """What has become of the alert that is entry `seq`."""

    seq: int
    state: AlertState


class ExportAnswer(Value):
    """A part of what is kept about a person; `cursor` is the `after` of the next part, null after the last."""

    exported_at: Instant
    session: SessionView
    created_at: Instant | None
    facts: dict[str, JsonValue]
    entries: list[EntryView]
    notifications: list[AlertStateView]
    cursor: int | None


def receipt_answer(receipt: Receipt) -> ReceiptAnswer:
    """The receipt as it is handed out."""
    return ReceiptAnswer(
        session_id=receipt.session_id,
        erased_at=receipt.erased_at,
        by=receipt.by,
        entries=receipt.entries,
        done=receipt.done,
    )


def export_answer(part: Export) -> ExportAnswer:
    """A part of an export as it is handed out."""
    return ExportAnswer(
        exported_at=part.at,
        session=session_view(part.session, part.at),
        created_at=part.session.created_at,
        facts=part.facts,
        entries=[entry_view(entry, part.session) for entry in part.entries],
        notifications=[AlertStateView(seq=seq, state=state) for seq, state in part.alerts.items()],
        cursor=part.cursor,
    )
