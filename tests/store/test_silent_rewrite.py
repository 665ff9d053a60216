"""Entries rewritten in place without a word in the log: what stood there before is told by nothing any more."""

import pytest

from chalicelib.model.content import Text
from chalicelib.model.entry import Entry, Unsent
from chalicelib.model.session import Session
from chalicelib.store.base import Store
from tests.store import making
from tests.store.making import SESSION

WORD = "zanzibar"
VENDOR_IDS = ["m_" + "A-b_c=" * 20, "x" * 300, "é\U0001f600" * 150, "#%\x00 '"]


def rewrite(store: Store, *entries: Entry) -> Session:
    """Commit the rewritten entries alone: no new entry tells of them."""
    before = store.load(SESSION)
    assert before is not None
    after = before.but(rev=before.rev + 1, attempt=making.fresh("r"))
    store.commit(before, after, (), entries)
    return after


def said_thrice(store: Store) -> list[Entry]:
    ids = ["in:m_1", "a:ann:1", "b:1:0"]
    making.change(store, SESSION, *[making.says(f"{WORD} {entry_id}", entry_id=entry_id) for entry_id in ids])
    return making.log(store, SESSION)


@pytest.mark.parametrize("vendor_id", VENDOR_IDS, ids=["usual", "300 letters", "300 wide letters", "odd letters"])
def test_several_entries_get_a_vendors_id_and_are_found_under_their_own(store: Store, vendor_id: str):
    entries = [entry.but(vendor_id=vendor_id) for entry in said_thrice(store)]
    head = rewrite(store, *entries)

    assert store.load(SESSION) == head
    assert making.log(store, SESSION) == entries
    assert [store.find(SESSION, entry.id) for entry in entries] == entries
    assert store.find(SESSION, "in:m_1 ") is None


def test_an_entry_may_be_rewritten_again_and_again(store: Store):
    first, *rest = said_thrice(store)
    for part in range(1, 4):
        rewrite(store, first.but(vendor_id=f"m_{part}", part=part))

    assert making.log(store, SESSION) == [first.but(vendor_id="m_3", part=3), *rest]
    assert store.load(SESSION).seq == 3


def test_a_rewrite_beside_new_entries_lands_with_them(store: Store):
    first, *rest = said_thrice(store)
    making.change(store, SESSION, lambda draft: draft.amends.append(first.but(edits=1)), making.says("More"))

    assert making.log(store, SESSION)[:-1] == [first.but(edits=1), *rest]
    assert making.log(store, SESSION)[-1].said == "More"


def test_a_message_taken_back_leaves_no_word_of_it(store: Store):
    first, *rest = said_thrice(store)
    unsent = first.but(content=Unsent())
    rewrite(store, unsent)

    found = store.find(SESSION, first.id)
    assert found == unsent
    assert WORD not in found.to_json()
    assert making.log(store, SESSION) == [unsent, *rest]
    assert store.entries(SESSION, before=2, limit=9) == [unsent]


def test_an_alert_rewritten_is_listed_with_its_new_words_where_it_was(store: Store):
    making.change(store, SESSION, making.alerts(text=WORD))
    making.change(store, SESSION, making.alerts(text=WORD))
    store.mark(SESSION, 1, read=True)
    first, second = making.log(store, SESSION)
    rewrite(store, first.but(content=Unsent()), second.but(content=Text("Something else")))

    listed = store.notifications(limit=9).items
    assert [item.entry for item in listed] == making.log(store, SESSION)[::-1]
    assert [(item.entry.seq, item.read) for item in listed] == [(2, False), (1, True)]
    assert WORD not in "".join(item.to_json() for item in listed)
    assert store.alert_states(SESSION, [1, 2]) == {1: "read", 2: "unread"}


def test_a_rewrite_done_twice_is_done_once(store: Store):
    first, *rest = said_thrice(store)
    before = store.load(SESSION)
    after = before.but(rev=before.rev + 1, attempt="the same")
    for _ in range(2):
        store.commit(before, after, (), [first.but(vendor_id="m_1")])

    assert store.load(SESSION) == after
    assert making.log(store, SESSION) == [first.but(vendor_id="m_1"), *rest]
