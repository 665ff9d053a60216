"""What the use cases ask of AWS, and what that costs."""

from bench import cost, usage
from bench.emulated import MISSING, installed
from bench.report import Part, Table, unmeasured


def part() -> Part:
    """All tables; where there is no emulator, a line that says so."""
    if not installed():
        table = Table("What is asked of DynamoDB", ("",), [(MISSING,)], section="What it costs")
        return Part([table], [unmeasured("Round trips and units", MISSING)])
    found = usage.measure()
    tables = [usage.table(found), cost.table(found), cost.monthly(found, alarms=cost.alarms_of_the_stack())]
    return Part(tables, usage.budgets(found))
