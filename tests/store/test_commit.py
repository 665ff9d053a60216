"""What one commit does, and what it refuses."""

import pytest

from chalicelib.errors import Conflict, Duplicate, TooLarge
from chalicelib.model.content import Text
from chalicelib.model.entry import AmendDetail
from chalicelib.model.facts import FACTS_LIMIT
from chalicelib.model.session import Session
from chalicelib.store.base import Store
from tests.store import making
from tests.store.making import NOW, SESSION, minutes


def test_a_session_that_was_never_committed_has_no_head_and_no_log(store: Store):
    assert store.load("webchat:nobody") is None
    assert store.entries("webchat:nobody", limit=10) == []
    assert store.entries("webchat:nobody", before=5, limit=10) == []
    assert store.find("webchat:nobody", "u:1") is None
    assert store.facts("webchat:nobody") == {}


def test_a_head_is_loaded_as_it_was_committed(store: Store):
    making.change(store, SESSION, making.says(name="Zoë"), making.asks_for_human())
    head = making.change(store, SESSION, making.claims(), making.changes(tags=("vip", "a#b")), at=NOW + minutes(1))

    assert store.load(SESSION) == head


def test_entries_are_read_as_they_were_committed(store: Store):
    draft = making.decide(None, SESSION, making.says("Hi"), making.asks_for_human(), making.answers("Yes?"))
    making.commit(store, draft)

    assert making.log(store, SESSION) == draft.entries
    assert [entry.seq for entry in draft.entries] == list(range(1, len(draft.entries) + 1))


def test_numbers_go_on_over_commits_without_holes(store: Store):
    for _ in range(5):
        making.change(store, SESSION, making.says(), making.says())

    assert [entry.seq for entry in making.log(store, SESSION)] == list(range(1, 11))


def test_a_commit_on_a_head_that_moved_is_a_conflict_and_writes_nothing(store: Store):
    head = making.change(store, SESSION, making.says())
    late = making.decide(head, SESSION, making.says("late"), making.alerts(), making.remembers(mood="bad"))
    newer = making.change(store, SESSION, making.says("first"))

    with pytest.raises(Conflict):
        making.commit(store, late)
    assert store.load(SESSION) == newer
    assert [entry.said for entry in making.log(store, SESSION)] == ["Hello", "first"]
    assert store.facts(SESSION) == {}
    assert store.notifications(limit=5).items == []


def test_a_first_commit_onto_an_existing_session_is_a_conflict(store: Store):
    head = making.change(store, SESSION, making.says("first"))

    with pytest.raises(Conflict):
        making.commit(store, making.decide(None, SESSION, making.says("also first")))
    assert store.load(SESSION) == head


def test_a_commit_onto_a_head_that_is_not_there_is_a_conflict(store: Store):
    imagined = Session(id=SESSION, rev=3, seq=3, attempt="imagined")

    with pytest.raises(Conflict):
        making.commit(store, making.decide(imagined, SESSION, making.says()))
    assert store.load(SESSION) is None
    assert making.log(store, SESSION) == []


def test_an_entry_whose_id_exists_is_refused_with_the_stored_one(store: Store):
    head = making.change(store, SESSION, making.says("once", entry_id="u:1"))

    with pytest.raises(Duplicate) as caught:
        making.change(store, SESSION, making.says("twice", entry_id="u:1"), at=NOW + minutes(1))
    assert caught.value.entry == making.log(store, SESSION)[0]
    assert store.load(SESSION) == head


def test_one_known_id_among_new_ones_refuses_them_all(store: Store):
    head = making.change(store, SESSION, making.says("once", entry_id="u:1"))
    draft = making.decide(
        head, SESSION, making.says(), making.says("again", entry_id="u:1"), making.alerts(), making.remembers(x=1)
    )

    with pytest.raises(Duplicate) as caught:
        making.commit(store, draft)
    assert caught.value.entry == store.find(SESSION, "u:1")
    assert store.load(SESSION) == head
    assert len(making.log(store, SESSION)) == 1
    assert store.facts(SESSION) == {}
    assert store.unread() == 0


