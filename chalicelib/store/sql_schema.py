"""The tables, as the list of steps that lead to them; a database remembers how many of them it has taken."""

from sqlalchemy import Connection, inspect, text

from chalicelib.errors import BadSettings

_STEPS = (
    (
        """CREATE TABLE sessions (
            id {sortable} PRIMARY KEY, rev INTEGER NOT NULL, attempt TEXT NOT NULL, head TEXT NOT NULL,
            activity_key {sortable} NOT NULL, paused_key {sortable}, owner_key TEXT, name_key {sortable}, due_key {sortable}
        )""",
        "CREATE INDEX sessions_by_activity ON sessions (activity_key)",
        "CREATE INDEX sessions_paused ON sessions (paused_key) WHERE paused_key IS NOT NULL",
        "CREATE INDEX sessions_by_owner ON sessions (owner_key, paused_key) WHERE owner_key IS NOT NULL",
        "CREATE INDEX sessions_by_name ON sessions (name_key) WHERE name_key IS NOT NULL",
        "CREATE INDEX sessions_due ON sessions (due_key) WHERE due_key IS NOT NULL",
        """CREATE TABLE entries (
            session_id {sortable} NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (session_id, seq)
        )""",
        "CREATE UNIQUE INDEX entries_by_id ON entries (session_id, id)",
        """CREATE TABLE notifications (
            session_id {sortable} NOT NULL, seq INTEGER NOT NULL, sort_key {sortable} NOT NULL, state INTEGER NOT NULL,
            PRIMARY KEY (session_id, seq)
        )""",
        "CREATE INDEX notifications_listed ON notifications (sort_key) WHERE state < 2",
        "CREATE INDEX notifications_unread ON notifications (sort_key) WHERE state = 0",
        "CREATE TABLE facts (session_id {sortable} PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE tokens (digest TEXT PRIMARY KEY, id TEXT NOT NULL, created_key {sortable} NOT NULL, body TEXT NOT NULL)",
        "CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL)",
    ),
    (
        """CREATE TABLE parked (
            id {sortable} PRIMARY KEY, sort_key {sortable} NOT NULL, session_id {sortable}, body TEXT NOT NULL
        )""",
        "CREATE INDEX parked_in_order ON parked (sort_key)",
        "CREATE INDEX parked_by_session ON parked (session_id, sort_key) WHERE session_id IS NOT NULL",
    ),
)
"""Only ever append: what stands here has run on somebody's data. A step may add, so that the release before can go on."""

_SORTABLE = {"postgresql": 'TEXT COLLATE "C"'}
"""Text that sorts by code point, by dialect; where it is not listed, plain TEXT does."""

_TABLES = {"sessions", "entries", "notifications", "facts", "tokens", "secrets", "parked"}

_ALONE = {
    "postgresql": (
        "SELECT pg_advisory_xact_lock(4752170101)",  # any number that nobody else takes; until the transaction ends
        "SET LOCAL statement_timeout = 0",  # an index on a large table takes its time
    )
}
"""What keeps others from migrating at the same moment, by dialect; where it is not listed, a transaction does."""


def migrate(connection: Connection) -> None:
    """Take the steps that the database has not taken yet; a no-op when a later release has been here.

    Raises BadSettings when the database cannot hold every text.
    """
    if _version(connection) >= len(_STEPS):
        return
    for statement in _ALONE.get(connection.dialect.name, ()):
        connection.execute(text(statement))
    version = _version(connection)  # as whoever had the lock before left it
    if version >= len(_STEPS):
        return
    if unfit := _encoding_complaints(connection):
        raise BadSettings(f"HITL_STORE: {unfit[0]}")
    connection.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"))
    sortable = _SORTABLE.get(connection.dialect.name, "TEXT")
    for step in _STEPS[version:]:
        for statement in step:
            connection.execute(text(statement.format(sortable=sortable)))
    connection.execute(text("DELETE FROM schema_version"))
    connection.execute(text("INSERT INTO schema_version (version) VALUES (:version)"), {"version": len(_STEPS)})


def complaints(connection: Connection) -> list[str]:
    """What is wrong with the tables, one sentence each saying what to do; empty: nothing."""
    version = _version(connection)
    if version < len(_STEPS):
        return [
            f"The tables are at version {version}, and this release needs {len(_STEPS)}: start the server once to migrate."
        ]
    if version > len(_STEPS):
        return [f"The tables are of a later release (version {version}, not {len(_STEPS)}): install that release."]
    missing = _TABLES - set(inspect(connection).get_table_names())
    return [
        *(f"The table {name} is missing: restore the database from a backup." for name in sorted(missing)),
        *_encoding_complaints(connection),
    ]


def _version(connection: Connection) -> int:
    """How many steps the database has taken; 0 for one that is empty."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return int(connection.execute(text("SELECT COALESCE(MAX(version), 0) FROM schema_version")).scalar_one())


def _encoding_complaints(connection: Connection) -> list[str]:
    """SQLite's text is always Unicode; a database of PostgreSQL may be made for one alphabet."""
    if connection.dialect.name != "postgresql":
        return []
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding == "UTF8":
        return []
    return [f"The database keeps text as {encoding}: create another one with ENCODING 'UTF8' TEMPLATE template0."]
