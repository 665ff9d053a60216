"""US dollars per million messages, from what the use cases were seen to ask for and the prices in `prices.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import usecases as use
from bench.report import Table
from bench.usage import Usage

PRICES = Path(__file__).with_name("prices.json")
MILLION = 1_000_000

MEMORY_MB = 512
MB_PER_CPU = 1769
"""Lambda gives a function one processor at this much memory, and a share of one below."""

ROUND_TRIP_MS = 5.0
"""Of a function to DynamoDB in its region, connected; an assumption."""

LOG_BYTES = 300
"""Of START, END and REPORT, which Lambda writes for each invocation."""

SECONDS_A_MESSAGE = 30.0
"""Between two messages of a conversation, while the pages of those who talk are open and ask for news; an assumption."""

MESSAGES_A_HANDOVER = 20
"""Of visitor and agent together, from the pause to the unpause; an assumption."""

HUMAN_SHARE = 0.2
"""Of the usual mix; an assumption."""

MINUTES_A_MONTH = 60 * 24 * 30

PACE_SECONDS = {use.POLL: 1.5, use.AGENT_POLL: 1.5, use.LIST: 3.0, use.ALERTS: 4.0}
"""How often the pages ask while somebody is there: `EVERY_MS` in `chalicelib/web`; less often when hidden or idle."""

Calls = Mapping[str, float]
"""How often each use case happens."""


@dataclass(frozen=True)
class Prices:
    """US dollars for one of each thing."""

    usd: Mapping[str, float]
    as_of: str
    region: str

    @classmethod
    def read(cls, path: Path = PRICES) -> "Prices":
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            {name: told["price"] / told["per"] for name, told in kept["usd"].items()}, kept["as_of"], kept["region"]
        )


def billed_ms(usage: Usage) -> float:
    """How long a function runs for a use case: its CPU time on a share of a processor, and the waiting."""
    return usage.cpu_ms * MB_PER_CPU / MEMORY_MB + ROUND_TRIP_MS * (usage.bill.trips + usage.bill.published)


def dollars(calls: Calls, found: Mapping[str, Usage], prices: Prices) -> dict[str, float]:
    """By kind, for the calls."""
    amounts = dict.fromkeys(prices.usd, 0.0)
    for title, times in calls.items():
        usage = found[title]
        asked = {
            "dynamodb_write_units": usage.bill.written,
            "dynamodb_read_units": usage.bill.reads,
            "api_requests": 0 if title in (use.SWEEP, use.ESCALATION) else 1,
            "lambda_requests": 1,
            "lambda_gb_seconds": billed_ms(usage) / 1000 * MEMORY_MB / 1024,
            "sns_publishes": usage.bill.published,
            "sns_mails": usage.bill.published,
            "log_gigabytes": LOG_BYTES / 1e9,
        }
        for name, count in asked.items():
            amounts[name] += times * count * prices.usd[name]
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
        "all with the bot": bot,
        "all with an agent": human,
        f"{1 - HUMAN_SHARE:.0%} bot, {HUMAN_SHARE:.0%} agent": _mixed(bot, human),
    }


def asking() -> dict[str, Calls]:
    """What the open pages ask during one message, by the same kinds; an agent has one conversation open at a time."""
    bot = {use.POLL: SECONDS_A_MESSAGE / PACE_SECONDS[use.POLL]}
    human = {title: SECONDS_A_MESSAGE / pace for title, pace in PACE_SECONDS.items()}
    return dict(zip(mixes(), (bot, human, _mixed(bot, human)), strict=True))


def table(found: Mapping[str, Usage], prices: Prices) -> Table:
    """The mixes as rows, and below them what a month costs in which nothing happens."""
    pages = asking()
    rows = []
    for name, calls in mixes().items():
        said = dollars(calls, found, prices)
        asked = dollars(pages[name], found, prices)
        rows.append(
            (name, *(_cell(MILLION, part) for part in (*_grouped(said), sum(said.values()), sum(asked.values()))))
        )
    head = ("conversations", "DynamoDB", "API Gateway", "Lambda", "alerts, logs", "together", "pages that ask for news")
    notes = [_assumed(prices, sum(dollars({use.SWEEP: MINUTES_A_MONTH}, found, prices).values()))]
    return Table("US dollars per million messages", head, rows, notes=notes, section="What it costs")


def _assumed(prices: Prices, idle: float) -> str:
    return (
        f"List prices of {prices.region} as of {prices.as_of} (`bench/prices.json`), nothing free, without storage and traffic."
        " A message is one that a visitor or an agent writes; the bot's answer belongs to the visitor's. Assumed:"
        f" {MEMORY_MB} MB, hence {MEMORY_MB / MB_PER_CPU:.2f} of a processor as fast as this one; {ROUND_TRIP_MS:g} ms a round"
        f" trip; {MESSAGES_A_HANDOVER} messages from a request for a human to the end of the pause, with one alert by e-mail."
        f" The last column comes on top: open pages ask every {PACE_SECONDS[use.POLL]:g} s (chat, log),"
        f" {PACE_SECONDS[use.LIST]:g} s (list) and {PACE_SECONDS[use.ALERTS]:g} s (alerts), here for {SECONDS_A_MESSAGE:g} s a"
        " message; an agent has one conversation at a time. A month in which nothing happens costs"
        f" ${idle:.2f}, for the sweep of every minute."
    )


def _mixed(bot: Calls, human: Calls) -> Calls:
    return {
        title: (1 - HUMAN_SHARE) * bot.get(title, 0) + HUMAN_SHARE * human.get(title, 0) for title in {**bot, **human}
    }


def _grouped(amounts: Mapping[str, float]) -> tuple[float, ...]:
    groups = (("dynamodb_",), ("api_",), ("lambda_",), ("sns_", "log_"))
    return tuple(sum(usd for name, usd in amounts.items() if name.startswith(group)) for group in groups)


def _cell(times: int, usd: float) -> str:
    return f"{times * usd:.2f}"