def test_a_duplicate_wins_over_a_conflict(store: Store):
    head = making.change(store, SESSION, making.says("zero"))
    late = making.decide(head, SESSION, making.says("late", entry_id="u:1"))
    making.change(store, SESSION, making.says("first", entry_id="u:1"))

    with pytest.raises(Duplicate) as caught:
        making.commit(store, late)
    assert caught.value.entry == store.find(SESSION, "u:1")


def test_a_duplicate_wins_over_a_conflict_in_a_first_commit_too(store: Store):
    making.change(store, SESSION, making.says("first", entry_id="u:1"))

    with pytest.raises(Duplicate) as caught:
        making.commit(store, making.decide(None, SESSION, making.says("late", entry_id="u:1")))
    assert caught.value.entry == store.find(SESSION, "u:1")


def test_the_duplicate_of_an_amended_entry_carries_what_is_stored_now(store: Store):
    making.change(store, SESSION, making.says("before", entry_id="u:1"))
    amended = making.log(store, SESSION)[0].but(content=Text("after"))
    making.change(store, SESSION, making.amends(amended))

    with pytest.raises(Duplicate) as caught:
        making.change(store, SESSION, making.says("before", entry_id="u:1"))
    assert caught.value.entry == amended


def test_the_same_id_in_another_session_is_another_entry(store: Store):
    making.change(store, "webchat:a", making.says("one", entry_id="u:1"))
    making.change(store, "webchat:b", making.says("two", entry_id="u:1"))

    assert [entry.said for entry in making.log(store, "webchat:b")] == ["two"]


@pytest.mark.parametrize("stored_before", [0, 1])
def test_a_commit_whose_answer_was_lost_may_be_repeated(store: Store, stored_before: int):
    for _ in range(stored_before):
        making.change(store, SESSION, making.says())
    draft = making.decide(store.load(SESSION), SESSION, making.says(), making.alerts(), making.remembers(a=1))
    making.commit(store, draft)
    making.commit(store, draft)

    assert store.load(SESSION) == draft.after
    assert making.log(store, SESSION)[stored_before:] == draft.entries
    assert store.unread() == 1


def test_a_commit_of_the_head_alone_may_be_repeated(store: Store):
    head = making.change(store, SESSION, making.says())
    draft = making.decide(head, SESSION, making.changes(read_seq=1))
    making.commit(store, draft)
    making.commit(store, draft)

    assert store.load(SESSION) == draft.after


def test_a_repeated_commit_finds_its_entries_when_others_have_committed_since(store: Store):
    draft = making.decide(None, SESSION, making.says("mine", entry_id="u:1"))
    making.commit(store, draft)
    making.change(store, SESSION, making.says("another"))

    with pytest.raises(Duplicate) as caught:
        making.commit(store, draft)
    assert caught.value.entry == draft.entries[0]
    assert len(making.log(store, SESSION)) == 2


def test_a_repeated_commit_of_the_head_alone_is_a_conflict_when_others_have_committed_since(store: Store):
    head = making.change(store, SESSION, making.says())
    draft = making.decide(head, SESSION, making.changes(read_seq=1))
    making.commit(store, draft)
    newer = making.change(store, SESSION, making.says())

    with pytest.raises(Conflict):
        making.commit(store, draft)
    assert store.load(SESSION) == newer


def test_an_amend_rewrites_the_entry_in_place_and_is_told_at_the_end(store: Store):
    making.change(store, SESSION, making.says("one"), making.says("two"), making.says("three"))
    amended = making.log(store, SESSION)[1].but(content=Text("zwei"), fate="failed", failure="No such user")
    making.change(store, SESSION, making.amends(amended), at=NOW + minutes(5))

    entries = making.log(store, SESSION)
    assert [entry.said for entry in entries[:3]] == ["one", "zwei", "three"]
    assert entries[1] == amended
    assert entries[3].content == AmendDetail(2)
    assert store.find(SESSION, amended.id) == amended


