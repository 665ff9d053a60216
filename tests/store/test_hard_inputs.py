"""Ids, texts and names that have broken other stores."""

import pytest

from chalicelib.errors import Duplicate, TooLarge
from chalicelib.model.content import Text, Unsupported
from chalicelib.model.entry import Author, Entry, encode
from chalicelib.model.session import Owner, Session, User
from chalicelib.model.text import ENTRY_LIMIT, TEXT_LIMIT
from chalicelib.store.base import Store
from tests.store import making
from tests.store.making import NOW, SESSION

USER_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

SESSION_IDS = [
    f"webchat:{USER_ID_LETTERS}",
    "webchat:" + "x" * 100,
    "messenger:1234567890.9876543210",
    "webchat:.",
    "webchat:-",
    "webchat:_",
    "webchat:0",
    "webchat:none",
]

NEIGHBOURS = ["webchat:a", "webchat:a.b", "webchat:a-b", "webchat:a_", "webchat:aa", "webchat:A", "messenger:a"]
"""Each could be taken for another by a prefix, by a pattern or without regard to case."""

ENTRY_IDS = [
    "u:" + "x" * 100,
    "a:ann:" + "A.b_c-d:e" * 11,
    "in:m_AbC-123:456",
    "b:1:0",
    "u:#",
    "u:a#b#c",
    "s:%_*?[x]",
    "u:1 ",
    "in:" + "f" * 64,
]

TEXTS = [
    " ",
    "\x00",
    "a\x00b\x01\x1f\x7f",
    "line\r\nline\u2028line",
    "'; DROP TABLE sessions; --",
    '{"type": "text"} \\ \\u0000 "',
    "👩‍👩‍👧‍👦 \U0001f3f4\U000e0067\U000e007f",
    "e\u0301 é \ufb01 \u0130",
    "שלום \u202e مرحبا",
    "\ufeff\ufffe\uffff\U0010ffff",
    "None",
    "NULL",
]

NAMES = [
    "Zoë 👩‍👩‍👧 e\u0301",
    "100% _under_ #hash",
    "a\x00b",
    "שלום مرحبا",
    "Straße İstanbul",
    "#",
    "x" * 80,
    "\U0010ffff" * 80,
    "O'Brien; --",
]


@pytest.mark.parametrize("session_id", SESSION_IDS)
def test_every_id_that_is_allowed_names_a_session(store: Store, session_id: str):
    head = making.change(store, session_id, making.says(), making.asks_for_human(), making.remembers(a=1))

    assert store.load(session_id) == head
    assert making.log(store, session_id)[0].said == "Hello"
    assert store.facts(session_id) == {"a": 1}
    assert store.notifications(limit=1).items[0].session_id == session_id


def test_sessions_with_similar_ids_have_nothing_in_common(store: Store):
    for session_id in NEIGHBOURS:
        making.change(
            store, session_id, making.says(f"I am {session_id}", entry_id="u:1"), making.remembers(me=session_id)
        )

    for session_id in NEIGHBOURS:
        assert [entry.said for entry in making.log(store, session_id)] == [f"I am {session_id}"]
        assert store.find(session_id, "u:1") == making.log(store, session_id)[0]
        assert store.facts(session_id) == {"me": session_id}


@pytest.mark.parametrize("entry_id", ENTRY_IDS)
def test_every_entry_id_is_found_again_and_refused_again(store: Store, entry_id: str):
    making.change(store, SESSION, making.says("other", entry_id="u:other"), making.says("mine", entry_id=entry_id))

    found = store.find(SESSION, entry_id)
    assert found is not None
    assert found.said == "mine"
    with pytest.raises(Duplicate):
        making.change(store, SESSION, making.says("again", entry_id=entry_id))


def test_entry_ids_that_differ_by_case_or_by_a_pattern_are_different(store: Store):
    ids = ["u:a", "u:A", "u:%", "u:_", "u:a#", "u:a#1", "u:", "u:a "]
    making.change(store, SESSION, *[making.says(entry_id, entry_id=entry_id) for entry_id in ids])

    assert [store.find(SESSION, entry_id).said for entry_id in ids] == ids
    assert store.find(SESSION, "u:b") is None


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back_as_it_was(store: Store, text: str):
    making.change(store, SESSION, making.says(text, entry_id="u:1"))

    assert making.log(store, SESSION)[0].content == Text(text)
    assert store.find(SESSION, "u:1").content == Text(text)


