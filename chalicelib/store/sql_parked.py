"""The part of the SQL store that keeps what is parked: a row each, whole as JSON, since a text may hold no NUL."""

from sqlalchemy import text

from chalicelib.store import keys
from chalicelib.store.base import Page, Parked, Store, is_parked_id
from chalicelib.store.sql_engine import Database

_PARK = text(
    "INSERT INTO parked (id, sort_key, session_id, body) VALUES (:id, :sort_key, :session_id, :body)"
    " ON CONFLICT DO NOTHING"
)
_IN_ORDER = text("SELECT body, sort_key FROM parked WHERE sort_key > :after ORDER BY sort_key LIMIT :limit")
_OF_SESSION = text("SELECT body FROM parked WHERE session_id = :session_id ORDER BY sort_key LIMIT :limit")
_FIND = text("SELECT body FROM parked WHERE id = :id")
_REWRITE = text("UPDATE parked SET body = :after WHERE id = :id AND body = :before")
_UNPARK = text("DELETE FROM parked WHERE id = :id")


class SQLParking(Store):
    """`Store`'s methods about what is parked."""

    _database: Database

    def park(self, parked: Parked) -> None:
        row = {
            "id": parked.id,
            "sort_key": keys.parked_key(parked.at, parked.id),
            "session_id": parked.session_id,
            "body": parked.checked().to_json(),
        }
        with self._database.write() as run:
            run(_PARK, **row)

    def parked(self, *, cursor: str | None = None, limit: int) -> Page[Parked]:
        after = "" if cursor is None else keys.unseal(cursor)
        with self._database.read() as run:
            rows = run(_IN_ORDER, after=after, limit=limit + 1).all
        more = keys.seal(rows[limit - 1][-1]) if len(rows) > limit else None
        return Page([Parked.model_validate_json(body) for body, _ in rows[:limit]], more)

    def parked_of(self, session_id: str, *, limit: int) -> list[Parked]:
        with self._database.read() as run:
            bodies = run(_OF_SESSION, session_id=session_id, limit=limit).column
        return [Parked.model_validate_json(body) for body in bodies]

    def find_parked(self, parked_id: str) -> Parked | None:
        if not is_parked_id(parked_id):
            return None
        with self._database.read() as run:
            body = run(_FIND, id=parked_id).value
        return None if body is None else Parked.model_validate_json(body)

    def count_try(self, parked_id: str) -> None:
        """Of two at once one may go uncounted."""
        if not is_parked_id(parked_id):
            return
        with self._database.write() as run:
            body = run(_FIND, id=parked_id).value
            if body is not None:
                kept = Parked.model_validate_json(body)
                run(_REWRITE, id=parked_id, before=body, after=kept.but(tries=kept.tries + 1).to_json())

    def unpark(self, parked_id: str) -> bool:
        if not is_parked_id(parked_id):
            return False
        with self._database.write() as run:
            return run(_UNPARK, id=parked_id).changed > 0
