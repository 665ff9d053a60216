"""Dollars from counts and prices, by numbers that can be checked in one's head."""

import pytest

from bench import cost
from bench import messenger_cases as messenger
from bench import usecases as use
from bench.cost import PACE_SECONDS, asked, asking, billed_ms, dollars, mixes
from bench.meter import Bill
from bench.prices import KEPT, USED, Price
from bench.usage import Usage, log_bytes
from chalicelib.metrics import METRICS

ROUND = {name: Price(0.0, 1, "", "") for name in USED} | {
    "dynamodb_write_units": Price(10.0, 1, "", ""),
    "dynamodb_read_units": Price(1.0, 1, "", ""),
    "api_requests": Price(100.0, 1, "", ""),
    "lambda_requests": Price(1000.0, 1, "", ""),
}
QUEUE = {name: Price(0.0, 1, "", "") for name in USED} | {"sqs_requests": Price(1.0, 1, "", "")}
WORKED = {
    messenger.WEBHOOK: Usage(Bill(queued=1), 1.0),
    messenger.WORKER: Usage(Bill(trips=5, sent=1), 1.0),
    messenger.NEWS: Usage(Bill(trips=2), 1.0),
}


def usage(**counts):
    return Usage(Bill(**counts), cpu_ms=2.0)


def test_a_case_costs_its_units_its_request_and_its_invocation():
    found = {use.TURN: usage(trips=3, reads=2, writes=5)}

    spent = dollars({use.TURN: 1}, found, ROUND)

    assert spent["dynamodb_write_units"] == 50
    assert spent["dynamodb_read_units"] == 2
    assert sum(spent.values()) == 50 + 2 + 100 + 1000


def test_index_units_are_paid_like_those_of_the_table():
    bill = Bill(writes=5)
    bill.index_writes.update({"due": 2, "paused": 1})

    assert dollars({use.TURN: 1}, {use.TURN: Usage(bill, 0)}, ROUND)["dynamodb_write_units"] == 80


def test_what_happens_a_thousand_times_costs_a_thousand_times_as_much():
    found = {use.TURN: usage(reads=1)}

    assert sum(dollars({use.TURN: 1000}, found, ROUND).values()) == pytest.approx(
        1000 * sum(dollars({use.TURN: 1}, found, ROUND).values())
    )


def test_the_sweep_is_called_by_the_clock_and_pays_no_gateway():
    assert dollars({use.SWEEP: 1}, {use.SWEEP: usage(trips=8)}, ROUND)["api_requests"] == 0


def test_a_function_is_billed_for_its_share_of_a_processor_and_for_waiting():
    assert billed_ms(usage(trips=3, published=1)) == pytest.approx(2 * 1769 / 512 + 4 * 5)


def test_a_call_to_a_vendor_is_waited_for_longer_than_one_to_the_table():
    assert billed_ms(usage(sent=1)) - billed_ms(usage()) == cost.VENDOR_MS
    assert billed_ms(usage(queued=1)) - billed_ms(usage()) == cost.ROUND_TRIP_MS


def test_a_message_on_messenger_is_put_received_and_deleted_and_so_is_each_thing_told_of_it():
    asked_of_queue = dollars(mixes()["Messenger, all with the bot"], WORKED, QUEUE)

    assert asked_of_queue["sqs_requests"] == 3 * (1 + cost.NEWS_A_MESSAGE)


def test_the_worker_is_called_by_the_queue_and_pays_no_gateway():
    assert asked(messenger.WORKER, WORKED[messenger.WORKER])["api_requests"] == 0
    assert asked(messenger.WEBHOOK, WORKED[messenger.WEBHOOK])["api_requests"] == 1


def test_what_is_answered_goes_through_cloudfront_with_its_headers():
    told = asked(use.TURN, usage(answered=400))

    assert told["cloudfront_requests"] == 1
    assert told["cloudfront_gigabytes"] == pytest.approx(1000e-9)
    assert asked(use.SWEEP, usage(answered=400))["cloudfront_gigabytes"] == 0


def test_a_log_is_paid_by_its_bytes_lambdas_own_lines_and_26_for_each_line():
    assert log_bytes("abc\nä\n") == 3 + 2 + 2 * 26
    assert asked(use.TURN, usage(logged=620))["log_gigabytes"] == pytest.approx(1000e-9)


def test_a_metric_of_ones_own_is_each_name_with_each_value():
    assert cost.distinct_metrics() == len(METRICS) + 2 * 1 + 2 + 5 + 7


def test_a_month_has_all_alarms_of_the_stack_and_adds_up():
    rows = dict(cost.monthly({use.SWEEP: usage()}, alarms=10).rows)

    assert rows["10 alarms"] == f"{10 * KEPT['alarms'].each:.2f}"
    assert float(rows.pop("together")) == pytest.approx(sum(map(float, rows.values())), abs=0.02)


def test_the_alarms_that_are_paid_are_those_of_the_template(package):
    assert cost.alarms_of_the_stack() == len(package.of_type("AWS::CloudWatch::Alarm"))


def test_every_price_names_the_page_of_aws_that_tells_it():
    for price in (*USED.values(), *KEPT.values()):
        assert price.page.startswith("https://aws.amazon.com/")
        assert price.dollars > 0
        assert price.what


def test_every_mix_is_about_one_message_and_knows_its_use_cases():
    known = {case.title for case in use.USE_CASES} | WORKED.keys()
    for calls in mixes().values():
        messages = sum(calls.get(title, 0) for title in (use.TURN, use.PAUSED, use.AGENT_MESSAGE, messenger.WORKER))
        assert messages == pytest.approx(1)
        assert calls.keys() <= known


def test_pages_ask_for_as_long_as_a_message_takes():
    bot, human, mixed, on_messenger = asking().values()

    assert (bot, on_messenger) == ({use.POLL: 20}, {})
    assert human == {title: 30 / pace for title, pace in PACE_SECONDS.items()}
    assert mixed[use.POLL] == pytest.approx(20)
    assert mixed[use.LIST] == pytest.approx(2)


def test_all_that_is_asked_for_has_a_price_and_all_prices_are_asked_for():
    spent = dollars({use.HUMAN_BUTTON: 1}, {use.HUMAN_BUTTON: usage(trips=3, reads=1, writes=1, published=1, queued=1)})

    assert spent.keys() == USED.keys()
    assert all(amount > 0 for amount in spent.values())
    assert USED["dynamodb_write_units"].each == pytest.approx(0.625e-6)


@pytest.mark.parametrize(
    ("title", "file"),
    [
        (use.POLL, "webchat/client.js"),
        (use.AGENT_POLL, "admin/conversation.js"),
        (use.LIST, "admin/inbox.js"),
        (use.ALERTS, "admin/alerts.js"),
    ],
)
def test_the_pages_ask_as_often_as_the_cost_assumes(title, file, web):
    assert f"const EVERY_MS = {1000 * PACE_SECONDS[title]:_.0f};" in (web / file).read_text()
