"""What the races counted, told at the end of a test run, of all its processes."""

from collections import Counter

import pytest

COUNTED = "raced"


def tell(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == COUNTED:
                ring, what, count = value
                counts[ring, what] += count
    if not counts:
        return
    terminalreporter.write_sep("=", "races")
    for ring in sorted({ring for ring, _ in counts}):
        told = ", ".join(f"{count} {what}" for (where, what), count in sorted(counts.items()) if where == ring)
        terminalreporter.write_line(f"{ring}: {told}")
