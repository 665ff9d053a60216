"""What the use cases ask of AWS, and what that costs."""

from bench import cost, usage
from bench.emulated import MISSING, installed
from bench.report import Part, Table


def part() -> Part:
    """Both tables; where there is no emulator, a line that says so."""
    if not installed():
        return Part([Table("What is asked of DynamoDB", ("",), [(MISSING,)], section="What it costs")])
    found = usage.measure()
    return Part([usage.table(found), cost.table(found, cost.Prices.read())], usage.budgets(found))
