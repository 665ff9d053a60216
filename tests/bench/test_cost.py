"""Dollars from counts and prices, by numbers that can be checked in one's head."""

import pytest

from bench import usecases as use
from bench.cost import PACE_SECONDS, Prices, asking, billed_ms, dollars, mixes
from bench.meter import Bill
from bench.usage import Usage

ROUND = Prices(
    usd={
        "dynamodb_write_units": 10.0,
        "dynamodb_read_units": 1.0,
        "api_requests": 100.0,
        "lambda_requests": 1000.0,
        "lambda_gb_seconds": 0.0,
        "sns_publishes": 0.0,
        "sns_mails": 0.0,
        "log_gigabytes": 0.0,
    },
    as_of="2026-01-01",
    region="nowhere",
)


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


def test_every_mix_is_about_one_message_and_knows_its_use_cases():
    for calls in mixes().values():
        messages = sum(calls.get(title, 0) for title in (use.TURN, use.PAUSED, use.AGENT_MESSAGE))
        assert messages == pytest.approx(1)
        assert calls.keys() <= {case.title for case in use.USE_CASES}


def test_pages_ask_for_as_long_as_a_message_takes():
    bot, human, mixed = asking().values()

    assert bot == {use.POLL: 20}
    assert human == {title: 30 / pace for title, pace in PACE_SECONDS.items()}
    assert mixed[use.POLL] == pytest.approx(20)
    assert mixed[use.LIST] == pytest.approx(2)


def test_the_price_file_prices_all_that_is_asked_for():
    prices = Prices.read()

    spent = dollars({use.HUMAN_BUTTON: 1}, {use.HUMAN_BUTTON: usage(trips=3, reads=1, writes=1, published=1)}, prices)

    assert spent.keys() == prices.usd.keys()
    assert all(amount > 0 for amount in spent.values())
    assert prices.usd["dynamodb_write_units"] == pytest.approx(0.625e-6)


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
