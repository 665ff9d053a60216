"""What the use cases ask of AWS, and what that costs."""

from bench import cost, usage
from bench.emulated import MISSING, installed
from bench.report import Part, Table


def part() -> Part:
    """All tables; where there is no emulator, a line that says so."""
    if not installed():
        return Part([Table("What is asked of DynamoDB", ("",), [(MISSING,)], section="What it costs")])
    found = usage.measure()
    tables = [usage.table(found), cost.table(found), cost.monthly(found, alarms=cost.alarms_of_the_stack())]
    return Part(tables, usage.budgets(found))
