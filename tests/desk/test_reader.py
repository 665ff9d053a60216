"""What can be read. Reads never write."""

import json

import pytest

from chalicelib.desk.reader import PAGE_BYTES, Reading
from chalicelib.errors import Malformed, SessionNotFound
from chalicelib.model.content import Unsupported
from chalicelib.model.entry import encode
from chalicelib.model.text import TEXT_LIMIT
from chalicelib.store.base import SessionQuery
from tests.fakes.world import SESSION, World


@pytest.fixture
def world() -> World:
    """A log of five messages."""
    world = World()
    for number in range(1, 6):
        world.user_says(str(number), name="Zoe")
    return world


def read(world: World, **where) -> tuple[list[int], int]:
    reading = world.desk.reader.log(SESSION, **{"after": None, "before": None, "limit": 2, **where})
    return [entry.seq for entry in reading.entries], reading.cursor


def test_a_log_is_read_from_its_end_unless_told_otherwise(world: World):
    assert read(world) == ([4, 5], 5)


def test_a_log_is_read_on_after_a_number(world: World):
    assert read(world, after=1) == ([2, 3], 3)


def test_after_the_end_there_is_nothing_and_the_cursor_stays_at_the_end(world: World):
    assert read(world, after=5) == ([], 5)
    assert read(world, after=50) == ([], 5)


def test_a_log_is_read_back_before_a_number(world: World):
    assert read(world, before=4) == ([2, 3], 3)


def test_before_the_beginning_there_is_nothing(world: World):
    assert read(world, before=1) == ([], 0)
    assert read(world, before=0) == ([], 0)


def test_after_and_before_at_once_are_malformed(world: World):
    with pytest.raises(Malformed):
        read(world, after=1, before=4)


def test_the_log_of_nobody_is_told(world: World):
    with pytest.raises(SessionNotFound):
        world.desk.reader.log("webchat:nobody", after=None, before=None, limit=2)


def test_a_run_that_is_not_there_yet_keeps_the_readers_place(world: World):
    world.memory.erase(SESSION, through=99, limit=99)

    assert read(world, after=2) == ([], 2)


def test_a_visitor_who_has_written_nothing_yet_reads_nothing(world: World):
    reading = world.desk.reader.follow("webchat:new", after=0, limit=10)

    assert (reading.session.id, reading.entries, reading.cursor) == ("webchat:new", [], 0)


def test_a_visitor_follows_the_log(world: World):
    reading = world.desk.reader.follow(SESSION, after=3, limit=10)

    assert ([entry.seq for entry in reading.entries], reading.cursor) == ([4, 5], 5)


LARGEST = "\u044f" * TEXT_LIMIT
"""As many letters as a message may have, each of two bytes, of which an answer's escapes make six."""


def size(reading: Reading) -> int:
    """Bytes of the entries in an answer, escaped as a function's answer is."""
    return sum(len(json.dumps(encode(entry))) for entry in reading.entries)


@pytest.fixture
def long_talk(world: World) -> World:
    """A log of which five short messages are followed by sixty of the largest."""
    for _ in range(60):
        world.user_says(LARGEST)
    return world


def test_a_page_that_no_answer_can_carry_keeps_its_beginning_when_read_on(long_talk: World):
    reading = long_talk.desk.reader.log(SESSION, after=2, before=None, limit=500)

    assert [entry.seq for entry in reading.entries] == list(range(3, reading.cursor + 1))
    assert PAGE_BYTES * 0.9 < size(reading) <= PAGE_BYTES


def test_following_the_cursor_through_cut_pages_reads_every_entry_once(long_talk: World):
    seen: list[int] = []
    cursor = 0
    while cursor < long_talk.head.seq:
        reading = long_talk.desk.reader.follow(SESSION, after=cursor, limit=500)
        seen += [entry.seq for entry in reading.entries]
        assert reading.cursor > cursor
        cursor = reading.cursor

    assert seen == list(range(1, 66))


@pytest.mark.parametrize(("before", "newest"), [(None, 65), (64, 63)])
def test_a_page_that_no_answer_can_carry_keeps_its_newest_entries_when_read_back(
    long_talk: World, before: int | None, newest: int
):
    reading = long_talk.desk.reader.log(SESSION, after=None, before=before, limit=500)

    assert [entry.seq for entry in reading.entries] == list(range(newest + 1 - len(reading.entries), newest + 1))
    assert reading.cursor == newest
    assert PAGE_BYTES * 0.9 < size(reading) <= PAGE_BYTES


def test_a_page_is_cut_only_after_more_entries_than_make_a_chat_ask_again(world: World):
    for _ in range(20):
        world.user_says(Unsupported(raw={"words": "\u044f" * 32_000}))
    reading = world.desk.reader.follow(SESSION, after=5, limit=500)

    assert 10 < len(reading.entries) < 20


def test_sessions_that_are_not_paused_are_listed_with_those_whose_pause_has_run_out(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=23)
    world.desk.pause("webchat", "max")
    world.user_says(session="webchat:free")
    world.clock.pass_by(hours=2)
    page = world.desk.reader.sessions(SessionQuery(), silenced=False, cursor=None, limit=10)

    assert sorted(head.id for head in page.items) == ["webchat:free", SESSION]


def test_an_expired_pause_is_not_listed_though_nobody_has_written_so(world: World):
    world.desk.pause("webchat", "max")
    world.clock.pass_by(hours=23)
    world.agent_pauses()
    world.clock.pass_by(hours=2)
    page = world.desk.reader.sessions(SessionQuery(paused=True), cursor=None, limit=10)

    assert [head.id for head in page.items] == [SESSION]


def test_all_sessions_are_listed_paused_or_not(world: World):
    world.desk.pause("webchat", "max")
    page = world.desk.reader.sessions(SessionQuery(), cursor=None, limit=10)

    assert len(page.items) == 2


def test_a_search_finds_an_id_or_the_beginning_of_a_name(world: World):
    for words in (SESSION, "zo"):
        page = world.desk.reader.search(words, cursor=None, limit=10)
        assert [head.id for head in page.items] == [SESSION]
    assert world.desk.reader.search("webchat:nobody", cursor=None, limit=10).items == []


def test_the_inbox_counts_what_is_unread_and_who_waits(world: World):
    world.user_wants_a_human()
    inbox = world.desk.reader.inbox(cursor=None, limit=10)

    assert (len(inbox.page.items), inbox.unread, inbox.waiting) == (1, 1, 1)


def test_reading_writes_nothing(world: World):
    world.agent_pauses()
    world.clock.pass_by(hours=30)
    rev = world.head.rev
    read(world)
    world.desk.is_paused("webchat", "zoe")
    world.desk.reader.sessions(SessionQuery(paused=True), cursor=None, limit=10)

    assert world.head.rev == rev
