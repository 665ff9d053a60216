"""A database that another release has written: an earlier one's is read and gone on with, a later one's is left whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.errors import Duplicate
from chalicelib.model import content as contents
from chalicelib.model.entry import AgentDetail, AlertDetail, AmendDetail, Author, Entry, PauseDetail
from chalicelib.model.session import Bucket, Owner, Pause, Preview, Publication, Sending, Session, Turn, User
from chalicelib.store.base import Parked, SessionQuery, Store, Token
from chalicelib.store.sql import SQLStore
from tests.store import making

DUMPS = sorted((Path(__file__).parents[1] / "compat").glob("sqlite_version_*.sql"))
"""What each version of the tables held, as the release of that time wrote it. Never made anew: a new version adds a file."""

THEN = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = THEN + timedelta(days=365)
OLD = "webchat:old"
USER = Author(kind="user", id="1")


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text())
    return path


@pytest.fixture
def old(file: Path) -> Iterator[Store]:
    store = SQLStore(f"sqlite:///{file}")
    store.prepare()
    yield store
    store.close()


def of_kind(store: Store, kind: str) -> list[Entry]:
    return [entry for entry in making.log(store, OLD) if entry.kind == kind]


def test_an_old_database_opens_and_nothing_is_wrong_with_it(old: Store):
    assert old.check() == []
    assert [entry.seq for entry in making.log(old, OLD)] == list(range(1, 21))


def test_what_was_said_is_read_whatever_it_was(old: Store):
    assert [entry.content for entry in of_kind(old, "message")] == [
        contents.Text("Hello, corrected"),
        contents.Image("https://x.example/a.png"),
        contents.Audio("https://x.example/a.mp3"),
        contents.Video("https://x.example/a.mp4"),
        contents.File("https://x.example/a.pdf"),
        contents.Location(52.5, 13.4),
        contents.Buttons("Choose", [contents.Postback("Yes", "YES"), contents.Link("More", "https://x.example/more")]),
        contents.QuickReplies("Or", [contents.QuickReply("Now", "NOW")]),
        contents.Cards([contents.Card("A card")]),
        contents.Unsupported({"sticker": [1, None, "\x00"]}),
        contents.Text("One moment"),
        contents.Text("Too late"),
        contents.Text("How can I help?"),
    ]


def test_what_became_of_a_message_is_read(old: Store):
    first, *_, suppressed, _answer = of_kind(old, "message")

    assert (first.fate, first.failure, first.author.kind, first.at) == ("failed", "The page is gone.", "user", THEN)
    assert suppressed.fate == "suppressed"


def test_every_other_kind_of_entry_is_read(old: Store):
    [paused], [unpaused], [alert] = of_kind(old, "paused"), of_kind(old, "unpaused"), of_kind(old, "alert")

    assert (paused.author, paused.content) == (USER, PauseDetail("user", until=THEN + timedelta(days=1)))
    assert unpaused.content == PauseDetail("agent")
    assert isinstance(alert.content, AlertDetail)
    assert (alert.content.why, alert.content.level) == ("paused", "info")
    assert [entry.content for entry in of_kind(old, "claimed")] == [AgentDetail("ann", "Ann")]
    assert [entry.content for entry in of_kind(old, "released")] == [AgentDetail("ann", "Ann")]
    assert [entry.content for entry in of_kind(old, "amended")] == [AmendDetail(of=1)]
    assert [(entry.said, entry.author) for entry in of_kind(old, "note")] == [("A regular", making.ANN)]


def test_a_head_with_everything_in_it_is_read(old: Store):
    at, soon = THEN + timedelta(minutes=3), THEN + timedelta(minutes=5)

    assert old.load("messenger:1.2") == Session(
        id="messenger:1.2",
        rev=1,
        attempt="r19",
        seq=4,
        user=User(name="Bea"),
        pause=Pause(trigger="user", by=USER, at=at, until=at + timedelta(days=1)),
        assignee=Owner(id="ann", name="Ann"),
        waiting_since=at,
        escalations=1,
        created_at=at,
        last_user_at=at,
        last_event_at=at,
        last_message=Preview(text="All at once", author="user", at=at),
        read_seq=1,
        unread=1,
        tags=("vip",),
        handled=1,
        user_seq=1,
        turn=Turn(entry=1, until=soon, by="r1", attempt=2, void=True),
        human_from=1,
        sending=Sending(seq=2, send_by=soon),
        sent_to=1,
        delivered_to=1,
        read_to=1,
        publications=(Publication(seq=3, to=("log",), at=soon, tries=1),),
        next_alert_at=soon,
        bucket=Bucket(left=2.5, at=THEN),
        agent_typing_until=soon,
        user_typing_until=soon,
    )


def test_an_erased_session_stays_erased(old: Store):
    head = old.load("webchat:erased")

    assert head is not None
    assert (head.erased_at, head.seq, making.log(old, head.id), old.facts(head.id)) == (THEN, 1, [], {})


def test_old_sessions_are_in_every_list_where_they_were(old: Store):
    waiting = ["webchat:waiting", "webchat:claimed", "messenger:1.2"]

    assert making.walk(old, SessionQuery(), limit=2) == [
        *reversed(waiting),
        *["webchat:archived", "webchat:erased", OLD, "webchat:reading"],
    ]
    assert making.walk(old, SessionQuery(paused=True), limit=2) == waiting
    assert making.walk(old, SessionQuery(paused=True, assignee="ben"), limit=2) == ["webchat:claimed"]
    assert making.walk(old, SessionQuery(paused=True, assignee="none"), limit=2) == ["webchat:waiting"]
    assert making.walk(old, SessionQuery(name="üM"), limit=2) == ["webchat:waiting"]
    assert old.due(LATER, limit=5) == ["messenger:1.2", "webchat:waiting", "webchat:claimed"]
    assert old.waiting() == 3


def test_old_notifications_are_listed_read_or_not(old: Store):
    listed = {item.session_id: item.read for item in old.notifications(limit=50).items}

    unread = ("webchat:waiting", "webchat:claimed", "messenger:1.2", OLD)
    assert listed == {**dict.fromkeys(unread, False), "webchat:reading": True}
    assert old.unread() == 4


def test_old_credentials_facts_and_secrets_are_good(old: Store):
    assert old.tokens() == [Token(id="t1", name="Ann", role="supervisor", created_at=THEN)]
    assert old.token("ab" * 32) == old.tokens()[0]
    assert old.secret("another") == "made long ago"
    assert old.facts(OLD) == {"language": "de", "visits": 3}


@pytest.mark.parametrize("file", DUMPS[:1], indirect=True)
def test_a_database_from_before_anything_was_parked_has_room_for_it(old: Store):
    parked = Parked(id="a", at=THEN, channel="messenger", reason="", body="{}", session_id=OLD)
    nothing = old.parked(limit=9).items
    old.park(parked)

    assert (nothing, old.parked_of(OLD, limit=9)) == ([], [parked])


@pytest.mark.parametrize("file", DUMPS[1:], indirect=True)
def test_what_was_parked_is_read(old: Store):
    event = Parked(
        id="in:m_1",
        at=THEN,
        channel="messenger",
        reason="Its sender is no number.",
        body='{"sender":{"id":"é 😀"},"x":"\\u0000"}',
        session_id="messenger:1.2",
        tries=2,
    )

    assert old.parked_of("messenger:1.2", limit=9) == [event]
    assert [(parked.id, parked.body) for parked in old.parked(limit=9).items] == [
        ("ab" * 32, "no JSON \x00"),
        (event.id, event.body),
    ]


@pytest.mark.parametrize("session_id", [OLD, "webchat:waiting", "webchat:claimed", "messenger:1.2"])
def test_an_old_session_goes_on_where_it_was(old: Store, session_id: str):
    before = old.load(session_id)
    assert before is not None
    head = making.change(old, session_id, making.says("Still here"), making.alerts(), at=LATER)

    assert (head.seq, head.rev) == (before.seq + 2, before.rev + 1)
    assert old.load(session_id) == head
    assert [entry.seq for entry in making.log(old, session_id)] == list(range(1, head.seq + 1))
    assert making.walk(old, SessionQuery(), limit=1)[0] == session_id


def test_what_was_said_to_an_earlier_release_is_not_said_again(old: Store):
    with pytest.raises(Duplicate) as caught:
        making.change(old, OLD, making.says("Hello?", entry_id="u:image"))

    assert caught.value.entry == making.log(old, OLD)[1]


def test_a_later_releases_database_is_left_whole_reported_and_served(file: Path):
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "UPDATE schema_version SET version = 99; CREATE TABLE moods (mood TEXT);"
            " ALTER TABLE sessions ADD COLUMN mood TEXT DEFAULT 'sunny';"
        )
        dump = list(connection.iterdump())
    store = SQLStore(f"sqlite:///{file}")
    store.prepare()

    with closing(sqlite3.connect(file)) as connection:
        assert list(connection.iterdump()) == dump
        assert store.check() == ["The tables are of a later release (version 99, not 2): install that release."]
        assert making.change(store, OLD, making.says(), at=LATER).seq == 21
        assert connection.execute("SELECT DISTINCT mood FROM sessions").fetchall() == [("sunny",)]
    store.close()
