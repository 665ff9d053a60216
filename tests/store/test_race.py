"""Many callers at once, where the backend's commits are atomic between threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from chalicelib.errors import AlreadyClaimed, Conflict, Duplicate, StoreBusy
from chalicelib.model.entry import Entry
from chalicelib.model.session import Session
from chalicelib.store.base import Parked, SessionQuery, Store
from tests.store import making
from tests.store.making import NOW, SESSION, Decision

pytestmark = [pytest.mark.race, pytest.mark.uncounted]


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Start all tasks at the same moment; what each returned, or the error it raised."""
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        start.wait()
        try:
            return task()
        except (AlreadyClaimed, Conflict, Duplicate) as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def persist(store: Store, decision: Decision) -> Session:
    """Load, decide, commit, until it is done; a commit whose outcome is unknown is repeated as it was."""
    while True:
        draft = making.decide(store.load(SESSION), SESSION, decision)
        while True:
            try:
                return making.commit(store, draft)
            except StoreBusy:
                continue
            except Conflict:
                break


def test_fifty_writers_lose_nothing_and_double_nothing(store: Store):
    ids = [f"u:{number}" for number in range(50)]
    at_once(*[partial(persist, store, making.says(entry_id, entry_id=entry_id)) for entry_id in ids])

    entries = making.log(store, SESSION)
    assert [entry.seq for entry in entries] == list(range(1, 51))
    assert sorted(entry.id for entry in entries) == sorted(ids)
    assert all(entry.said == entry.id for entry in entries)
    assert (store.load(SESSION).seq, store.load(SESSION).rev) == (50, 50)


def test_of_two_writers_of_one_id_one_wins_and_the_other_learns_what_is_stored(store: Store):
    for entry_id in [f"u:{number}" for number in range(10)]:
        said = [making.says(text, entry_id=entry_id) for text in ("one", "two")]
        outcomes = at_once(*[partial(persist, store, decision) for decision in said])

        losers = [outcome for outcome in outcomes if isinstance(outcome, Duplicate)]
        assert [loser.entry for loser in losers] == [store.find(SESSION, entry_id)]
    assert len(making.log(store, SESSION)) == 10


def test_of_two_first_commits_one_wins(store: Store):
    for _ in range(10):
        session_id = making.fresh("webchat:")
        drafts = [making.decide(None, session_id, making.says(text)) for text in ("one", "two")]
        outcomes = at_once(*[partial(making.commit, store, draft) for draft in drafts])

        assert sum(isinstance(outcome, Session) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
        assert len(making.log(store, session_id)) == 1


def test_of_many_commits_on_one_head_one_wins(store: Store):
    head = making.change(store, SESSION, making.says())
    drafts = [making.decide(head, SESSION, making.says(str(number))) for number in range(16)]
    outcomes = at_once(*[partial(making.commit, store, draft) for draft in drafts])

    winners = [outcome for outcome in outcomes if isinstance(outcome, Session)]
    assert winners == [store.load(SESSION)]
    assert len(making.log(store, SESSION)) == 2


def test_of_two_agents_claiming_at_once_one_wins_and_the_other_learns_who(store: Store):
    making.change(store, SESSION, making.asks_for_human())
    outcomes = at_once(*[partial(persist, store, making.claims(agent)) for agent in (making.ANN, making.BEN)])

    owner = store.load(SESSION).assignee
    losers = [outcome for outcome in outcomes if isinstance(outcome, AlreadyClaimed)]
    assert len(losers) == 1
    assert owner.name in str(losers[0])
    assert store.sessions(SessionQuery(paused=True, assignee=owner.id), limit=5).items == [store.load(SESSION)]


def test_the_same_commit_from_two_threads_is_one_commit(store: Store):
    for _ in range(10):
        draft = making.decide(store.load(SESSION), SESSION, making.says(), making.alerts())
        assert at_once(*[partial(making.commit, store, draft)] * 2) == [draft.after, draft.after]

    assert [entry.seq for entry in making.log(store, SESSION)] == list(range(1, 21))
    assert store.unread() == 10


def test_a_follower_sees_each_entry_once_in_order_while_writers_commit(store: Store):
    writers, each = 4, 12

    def write() -> None:
        for _ in range(each):
            persist(store, lambda draft: [making.says(str(number))(draft) for number in range(3)])

    def follow() -> list[Entry]:
        seen: list[Entry] = []
        while len(seen) < writers * each * 3:
            seen += store.entries(SESSION, after=seen[-1].seq if seen else 0, limit=7)
        return seen

    *_, seen = at_once(*[write] * writers, follow)
    assert [entry.seq for entry in seen] == list(range(1, writers * each * 3 + 1))
    assert seen == making.log(store, SESSION)


def test_a_reader_never_sees_half_a_commit(store: Store):
    commits = 40

    def write() -> None:
        for _ in range(commits):
            making.change(store, SESSION, making.says("question"), making.says("answer"), making.remembers(said=2))

    def read() -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        while not seen or seen[-1][0] < commits * 2:
            head = store.load(SESSION)
            seq = head.seq if head is not None else 0
            seen.append((seq, len(making.log(store, SESSION)[:seq])))
        return seen

    _, seen = at_once(write, read)
    assert all(seq % 2 == 0 and seq == entries for seq, entries in seen)


def test_many_callers_agree_on_one_secret(store: Store):
    proposals = [f"secret {number}" for number in range(8)]
    answers = set(at_once(*[partial(store.secret, proposal) for proposal in proposals]))

    assert len(answers) == 1
    assert answers <= set(proposals)


def test_alerts_of_many_writers_are_each_counted_once(store: Store):
    at_once(*[partial(persist, store, making.alerts(2))] * 8)

    assert store.unread() == 16
    assert {one.entry.seq for one in store.notifications(limit=50).items} == set(range(1, 17))


def insist(task: Callable[[], object]) -> object:
    """What the task returns, once the store is not busy."""
    while True:
        try:
            return task()
        except StoreBusy:
            continue


def test_of_many_who_park_the_same_one_is_kept_whole(store: Store):
    rivals = [
        Parked(id="same", at=NOW + making.minutes(n), channel="x", reason="", body=f"{n}", session_id=f"webchat:{n}")
        for n in range(8)
    ]
    at_once(*[partial(insist, partial(store.park, rival)) for rival in rivals])

    [kept] = store.parked(limit=9).items
    assert kept in rivals
    assert store.find_parked("same") == kept
    assert [store.parked_of(rival.session_id or "", limit=9) for rival in rivals] == [
        [kept] if rival == kept else [] for rival in rivals
    ]


def test_of_many_who_unpark_the_same_one_is_told_so(store: Store):
    for number in range(5):
        store.park(Parked(id=f"{number}", at=NOW, channel="x", reason="", body="{}", session_id=SESSION))
        told = at_once(*[partial(insist, partial(store.unpark, f"{number}"))] * 8)

        assert told.count(True) == 1
    assert store.parked_of(SESSION, limit=9) == []
