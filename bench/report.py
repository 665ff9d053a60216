"""What a part of the bench found, and how it is told as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

DOLLARS = "US dollars"
"""What the titles of tables begin with that the page about deploying has too."""

COSTS_BEGIN, COSTS_END = "<!-- make bench ARGS='costs --docs' writes what follows -->", "<!-- up to here -->"
"""Between these stand the tables of dollars in the page about deploying."""

FIRST, NEXT = "## Speed", "## Limits"
"""The heading that a whole report begins with, and the one that follows it in the README."""


@dataclass(frozen=True)
class Table:
    """Rows below a head; `notes` are paragraphs under it. Tables of one `section` of the README stand together."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    section: str = "Speed"


@dataclass(frozen=True)
class Budget:
    """A promise, what was found, and whether that keeps it."""

    promise: str
    found: str
    kept: bool


@dataclass(frozen=True)
class Part:
    """The tables and verdicts of one part."""

    tables: Sequence[Table]
    budgets: Sequence[Budget] = field(default=())


def at_most(promise: str, found: float, limit: float, form: str = "{:.2f}") -> Budget:
    """A verdict on a number that must not be above the limit."""
    return Budget(f"{promise}: at most {form.format(limit)}", form.format(found), found <= limit)


def unmeasured(promise: str, missing: str) -> Budget:
    """What is not measured here is no kept promise."""
    return Budget(promise, f"not measured: {missing}", kept=False)


def markdown(parts: Sequence[Part], where: str) -> str:
    """The README's sections, in order of first mention, each begun by a line that says where it was measured."""
    tables = [table for part in parts for table in part.tables]
    lines: list[str] = []
    for section in dict.fromkeys(table.section for table in tables):
        lines += [f"## {section}", where, ""]
        for table in tables:
            if table.section == section:
                lines += [*_table(table), ""]
    verdicts = [budget for part in parts for budget in part.budgets]
    if verdicts:
        rows = [(budget.promise, budget.found, "yes" if budget.kept else "**no**") for budget in verdicts]
        lines += ["### Budgets", *_table(Table("", ("promise", "found", "kept"), rows)), ""]
    return "\n".join(lines)


def pasted(readme: str, report: str) -> str:
    """The README with the report in the place of the one before. Raises ValueError when the headings are not there."""
    before, begun, rest = readme.partition(f"\n{FIRST}\n")
    _, ended, after = rest.partition(f"\n{NEXT}\n")
    if not begun or not ended or not report.startswith(f"{FIRST}\n"):
        raise ValueError(f"a report stands between the lines {FIRST!r} and {NEXT!r}")
    return f"{before}\n{report.rstrip()}\n\n{NEXT}\n{after}"


def with_costs(page: str, parts: Sequence[Part], where: str) -> str:
    """The page about deploying with the tables of dollars in the place of those before. Raises ValueError when there is none."""
    tables = [table for part in parts for table in part.tables if table.title.startswith(DOLLARS)]
    before, begun, rest = page.partition(f"{COSTS_BEGIN}\n")
    _, ended, after = rest.partition(f"{COSTS_END}\n")
    if not tables or not begun or not ended:
        raise ValueError(f"costs stand between the lines {COSTS_BEGIN!r} and {COSTS_END!r}")
    told = "\n".join(line for table in tables for line in (*_table(table), ""))
    return f"{before}{COSTS_BEGIN}\n{where}\n\n{told}\n{COSTS_END}\n{after}"


def _table(table: Table) -> list[str]:
    head = [f"**{table.title}**", ""] if table.title else []
    grid = [_row(table.head), "|" + "---|" * len(table.head), *(_row(row) for row in table.rows)]
    notes = [line for note in table.notes for line in ("", note)]
    return [*head, *grid, *notes]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
