"""US dollars per million messages, and a month, from what the use cases were seen to ask for and the prices in `prices.py`."""

import json
from collections.abc import Mapping
from typing import get_args

from bench import messenger_cases as messenger
from bench import usecases as use
from bench.prices import AS_OF, KEPT, REGION, USED, Price
from bench.report import Table
from bench.server import ROOT
from bench.usage import Usage
from chalicelib.channels.base import Outcome
from chalicelib.metrics import METRICS
from chalicelib.model.entry import Trigger
from chalicelib.model.session import NAMELESS

MILLION = 1_000_000

MEMORY_MB = 512
MB_PER_CPU = 1769
"""Lambda gives a function one processor at this much memory, and a share of one below."""

ROUND_TRIP_MS = 5.0
"""Of a function to DynamoDB or SQS in its region, connected; an assumption."""

VENDOR_MS = 200.0
"""Of a call to Messenger; an assumption."""

LOG_BYTES = 380
"""Of START, END and REPORT, which Lambda writes for each invocation."""

HEADER_BYTES = 600
"""Of an answer, beside its body; an assumption."""

QUEUE_REQUESTS = 2
"""Of Lambda for each run of the worker: it receives, and deletes. Fewer when messages come in a crowd: up to ten a run."""

NEWS_A_MESSAGE = 3
"""Events that a platform tells beside a message: that the answer was accepted, delivered and read."""

SECONDS_A_MESSAGE = 30.0
"""Between two messages of a conversation, while the pages of those who talk are open and ask for news; an assumption."""

MESSAGES_A_HANDOVER = 20
"""Of visitor and agent together, from the pause to the unpause; an assumption."""

HUMAN_SHARE = 0.2
"""Of the usual mix; an assumption."""

MINUTES_A_MONTH = 60 * 24 * 30

POLLERS, POLL_SECONDS = 5, 20
"""Lambda asks an empty queue so: five at a time, each of which waits for so long."""

PACE_SECONDS = {use.POLL: 1.5, use.AGENT_POLL: 1.5, use.LIST: 3.0, use.ALERTS: 4.0}
"""How often the pages ask while somebody is there: `EVERY_MS` in `chalicelib/web`; less often when hidden or idle."""

NO_REQUEST = (use.SWEEP, use.ESCALATION, messenger.WORKER, messenger.NEWS)
"""Called by the clock or by the queue."""

Calls = Mapping[str, float]
"""How often each use case happens."""

Prices = Mapping[str, Price]

GROUPS = {
    "DynamoDB": ("dynamodb_",),
    "API Gateway": ("api_",),
    "CloudFront": ("cloudfront_",),
    "Lambda": ("lambda_",),
    "queue": ("sqs_",),
    "alerts": ("sns_",),
    "logs": ("log_",),
}
"""Columns, with the names of prices that belong to each."""


def billed_ms(usage: Usage) -> float:
    """How long a function runs for a use case: its CPU time on a share of a processor, and the waiting."""
    trips = usage.bill.trips + usage.bill.published + usage.bill.queued
    return usage.cpu_ms * MB_PER_CPU / MEMORY_MB + ROUND_TRIP_MS * trips + VENDOR_MS * usage.bill.sent


def asked(title: str, usage: Usage) -> dict[str, float]:
    """What one of these is billed, by the names of `USED`."""
    bill, requests = usage.bill, 0 if title in NO_REQUEST else 1
    from_queue = QUEUE_REQUESTS if title in (messenger.WORKER, messenger.NEWS) else 0
    return {
        "dynamodb_write_units": bill.written,
        "dynamodb_read_units": bill.reads,
        "api_requests": requests,
        "cloudfront_requests": requests,
        "cloudfront_gigabytes": requests * (bill.answered + HEADER_BYTES) / 1e9,
        "lambda_requests": 1,
        "lambda_gb_seconds": billed_ms(usage) / 1000 * MEMORY_MB / 1024,
        "sqs_requests": bill.queued + from_queue,
        "sns_publishes": bill.published,
        "sns_mails": bill.published,
        "log_gigabytes": (LOG_BYTES + bill.logged) / 1e9,
    }


def dollars(calls: Calls, found: Mapping[str, Usage], prices: Prices = USED) -> dict[str, float]:
    """By kind, for the calls."""
    amounts = dict.fromkeys(prices, 0.0)
    for title, times in calls.items():
        for name, count in asked(title, found[title]).items():
            amounts[name] += times * count * prices[name].each
    return amounts


def mixes() -> dict[str, Calls]:
    """What one message brings with it, by the kind of conversation it belongs to; pages that ask for news not counted."""
    bot = {use.TURN: 1.0}
    handovers = 1 / MESSAGES_A_HANDOVER
    human = {
        use.PAUSED: 0.5,
        use.AGENT_MESSAGE: 0.5,
        use.HUMAN_BUTTON: handovers,
        use.CLAIM: handovers,
        use.UNPAUSE: handovers,
    }
    return {
        "web chat, all with the bot": bot,
        "web chat, all with an agent": human,
        f"web chat, {1 - HUMAN_SHARE:.0%} bot, {HUMAN_SHARE:.0%} agent": _mixed(bot, human),
        "Messenger, all with the bot": {
            messenger.WEBHOOK: 1.0 + NEWS_A_MESSAGE,
            messenger.WORKER: 1.0,
            messenger.NEWS: float(NEWS_A_MESSAGE),
        },
    }