def test_a_refused_commit_amends_nothing(store: Store):
    head = making.change(store, SESSION, making.says("one"))
    late = making.decide(head, SESSION, making.amends(making.log(store, SESSION)[0].but(content=Text("eins"))))
    making.change(store, SESSION, making.says("two"))

    with pytest.raises(Conflict):
        making.commit(store, late)
    assert making.log(store, SESSION)[0].said == "one"


def test_a_refused_commit_without_an_entry_writes_nothing(store: Store):
    head = making.change(store, SESSION, making.says("one"), making.remembers(mood="good"))
    late = making.decide(head, SESSION, making.remembers(mood="bad"))
    late.amends.append(making.log(store, SESSION)[0].but(content=Text("eins")))
    making.change(store, SESSION, making.says("two"))

    with pytest.raises(Conflict):
        making.commit(store, late)
    assert [entry.said for entry in making.log(store, SESSION)] == ["one", "two"]
    assert store.facts(SESSION) == {"mood": "good"}


def test_an_amend_may_come_without_an_entry(store: Store):
    head = making.change(store, SESSION, making.says("one"))
    draft = making.decide(head, SESSION)
    draft.amends.append(making.log(store, SESSION)[0].but(content=Text("eins")))
    making.commit(store, draft)

    assert [entry.said for entry in making.log(store, SESSION)] == ["eins"]
    assert store.load(SESSION) == draft.after


def test_a_commit_of_the_head_alone_leaves_log_and_facts(store: Store):
    making.change(store, SESSION, making.says(), making.remembers(a=1))
    head = making.change(store, SESSION, making.changes(read_to=1))

    assert store.load(SESSION) == head
    assert len(making.log(store, SESSION)) == 1
    assert store.facts(SESSION) == {"a": 1}


def test_a_first_commit_may_be_the_head_alone(store: Store):
    head = making.change(store, SESSION, making.changes(tags=("new",)))

    assert store.load(SESSION) == head


def test_new_facts_replace_the_old_ones(store: Store):
    making.change(store, SESSION, making.says(), making.remembers(a=1, b=2))
    making.change(store, SESSION, making.remembers(b=3))

    assert store.facts(SESSION) == {"b": 3}


def test_no_facts_are_facts_too(store: Store):
    making.change(store, SESSION, making.says(), making.remembers(a=1))
    making.change(store, SESSION, making.remembers())

    assert store.facts(SESSION) == {}


def test_facts_keep_their_types(store: Store):
    facts = {
        "text": "naïve \U0001f600 \x00 #",
        "": "empty key",
        "nested": {"list": [1, 2.5, True, None, "x", []], "": {}},
        "large": 2**53,
        "small": -0.1,
        "no": False,
        "nothing": None,
    }
    making.change(store, SESSION, making.remembers(**facts))

    assert store.facts(SESSION) == facts


def test_facts_up_to_their_limit_are_kept(store: Store):
    longest = "x" * (FACTS_LIMIT - len('{"a":""}'))
    making.change(store, SESSION, making.remembers(a=longest))

    assert store.facts(SESSION) == {"a": longest}


@pytest.mark.parametrize("letter", ["x", "\u20ac", "\0"])
def test_facts_over_their_limit_are_too_large_and_nothing_is_written(store: Store, letter: str):
    head = making.change(store, SESSION, making.says(), making.remembers(a=1))

    with pytest.raises(TooLarge):
        making.change(store, SESSION, making.says("more"), making.remembers(a=letter * FACTS_LIMIT))
    assert store.load(SESSION) == head
    assert [entry.said for entry in making.log(store, SESSION)] == ["Hello"]
    assert store.facts(SESSION) == {"a": 1}


def test_a_turn_of_twenty_messages_and_its_alerts_is_one_commit(store: Store):
    draft = making.decide(None, SESSION, *[making.says(str(number)) for number in range(20)], making.alerts(5))
    making.commit(store, draft)

    assert making.log(store, SESSION) == draft.entries
    assert store.unread() == 5