def test_a_lone_surrogate_is_kept_as_a_replacement_character(store: Store):
    making.change(store, SESSION, making.says("bad \ud83d end", entry_id="u:1"))

    assert making.log(store, SESSION)[0].said == "bad \ufffd end"
    assert store.load(SESSION).last_message.text == "bad \ufffd end"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_comes_back_as_it_was(store: Store, name: str):
    agent = Author(kind="agent", id="a#b %_", name=name)
    head = making.change(
        store,
        SESSION,
        making.changes(user=User(name=name), tags=(name,), assignee=Owner(id=agent.id, name=name)),
        making.pauses(agent=agent),
    )

    assert store.load(SESSION) == head
    assert making.log(store, SESSION)[0].author == agent


@pytest.mark.parametrize("letter", ["x", "é", "€"])
def test_a_text_of_20000_characters_is_kept(store: Store, letter: str):
    text = letter * TEXT_LIMIT
    making.change(store, SESSION, making.says(text))

    assert making.log(store, SESSION)[0].said == text


def test_a_text_outside_the_basic_plane_is_kept_up_to_the_bytes_of_an_entry(store: Store):
    text = "\U0001f600" * 16_000
    making.change(store, SESSION, making.says(text))

    assert making.log(store, SESSION)[0].said == text


@pytest.mark.parametrize(
    "content",
    [
        Text("x" * (TEXT_LIMIT + 1)),
        Text("\U0001f600" * TEXT_LIMIT),
        Unsupported({"blob": "x" * ENTRY_LIMIT}),
        Unsupported({"blob": "€" * (ENTRY_LIMIT // 3)}),
    ],
    ids=["a character too many", "emoji over 64 kB", "64 kB and its frame", "fewer characters than bytes"],
)
def test_an_entry_over_its_limit_is_refused_and_nothing_is_written(store: Store, content: Text | Unsupported):
    draft = making.decide(None, SESSION, making.says("small"), making.alerts(), making.remembers(a=1))
    author = Author(kind="user", id="1")
    draft.entries.append(Entry(seq=3, id="u:big", kind="message", author=author, at=NOW, content=content))

    with pytest.raises(TooLarge):
        making.commit(store, draft)
    assert store.load(SESSION) is None
    assert making.log(store, SESSION) == []
    assert store.facts(SESSION) == {}
    assert store.unread() == 0


def test_an_amend_over_the_limit_is_refused_and_nothing_is_written(store: Store):
    head = making.change(store, SESSION, making.says("small"))
    entry = making.log(store, SESSION)[0]
    draft = making.decide(head, SESSION, making.amends(entry.but(content=Text("x" * (TEXT_LIMIT + 1)))))

    with pytest.raises(TooLarge):
        making.commit(store, draft)
    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == [entry]


def test_an_entry_of_exactly_64_kilobytes_is_kept(store: Store):
    draft = making.decide(None, SESSION, making.sends(Unsupported("")))
    frame = len(encode(draft.entries[0]).encode())
    draft.entries[0] = draft.entries[0].but(content=Unsupported("x" * (ENTRY_LIMIT - frame)))
    assert len(encode(draft.entries[0]).encode()) == ENTRY_LIMIT
    making.commit(store, draft)

    assert making.log(store, SESSION) == draft.entries


def test_a_page_of_large_entries_is_whole(store: Store):
    for _ in range(30):
        making.change(store, SESSION, making.sends(Unsupported("x" * 60_000)))

    assert [entry.seq for entry in making.log(store, SESSION)] == list(range(1, 31))
    assert [entry.seq for entry in store.entries(SESSION, before=31, limit=25)] == list(range(6, 31))


def test_a_raw_payload_comes_back_as_it_was(store: Store):
    raw = {"": [], "a": {"b": [None, True, 1, -2.5, "\x00 \U0001f600"]}, "#": {}, "$type": "x"}
    making.change(store, SESSION, making.sends(Unsupported(raw)))

    assert making.log(store, SESSION)[0].content == Unsupported(raw)


class LaterSession(Session):
    """A head of a later release."""

    mood: str = ""


class LaterEntry(Entry):
    """An entry of a later release."""

    mood: str = ""


def test_a_later_release_may_have_written_fields_that_are_unknown_here(store: Store):
    draft = making.decide(None, SESSION, making.says(entry_id="u:1"))
    head = LaterSession(**draft.after.model_dump(), mood="sunny")
    entry = LaterEntry(**draft.entries[0].model_dump(), mood="sunny")
    store.commit(None, head, [entry])

    assert store.load(SESSION) == draft.after
    assert making.log(store, SESSION) == draft.entries
    assert store.find(SESSION, "u:1") == draft.entries[0]
    assert store.sessions(making.SessionQuery(), limit=1).items == [draft.after]
