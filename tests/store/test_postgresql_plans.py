"""Which indexes PostgreSQL reads lists by, from tables in which most rows are not what a list asks for."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import TextClause

from chalicelib.store import sql as sql_module
from chalicelib.store import sql_parked
from chalicelib.store.sql import SQLStore
from tests.emulators.postgresql import Server

FILL = """
INSERT INTO sessions (id, rev, attempt, head, activity_key, paused_key, owner_key, name_key, due_key)
    SELECT 'webchat:' || n, 10, 'r', repeat('h', 500), 'at ' || to_char(n, '00009'),
        CASE WHEN n % 20 = 0 THEN 'paused ' || to_char(n, '00009') END,
        CASE WHEN n % 40 = 0 THEN 'agent ' || n % 7 END,
        CASE WHEN n % 2 = 0 THEN 'name ' || to_char(n, '00009') END,
        CASE WHEN n % 20 = 0 THEN 'due ' || to_char(n, '00009') END
    FROM generate_series(1, 2000) AS n;
INSERT INTO entries (session_id, seq, id, body)
    SELECT 'webchat:' || n, seq, 'u:' || seq, repeat('b', 100)
    FROM generate_series(1, 2000) AS n, generate_series(1, 10) AS seq;
INSERT INTO notifications (session_id, seq, sort_key, state)
    SELECT 'webchat:' || n, seq, 'at ' || to_char(10 * n + seq, '000009'),
        CASE WHEN n % 20 > 1 THEN 2 WHEN n % 40 > 1 THEN 1 ELSE 0 END
    FROM generate_series(1, 2000) AS n, generate_series(1, 3) AS seq;
INSERT INTO parked (id, sort_key, session_id, body)
    SELECT 'odd ' || n, 'at ' || to_char(n, '00009'), CASE WHEN n % 2 = 0 THEN 'webchat:' || n % 40 END, repeat('b', 500)
    FROM generate_series(1, 2000) AS n;
"""
"""Of twenty sessions one is paused, and of its alerts half are unread; what happened long ago is archived. Fewer rows a
table than the 30,000 that ANALYZE looks at, so that it sees all of them, and plans are the same each time."""


@pytest.fixture(scope="module")
def filled(postgresql: Server) -> Iterator[str]:
    """The address of a database in use, whose statistics are as they should be."""
    database = postgresql.create()
    store = SQLStore(postgresql.url(database))
    store.prepare()
    store.close()
    postgresql.administer(FILL, database=database)
    postgresql.administer("VACUUM ANALYZE", database=database)
    yield postgresql.url(database)
    postgresql.drop(database)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sql_module._BY_ACTIVITY, "sessions_by_activity"),
        (sql_module._PAUSED, "sessions_paused"),
        (sql_module._BY_OWNER, "sessions_by_owner"),
        (sql_module._BY_NAME, "sessions_by_name"),
        (sql_module._WAITING, "sessions_paused"),
        (sql_module._DUE, "sessions_due"),
        (sql_module._FORWARD, "entries_pkey"),
        (sql_module._BACKWARD, "entries_pkey"),
        (sql_module._FIND, "entries_by_id"),
        (sql_module._LISTED, "notifications_listed"),
        (sql_module._COUNT_UNREAD, "notifications_unread"),
        (sql_module._MARK_ALL, "notifications_unread"),
        (sql_parked._IN_ORDER, "parked_in_order"),
        (sql_parked._OF_SESSION, "parked_by_session"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_costs_what_it_returns_however_much_is_stored(filled: str, statement: TextClause, index: str):
    names = list(statement._bindparams)
    numbers = {"limit", "seq", "state"} | ({"after", "before"} if "seq" in str(statement) else set())
    if statement is sql_module._LISTED:
        numbers -= {"before"}
    types = ", ".join("int" if name in numbers else "text" for name in names)
    values = ", ".join("1" if name in numbers else "'1'" for name in names)
    ready = str(statement)
    for number, name in enumerate(names, start=1):
        ready = ready.replace(f":{name}", f"${number}")

    with psycopg.connect(filled) as connection:
        # a plan for any values is what a driver's prepared statement gets
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE asked ({types}) AS {ready}")
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN EXECUTE asked ({values})"))

    assert index in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
