"""What DynamoDB bills, by the examples of its documentation, and by what MiniStack answers for the store's own calls."""

import uuid

import boto3
import pytest

from bench.meter import Meter
from bench.units import index_units, read_units, size, write_units
from chalicelib.store.dynamodb import DynamoDBStore
from tests.emulators.table import create_table
from tests.store.making import answers, asks_for_human, change, claims, minutes, says, unpauses

NOW = {"pk": {"S": "webchat:1"}, "sk": {"S": "HEAD"}}


def an_item_of(bytes_):
    return {"pk": {"S": "x" * (bytes_ - 2)}}


@pytest.mark.parametrize(
    ("item", "bytes_"),
    [
        ({"pk": {"S": "abc"}}, 5),
        ({"pk": {"S": "ä"}}, 4),
        ({"b": {"B": b"12345"}}, 6),
        ({"n": {"N": "7"}}, 3),
        ({"n": {"N": "27"}}, 3),
        ({"n": {"N": "-27"}}, 3),
        ({"n": {"N": "461"}}, 4),
        ({"n": {"N": "1000000"}}, 3),
    ],
)
def test_a_size_is_that_of_names_and_values(item, bytes_):
    assert size(item) == bytes_


@pytest.mark.parametrize(("bytes_", "units"), [(3, 1), (1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_a_write_costs_a_unit_for_each_kilobyte_begun_and_twice_in_a_transaction(bytes_, units):
    assert write_units(None, an_item_of(bytes_)) == units
    assert write_units(None, an_item_of(bytes_), transaction=True) == 2 * units


def test_a_write_is_billed_by_the_larger_of_what_was_there_and_what_is():
    assert write_units(an_item_of(5000), an_item_of(10)) == 5
    assert write_units(an_item_of(5000), None) == 5
    assert write_units(None, None) == 1


@pytest.mark.parametrize(("sizes", "units"), [([], 1), ([4096], 1), ([4097], 2), ([100] * 50, 2), ([3000, 3000], 2)])
def test_a_read_costs_a_unit_for_each_four_kilobytes_together_and_half_when_eventually_consistent(sizes, units):
    assert read_units(sizes, consistent=True) == units
    assert read_units(sizes, consistent=False) == units / 2


def test_an_index_row_costs_one_to_come_or_go_two_to_move_and_nothing_to_stay():
    here = NOW | {"a": {"S": "1"}, "ak": {"S": "early"}}
    there = NOW | {"a": {"S": "1"}, "ak": {"S": "late"}}

    assert index_units(None, here) == {"activity": 1}
    assert index_units(here, None) == {"activity": 1}
    assert index_units(here, there) == {"activity": 2}
    assert index_units(here, here | {"j": {"S": "another head"}}) == {}


def test_an_item_without_one_of_an_indexs_keys_is_not_in_it():
    assert index_units(None, NOW | {"ak": {"S": "early"}}) == {}


def test_every_commit_of_a_handoff_is_metered_as_the_emulator_bills_it(ministack, ministack_dynamodb):
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(ministack_dynamodb, name)
    client = boto3.client("dynamodb", endpoint_url=ministack)
    meter = Meter(ministack_dynamodb)
    meter.listen_to(client.meta.events)
    store = DynamoDBStore(name, client)

    bills = []
    for step in (says(name="Maria"), asks_for_human(), claims(), answers(), says(), unpauses()):
        with meter.metering() as bill:
            change(store, "webchat:1", step)
        bills.append(bill)

    assert [bill.trips for bill in bills] == [2] * 6
    assert [bill.reads for bill in bills] == [1] * 6
    assert [bill.written for bill in bills] == [bill.emulator for bill in bills]
    assert bills[1].index_writes["notifications"] == 1


def test_a_row_that_moves_an_hour_later_is_metered_as_the_emulator_bills_it(ministack, ministack_dynamodb):
    name = f"sessions-{uuid.uuid4().hex}"
    create_table(ministack_dynamodb, name)
    client = boto3.client("dynamodb", endpoint_url=ministack)
    meter = Meter(ministack_dynamodb)
    meter.listen_to(client.meta.events)
    store = DynamoDBStore(name, client)
    head = change(store, "webchat:1", says())

    with meter.metering() as bill:
        change(store, "webchat:1", says(), at=head.last_event_at + minutes(60))

    assert bill.index_writes == {"activity": 2}
    assert bill.written == bill.emulator
