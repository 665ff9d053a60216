"""Reading a log by windows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.store.base import Store
from tests.store import making
from tests.store.making import SESSION

LENGTH = 12


def with_log(store: Store) -> None:
    making.change(store, "webchat:visitor-", making.says("of a neighbour"))
    making.change(store, "webchat:visitor-11", making.says("of another neighbour"))
    making.change(store, SESSION, *[making.says(str(number)) for number in range(1, LENGTH + 1)])


def numbers(store: Store, **window: int) -> list[int]:
    return [entry.seq for entry in store.entries(SESSION, **window)]


def test_without_bounds_a_log_is_read_from_its_start(store: Store):
    with_log(store)

    assert numbers(store, limit=5) == [1, 2, 3, 4, 5]


def test_after_a_number_come_the_next_ones(store: Store):
    with_log(store)

    assert numbers(store, after=5, limit=3) == [6, 7, 8]
    assert numbers(store, after=LENGTH - 1, limit=3) == [LENGTH]


def test_after_the_last_number_comes_nothing(store: Store):
    with_log(store)

    assert numbers(store, after=LENGTH, limit=3) == []
    assert numbers(store, after=10**12, limit=3) == []
    assert numbers(store, after=10**40, limit=3) == []


def test_before_a_number_come_the_last_ones_in_rising_order(store: Store):
    with_log(store)

    assert numbers(store, before=9, limit=3) == [6, 7, 8]
    assert numbers(store, before=3, limit=10) == [1, 2]


@pytest.mark.parametrize("before", [LENGTH + 1, LENGTH + 100, 2**31 - 1, 10**10, 10**40])
def test_before_a_number_beyond_the_end_comes_the_end(store: Store, before: int):
    with_log(store)

    assert numbers(store, before=before, limit=2) == [LENGTH - 1, LENGTH]


def test_before_the_first_number_comes_nothing(store: Store):
    with_log(store)

    assert numbers(store, before=1, limit=5) == []
    assert numbers(store, before=0, limit=5) == []


def test_between_two_numbers_come_the_last_ones(store: Store):
    with_log(store)

    assert numbers(store, after=2, before=8, limit=3) == [5, 6, 7]
    assert numbers(store, after=2, before=5, limit=10) == [3, 4]
    assert numbers(store, after=5, before=5, limit=10) == []
    assert numbers(store, after=8, before=3, limit=10) == []


def test_every_window_is_a_slice_of_the_log(store: Store):
    with_log(store)
    bound = st.integers(0, LENGTH + 3)

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(after=bound, before=st.none() | bound, limit=st.integers(1, LENGTH + 3))
    def slices(after: int, before: int | None, limit: int) -> None:
        inside = [number for number in range(1, LENGTH + 1) if number > after and (before is None or number < before)]
        expected = inside[:limit] if before is None else inside[-limit:]
        assert [entry.seq for entry in store.entries(SESSION, after=after, before=before, limit=limit)] == expected

    slices()


def test_a_reader_who_passes_the_last_number_on_reads_everything_once(store: Store):
    with_log(store)
    seen: list[int] = []
    while page := store.entries(SESSION, after=seen[-1] if seen else 0, limit=5):
        seen += [entry.seq for entry in page]

    assert seen == list(range(1, LENGTH + 1))


def test_an_entry_of_another_session_is_not_found(store: Store):
    making.change(store, "webchat:a", making.says(entry_id="u:1"))

    assert store.find("webchat:a.b", "u:1") is None
    assert store.find("webchat", "u:1") is None
    assert store.find("webchat:a", "u:") is None