def asking() -> dict[str, Calls]:
    """What the open pages ask during one message, by the same kinds; an agent has one conversation open at a time."""
    bot = {use.POLL: SECONDS_A_MESSAGE / PACE_SECONDS[use.POLL]}
    human = {title: SECONDS_A_MESSAGE / pace for title, pace in PACE_SECONDS.items()}
    return dict(zip(mixes(), (bot, human, _mixed(bot, human), {}), strict=True))


def table(found: Mapping[str, Usage], prices: Prices = USED) -> Table:
    """The mixes as rows."""
    pages = asking()
    rows = []
    for name, calls in mixes().items():
        said = dollars(calls, found, prices)
        read = sum(dollars(pages[name], found, prices).values())
        rows.append((name, *(_cell(MILLION * part) for part in (*_grouped(said), sum(said.values()), read))))
    head = ("conversations", *GROUPS, "together", "pages that ask for news")
    return Table("US dollars per million messages", head, rows, notes=[_assumed()], section="What it costs")


def monthly(found: Mapping[str, Usage], *, alarms: int, prices: Prices = USED) -> Table:
    """What a month costs, whatever happens in it."""
    idle = len([name for name in METRICS if name in ("SessionsWaiting", "LongestWaitSeconds")])
    polls = POLLERS * MINUTES_A_MONTH * 60 / POLL_SECONDS
    rows = [
        ("the sweep of every minute", sum(dollars({use.SWEEP: MINUTES_A_MONTH}, found, prices).values())),
        ("Lambda's looking into the empty queue", polls * prices["sqs_requests"].each),
        (f"{alarms} alarms", alarms * KEPT["alarms"].each),
        ("the dashboard", KEPT["dashboards"].each),
        (f"{idle} metrics of one's own, which the sweep writes", idle * KEPT["metrics"].each),
    ]
    busy = distinct_metrics()
    note = (
        f"In a month in which everything happens there are {busy} metrics, for ${busy * KEPT['metrics'].each:.2f}: each is paid"
        " by the hour in which it is written. An empty `HITL_METRICS` writes none, and leaves the alarms on them silent. The free"
        " tier covers ten alarms, three dashboards, ten metrics, a million requests to queues, and more."
    )
    together = ("together", sum(usd for _, usd in rows))
    cells = [(what, _cell(usd)) for what, usd in (*rows, together)]
    return Table("US dollars a month, whatever happens", ("what", "US dollars"), cells, [note], section="What it costs")


def distinct_metrics() -> int:
    """Names with all values of their dimensions, with one alerter: each is a metric of its own to CloudWatch."""
    values = {
        "Alerter": 1,
        "Channel": len(NAMELESS),
        "Result": len(get_args(Outcome)) + 1,
        "Trigger": len(get_args(Trigger)),
    }
    return sum(1 + (0 if metric.by is None else values[metric.by]) for metric in METRICS.values())


def alarms_of_the_stack() -> int:
    """As many as the template makes."""
    found = 0
    for path in sorted((ROOT / ".chalice").glob("resources*.json")):
        resources = json.loads(path.read_text(encoding="utf-8")).get("Resources", {}).values()
        found += sum(one.get("Type") == "AWS::CloudWatch::Alarm" for one in resources)
    return found


def _assumed() -> str:
    return (
        f"List prices of {REGION} as of {AS_OF} (`bench/prices.py`, which names AWS' page for each), nothing free, without"
        " storage, backup and traffic from users. A message is one that a visitor or an agent writes; the bot's answer belongs to"
        f" the visitor's. Assumed: {MEMORY_MB} MB, hence {MEMORY_MB / MB_PER_CPU:.2f} of a processor as fast as this one;"
        f" {ROUND_TRIP_MS:g} ms a round trip, {VENDOR_MS:g} ms a call to Messenger; {MESSAGES_A_HANDOVER} messages from a request"
        " for a human to the end of the pause, with one alert by e-mail; for each message on Messenger"
        f" {NEWS_A_MESSAGE} more deliveries of what became of the answer, and a run of the worker for each delivery, for which"
        f" Lambda asks the queue {QUEUE_REQUESTS} times. Logs hold what was seen to be written, metrics included, and Lambda's"
        " own three lines a run. The last column comes on top: open pages ask every"
        f" {PACE_SECONDS[use.POLL]:g} s (chat, log), {PACE_SECONDS[use.LIST]:g} s (list) and {PACE_SECONDS[use.ALERTS]:g} s"
        f" (alerts), here for {SECONDS_A_MESSAGE:g} s a message; an agent has one conversation at a time."
    )


def _mixed(bot: Calls, human: Calls) -> Calls:
    return {
        title: (1 - HUMAN_SHARE) * bot.get(title, 0) + HUMAN_SHARE * human.get(title, 0) for title in {**bot, **human}
    }


def _grouped(amounts: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(sum(usd for name, usd in amounts.items() if name.startswith(group)) for group in GROUPS.values())


def _cell(usd: float) -> str:
    return f"{usd:.2f}"
